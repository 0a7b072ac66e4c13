"""A snapshot: an immutable folder that answers everything, opened without reading it.

Maths knows rows and texts: an article is a *row* (rows are sorted by id), and articles with the
same or nearly the same text share one *text*, which has one embedding, one place in the neighbour
graph, one story and one topic: those of its lead article.

file                shape, type                 holds
manifest.json       –                           counts, origin, SHA-256 of every other file
index.faiss         texts x dimension           FAISS inner-product index of expanded embeddings
centroids.npy       lists x dimension, float32  of a large corpus: what its texts are listed by
lists_start.npy     lists + 1, int64            list → its slice of lists_texts.npy
lists_texts.npy     texts or none, int32        texts by their nearest centroid; see index.py
neighbours.npy      texts x K, int32            the neighbour graph: best-scored texts, -1 = none
scores.npy          texts x K, float32          their scores in [0, 1]; see scoring.py
hubness.npy         texts, float32              how near each text is to its own nearest
words.npy           texts x W, int32            its heaviest words, ascending, -1 = none
word_weights.npy    texts x W, float16          their weights; see lexical.py
lexicon.npy         bytes, uint8                the words in UTF-8, in alphabetical order
lexicon_start.npy   words + 1, int64            word → its slice of lexicon.npy
idf.npy             words, float32              inverse document frequency
phrases.npy         texts x P, int32            its most telling phrases, ascending, -1 = none
phrase_weights.npy  phrases, float32            how telling each phrase is
phrase_names.npy    phrases, bool               whether it is a name
phrase_texts.npy    bytes, uint8                the phrases in UTF-8
phrase_start.npy    phrases + 1, int64          phrase → its slice of phrase_texts.npy
text_of.npy         articles, int32             row → text
copies.npy          articles, int32             rows grouped by text, the lead of each text first
copies_start.npy    texts + 1, int64            text → its slice of copies.npy
story_of.npy        texts, int32                text → story
story_texts.npy     texts, int32                texts grouped by story
story_start.npy     stories + 1, int64          story → its slice of story_texts.npy
story_central.npy   stories, int32              its most central text
topic_of.npy        texts, int32                text → place in topics.json, of level 1, -1 = none
finest_of.npy       texts, int32                the same, of the finest level
topic_strength.npy  texts, float32              how surely it is of its topic of level 1
published.npy       articles, int64             microseconds since 1970 UTC, the minimum = no date
source.npy          articles, int32             row → position in facets.json, -1 = none
section.npy         articles, int32             the same
language.npy        articles, int32             the same
author.npy          articles, int32             the same
ids.npy             bytes, uint8                all ids in UTF-8, in row order
ids_start.npy       articles + 1, int64         row → its slice of ids.npy
hashes.npy          contents x 16, uint8        the hashes of the articles' contents, ascending
hash_texts.npy      contents, int32             the text of each
story_ids.npy       bytes, uint8                the ids of the stories in UTF-8
story_ids_start.npy stories + 1, int64          story → its slice of story_ids.npy
stories_by_id.npy   stories, int32              the stories in the order of their ids
story_keywords.npy  bytes, uint8                the keywords of each in JSON, with their weights
story_keywords_start.npy
                    stories + 1, int64          story → its slice of story_keywords.npy
dead.npy            bytes, uint8                ids of stories and topics that are no more, in order
dead_start.npy      dead + 1, int64             each one's slice of dead.npy
heirs.npy           bytes, uint8                the id that took over from each, empty for none
heirs_start.npy     dead + 1, int64             each one's slice of heirs.npy
cards.npy           bytes, uint8                what a page shows of each article; see cards.py
cards_start.npy     articles + 1, int64         row → its slice of cards.npy
topics.json         –                           topics with keywords
lineage.json        –                           what the night did to stories and topics
facets.json         –                           the labels of source, section, language and author
rules.json          –                           the publisher's rules, by ids
scoring.json        –                           what scores a text that is not in the snapshot
"""

