"""The snapshot's format, declared once: every file, its shape, its values, what they point to.

The writer, the reader, the verifier and the table in docs/reference/snapshot.md are made from it.

Mathematics knows rows and texts. An article is a *row*; rows are sorted by id. Articles with the
same or nearly the same text share one *text*, which has one embedding, one place in the neighbour
graph, one story and one topic: those of its lead article.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from recommender._typing import Array
from recommender.snapshot.declarations import ArrayFile, StringsFile
from recommender.snapshot.string_table import SortedStringTable, StringTable
from recommender.types.article import FACET_NAMES

__all__ = [
    "ARRAYS",
    "FACETS",
    "FILES",
    "HASH_BYTES",
    "INDEX",
    "LINEAGE",
    "RULES",
    "SCORING",
    "STRINGS",
    "TOPICS",
    "Arrays",
    "StringTables",
]

INDEX = "index.faiss"
TOPICS = "topics.json"
LINEAGE = "lineage.json"
FACETS = "facets.json"
RULES = "rules.json"
SCORING = "scoring.json"
HASH_BYTES = 16


def _array(holds: str, dtype: str, *shape: str | int, **limits: Any) -> ArrayFile:
    return ArrayFile(holds, dtype, shape, **limits)


def _offsets(holds: str, dimension: str, cuts: str, **limits: Any) -> ArrayFile:
    return _array(holds, "int64", dimension, cuts=cuts, **limits)


def _labels(facet: str) -> ArrayFile:
    holds = f"row → {facet}, by its position in `{FACETS}`"
    return _array(holds, "int32", "articles", points_to=f"{facet} labels", none=True)


class Arrays(NamedTuple):
    """The arrays of a snapshot, each in a file of its name."""

    centroids: Annotated[
        Array,
        _array(
            "of a large corpus: the centres of the lists that a search reads",
            "float32",
            "lists",
            "dimension",
        ),
    ]
    lists_start: Annotated[
        Array,
        _offsets("list → its slice of `lists_texts`", "lists", "lists_texts", empty_slices=True),
    ]
    lists_texts: Annotated[
        Array,
        _array(
            "texts grouped by their nearest centre",
            "int32",
            "texts",
            optional=True,
            points_to="texts",
            each_once=True,
        ),
    ]
    neighbours: Annotated[
        Array,
        _array(
            "the neighbour graph: of each text the best-scored other texts, best first",
            "int32",
            "texts",
            "K",
            points_to="texts",
            none=True,
        ),
    ]
    scores: Annotated[
        Array, _array("their scores", "float32", "texts", "K", bounds=(0, 1), in_rows="descending")
    ]
    hubness: Annotated[
        Array, _array("how near each text is to its own nearest", "float32", "texts")
    ]
    words: Annotated[
        Array,
        _array(
            "the heaviest words of each text",
            "int32",
            "texts",
            "W",
            points_to="words",
            none=True,
            in_rows="ascending",
        ),
    ]
    word_weights: Annotated[Array, _array("their weights", "float16", "texts", "W", bounds=(0, 1))]
    idf: Annotated[Array, _array("inverse document frequency of each word", "float32", "words")]
    phrases: Annotated[
        Array,
        _array(
            "the most telling phrases of each text",
            "int32",
            "texts",
            "P",
            points_to="phrases",
            none=True,
            in_rows="ascending",
        ),
    ]
    phrase_weights: Annotated[Array, _array("how telling each phrase is", "float32", "phrases")]
    phrase_names: Annotated[Array, _array("whether each phrase is a name", "bool", "phrases")]
    text_of: Annotated[Array, _array("row → text", "int32", "articles", points_to="texts")]
    copies: Annotated[
        Array,
        _array(
            "rows grouped by text, the lead of each text first",
            "int32",
            "articles",
            points_to="articles",
            each_once=True,
        ),
    ]
    copies_start: Annotated[
        Array, _offsets("text → its slice of `copies`", "texts", "copies", groups="text_of")
    ]
    superseded_by: Annotated[
        Array,
        _array(
            "row → the newer version of that article",
            "int32",
            "articles",
            points_to="articles",
            none=True,
        ),
    ]
    story_of: Annotated[Array, _array("text → story", "int32", "texts", points_to="stories")]
    story_texts: Annotated[
        Array, _array("texts grouped by story", "int32", "texts", points_to="texts", each_once=True)
    ]
    story_start: Annotated[
        Array,
        _offsets("story → its slice of `story_texts`", "stories", "story_texts", groups="story_of"),
    ]
    story_central: Annotated[
        Array, _array("the most central text of each story", "int32", "stories", points_to="texts")
    ]
    keyword_texts: Annotated[
        Array,
        _array(
            "texts grouped by the keyword of their topic or story that they use",
            "int32",
            "keyword uses",
            points_to="texts",
        ),
    ]
    keyword_start: Annotated[
        Array,
        _offsets(
            f"keyword → its slice of `keyword_texts`; first come those of `{TOPICS}`",
            "keywords",
            "keyword_texts",
            empty_slices=True,
        ),
    ]
    story_keywords_at: Annotated[
        Array,
        _array(
            "the number of each story's first keyword",
            "int32",
            "stories",
            points_to="keywords",
            none=True,
        ),
    ]
    topic_of: Annotated[
        Array,
        _array(
            f"text → its topic of level 1, by its position in `{TOPICS}`",
            "int32",
            "texts",
            points_to="topics",
            none=True,
        ),
    ]
    finest_of: Annotated[
        Array,
        _array(
            "text → its topic of the finest level", "int32", "texts", points_to="topics", none=True
        ),
    ]
    topic_strength: Annotated[
        Array,
        _array(
            "how surely each text is of its topic of level 1", "float32", "texts", bounds=(0, 1)
        ),
    ]
    published: Annotated[
        Array,
        _array(
            "microseconds since 1970 in UTC, the least int64 where there is no date",
            "int64",
            "articles",
        ),
    ]
    source: Annotated[Array, _labels("source")]
    section: Annotated[Array, _labels("section")]
    language: Annotated[Array, _labels("language")]
    author: Annotated[Array, _labels("author")]
    hashes: Annotated[
        Array,
        _array(
            "the hashes of the articles' contents",
            "uint8",
            "contents",
            HASH_BYTES,
            sorted_rows=True,
        ),
    ]
    hash_texts: Annotated[
        Array, _array("the text of each content", "int32", "contents", points_to="texts")
    ]
    stories_by_id: Annotated[
        Array,
        _array(
            "the stories in the order of their ids",
            "int32",
            "stories",
            points_to="stories",
            sorts="story_ids",
        ),
    ]


class StringTables(NamedTuple):
    """The string tables of a snapshot, each in a file of its name."""

    ids: Annotated[SortedStringTable, StringsFile("the id of each row", "articles", in_order=True)]
    cards: Annotated[StringTable, StringsFile("what a page shows of each row, in JSON", "articles")]
    lexicon: Annotated[
        StringTable, StringsFile("words of two texts or more", "words", in_order=True)
    ]
    phrase_texts: Annotated[
        StringTable, StringsFile("the phrases as readers write them", "phrases")
    ]
    story_ids: Annotated[StringTable, StringsFile("the id of each story", "stories")]
    story_keywords: Annotated[
        StringTable,
        StringsFile("the keywords of each story with their weights, in JSON", "stories"),
    ]
    retired_ids: Annotated[
        SortedStringTable,
        StringsFile("the ids of stories and topics that are no more", "retired ids", in_order=True),
    ]
    successors: Annotated[
        StringTable,
        StringsFile(
            "of each retired id the group that took over, empty for none", "retired ids", empty=True
        ),
    ]


def _declared(tables: type) -> dict[str, Any]:
    return {name: hint.__metadata__[0] for name, hint in tables.__annotations__.items()}


ARRAYS: Mapping[str, ArrayFile] = _declared(Arrays)
STRINGS: Mapping[str, StringsFile] = _declared(StringTables)
# What each file beside the manifest holds, in the order of the table.
FILES: Mapping[str, str] = {
    INDEX: "FAISS inner-product index of the texts' expanded embeddings",
    **{f"{name}.npy": file.holds for name, file in ARRAYS.items()},
    **{f"{name}.strings": file.holds for name, file in STRINGS.items()},
    TOPICS: "the topics with keywords and the ids of representative articles",
    LINEAGE: "what the night did to stories and topics",
    FACETS: f"the labels of {', '.join(FACET_NAMES[:-1])} and {FACET_NAMES[-1]}",
    RULES: "the publisher's rules, by ids",
    SCORING: "what scores and finds a text that is not in the snapshot",
}
