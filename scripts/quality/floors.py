"""Floors: figures that the product must not fall below, each tied to the bytes of its set."""

import hashlib
import json
import math
from pathlib import Path
from typing import NamedTuple

# How far a floor lies below the figure that it was taken from. Another processor embeds in another
# precision (bfloat16 or float32), which changes single queries: one of 300 is 0.0033.
SLACK = 0.005
# Floors that stay the same whatever is measured.
PROMISED = {"assigned": 1.0, "placed": 0.99}


class Floors(NamedTuple):
    """The floors of one task, by figure, and the SHA-256 of each of its files."""

    files: dict[str, str]
    floors: dict[str, float]


def read_floors(path: Path) -> dict[str, Floors]:
    """The floors of all tasks; empty where there is no file yet."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: Floors(**floors) for name, floors in stored.items()}


def write_floors(path: Path, floors: dict[str, Floors]) -> None:
    """Write the floors sorted and indented, so that a diff shows what changed."""
    stored = {name: found._asdict() for name, found in sorted(floors.items())}
    path.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def complaints(
    name: str, figures: dict[str, float], files: dict[str, str], stored: Floors
) -> list[str]:
    """A sentence for each file that has changed, or for each figure below its floor."""
    if files != stored.files:
        return [
            f"{name}: {file} is not the set that its floors were taken from (SHA-256 "
            f"{files.get(file)}, expected {stored.files.get(file)}); figures of two sets cannot be "
            "compared"
            for file in sorted(files | stored.files)
            if files.get(file) != stored.files.get(file)
        ]
    found = []
    for measure, floor in stored.floors.items():
        if measure not in figures:
            found.append(f"{name}: {measure} has a floor and is not measured any more")
        elif figures[measure] < floor:
            found.append(
                f"{name}: {measure} is {figures[measure]:.4f}, below its floor {floor:.4f}"
            )
    return found


def raised(
    figures: dict[str, float], files: dict[str, str], stored: Floors | None, lower: bool
) -> Floors:
    """Floors `SLACK` below the figures; a stored floor that is higher stays, unless `lower`."""
    before = {} if stored is None or lower else stored.floors
    below = {m: math.floor((value - SLACK) * 1e4) / 1e4 for m, value in figures.items()}
    floors = {m: max(floor, before.get(m, 0.0)) for m, floor in below.items()}
    return Floors(files, floors | {m: PROMISED[m] for m in PROMISED if m in figures})


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
