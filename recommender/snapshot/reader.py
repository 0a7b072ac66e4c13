"""A snapshot: an immutable folder that answers everything, opened without reading it.

Its files are those that schema.py declares.
"""

import hashlib
import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from recommender._typing import Array
from recommender.snapshot.array_file import open_array
from recommender.snapshot.cards import Cards
from recommender.snapshot.damage import altered, damaged, unreadable
from recommender.snapshot.dimensions import Dimensions
from recommender.snapshot.json_file import (
    Scoring,
    changes_of,
    read_json,
    rules_of,
    topics_of,
)
from recommender.snapshot.lookup import Lookup
from recommender.snapshot.manifest import MANIFEST, Manifest
from recommender.snapshot.schema import (
    ARRAYS,
    FACETS,
    FILES,
    INDEX,
    LINEAGE,
    RULES,
    SCORING,
    STRINGS,
    TOPICS,
    Arrays,
    StringTables,
)
from recommender.snapshot.stamp import open_stamped
from recommender.snapshot.string_table import StringTable
from recommender.types.groups import Change, Topic

if TYPE_CHECKING:
    from recommender.knn.index import Index

__all__ = ["Snapshot", "check_files"]

_TABLE_TYPES: dict[str, type[StringTable]] = get_type_hints(StringTables)


