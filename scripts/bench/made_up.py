"""A made-up newsroom of any size: vectors with structure, the package's own graph, a snapshot.

Articles belong to stories and stories to topics; vectors, words, phrases and dates follow them.
Sections do not: the neighbours of an article are in all sections, which is hard for a filter.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.dates import from_microseconds
from recommender.embedding.base import EncoderSpec
from recommender.graph.rescore import Rescored, rescore
from recommender.knn.index import Index, InvertedLists
from recommender.knn.inverted_lists import build_lists
from recommender.knn.neighbours import nearest
from recommender.progress import ignore
from recommender.scoring.word_overlap import WeightedWords
from recommender.settings.sections import Neighbours, Settings
from recommender.snapshot.cards import pack_cards
from recommender.snapshot.json_file import Scoring
from recommender.snapshot.lookup import index_hashes, order_by_id, pack_keywords, pack_successors
from recommender.snapshot.publish import publish
from recommender.snapshot.schema import Arrays, StringTables
from recommender.snapshot.string_table import SortedStringTable, StringTable
from recommender.snapshot.writer import Content
from recommender.types.article import Card
from recommender.types.groups import Keyword, Topic
from recommender.types.rules import Rules

DIMENSION = 384
THREADS = 2
TOPICS = 100
STORY = 25  # articles of a story on average
COPIES = 0.02  # share of articles that have another's text
DAY = 86_400_000_000  # microseconds
DAYS = 365
NEWEST = 1_790_000_000_000_000  # microseconds since 1970
SOURCES = 9
SECTIONS = {
    "news": 0.5, "business": 0.2, "culture": 0.08, "sport": 0.08, "science": 0.05, "travel": 0.05,
    "law": 0.02, "chess": 0.01, "sponsored": 0.01,
}  # fmt: skip
LABELS: dict[str, list[str]] = {
    "source": [f"Source {n}" for n in range(SOURCES)],
    "section": [*SECTIONS],
    "language": ["en"],
    "author": [],
}
EXCLUDED = "sponsored"  # the section that a rule excludes
APART = 100  # a rule keeps one of so many articles apart from the next one


class Vocabulary(NamedTuple):
    """How many terms a text has from its story, from its topic and from neither.

    Each place of a text chooses from `each` terms of its own.
    """

    of_story: int
    of_topic: int
    of_none: int
    each: int

    @property
    def width(self) -> int:
        """Terms of a text."""
        return self.of_story + self.of_topic + self.of_none


WORDS = Vocabulary(30, 40, 90, each=200)  # about as many words as a text of the demo has
PHRASES = Vocabulary(4, 3, 3, each=1000)
PHRASE_ROOM = 32  # phrases of a text that the format has room for


class World(NamedTuple):
    """The texts of the newsroom.

    Attributes:
        vectors: Their embeddings of unit length, (texts, dimension) float32.
        topic_of: The topic of each text, (texts,) int.
        story_of: The story of each text, (texts,) int.
    """

    vectors: Array
    topic_of: Array
    story_of: Array


def world(texts: int) -> World:
    """Draw stories around topics and texts around stories, on a spectrum that decays."""
    rng = np.random.default_rng(0)
    spectrum = (1.0 + np.arange(DIMENSION, dtype=np.float32)) ** -0.4

    def normal(count: int) -> Array:
        return rng.standard_normal((count, DIMENSION), dtype=np.float32) * spectrum

    topics, count = normal(TOPICS), texts // STORY + 1
    topic_of_story = rng.integers(0, TOPICS, count)
    stories = topics[topic_of_story] + 0.9 * normal(count)
    story_of = rng.integers(0, count, texts)
    vectors = stories[story_of] + 0.9 * normal(texts)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return World(vectors, topic_of_story[story_of], story_of)


def words(made: World, rng: np.random.Generator) -> WeightedWords:
    """The words of each text, all of the same weight."""
    terms = _terms(WORDS, made, rng)
    return WeightedWords(terms, np.full(terms.shape, WORDS.width**-0.5, np.float16))


def publish_made_up(root: Path, articles: int) -> str:
    """Publish a snapshot of made-up `articles` into the artifacts folder `root`; return its name.

    Neighbours, graph and index are computed by the package's own functions.
    """
    return publish(Artifacts(root), content(articles), keep=1)


def content(articles: int) -> Content:
    """Everything that the snapshot of the made-up newsroom holds."""
    rng = np.random.default_rng(1)
    texts = articles - int(COPIES * articles)
    made, settings = world(texts), Settings()
    weighted = words(made, rng)
    search = _search(made.vectors, weighted, settings.neighbours)
    text_of = np.append(np.arange(texts), rng.integers(0, texts, articles - texts))
    published = _published(made.story_of[text_of], rng)
    facets = _facets(articles, rng)
    strings = _strings(articles, made, _cards(published, facets))
    arrays = Arrays(
        **_search_arrays(search),
        words=weighted.words,
        word_weights=weighted.weights,
        idf=np.ones(len(strings.lexicon), dtype=np.float32),
        **_phrases(made, len(strings.phrase_texts), rng),
        **_copies(text_of),
        superseded_by=np.full(articles, -1, dtype=np.int32),
        **_groups(made),
        **_keyword_texts(made),
        published=published,
        **facets,
        **index_hashes({text.to_bytes(16, "little"): text for text in range(texts)})._asdict(),
        stories_by_id=order_by_id(strings.story_ids[:]),
    )
    lists, hubness = search.lists, float(search.rescored.hubness.mean())
    return Content(
        build=f"{articles:032x}",
        inputs=f"{articles:032x}",
        version="0",
        encoder=EncoderSpec("made-up", None, None, "0" * 32),
        dimension=DIMENSION,
        settings=settings.to_dict(),
        arrays=arrays,
        strings=strings,
        index=search.index,
        changes={"topics": (), "stories": ()},
        topics=_topics(articles),
        facets=LABELS,
        rules=_rules(articles),
        scoring=Scoring(float(WORDS.width), hubness, lists.probes, lists.recall),
    )


class _Search(NamedTuple):
    """The neighbour graph and the index, as a night makes them."""

    rescored: Rescored
    index: Index
    lists: InvertedLists


def _search(vectors: Array, weighted: WeightedWords, chosen: Neighbours) -> _Search:
    """Find, score and index neighbours with the package's own functions."""
    candidates = nearest(vectors, chosen.candidates, THREADS, ignore).lists
    rescored, expanded = rescore(*candidates, vectors, weighted, chosen.k, THREADS, ignore)
    index = Index.build(expanded)
    return _Search(rescored, index, build_lists(index, THREADS))


