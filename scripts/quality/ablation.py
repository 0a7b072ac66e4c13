"""What each ingredient of the score and of stories adds, and what the sets say of one left out.

Runs on labelled sets of stories (docs/quality.md), each embedded once. Every row of the first and
the third table is the product with one thing changed; the second and the fourth choose the params
by all sets but one, and judge it on that one. Related articles are judged by nDCG@5, stories by
B-cubed F1: as they are, and with lists of 10 candidates, which the larger stories do not fit in, as
stories of 100 do not in the product's 50. The fifth is of ECB+ by its 43 subjects, 23 articles
each, of its headlines alone, and of a stream of its titles and first lines, 66 a subject, with
lists that grow too short for all its stories. The sixth tells how far stories stand apart.

The last two tables are about the days of articles. The sets have few or none, so they are made up:
stories fall anywhere in 700 days, or around the day of their subject, 25 stories each, and are
reported in the days after. Their last set has each title and the two lines after it of ECB+ as
texts of their own: a stream of short texts, 33 a story.
"""

import argparse
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from stream import read_stream

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY, NO_DATE
from recommender.embedding.sentence_transformers import SentenceEncoder
from recommender.evaluation.clustering_baselines import k_means
from recommender.evaluation.clustering_metrics import b_cubed
from recommender.evaluation.labelled_set import read_labelled
from recommender.evaluation.ranking_baselines import bm25, dense, fuse
from recommender.evaluation.ranking_metrics import answerable, measure
from recommender.graph.rescore import Graph, rescore
from recommender.groups import stories
from recommender.groups.stories import (
    detect_stories,
    story_cut_ratio,
    story_thresholds,
    time_adjusted_scores,
)
from recommender.knn.neighbours import nearest
from recommender.language.prepare import embedded_text
from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import count_words, read_tokens
from recommender.progress import ignore
from recommender.scoring.rerank import with_time_proximity
from recommender.scoring.score import SCORE_PARAMS, ScoreParams
from recommender.scoring.time_proximity import time_proximity
from recommender.scoring.word_overlap import WeightedWords, weigh_corpus

SETS = (("allsides", "val"), ("ecbplus", None), ("basil", None))
CANDIDATES, DEPTH, THREADS = 50, 10, 2
ROWS = {
    "the product": SCORE_PARAMS,
    "without words": SCORE_PARAMS._replace(word_share=0.0),
    "words alone, on the same candidates": SCORE_PARAMS._replace(word_share=1.0, expansion_size=0),
    "without expanded embeddings": SCORE_PARAMS._replace(expansion_size=0),
    "without the hubness correction": SCORE_PARAMS._replace(hubness_strength=0.0),
    "half the hubness correction": SCORE_PARAMS._replace(hubness_strength=0.3),
    "the correction not limited": SCORE_PARAMS._replace(min_factor=0.0, max_factor=np.inf),
    "hubness over 10 neighbours": SCORE_PARAMS._replace(hubness_depth=10),
    "words and cosine alone": SCORE_PARAMS._replace(expansion_size=0, hubness_strength=0.0),
}
GRID = [
    SCORE_PARAMS._replace(
        word_share=words, expansion_size=expansion, hubness_depth=depth, hubness_strength=strength
    )
    for words, expansion, depth, strength in product(
        (0.4, 0.5, 0.6), (0, 3, 5), (5, 10), (0.3, 0.45, 0.6, 0.75)
    )
]
ALL_SMALL = "all stories are small"
STORY_ROWS = {
    "the product": stories.STORY_PARAMS,
    "one threshold for all": stories.STORY_PARAMS._replace(threshold=0.49, background_weight=0.0),
    "headlines like whole texts": stories.STORY_PARAMS._replace(short_text_discount=0.0),
    "the background not limited": stories.STORY_PARAMS._replace(
        max_share_of_first=1.0, max_background=1.0
    ),
    "unlisted pairs are strangers": stories.STORY_PARAMS._replace(unlisted_discount=0.0),
    ALL_SMALL: stories.STORY_PARAMS,
}
STORY_GRID = [
    stories.STORY_PARAMS._replace(threshold=threshold, background_weight=per, max_background=most)
    for threshold, per, most in product(
        (0.3, 0.32, 0.34, 0.36, 0.38), (0.4, 0.6, 0.8), (0.3, 0.35, 0.4)
    )
]
# Whether the days enter the scores of pairs, and to what counts as a crowd.
DATED_ROWS = {
    "the product": (True, True),
    "days of pairs alone": (True, False),
    "days of crowds alone": (False, True),
    "without dates": (False, False),
}
CLOSENESS_ROWS = {"the product": 0.05, "twice as much": 0.1, "half": 0.025, "without dates": 0.0}
KEPT = 30  # of the candidates
FEW = 10  # candidates, for which the larger stories are too large
SHORT = (CANDIDATES, 16, 10)
SPAN, LINGERING = 700.0, 1.5  # days: of all stories, and the mean until an article on one appears
PER_SUBJECT = 25  # stories
# How far from the day of its subject a story falls, in days, on average.
BURSTS = {"anywhere": None, "within 12 days": 12.0, "within 4 days": 4.0}


