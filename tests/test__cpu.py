"""What the processor offers is read from the system, and guessed where it cannot say."""

import os
from pathlib import Path

import pytest

from recommender import _cpu


def test_the_cores_are_those_this_process_may_use() -> None:
    assert _cpu.usable_cores() == len(os.sched_getaffinity(0))


def test_all_cores_count_where_the_system_cannot_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert _cpu.usable_cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _cpu.usable_cores() == 1


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx2 avx512f", False),
        ("fpu avx512_bf16 avx2", True),
        ("fpu amx_bf16", True),
        ("fpu amx_bf16_like", False),
    ],
)
def test_the_flags_decide_about_bfloat16(
    flags: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: f"flags : {flags}\nbugs : none\n")
    assert _cpu.uses_bfloat16() is expected


def test_without_a_description_of_the_processor_it_is_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert not _cpu.uses_bfloat16()
