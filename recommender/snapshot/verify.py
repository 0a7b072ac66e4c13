"""Verification: every byte of a snapshot is read, and every value is held to the schema."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.json_file import altered
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.reader import Snapshot, check_files
from recommender.snapshot.schema import ARRAYS, INDEX, STRINGS, ArrayFile, StringsFile
from recommender.snapshot.string_table import StringTable

__all__ = ["verify"]

_BLOCK_ROWS = 1 << 16


def verify(folder: Path) -> Snapshot:
    """Read every byte of the snapshot in `folder` and check it; return it opened.

    Raises:
        SnapshotDamaged, NewerFormat: the first file that is not what was published, or that breaks
            what the schema declares.
    """
    manifest = Manifest.read(folder)
    check_files(folder, manifest)
    for name, entry in manifest.files.items():
        if name == INDEX:
            continue  # the largest file: `index()` hashes it below, before it loads it
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                raise altered(folder / name)
    snapshot = Snapshot(folder)
    for name, table in STRINGS.items():
        for fault in _faults_of_table(table, getattr(snapshot.strings, name)):
            raise SnapshotDamaged(f"{folder / name}.strings {fault}")
    # What points, first: the checks behind it look up what is pointed to.
    for faults in (_faults_of_values, _faults_of_order, _faults_of_slices):
        for name, array in ARRAYS.items():
            for fault in faults(array, getattr(snapshot.arrays, name), snapshot):
                raise SnapshotDamaged(f"{folder / name}.npy {fault}")
    index = snapshot.index()
    if (len(index), index.dimension) != (manifest.texts, manifest.dimension):
        raise SnapshotDamaged(
            f"{folder / INDEX} holds {len(index)} vectors of {index.dimension} numbers, not "
            f"{manifest.texts} of {manifest.dimension}"
        )
    return snapshot


def _faults_of_table(file: StringsFile, table: StringTable) -> Iterator[str]:
    offsets = table.offsets
    sizes = np.diff(offsets)
    if offsets[0] != 0 or offsets[-1] != len(table.data) or (sizes < (not file.empty)).any():
        yield "has offsets that do not divide its strings"
        return
    try:
        strings = table[:]
    except UnicodeDecodeError as error:
        yield f"is damaged: {error}"
        return
    if file.in_order and any(a >= b for a, b in pairwise(strings)):
        yield "is not in order"


def _faults_of_values(file: ArrayFile, array: Array, snapshot: Snapshot) -> Iterator[str]:
    if not array.size:
        return
    if file.points_to:
        least, limit = -1 if file.none else 0, snapshot.dimensions[file.points_to]
        if not (array.min() >= least and array.max() < limit):
            yield f"points outside 0..{limit - 1}"
    elif array.dtype.kind == "f":
        low, high = file.bounds or (-np.inf, np.inf)
        # A NaN is neither least nor greatest, and passes no comparison.
        if not (array.min() >= low and array.max() <= high and np.isfinite(array).all()):
            yield f"holds numbers outside {low:g}..{high:g}" if file.bounds else "is not finite"


def _faults_of_order(file: ArrayFile, array: Array, snapshot: Snapshot) -> Iterator[str]:
    if file.each_once and len(np.unique(array)) != len(array):
        yield "holds a number twice"
    if file.in_rows and not all(_is_ordered(rows, file.in_rows) for rows in _blocks(array)):
        yield f"is not in order: its rows should be {file.in_rows}"
    if file.sorted_rows and any(a >= b for a, b in pairwise(row.tobytes() for row in array)):
        yield "is not in order"
    if file.sorts:
        strings = getattr(snapshot.strings, file.sorts).take(array.tolist())
        if any(a >= b for a, b in pairwise(strings)):
            yield f"is not in order: it should sort {file.sorts}.strings"


def _faults_of_slices(file: ArrayFile, array: Array, snapshot: Snapshot) -> Iterator[str]:
    if not file.cuts:
        return
    cut, sizes = getattr(snapshot.arrays, file.cuts), np.diff(array)
    least = 0 if file.empty_slices else 1
    if array[0] != 0 or array[-1] != len(cut) or (sizes < least).any():
        yield f"does not divide {file.cuts}.npy"
    elif file.groups:
        slice_of = getattr(snapshot.arrays, file.groups)[cut]
        if not np.array_equal(slice_of, np.repeat(np.arange(len(sizes)), sizes)):
            yield f"divides {file.cuts}.npy otherwise than {file.groups}.npy says"


def _is_ordered(rows: Array, order: str) -> bool:
    if order == "descending":
        return bool((rows[:, :-1] >= rows[:, 1:]).all())
    known = rows >= 0
    both = known[:, :-1] & known[:, 1:]
    ascending = rows[:, :-1] < rows[:, 1:]
    # All -1 on one side: a row goes over from one to the other once at most.
    edges = np.count_nonzero(known[:, :-1] != known[:, 1:], axis=1)
    return bool((ascending | ~both).all() and (edges <= 1).all())


def _blocks(array: Array) -> Iterator[Array]:
    """The rows of `array` in blocks, so that a check needs little memory."""
    return (array[start : start + _BLOCK_ROWS] for start in range(0, len(array), _BLOCK_ROWS))
