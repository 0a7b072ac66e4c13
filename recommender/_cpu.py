"""What this machine's processor offers: cores, and bfloat16 instructions."""

import os
from pathlib import Path

__all__ = ["usable_cores", "uses_bfloat16"]


def usable_cores() -> int:
    """How many cores this process may use; all that there are where the system cannot say."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def uses_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 matrices faster than float32 ones."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    words = frozenset(flags.split())
    return "amx_bf16" in words or "avx512_bf16" in words