import hashlib
import json
import mmap
import os
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.array_file import check_stamp, open_array
from recommender.snapshot.cards import Cards
from recommender.snapshot.lookup import Lookup, Named
from recommender.snapshot.manifest import FORMAT, MANIFEST, Manifest, newer_format
from recommender.snapshot.string_table import Strings
from recommender.types import Change, Keyword, Rules, Topic

if TYPE_CHECKING:
    from recommender.knn.index import Index

__all__ = [
    "ARRAYS",
    "FACETS",
    "INDEX",
    "LINEAGE",
    "RULES",
    "SCORING",
    "TOPICS",
    "Arrays",
    "Scoring",
    "Snapshot",
    "altered",
    "check_files",
]

INDEX = "index.faiss"
TOPICS = "topics.json"
LINEAGE = "lineage.json"
FACETS = "facets.json"
RULES = "rules.json"
SCORING = "scoring.json"


class _Layout(NamedTuple):
    dtype: str
    length: str = "free"  # "articles" and "texts" are the manifest's counts; "free" is any
    extra: int = 0


class Arrays(NamedTuple):
    """The arrays of a snapshot, in the shapes that the module's table gives."""

    centroids: Annotated[Array, _Layout("float32")]
    lists_start: Annotated[Array, _Layout("int64")]
    lists_texts: Annotated[Array, _Layout("int32")]
    neighbours: Annotated[Array, _Layout("int32", "texts")]
    scores: Annotated[Array, _Layout("float32", "texts")]
    hubness: Annotated[Array, _Layout("float32", "texts")]
    words: Annotated[Array, _Layout("int32", "texts")]
    word_weights: Annotated[Array, _Layout("float16", "texts")]
    lexicon: Annotated[Array, _Layout("uint8")]
    lexicon_start: Annotated[Array, _Layout("int64")]
    idf: Annotated[Array, _Layout("float32")]
    phrases: Annotated[Array, _Layout("int32", "texts")]
    phrase_weights: Annotated[Array, _Layout("float32")]
    phrase_names: Annotated[Array, _Layout("bool")]
    phrase_texts: Annotated[Array, _Layout("uint8")]
    phrase_start: Annotated[Array, _Layout("int64")]
    text_of: Annotated[Array, _Layout("int32", "articles")]
    copies: Annotated[Array, _Layout("int32", "articles")]
    copies_start: Annotated[Array, _Layout("int64", "texts", 1)]
    story_of: Annotated[Array, _Layout("int32", "texts")]
    story_texts: Annotated[Array, _Layout("int32", "texts")]
    story_start: Annotated[Array, _Layout("int64")]
    story_central: Annotated[Array, _Layout("int32")]
    topic_of: Annotated[Array, _Layout("int32", "texts")]
    finest_of: Annotated[Array, _Layout("int32", "texts")]
    topic_strength: Annotated[Array, _Layout("float32", "texts")]
    published: Annotated[Array, _Layout("int64", "articles")]
    source: Annotated[Array, _Layout("int32", "articles")]
    section: Annotated[Array, _Layout("int32", "articles")]
    language: Annotated[Array, _Layout("int32", "articles")]
    author: Annotated[Array, _Layout("int32", "articles")]
    ids: Annotated[Array, _Layout("uint8")]
    ids_start: Annotated[Array, _Layout("int64", "articles", 1)]
    hashes: Annotated[Array, _Layout("uint8")]
    hash_texts: Annotated[Array, _Layout("int32")]
    story_ids: Annotated[Array, _Layout("uint8")]
    story_ids_start: Annotated[Array, _Layout("int64")]
    stories_by_id: Annotated[Array, _Layout("int32")]
    story_keywords: Annotated[Array, _Layout("uint8")]
    story_keywords_start: Annotated[Array, _Layout("int64")]
    dead: Annotated[Array, _Layout("uint8")]
    dead_start: Annotated[Array, _Layout("int64")]
    heirs: Annotated[Array, _Layout("uint8")]
    heirs_start: Annotated[Array, _Layout("int64")]
    cards: Annotated[Array, _Layout("uint8")]
    cards_start: Annotated[Array, _Layout("int64", "articles", 1)]