def _search_arrays(search: _Search) -> dict[str, Array]:
    """The arrays of the graph and of the index."""
    return {
        "centroids": search.lists.centroids,
        "lists_start": search.lists.start,
        "lists_texts": search.lists.texts,
        **search.rescored.graph._asdict(),
        "hubness": search.rescored.hubness,
    }


def _phrases(made: World, count: int, rng: np.random.Generator) -> dict[str, Array]:
    """The phrases of each text, and which of the `count` phrases are telling or names."""
    unused = ((0, 0), (0, PHRASE_ROOM - PHRASES.width))
    return {
        "phrases": np.pad(_terms(PHRASES, made, rng), unused, constant_values=-1),
        "phrase_weights": rng.random(count, dtype=np.float32),
        "phrase_names": rng.random(count) < 0.5,
    }


def _copies(text_of: Array) -> dict[str, Array]:
    """Which articles have which text."""
    return {
        "text_of": text_of.astype(np.int32),
        "copies": np.argsort(text_of, kind="stable").astype(np.int32),
        "copies_start": np.append(0, np.cumsum(np.bincount(text_of))),
    }


def _groups(made: World) -> dict[str, Array]:
    """Stories and topics; stories without texts get no number."""
    _, first, story_of = np.unique(made.story_of, return_index=True, return_inverse=True)
    topics = made.topic_of.astype(np.int32)
    return {
        "story_of": story_of.astype(np.int32),
        "story_texts": np.argsort(story_of, kind="stable").astype(np.int32),
        "story_start": np.append(0, np.cumsum(np.bincount(story_of))),
        "story_central": first.astype(np.int32),
        "topic_of": topics,
        "finest_of": topics,
        "topic_strength": np.ones(len(topics), dtype=np.float32),
    }