class Set(NamedTuple):
    """A labelled set made ready: its queries, stories, texts, embeddings, words, candidates.

    `lengths` (texts,) counts the words of each text, `wide` are its neighbours and their scores.
    """

    name: str
    queries: Array
    stories: Array
    texts: list[str]
    vectors: Array
    words: WeightedWords
    candidates: Array
    similarities: Array
    lengths: Array
    wide: Graph


def prepare(path: Path, name: str, split: str | None, encoder: SentenceEncoder) -> Set:
    """Read, embed and count one set."""
    labelled = read_labelled(path, {}, 1_000_000)
    asked = [n for n, of in enumerate(labelled.splits) if split is None or of == split]
    texts = [embedded_text(article.title, article.text) for article in labelled.articles]
    return made_ready(name, texts, labelled.labels, np.array(asked), encoder)


def large(path: Path, encoder: SentenceEncoder) -> list[Set]:
    """A set by its subjects: whole texts, headlines, lines; and the headlines by its stories."""
    labelled = read_labelled(path, {}, 1_000_000)
    subjects = read_labelled(path, {}, 1_000_000, field="label").labels
    articles, asked = labelled.articles, np.arange(len(labelled.articles))
    whole = [embedded_text(article.title, article.text) for article in articles]
    heads = [article.title or article.text.partition(". ")[0] for article in articles]
    return [
        made_ready("subjects", whole, subjects, asked, encoder),
        made_ready("subjects, headlines", heads, subjects, asked, encoder),
        stream(path, "subjects, lines", encoder, field="label"),
        made_ready("headlines", heads, labelled.labels, asked, encoder),
    ]


def stream(path: Path, name: str, encoder: SentenceEncoder, field: str = "story") -> Set:
    """The titles and first lines of a set as texts of their own, grouped by a `field`."""
    lines = read_stream(path, field)
    texts = [line.text for line in lines.articles]
    return made_ready(name, texts, lines.labels, np.arange(len(texts)), encoder)


def made_ready(
    name: str, texts: list[str], labels: list[str], asked: Array, encoder: SentenceEncoder
) -> Set:
    """Embed and count `texts`, and find the candidates of each."""
    stories = np.unique(labels, return_inverse=True)[1]
    vectors = encoder.encode(texts).vectors
    counted = count_words(read_tokens(texts))
    words = weigh_corpus(counted)[1]
    queries = answerable(stories, asked)
    found = nearest(vectors, CANDIDATES, THREADS, ignore)
    wide = rescore(*found, vectors, words, DEPTH, THREADS, ignore)[0].wide
    lengths = counted.counts.sum(axis=1)
    return Set(name, queries, stories, texts, vectors, words, *found, lengths, wide)


def ndcg(of: Set, lists: Array) -> float:
    """Mean nDCG@5 of the queries' `lists` (queries, k)."""
    return float(measure(lists, of.queries, of.stories)[:, 0].mean())


