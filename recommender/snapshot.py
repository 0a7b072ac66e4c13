"""A snapshot: an immutable folder that answers everything, opened without reading it.

Maths knows rows and texts: an article is a *row* (rows are sorted by id), and articles with the
same text share one *text*, which has one vector, one place in the neighbour graph and one topic.

file               shape, type                 holds
manifest.json      –                           counts, origin, SHA-256 of every other file
cards.sqlite       –                           id → row, row → card, content hash → text
index.faiss        texts x dimension           FAISS exact inner-product index of unit vectors
neighbours.npy     texts x K, int32            the neighbour graph: nearest texts, -1 = none
similarities.npy   texts x K, float32          their cosine similarities
related.npy        texts x L, int32            related texts, best first, -1 = none
scores.npy         texts x L, float32          their scores in [0, 1]
text_of.npy        articles, int32             row → text
copies.npy         articles, int32             rows grouped by text, the lead of each text first
copies_start.npy   texts + 1, int64            text → its slice of copies.npy
topic_of.npy       texts, int32                text → position in topics.json, -1 = none
published.npy      articles, int64             microseconds since 1970 UTC, the minimum = no date
source.npy         articles, int32             row → position in facets.json, -1 = none
section.npy        articles, int32             the same
language.npy       articles, int32             the same
ids.npy            bytes, uint8                all ids in UTF-8, in row order
ids_start.npy      articles + 1, int64         row → its slice of ids.npy
topics.json        –                           topics with keywords
facets.json        –                           the labels of source, section and language
"""

import hashlib
import json
import mmap
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from recommender.arrays import Array, check_stamp, open_array
from recommender.cards import Cards
from recommender.errors import SnapshotDamaged
from recommender.manifest import FORMAT, MANIFEST, Manifest, newer_format
from recommender.types import Keyword, Topic

if TYPE_CHECKING:
    from recommender.index import Index

__all__ = [
    "ARRAYS",
    "CARDS",
    "FACETS",
    "INDEX",
    "NO_DATE",
    "TOPICS",
    "Arrays",
    "Snapshot",
    "verify",
]

CARDS = "cards.sqlite"
INDEX = "index.faiss"
TOPICS = "topics.json"
FACETS = "facets.json"
NO_DATE = np.iinfo(np.int64).min


class Arrays(NamedTuple):
    """The arrays of a snapshot, in the shapes that the module's table gives."""

    neighbours: Array
    similarities: Array
    related: Array
    scores: Array
    text_of: Array
    copies: Array
    copies_start: Array
    topic_of: Array
    published: Array
    source: Array
    section: Array
    language: Array
    ids: Array
    ids_start: Array


class _Layout(NamedTuple):
    dtype: str
    length: str  # "articles" and "texts" are the manifest's counts; "free" is any
    extra: int = 0


ARRAYS = {
    "neighbours": _Layout("int32", "texts"),
    "similarities": _Layout("float32", "texts"),
    "related": _Layout("int32", "texts"),
    "scores": _Layout("float32", "texts"),
    "text_of": _Layout("int32", "articles"),
    "copies": _Layout("int32", "articles"),
    "copies_start": _Layout("int64", "texts", 1),
    "topic_of": _Layout("int32", "texts"),
    "published": _Layout("int64", "articles"),
    "source": _Layout("int32", "articles"),
    "section": _Layout("int32", "articles"),
    "language": _Layout("int32", "articles"),
    "ids": _Layout("uint8", "free"),
    "ids_start": _Layout("int64", "articles", 1),
}


