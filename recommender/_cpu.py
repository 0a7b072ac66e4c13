"""What this machine's processor offers: cores, and bfloat16 instructions."""

import os
from pathlib import Path

__all__ = ["usable_cores", "uses_bfloat16"]


def usable_cores() -> int:
    """Count the cores that this process may use.

    Returns:
        The cores of its affinity mask, or all cores if the system has no such mask; 1 if the system
        does not say.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def uses_bfloat16() -> bool:
    """Say whether this processor multiplies bfloat16 matrices faster than float32 ones.

    Returns:
        Whether it has AMX or AVX-512 instructions for bfloat16. False if the system does not
        describe its processor, which only Linux does.
    """
    try:
        description = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    flags = frozenset(description.split())
    return "amx_bf16" in flags or "avx512_bf16" in flags