def _keyword_texts(made: World) -> dict[str, Array]:
    """The texts that use the one keyword of each topic: half of its texts. Stories have none."""
    users = np.flatnonzero(np.arange(len(made.topic_of)) % 2)
    topics = made.topic_of[users]
    return {
        "keyword_texts": users[np.argsort(topics, kind="stable")].astype(np.int32),
        "keyword_start": np.append(0, np.cumsum(np.bincount(topics, minlength=TOPICS))),
        "story_keywords_at": np.full(len(np.unique(made.story_of)), -1, dtype=np.int32),
    }


def _facets(articles: int, rng: np.random.Generator) -> dict[str, Array]:
    """The codes of each article's facets, (articles,) int32 each."""
    sources = rng.integers(0, SOURCES, articles, dtype=np.int32)
    sections = rng.choice(len(SECTIONS), articles, p=[*SECTIONS.values()])
    return {
        "source": sources,
        "section": sections.astype(np.int32),
        "language": np.zeros(articles, dtype=np.int32),
        "author": np.full(articles, -1, dtype=np.int32),
    }


def _topics(articles: int) -> list[Topic]:
    """Topics of one level and one size."""
    size = articles // TOPICS
    return [Topic(f"t{n}", f"topic {n}", size, (Keyword(f"word{n}", 1.0),)) for n in range(TOPICS)]


def _rules(articles: int) -> Rules:
    """One section is excluded, and some articles are kept apart from the next."""
    first = range(0, articles - 1, APART)
    apart = tuple((article_id(row), article_id(row + 1)) for row in first)
    return Rules(apart=apart, excluded_sections=(EXCLUDED,))


def _strings(articles: int, made: World, cards: Iterator[Card]) -> StringTables:
    """The strings of articles, words, phrases and stories."""
    story_ids = [f"s-{n}" for n in np.unique(made.story_of).tolist()]
    retired_ids, successors = pack_successors({})
    return StringTables(
        ids=SortedStringTable.from_strings(map(article_id, range(articles))),
        cards=pack_cards(cards),
        lexicon=StringTable.from_strings(_names("word", WORDS)),
        phrase_texts=StringTable.from_strings(_names("phrase", PHRASES)),
        story_ids=StringTable.from_strings(story_ids),
        story_keywords=pack_keywords(() for _ in story_ids),
        retired_ids=retired_ids,
        successors=successors,
    )


def article_id(row: int) -> str:
    """The id of the article in `row`."""
    return f"article-{row:07d}"


def _cards(published: Array, facets: dict[str, Array]) -> Iterator[Card]:
    """Cards, made one by one: a million of them would fill a gigabyte."""
    sources, sections = (facets[facet].tolist() for facet in ("source", "section"))
    for row, moment in enumerate(published.tolist()):
        yield Card(
            article_id(row),
            f"Made-up headline number {row} of an ordinary length for a news site",
            f"https://news.example/2026/03/01/made-up-headline-number-{row}",
            LABELS["source"][sources[row]],
            LABELS["section"][sections[row]],
            "en",
            None,
            from_microseconds(moment),
        )


def _published(story_of: Array, rng: np.random.Generator) -> Array:
    """When each article appeared: within two days of the moment at which its story broke."""
    broke = rng.integers(0, DAYS * DAY, int(story_of.max()) + 1)
    published: Array = NEWEST - np.abs(broke[story_of] - rng.integers(0, 2 * DAY, len(story_of)))
    return published


def _terms(vocabulary: Vocabulary, made: World, rng: np.random.Generator) -> Array:
    """The terms of each text, (texts, width) int32, ascending in each row."""
    texts = len(made.story_of)
    terms = rng.integers(0, vocabulary.each, (texts, vocabulary.width), dtype=np.int32)
    for place in range(vocabulary.of_story + vocabulary.of_topic):
        # Two of three texts have the term that their story or topic has in this place.
        group = made.story_of if place < vocabulary.of_story else made.topic_of
        common = rng.integers(0, vocabulary.each, int(group.max()) + 1, dtype=np.int32)
        shared = rng.random(texts, dtype=np.float32) < 2 / 3
        terms[shared, place] = common[group[shared]]
    terms += np.arange(vocabulary.width, dtype=np.int32) * vocabulary.each
    return terms


def _names(kind: str, vocabulary: Vocabulary) -> Iterator[str]:
    """A name for each term of a vocabulary."""
    return (f"{kind} {n:06d}" for n in range(vocabulary.width * vocabulary.each))
