"""Measured figures: how they are taken, printed and written."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

T = TypeVar("T")
Q = TypeVar("Q")


class Row(NamedTuple):
    """One measured figure, and its goal if it has one."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The seconds that `work` takes, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def answered(ask: Callable[[Q], T], questions: Sequence[Q]) -> tuple[tuple[float, float], list[T]]:
    """Median and 99th percentile of one question in microseconds, and all answers."""
    taken, answers = np.empty(len(questions)), []
    for place, question in enumerate(questions):
        start = time.perf_counter()
        answer = ask(question)
        taken[place] = time.perf_counter() - start
        answers.append(answer)
    p50, p99 = np.percentile(taken, (50, 99)) * 1e6
    return (float(p50), float(p99)), answers


def resident(kind: str = "VmRSS") -> int:
    """Resident memory of this process in bytes, now or of another `kind` of /proc/self/status."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition(f"{kind}:")[2].split()[0]) * 1024


def python(code: str, interpreter: str = sys.executable) -> str:
    """Run code in a new interpreter that can import from this folder; return what it prints."""
    return subprocess.run(
        [interpreter, "-c", code],
        check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    ).stdout  # fmt: skip


def show(rows: Sequence[Row], json_file: Path | None) -> None:
    """Print the figures as a table, and write them as JSON where a file is given."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, justify in (
        ("figure", "left"),
        ("median", "right"),
        ("", "left"),
        ("goal", "left"),
        ("", "left"),
    ):
        table.add_column(column, justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(row.name, f"{row.value:,.6g}", row.unit, row.goal, row.note)
    Console(width=160).print(table)
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(
            json.dumps([row._asdict() for row in rows], indent=1), encoding="utf-8"
        )
