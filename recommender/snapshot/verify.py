"""Verification: every byte of a snapshot is read, and every value is held to the schema."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from recommender._typing import Array
from recommender.snapshot.damage import altered, damaged, unreadable
from recommender.snapshot.declarations import ArrayFile, StringsFile
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.reader import Snapshot, check_files
from recommender.snapshot.schema import ARRAYS, INDEX, STRINGS
from recommender.snapshot.string_table import StringTable

__all__ = ["verify"]

_BLOCK_ROWS = 1 << 16  # rows or strings that a check looks at together, so that it needs no more


def verify(folder: Path) -> Snapshot:
    """Read and check every byte of a snapshot.

    Args:
        folder: The folder of the snapshot, which has its name.

    Returns:
        The snapshot, open.

    Raises:
        SnapshotDamaged: A file is not what was published, or breaks what the schema declares; the
            message names the first one.
        NewerFormat: A newer version wrote it.
    """
    manifest = Manifest.read(folder)
    check_files(folder, manifest)
    for name, entry in manifest.files.items():
        if name == INDEX:
            continue  # the largest file: `index()` hashes it below, before it loads it
        if _sha256(folder / name) != entry.sha256:
            raise altered(folder / name)
    snapshot = Snapshot(folder)
    _check_schema(snapshot)
    index = snapshot.index()
    if (len(index), index.dimension) != (manifest.texts, manifest.dimension):
        raise damaged(
            folder / INDEX,
            f"holds {len(index)} vectors of {index.dimension} numbers, not "
            f"{manifest.texts} of {manifest.dimension}",
        )
    return snapshot


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def _check_schema(snapshot: Snapshot) -> None:
    for name, strings in STRINGS.items():
        if fault := _fault_of_table(strings, getattr(snapshot.strings, name)):
            raise damaged(Path(f"{snapshot.folder / name}.strings"), fault)
    # Values come first: later checks use them to look up what they point to.
    for check in (_fault_of_values, _fault_of_order, _fault_of_slices):
        for name, file in ARRAYS.items():
            if fault := check(file, getattr(snapshot.arrays, name), snapshot):
                raise damaged(Path(f"{snapshot.folder / name}.npy"), fault)


def _fault_of_table(file: StringsFile, table: StringTable) -> str:
    """What is wrong with a table of strings, empty for nothing."""
    offsets, least = table.offsets, 0 if file.empty else 1
    if offsets[0] != 0 or offsets[-1] != len(table.data) or (np.diff(offsets) < least).any():
        return "has offsets that do not divide its strings"
    try:
        misplaced = sum(a >= b for a, b in pairwise(_strings(table)))  # this decodes all
    except UnicodeDecodeError as error:
        return f"is damaged: {error}"
    return "is not in order" if file.in_order and misplaced else ""


def _fault_of_values(file: ArrayFile, array: Array, snapshot: Snapshot) -> str:
    """What is wrong with single values of an array, empty for nothing."""
    if file.points_to:
        low, high = -1.0 if file.none else 0.0, snapshot.dimensions[file.points_to] - 1.0
        fault = f"points outside 0..{high:.0f}"
    elif array.dtype.kind == "f":
        largest = float(np.finfo(array.dtype).max)
        low, high = file.bounds or (-largest, largest)
        fault = f"holds numbers outside {low:g}..{high:g}" if file.bounds else "is not finite"
    else:
        return ""
    # The least and the greatest of values with a NaN are NaN, which fails every comparison.
    sound = all(low <= part.min() and part.max() <= high for part in _blocks(array) if part.size)
    return "" if sound else fault


def _fault_of_order(file: ArrayFile, array: Array, snapshot: Snapshot) -> str:
    """What is wrong with the order of an array's values, empty for nothing."""
    if file.each_once and len(np.unique(array)) != len(array):
        return "holds a number twice"
    if file.in_rows and not all(_is_ordered(rows, file.in_rows) for rows in _blocks(array)):
        return f"is not in order: its rows should be {file.in_rows}"
    if file.sorted_rows and any(a >= b for a, b in pairwise(row.tobytes() for row in array)):
        return "is not in order"
    if file.sorts:
        strings = getattr(snapshot.strings, file.sorts).take(array.tolist())
        if any(a >= b for a, b in pairwise(strings)):
            return f"is not in order: it should sort {file.sorts}.strings"
    return ""


def _fault_of_slices(file: ArrayFile, array: Array, snapshot: Snapshot) -> str:
    """What is wrong with the slices that an array of offsets cuts, empty for nothing."""
    if not file.cuts:
        return ""
    cut, sizes = getattr(snapshot.arrays, file.cuts), np.diff(array)
    least = 0 if file.empty_slices else 1
    if array[0] != 0 or array[-1] != len(cut) or (sizes < least).any():
        return f"does not divide {file.cuts}.npy"
    if file.groups:
        slice_of = getattr(snapshot.arrays, file.groups)[cut]
        if not np.array_equal(slice_of, np.repeat(np.arange(len(sizes)), sizes)):
            return f"divides {file.cuts}.npy otherwise than {file.groups}.npy says"
    return ""


def _is_ordered(rows: Array, order: str) -> bool:
    if order == "descending":
        return bool((rows[:, :-1] >= rows[:, 1:]).all())
    known = rows >= 0
    both = known[:, :-1] & known[:, 1:]
    ascending = rows[:, :-1] < rows[:, 1:]
    # With all -1 on one side, a row changes from one kind to the other once at most.
    edges = np.count_nonzero(known[:, :-1] != known[:, 1:], axis=1)
    return bool((ascending | ~both).all() and (edges <= 1).all())


def _blocks(array: Array) -> Iterator[Array]:
    """The rows of `array`, some at a time."""
    return (array[start : start + _BLOCK_ROWS] for start in range(0, len(array), _BLOCK_ROWS))


def _strings(table: StringTable) -> Iterator[str]:
    """The strings of `table`, of which few are in memory at a time."""
    for start in range(0, len(table), _BLOCK_ROWS):
        yield from table[start : start + _BLOCK_ROWS]