ARRAYS: dict[str, _Layout] = {
    name: hint.__metadata__[0] for name, hint in Arrays.__annotations__.items()
}


class Scoring(NamedTuple):
    """What scores and finds a text beside the arrays.

    See `lexical.Lexicon` and `scoring` for the means, `index.InvertedLists` for the rest.
    """

    mean_length: float
    mean_hubness: float
    probes: int
    recall: float


class Snapshot:
    """One snapshot, open for reading. Everything is memory-mapped; nothing changes.

    Attributes: `manifest`, `arrays`, `cards`, `lookup`, `topics`, `rules`, `scoring`, the strings
    `ids`, `lexicon` and `phrases`, and `facets`, which maps each of `FACET_NAMES` to {label: code}.
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
        check_files(self.folder, self.manifest)
        self.arrays = Arrays(**{name: self._array(name) for name in ARRAYS})
        arrays = self.arrays
        self.lookup = Lookup(Named(*(getattr(arrays, n) for n in Named._fields)), self.folder)
        self.ids = self.lookup.ids
        self.lexicon = Strings(arrays.lexicon, arrays.lexicon_start)
        self.phrases = Strings(arrays.phrase_texts, arrays.phrase_start)
        self.cards = Cards(Strings(arrays.cards, arrays.cards_start), self.folder / "cards.npy")
        self.topics = tuple(_topic(record) for record in self._json(TOPICS)["topics"])
        self._topic_places = {topic.id: place for place, topic in enumerate(self.topics)}
        facets = self._json(FACETS)["facets"]
        self.facets = {
            name: {label: code for code, label in enumerate(labels)}
            for name, labels in facets.items()
        }
        self.rules = _rules(self._json(RULES)["rules"])
        self.scoring = Scoring(**self._json(SCORING)["scoring"])
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
        """The topic of that id, which is known to be one."""
        return self.topics[self._topic_places[topic_id]]

    def has_topic(self, topic_id: str) -> bool:
        """Whether there is a topic of that id."""
        return topic_id in self._topic_places

    def changes(self, kind: Literal["topics", "stories"]) -> tuple[Change, ...]:
        """What the night did to stories or topics, sorted by id; read anew at each call.

        Raises:
            SnapshotDamaged: the file was altered.
        """
        records = self._json(LINEAGE)[kind]
        return tuple(Change(**record | {"others": tuple(record["others"])}) for record in records)

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
            raise altered(path)
        return record


def check_files(folder: Path, manifest: Manifest) -> None:
    """Check that all files are there, in their sizes.

    Raises:
        SnapshotDamaged: one is not; or the manifest leaves one out.
    """
    expected = {
        INDEX,
        TOPICS,
        LINEAGE,
        FACETS,
        RULES,
        SCORING,
        *(f"{name}.npy" for name in ARRAYS),
    }
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


def altered(path: Path) -> SnapshotDamaged:
    """The error for a file that holds other bytes than those published."""
    return SnapshotDamaged(
        f"{path} was altered: its SHA-256 is not the manifest's; publish again, or return to an "
        "earlier snapshot with: recommender rollback"
    )


def _topic(record: dict[str, Any]) -> Topic:
    keywords = tuple(Keyword(term, weight) for term, weight in record["keywords"])
    shown = tuple(record["representatives"])
    return Topic(**record | {"keywords": keywords, "representatives": shown})


def _rules(record: dict[str, Any]) -> Rules:
    return Rules(
        tuple((first, second) for first, second in record["pinned"]),
        tuple((first, second) for first, second in record["apart"]),
        tuple(record["excluded_sections"]),
        tuple((i, datetime.fromisoformat(moment)) for i, moment in record["embargo"]),
    )
