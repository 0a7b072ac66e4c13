"""A made-up newsroom of any size: vectors with structure, the package's own graph, a snapshot.

Articles tell stories and stories belong to topics; vectors, words, phrases and dates follow them.
Sections do not: an article's neighbours stand in all of them, which is the hard case for a filter.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.dates import from_microseconds
from recommender.embedding.base import EncoderSpec
from recommender.graph.rescore import rescore
from recommender.knn.index import EXACT_UP_TO, Index, InvertedLists
from recommender.knn.neighbours import nearest
from recommender.progress import ignore
from recommender.scoring.word_overlap import WeightedWords
from recommender.settings import Settings
from recommender.snapshot.cards import pack_cards
from recommender.snapshot.json_file import Scoring
from recommender.snapshot.lookup import index_hashes, order_by_id, pack_keywords, pack_successors
from recommender.snapshot.publish import publish
from recommender.snapshot.schema import Arrays, StringTables
from recommender.snapshot.string_table import SortedStringTable, StringTable
from recommender.snapshot.writer import Content
from recommender.types import Card, Keyword, Rules, Topic

DIMENSION = 384
TOPICS = 100
STORY = 25  # articles of a story, on average
COPIES = 0.02  # share of articles that have another's text
DAY = 86_400_000_000  # microseconds
DAYS = 365
NEWEST = 1_790_000_000_000_000  # microseconds since 1970
SOURCES = 9
SECTIONS = {
    "news": 0.5, "business": 0.2, "culture": 0.08, "sport": 0.08, "science": 0.05, "travel": 0.05,
    "law": 0.02, "chess": 0.01, "sponsored": 0.01,
}  # fmt: skip
EXCLUDED = "sponsored"  # by a rule
APART = 100  # of so many articles one is kept apart from the next, by a rule


class Vocabulary(NamedTuple):
    """Terms of a text: so many of its story, its topic and neither, and how many there are."""

    of_story: int
    of_topic: int
    of_none: int
    each: int  # terms that one place of a text chooses from

    @property
    def width(self) -> int:
        """Terms of a text."""
        return self.of_story + self.of_topic + self.of_none


WORDS = Vocabulary(30, 40, 90, each=200)  # about as many as a text of the demo has
PHRASES = Vocabulary(4, 3, 3, each=1000)
PHRASE_ROOM = 32


class World(NamedTuple):
    """Texts by topic and story: `vectors` (texts, dimension); `topic_of`, `story_of` (texts,)."""

    vectors: Array
    topic_of: Array
    story_of: Array


def world(texts: int, seed: int = 0) -> World:
    """Stories within topics, articles within stories, on a spectrum that decays."""
    rng = np.random.default_rng(seed)
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
    """The words of each text, of one weight."""
    terms = _terms(WORDS, made, rng)
    return WeightedWords(terms, np.full(terms.shape, WORDS.width**-0.5, np.float16))


def publish_made_up(root: Path, articles: int, threads: int = 2, seed: int = 0) -> str:
    """Publish a snapshot of made-up `articles` into the artifacts folder `root`; return its name.

    Neighbours, graph and index are the package's own, computed as a night computes them.
    """
    return publish(Artifacts(root), content(articles, threads, seed), keep=1)


def content(articles: int, threads: int = 2, seed: int = 0) -> Content:
    """All that the snapshot of the made-up newsroom holds."""
    rng = np.random.default_rng(seed + 1)
    texts = articles - int(COPIES * articles)
    made, settings = world(texts, seed), Settings()
    weighted = words(made, rng)
    candidates = nearest(made.vectors, settings.neighbours.candidates, threads, ignore)
    scored, expanded = rescore(
        *candidates, made.vectors, weighted, settings.neighbours.k, threads, ignore
    )  # fmt: skip
    index = Index.build(expanded)
    lists = index.lists(threads) if texts > EXACT_UP_TO else InvertedLists.none(DIMENSION)
    text_of = np.append(np.arange(texts), rng.integers(0, texts, articles - texts))
    published = _published(made.story_of[text_of], rng)
    facets = {
        "source": rng.integers(0, SOURCES, articles, dtype=np.int32),
        "section": rng.choice(len(SECTIONS), articles, p=[*SECTIONS.values()]).astype(np.int32),
        "language": np.zeros(articles, dtype=np.int32),
        "author": np.full(articles, -1, dtype=np.int32),
    }
    labels = {
        "source": [f"Source {n}" for n in range(SOURCES)],
        "section": [*SECTIONS],
        "language": ["en"],
        "author": [],
    }
    strings = _strings(articles, made, _cards(published, facets, labels))
    phrases = len(strings.phrase_texts)
    arrays = Arrays(
        centroids=lists.centroids,
        lists_start=lists.start,
        lists_texts=lists.texts,
        neighbours=scored.graph.neighbours,
        scores=scored.graph.scores,
        hubness=scored.hubness,
        words=weighted.words,
        word_weights=weighted.weights,
        idf=np.ones(len(strings.lexicon), dtype=np.float32),
        phrases=np.pad(
            _terms(PHRASES, made, rng),
            ((0, 0), (0, PHRASE_ROOM - PHRASES.width)),
            constant_values=-1,
        ),
        phrase_weights=rng.random(phrases, dtype=np.float32),
        phrase_names=rng.random(phrases) < 0.5,
        text_of=text_of.astype(np.int32),
        copies=np.argsort(text_of, kind="stable").astype(np.int32),
        copies_start=np.append(0, np.cumsum(np.bincount(text_of))),
        **_stories(made.story_of),
        story_central=np.unique(made.story_of, return_index=True)[1].astype(np.int32),
        topic_of=made.topic_of.astype(np.int32),
        finest_of=made.topic_of.astype(np.int32),
        topic_strength=np.ones(texts, dtype=np.float32),
        published=published,
        **facets,
        **index_hashes({text.to_bytes(16, "little"): text for text in range(texts)})._asdict(),
        stories_by_id=order_by_id(strings.story_ids[:]),
    )
    return Content(
        build=f"{articles:032x}",
        inputs=f"{articles:032x}",
        version="0",
        encoder=EncoderSpec("made-up", None, None, "0" * 32),
        dimension=DIMENSION,
        settings=settings.to_dict(),
        arrays=arrays,
        strings=strings,
        index=index,
        changes={"topics": (), "stories": ()},
        topics=[
            Topic(f"t{n}", f"topic {n}", articles // TOPICS, (Keyword(f"word{n}", 1.0),))
            for n in range(TOPICS)
        ],
        facets=labels,
        rules=Rules(
            apart=tuple(
                (article_id(row), article_id(row + 1)) for row in range(0, articles - 1, APART)
            ),
            excluded_sections=(EXCLUDED,),
        ),
        scoring=Scoring(
            float(WORDS.width), float(scored.hubness.mean()), lists.probes, lists.recall
        ),
    )


def _strings(articles: int, made: World, cards: Iterator[Card]) -> StringTables:
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


def _cards(
    published: Array, facets: dict[str, Array], labels: dict[str, list[str]]
) -> Iterator[Card]:
    """Cards made as they are asked for: a million of them would fill a gigabyte."""
    sources, sections = (facets[facet].tolist() for facet in ("source", "section"))
    for row, moment in enumerate(published.tolist()):
        yield Card(
            article_id(row),
            f"Made-up headline number {row} of an ordinary length for a news site",
            f"https://news.example/2026/03/01/made-up-headline-number-{row}",
            labels["source"][sources[row]],
            labels["section"][sections[row]],
            "en",
            None,
            from_microseconds(moment),
        )


def _published(story_of: Array, rng: np.random.Generator) -> Array:
    """Every story breaks at some moment of the year and is weighted for two days."""
    broke = rng.integers(0, DAYS * DAY, int(story_of.max()) + 1)
    published: Array = NEWEST - np.abs(broke[story_of] - rng.integers(0, 2 * DAY, len(story_of)))
    return published


def _terms(vocabulary: Vocabulary, made: World, rng: np.random.Generator) -> Array:
    """(texts, width) int32, ascending: each place of a text chooses from terms of its own."""
    texts = len(made.story_of)
    terms = rng.integers(0, vocabulary.each, (texts, vocabulary.width), dtype=np.int32)
    for place in range(vocabulary.of_story + vocabulary.of_topic):
        # A term of the whole story or topic, in two of three texts.
        group = made.story_of if place < vocabulary.of_story else made.topic_of
        common = rng.integers(0, vocabulary.each, int(group.max()) + 1, dtype=np.int32)
        weighted = rng.random(texts, dtype=np.float32) < 2 / 3
        terms[weighted, place] = common[group[weighted]]
    terms += np.arange(vocabulary.width, dtype=np.int32) * vocabulary.each
    return terms


def _names(kind: str, vocabulary: Vocabulary) -> Iterator[str]:
    return (f"{kind} {n:06d}" for n in range(vocabulary.width * vocabulary.each))


def _stories(story_of: Array) -> dict[str, Array]:
    _, numbers = np.unique(story_of, return_inverse=True)  # without those that no text tells
    return {
        "story_of": numbers.astype(np.int32),
        "story_texts": np.argsort(numbers, kind="stable").astype(np.int32),
        "story_start": np.append(0, np.cumsum(np.bincount(numbers))),
    }