class Snapshot:
    """One snapshot, open for reading. Every file is memory-mapped; nothing changes.

    Args:
        folder: The folder of the snapshot, which has its name.

    Attributes:
        manifest: What the snapshot says of itself.
        arrays: The arrays, by the names of the schema.
        strings: The string tables, by the names of the schema.
        dimensions: The size of each dimension of the schema.
        ids: The ids of the articles, by row.
        lexicon: The words that `arrays.words` numbers.
        phrases: The phrases that `arrays.phrases` numbers.
        cards: What a page shows of each row.
        lookup: What is found by name.
        topics: The topics, level by level.
        facets: The labels of each of `FACET_NAMES`, {label: code}.
        rules: The publisher's rules.
        scoring: What scores a text that is not in the snapshot.

    Raises:
        SnapshotDamaged: A file is missing, of the wrong size or another snapshot's; the message
            names it. All is checked that can be checked without reading the files through.
        NewerFormat: A newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Index | None = None
        self._loading, self._pid = Lock(), os.getpid()
        try:
            self._open()
        except OSError as error:
            raise unreadable(folder, error) from error

    def _open(self) -> None:
        folder = self.folder
        self.manifest = Manifest.read(folder)
        self.name = self.manifest.name
        check_files(folder, self.manifest)
        self.dimensions = Dimensions()
        for name in ("articles", "texts", "dimension"):
            self.dimensions.bind(name, getattr(self.manifest, name), folder / MANIFEST)
        self.arrays = Arrays(**{name: self._array(name) for name in ARRAYS})
        self.strings = StringTables(**{name: self._table(name) for name in STRINGS})
        self.ids, self.lexicon = self.strings.ids, self.strings.lexicon
        self.phrases = self.strings.phrase_texts
        self.lookup = Lookup(self.arrays, self.strings, folder)
        self.cards = Cards(self.strings.cards, folder / "cards.strings")
        self._open_records()
        # Mapped now, so that a pruned snapshot can still load its index; read when first needed.
        self._index_bytes = open_stamped(folder / INDEX, self.manifest.build)

    def _open_records(self) -> None:
        """Read the JSON files that all questions need."""
        folder, manifest = self.folder, self.manifest
        self.topics = topics_of(read_json(folder / TOPICS, manifest))
        self.dimensions.bind("topics", len(self.topics), folder / TOPICS)
        self._topic_places = {topic.id: place for place, topic in enumerate(self.topics)}
        self.facets: dict[str, dict[str, int]] = {}
        for facet, labels in read_json(folder / FACETS, manifest)["facets"].items():
            self.facets[facet] = {label: code for code, label in enumerate(labels)}
            self.dimensions.bind(f"{facet} labels", len(labels), folder / FACETS)
        self.rules = rules_of(read_json(folder / RULES, manifest))
        self.scoring = Scoring(**read_json(folder / SCORING, manifest)["scoring"])

    def index(self) -> "Index":
        """The FAISS index, which is checked and loaded at the first call.

        Returns:
            The index, with inverted lists if it is large.

        Raises:
            SnapshotDamaged: The file's bytes are not those that were published.
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
            raise altered(self.folder / INDEX)
        from recommender.knn.index import Index, InvertedLists

        arrays, scoring = self.arrays, self.scoring
        if not len(arrays.centroids):
            return Index.from_buffer(self._index_bytes)
        lists = InvertedLists(
            arrays.centroids, arrays.lists_start, arrays.lists_texts, scoring.probes, scoring.recall
        )
        return Index.from_buffer(self._index_bytes, lists)

    def topic(self, topic_id: str) -> Topic:
        """Find a topic by its id; see `has_topic`.

        Args:
            topic_id: The id.

        Returns:
            The topic.

        Raises:
            KeyError: There is no such topic.
        """
        return self.topics[self._topic_places[topic_id]]

    def place_of_topic(self, topic_id: str) -> int:
        """Where a topic stands in `topics`; see `has_topic`.

        Args:
            topic_id: The id.

        Returns:
            Its position.

        Raises:
            KeyError: There is no such topic.
        """
        return self._topic_places[topic_id]

    def has_topic(self, topic_id: str) -> bool:
        """Whether there is a topic of an id.

        Args:
            topic_id: The id.

        Returns:
            True if `topic` finds it.
        """
        return topic_id in self._topic_places

    def changes(self, kind: Literal["topics", "stories"]) -> tuple[Change, ...]:
        """Read what the night did to stories or topics, from the file at each call.

        Args:
            kind: "topics" or "stories".

        Returns:
            The changes, sorted by id.

        Raises:
            SnapshotDamaged: The file was altered or cannot be read.
        """
        path = self.folder / LINEAGE
        try:
            return changes_of(read_json(path, self.manifest), kind)
        except OSError as error:
            raise unreadable(path, error) from error

    def copies_of(self, text: int) -> list[int]:
        """The articles that share a text.

        Args:
            text: The number of the text.

        Returns:
            Their rows, the lead first.
        """
        start = self.arrays.copies_start
        rows: list[int] = self.arrays.copies[start[text] : start[text + 1]].tolist()
        return rows

    def _array(self, name: str) -> Array:
        file, path = ARRAYS[name], self.folder / f"{name}.npy"
        array = open_array(path, self.manifest.build)
        sizes = list(array.shape)
        if file.cuts:
            sizes[0] -= 1
        fits = len(sizes) == len(file.shape) and min(sizes) >= 0
        if array.dtype != file.dtype or not fits:
            raise damaged(
                path,
                f"should hold {file.dtype} of {file.describe_shape()}, and holds "
                f"{array.dtype} of shape {array.shape}",
            )
        for axis, size in zip(file.shape, sizes, strict=True):
            if isinstance(axis, str) and (size or not file.optional):
                self.dimensions.bind(axis, size, path)
            elif isinstance(axis, int) and size != axis:
                raise damaged(path, f"should have rows of {axis}, and has rows of {size}")
        return array

    def _table(self, name: str) -> Any:
        path = self.folder / f"{name}.strings"
        table = _TABLE_TYPES[name].open(path, self.manifest.build)
        self.dimensions.bind(STRINGS[name].dimension, len(table), path)
        return table


def check_files(folder: Path, manifest: Manifest) -> None:
    """Check that all files of a snapshot exist and have the size that the manifest says.

    Args:
        folder: The folder of the snapshot.
        manifest: Its manifest.

    Raises:
        SnapshotDamaged: A file is missing or of another size, or the manifest leaves one out.
    """
    if absent := FILES.keys() - manifest.files.keys():
        raise damaged(folder / MANIFEST, f"does not list {', '.join(sorted(absent))}")
    for name, entry in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise damaged(folder / name, f"is missing: {error.strerror}") from error
        if size != entry.bytes:
            raise damaged(
                folder / name,
                f"has {size} bytes instead of {entry.bytes}: it was truncated or replaced",
            )