def judged(of: Set, params: ScoreParams) -> float:
    """nDCG@5 of the product's order by `params`."""
    rescored, _ = rescore(
        of.candidates, of.similarities, of.vectors, of.words, DEPTH, THREADS, ignore, params
    )
    return ndcg(of, rescored.graph.neighbours[of.queries])


def grouped(of: Set, candidates: int, params: stories.StoryParams, *, small: bool = False) -> float:
    """B-cubed F1 of the stories by `params`, of lists of so many `candidates`.

    Where all are to be `small`, the search for large ones is given no neighbours.
    """
    neighbours, scores = (column[:, :candidates] for column in of.wide)
    params = params._replace(last_count=params.last_count * candidates // CANDIDATES)
    rows = np.full_like(neighbours, -1) if small else neighbours
    thresholds = story_thresholds(rows, scores, of.lengths, 0, params=params)
    return _agreement(of, neighbours, scores, thresholds)


def cut_ratio_of(of: Set, params: stories.StoryParams) -> float:
    """The cut ratio of small stories by the `params`; of large ones where it has no background."""
    nobody = np.full_like(of.wide.neighbours, -1)
    thresholds = story_thresholds(nobody, of.wide.scores, of.lengths, 0, params=params)
    return story_cut_ratio(*of.wide, thresholds, 0)


def dated(of: Set, within: float | None, pairs: bool, crowds: bool) -> float:
    """B-cubed F1 with made-up days, given to the `pairs`' scores, to what is near as a crowd."""
    neighbours, scores = of.wide
    close = time_proximity(neighbours, made_up_days(of, within), NO_DATE)
    thresholds = story_thresholds(neighbours, scores, of.lengths, 0, close if crowds else None)
    return _agreement(
        of, neighbours, time_adjusted_scores(scores, close) if pairs else scores, thresholds
    )


def timely(of: Set, within: float | None, most: float) -> float:
    """nDCG@5 with made-up days, of which nearness counts so much at `most`."""
    published = made_up_days(of, within)
    texts, scores = (column[of.queries, :KEPT] for column in of.wide)
    rows = [
        with_time_proximity(row, published[others], int(published[asked]), NO_DATE, most)
        for asked, others, row in zip(of.queries.tolist(), texts, scores, strict=True)
    ]
    order = np.argsort(-np.stack(rows), axis=1, kind="stable")
    return ndcg(of, np.take_along_axis(texts, order, axis=1))


def made_up_days(of: Set, within: float | None) -> Array:
    """When each text might have been published, (texts,) int64 microseconds."""
    rng, count = np.random.default_rng(0), int(of.stories.max()) + 1
    if within is None:
        days = rng.uniform(0, SPAN, count)
    else:
        means = np.stack([of.vectors[of.stories == story].mean(axis=0) for story in range(count)])
        subjects = k_means(means, max(count // PER_SUBJECT, 2))
        days = rng.uniform(0, SPAN, subjects.max() + 1)[subjects] + rng.laplace(0, within, count)
    days = days[of.stories] + rng.exponential(LINGERING, len(of.texts))
    return (days * MICROSECONDS_A_DAY).astype(np.int64)


def _agreement(of: Set, neighbours: Array, scores: Array, thresholds: stories.Thresholds) -> float:
    found = detect_stories(neighbours, scores, thresholds, 0).story_of
    return float(b_cubed(found, of.stories)[0])


def main() -> None:
    """Print all eight tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of NAME_stories.jsonl files")
    folder: Path = parser.parse_args().folder
    encoder = SentenceEncoder()
    sets = [prepare(folder / f"{name}_stories.jsonl", name, split, encoder) for name, split in SETS]
    names = [of.name for of in sets]
    rows = plain(sets)
    rows |= {name: [judged(of, params) for of in sets] for name, params in ROWS.items()}
    show("nDCG@5", names, rows)
    left_out(names, SCORE_PARAMS, {params: [judged(of, params) for of in sets] for params in GRID})
    columns = [(of, candidates) for of in sets for candidates in (CANDIDATES, FEW)]
    heads = [f"{of.name}, {candidates}" for of, candidates in columns]
    rows = {
        name: [grouped(*of, params, small=name == ALL_SMALL) for of in columns]
        for name, params in STORY_ROWS.items()
    }
    show("B-cubed F1, candidates", heads, rows)
    found = {params: [grouped(*of, params) for of in columns] for params in STORY_GRID}
    left_out(heads, stories.STORY_PARAMS, found, together=2)
    columns = list(product(large(folder / "ecbplus_stories.jsonl", encoder), SHORT))
    heads = [f"{of.name}, {candidates}" for of, candidates in columns]
    rows = {
        name: [grouped(*of, STORY_ROWS[name], small=name == ALL_SMALL) for of in columns]
        for name in ("the product", ALL_SMALL)
    }
    show("B-cubed F1, candidates", heads, rows)
    looked = sets + [of for of, candidates in columns if candidates == CANDIDATES]
    leaks = {
        "large stories": [
            cut_ratio_of(of, stories.STORY_PARAMS._replace(max_share_of_first=0.0)) for of in looked
        ],
        "small stories": [cut_ratio_of(of, stories.STORY_PARAMS) for of in looked],
    }
    show("cut_ratio", [of.name for of in looked], leaks)
    sets.append(stream(folder / "ecbplus_stories.jsonl", "ecbplus, lines", encoder))
    heads = [f"{of.name}, {when}" for of in sets for when in BURSTS]
    ordered = {
        name: [timely(of, within, most) for of in sets for within in BURSTS.values()]
        for name, most in CLOSENESS_ROWS.items()
    }
    show("nDCG@5, stories that fall", heads, ordered)
    rows = {
        name: [dated(of, within, *uses) for of in sets for within in BURSTS.values()]
        for name, uses in DATED_ROWS.items()
    }
    show("B-cubed F1, stories that fall", heads, rows)


def show(what: str, columns: list[str], rows: dict[str, list[float]]) -> None:
    """Print a table of figures."""
    print(f"| {what} |", " | ".join(columns), "|")
    print("|---|" + "---|" * len(columns))
    for name, figures in rows.items():
        print(f"| {name} |", " | ".join(f"{figure:.4f}" for figure in figures), "|")
    print()


def left_out(
    columns: list[str],
    default: NamedTuple,
    found: Mapping[Any, list[float]],
    together: int = 1,
) -> None:
    """Print for each set what the others choose of the settings `found`, and how it fares there.

    A set has so many columns `together`. What is still lacking is compared, for the sets differ in
    how hard they are.
    """
    settings, figures = list(found), np.array([*found.values()])
    lacking = (1 - figures) / (1 - figures).min(axis=0)
    print("| left out | chosen by the others | there | the product | best of the grid |")
    print("|---|---|---|---|---|")
    for place, name in enumerate(columns):
        first = place - place % together
        others = np.delete(lacking, range(first, first + together), axis=1)
        chosen = int(others.mean(axis=1).argmin())
        said = ", ".join(
            f"{field.replace('_', ' ')} {value:g}"
            for field, value, plain in zip(default._fields, settings[chosen], default, strict=True)
            if value != plain
        )
        here = figures[:, place]
        own = here[settings.index(default)]
        figures_here = " | ".join(f"{figure:.4f}" for figure in (here[chosen], own, here.max()))
        print(f"| {name} | {said or 'the product'} | {figures_here} |")
    print()


def plain(sets: list[Set]) -> dict[str, list[float]]:
    """What the product is compared with."""
    rows: dict[str, list[float]] = {"dense cosine": [], "BM25": [], "reciprocal rank fusion": []}
    for of in sets:
        by_vector = dense(of.vectors, of.queries, 100)
        by_words = bm25(of.texts, of.queries, 100, stop_words_for(frozenset()))
        lists = (by_vector, by_words, fuse([by_vector, by_words], DEPTH))
        for row, found in zip(rows.values(), lists, strict=True):
            row.append(ndcg(of, found))
    return rows


if __name__ == "__main__":
    main()