class Snapshot:
    """One snapshot, open for reading. Everything is memory-mapped; nothing changes.

    Attributes: `manifest`, `arrays`, `cards`, `topics`, and `facets`, which maps each of
    "source", "section" and "language" to {label: code}.
    """

    def __init__(self, folder: Path) -> None:
        """Open and check all that can be checked without reading the files through.

        Raises:
            SnapshotDamaged: a file is missing, of the wrong size or another snapshot's; the
                message names it.
            NewerFormat: a newer version wrote it.
        """
        self.folder = folder
        self._index: Index | None = None
        self._loading, self._pid = Lock(), os.getpid()
        try:
            self._open()
        except OSError as error:
            file = error.filename or folder
            raise SnapshotDamaged(f"{file} cannot be read: {error.strerror}") from error

    def _open(self) -> None:
        self.manifest = Manifest.read(self.folder)
        self.name = self.manifest.name
        _check_files(self.folder, self.manifest)
        self.arrays = Arrays(**{name: self._array(name) for name in ARRAYS})
        self._ids = memoryview(self.arrays.ids.data)
        self.cards = Cards(self.folder / CARDS, self.manifest.build)
        self.topics = tuple(_topic(record) for record in self._json(TOPICS)["topics"])
        facets = self._json(FACETS)["facets"]
        self.facets = {
            name: {label: code for code, label in enumerate(labels)}
            for name, labels in facets.items()
        }
        check_stamp(self.folder / INDEX, self.manifest.build)
        # Mapped now, so that a pruned snapshot can still load its index; read when first needed.
        with (self.folder / INDEX).open("rb") as file:
            self._index_bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def index(self) -> "Index":
        """The FAISS index, loaded at the first call, after its SHA-256 was checked.

        Raises:
            SnapshotDamaged: the file's bytes are not those that were published.
        """
        if self._index is None:
            if self._pid != os.getpid():  # a lock held in another thread while forking stays taken
                self._loading, self._pid = Lock(), os.getpid()
            with self._loading:  # a large file is read once, however many threads wait for it
                if self._index is None:
                    self._index = self._load_index()
        return self._index

    def _load_index(self) -> "Index":
        digest = hashlib.sha256(self._index_bytes).hexdigest()
        if digest != self.manifest.files[INDEX].sha256:
            raise _altered(self.folder / INDEX)
        from recommender.index import Index

        return Index.from_buffer(self._index_bytes)

    def ids_of(self, rows: Sequence[int]) -> list[str]:
        """The ids of articles' rows."""
        start, ids = self.arrays.ids_start, self._ids
        begins = start.take(rows).tolist()
        ends = start[1:].take(rows).tolist()
        return [str(ids[begin:end], "utf-8") for begin, end in zip(begins, ends, strict=True)]

    def copies_of(self, text: int) -> list[int]:
        """Rows of the articles that share `text`, the lead first."""
        start = self.arrays.copies_start
        return self.arrays.copies[start[text] : start[text + 1]].tolist()  # type: ignore[no-any-return]

    def _array(self, name: str) -> Array:
        layout, path = ARRAYS[name], self.folder / f"{name}.npy"
        array = open_array(path, self.manifest.build)
        length = array.shape[0] if array.ndim else -1
        expected = {"articles": self.manifest.articles, "texts": self.manifest.texts}
        if (
            array.dtype != layout.dtype
            or length != expected.get(layout.length, length) + layout.extra
        ):
            raise SnapshotDamaged(
                f"{path} should hold {layout.dtype} for {layout.length}, and holds "
                f"{array.dtype} of shape {array.shape}"
            )
        return array

    def _json(self, name: str) -> Any:
        path = self.folder / name
        content = path.read_bytes()
        try:
            record = json.loads(content)
            version, build = int(record["format"]), record["build"]
        except (ValueError, KeyError, TypeError) as error:
            raise SnapshotDamaged(f"{path} is unreadable: {error}") from error
        if version > FORMAT:
            raise newer_format(path, version)
        if build != self.manifest.build:
            raise SnapshotDamaged(f"{path} belongs to another snapshot (build {build})")
        if hashlib.sha256(content).hexdigest() != self.manifest.files[name].sha256:
            raise _altered(path)
        return record


def verify(folder: Path) -> Snapshot:
    """Read every byte of the snapshot in `folder` and check it; return it opened.

    Raises:
        SnapshotDamaged, NewerFormat: the first file that is not what was published.
    """
    manifest = Manifest.read(folder)
    _check_files(folder, manifest)
    for name, entry in manifest.files.items():
        if name == INDEX:
            continue  # the largest file: `index()` hashes it below, before it loads it
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                raise _altered(folder / name)
    snapshot = Snapshot(folder)
    try:
        snapshot.cards.check()
        cards = sum(1 for _ in snapshot.cards.ids())
    except sqlite3.Error as error:
        raise SnapshotDamaged(f"{folder / CARDS} is damaged: {error}") from error
    if cards != manifest.articles:
        raise SnapshotDamaged(f"{folder / CARDS} holds {cards} articles, not {manifest.articles}")
    _check_ranges(snapshot)
    return snapshot


def _check_files(folder: Path, manifest: Manifest) -> None:
    expected = {CARDS, INDEX, TOPICS, FACETS, *(f"{name}.npy" for name in ARRAYS)}
    if absent := expected - manifest.files.keys():
        raise SnapshotDamaged(f"{folder / MANIFEST} does not list {', '.join(sorted(absent))}")
    for name, entry in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise SnapshotDamaged(f"{folder / name} is missing: {error.strerror}") from error
        if size != entry.bytes:
            raise SnapshotDamaged(
                f"{folder / name} has {size} bytes instead of {entry.bytes}: "
                "it was truncated or replaced"
            )


def _check_ranges(snapshot: Snapshot) -> None:
    arrays, manifest = snapshot.arrays, snapshot.manifest
    limits = {
        "neighbours": manifest.texts,
        "related": manifest.texts,
        "text_of": manifest.texts,
        "copies": manifest.articles,
        "topic_of": len(snapshot.topics),
        **{name: len(labels) for name, labels in snapshot.facets.items()},
    }
    for name, limit in limits.items():
        array = getattr(arrays, name)
        if array.size and not (array.min() >= -1 and array.max() < limit):
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy points outside 0..{limit - 1}")
    for name, other in (("scores", "related"), ("similarities", "neighbours")):
        if getattr(arrays, name).shape != getattr(arrays, other).shape:
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy does not match {other}.npy")
    for name, other in (("copies_start", "copies"), ("ids_start", "ids")):
        starts = getattr(arrays, name)
        whole = starts[0] == 0 and starts[-1] == len(getattr(arrays, other))
        if not (whole and (np.diff(starts) > 0).all()):
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy does not divide {other}.npy")
    if len(snapshot.index()) != manifest.texts:
        raise SnapshotDamaged(
            f"{snapshot.folder / INDEX} holds {len(snapshot.index())} vectors, not {manifest.texts}"
        )


def _altered(path: Path) -> SnapshotDamaged:
    return SnapshotDamaged(
        f"{path} was altered: its SHA-256 is not the manifest's; publish again, or return to an "
        "earlier snapshot with: recommender rollback"
    )


def _topic(record: dict[str, Any]) -> Topic:
    keywords = tuple(Keyword(term, weight) for term, weight in record["keywords"])
    return Topic(record["id"], record["label"], record["size"], keywords)
