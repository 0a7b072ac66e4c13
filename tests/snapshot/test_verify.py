"""Verification: what is whole passes, and whatever breaks the schema is named by its file.

That altered bytes are found is tested with the other faults; here the bytes are those that the
manifest lists, and what they say is wrong. What can be wrong is read off the schema.
"""

import errno
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotDamaged
from recommender.knn.index import Index
from recommender.snapshot.declarations import ArrayFile, StringsFile
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, STRINGS
from recommender.snapshot.string_table import StringTable
from recommender.snapshot.verify import verify
from recommender.snapshot.writer import write_snapshot
from tests.golden.make import make
from tests.snapshot.content import content_of, rewrite, with_lists

# How many files have each dimension: what only one file has can have any size.
CLAIMS = Counter(
    ["articles", "texts", "dimension", "topics"]  # the manifest's, and that of topics.json
    + [axis for file in ARRAYS.values() for axis in file.shape]
    + [file.dimension for file in STRINGS.values()]
)


class Change(NamedTuple):
    """One way to break what the schema says of a file: what it breaks, and the new value."""

    breaks: str
    value: Any


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a snapshot that has something in every file, inverted lists too."""
    root = tmp_path_factory.mktemp("verification") / "artifacts"
    make(root)
    folder = root / "20260101T000000Z-00000000"
    folder.mkdir()
    write_snapshot(folder, with_lists(content_of(Artifacts(root))))
    return folder


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / published.name))


def refusal(folder: Path, name: str, value: Array | StringTable) -> str:
    """Why the snapshot is refused whose file holds that value."""
    rewrite(folder, name, value)
    with pytest.raises(SnapshotDamaged) as caught:
        verify(folder)
    return str(caught.value)


def with_value(array: Array, place: Any, value: Any) -> Array:
    changed = np.array(array)
    changed[place] = value
    return changed


def test_what_was_published_passes_and_comes_open(published: Path) -> None:
    snapshot = verify(published)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.name == published.name
    for name in ARRAYS:
        assert getattr(snapshot.arrays, name).size, f"{name} is empty: its checks see nothing"
    for name in STRINGS:
        assert len(getattr(snapshot.strings, name)), f"{name} is empty: its checks see nothing"


# Every way to break the schema of one array.


def changes_of_array(file: ArrayFile, array: Array, snapshot: Snapshot) -> Iterator[Change]:
    yield from changes_of_shape(file, array)
    if file.points_to:
        limit = snapshot.dimensions[file.points_to]
        for value in (limit, -2) if file.none else (limit, -1):
            yield Change("points outside", with_value(array, -1, value))
    if array.dtype.kind == "f":
        low, high = file.bounds or (-np.inf, np.inf)
        for value in (low - 0.5, high + 0.5, np.nan, np.inf):
            yield Change("numbers", with_value(array, -1, value))
    if file.each_once:
        yield Change("twice or otherwise", with_value(array, 0, array[1]))
    if file.in_rows:
        row = int(np.ptp(array, axis=1).argmax())
        yield Change("order", with_value(array, row, array[row, ::-1]))
    if file.none and file.in_rows:
        row = int((array >= 0).sum(axis=1).argmax())
        known = np.flatnonzero(array[row] >= 0)
        yield Change("order", with_value(array, (row, known[len(known) // 2]), -1))
    if file.sorted_rows or file.sorts:
        yield Change("order", np.array(array[::-1]))
        yield Change("order", with_value(array, 1, array[0]))
    if file.cuts:
        yield from changes_of_slices(file, array)


def changes_of_shape(file: ArrayFile, array: Array) -> Iterator[Change]:
    other = np.int64 if file.dtype != "int64" else np.int32
    yield Change("type", array.astype(other))
    yield Change("dimensions", array[:, None] if array.ndim == 1 else array[:, 0])
    for axis, dimension in enumerate(file.shape):
        if CLAIMS[dimension] > 1 or isinstance(dimension, int):
            yield Change(f"number of {dimension}", np.delete(array, -1, axis=axis))


def changes_of_slices(file: ArrayFile, offsets: Array) -> Iterator[Change]:
    yield Change("first offset", with_value(offsets, 0, 1))
    yield Change("last offset", with_value(offsets, -1, offsets[-1] + 1))
    yield Change("rising offsets", with_value(offsets, 1, offsets[-1] + 1))
    if not file.empty_slices:
        yield Change("no empty slice", with_value(offsets, 1, 0))
    if file.groups:
        large = int(np.diff(offsets).argmax())
        at, by = (large + 1, -1) if large + 2 < len(offsets) else (large, 1)
        yield Change("groups", with_value(offsets, at, offsets[at] + by))


@pytest.mark.parametrize("name", ARRAYS)
def test_whatever_breaks_the_schema_of_an_array_is_named(folder: Path, name: str) -> None:
    whole = Snapshot(folder)
    array = getattr(whole.arrays, name)
    for breaks, value in changes_of_array(ARRAYS[name], array, whole):
        assert f"{name}.npy" in refusal(folder, f"{name}.npy", value), breaks
    rewrite(folder, f"{name}.npy", array)
    verify(folder)


@pytest.mark.parametrize("name", [file.groups for file in ARRAYS.values() if file.groups])
def test_a_group_that_its_members_contradict_is_named(folder: Path, name: str) -> None:
    array = getattr(Snapshot(folder).arrays, name)
    assert f"than {name}.npy says" in refusal(folder, f"{name}.npy", array[::-1])


# Every way to break the schema of one table of strings.


def changes_of_table(file: StringsFile, table: StringTable) -> Iterator[Change]:
    make, strings = type(table).from_strings, table[:]
    if CLAIMS[file.dimension] > 1:
        yield Change(f"number of {file.dimension}", make(strings[:-1]))
    if not file.empty:
        yield Change("no empty string", make(["", *strings[1:]]))
    if file.in_order and len(strings) > 1:
        yield Change("order", make([strings[1], strings[0], *strings[2:]]))
        yield Change("each once", make([strings[1], *strings[1:]]))
    yield Change("UTF-8", type(table)(b"\xff" * len(table.data), table.offsets))
    yield Change("UTF-8", type(table)(bytes(table.data[:-1]) + b"\xff", table.offsets))
    for place, value in ((0, 1), (-1, table.offsets[-1] - 1), (-2, table.offsets[-1] + 1)):
        yield Change("offsets", type(table)(table.data, with_value(table.offsets, place, value)))


@pytest.mark.parametrize("name", STRINGS)
def test_whatever_breaks_the_schema_of_a_table_is_named(folder: Path, name: str) -> None:
    table = getattr(Snapshot(folder).strings, name)
    for breaks, value in changes_of_table(STRINGS[name], table):
        assert f"{name}.strings" in refusal(folder, f"{name}.strings", value), breaks
    rewrite(folder, f"{name}.strings", table)
    verify(folder)


# Sentences.


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("neighbours", "neighbours.npy points outside 0..{texts}"),
        ("source", "source.npy points outside 0..{source labels}"),
        ("scores", "scores.npy holds numbers outside 0..1"),
        ("hubness", "hubness.npy is not finite"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, name: str, sentence: str) -> None:
    snapshot = Snapshot(folder)
    array = getattr(snapshot.arrays, name)
    wrong = np.nan if array.dtype.kind == "f" else 10**6
    limits = {d: snapshot.dimensions[d] - 1 for d in ("texts", "source labels")}
    said = refusal(folder, f"{name}.npy", with_value(array, -1, wrong))
    assert said.startswith(f"{folder}/{sentence.format_map(limits)}; ")


def test_two_files_that_disagree_on_a_dimension_are_both_named(folder: Path) -> None:
    stories = Snapshot(folder).dimensions["stories"]
    central = Snapshot(folder).arrays.story_central
    assert refusal(folder, "story_central.npy", central[:-1]).startswith(
        f"{folder}/story_central.npy does not match story_start.npy: "
        f"stories are {stories - 1} here and {stories} there; "
    )


def test_an_index_of_other_vectors_is_named(published: Path, tmp_path: Path) -> None:
    snapshot = Snapshot(published)
    texts, dimension = snapshot.manifest.texts, snapshot.manifest.dimension
    for count, size in ((texts - 1, dimension), (texts, dimension + 1)):
        folder = tmp_path / str(count) / published.name
        folder.mkdir(parents=True)
        content = replace(
            content_of(Artifacts(published.parent)),
            index=Index.build(np.eye(count, size, dtype=np.float32)),
        )
        write_snapshot(folder, content)
        with pytest.raises(SnapshotDamaged) as caught:
            verify(folder)
        assert f"{folder}/index.faiss holds {count} vectors of {size} numbers" in str(caught.value)
    assert Manifest.read(published).texts == texts


def test_a_file_that_the_disk_cannot_read_is_named(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("hashlib.file_digest", fail)
    with pytest.raises(SnapshotDamaged, match=r"\.npy cannot be read: Input/output error"):
        verify(published)
