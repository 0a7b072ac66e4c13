"""What each ingredient of the score and of stories adds, and how well its parameters generalise.

Usage: python scripts/quality/ablation.py FOLDER

FOLDER holds the labelled sets of stories (docs/quality.md); each is embedded once. Prints eight
tables. Related articles are measured by nDCG@5, stories by B-cubed F1.

1 and 3: the product with one thing changed, for related articles and for stories. Stories are also
found in lists of 10 candidates, which are too short for the larger stories, as the product's 50 are
too short for stories of 100.

2 and 4: parameters that are chosen from a grid by all sets but one, measured on the one left out.

5: large stories. ECB+ labelled with its 43 subjects, 23 articles each: whole texts, headlines, and
a stream of titles and first lines, 66 a subject, with lists that grow too short for all of them.

6: the cut ratio of stories, which tells how clearly they are separated.

7 and 8: the dates of articles. The sets have few dates or none, so they are made up: stories fall
anywhere in 700 days, or around the day of their subject (25 stories each), and articles appear in
the days after. The last set of these tables is a stream of short texts, 33 a story: the titles and
first lines of ECB+.
"""

import argparse
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from prepared_set import (
    CANDIDATES,
    DEPTH,
    THREADS,
    PreparedSet,
    prepare_file,
    prepare_stream,
    prepare_subjects,
)

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY, NO_DATE
from recommender.embedding.open import open_encoder
from recommender.evaluation.clustering_baselines import k_means
from recommender.evaluation.clustering_metrics import b_cubed
from recommender.evaluation.ranking_baselines import bm25, dense, fuse
from recommender.evaluation.ranking_metrics import measure
from recommender.graph.rescore import rescore
from recommender.groups.stories import Thresholds, detect_stories, time_adjusted_scores
from recommender.groups.story_thresholds import (
    STORY_PARAMS,
    StoryParams,
    story_cut_ratio,
    story_thresholds,
)
from recommender.language.stop_words import stop_words_for
from recommender.progress import ignore
from recommender.scoring.rerank import with_time_proximity
from recommender.scoring.score import SCORE_PARAMS, ScoreParams
from recommender.scoring.time_proximity import time_proximity

SETS = (("allsides", "val"), ("ecbplus", None), ("basil", None))
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
    "the product": STORY_PARAMS,
    "one threshold for all": STORY_PARAMS._replace(threshold=0.49, background_weight=0.0),
    "headlines like whole texts": STORY_PARAMS._replace(short_text_discount=0.0),
    "the background not limited": STORY_PARAMS._replace(max_share_of_first=1.0, max_background=1.0),
    "unlisted pairs are strangers": STORY_PARAMS._replace(unlisted_discount=0.0),
    ALL_SMALL: STORY_PARAMS,
}
STORY_GRID = [
    STORY_PARAMS._replace(threshold=threshold, background_weight=per, max_background=most)
    for threshold, per, most in product(
        (0.3, 0.32, 0.34, 0.36, 0.38), (0.4, 0.6, 0.8), (0.3, 0.35, 0.4)
    )
]
# Whether dates change the scores of pairs, and whether they change the background.
DATED_ROWS = {
    "the product": (True, True),
    "dates of pairs alone": (True, False),
    "dates of the background alone": (False, True),
    "without dates": (False, False),
}
PROXIMITY_ROWS = {"the product": 0.05, "twice as much": 0.1, "half": 0.025, "without dates": 0.0}
RERANKED = 30  # candidates that are reranked by dates
LISTS = (CANDIDATES, 10)  # lengths of candidate lists; 10 is too short for the larger stories
SUBJECT_LISTS = (CANDIDATES, 16, 10)
DAYS = 700.0  # within which all stories fall
DELAY = 1.5  # mean number of days from a story to an article about it
STORIES_A_SUBJECT = 25
# How many days a story is from the day of its subject, on average.
BURSTS = {"anywhere": None, "within 12 days": 12.0, "within 4 days": 4.0}


def ndcg(of: PreparedSet, ranked: Array) -> float:
    """Mean nDCG@5 of the queries' ranked texts, (queries, k)."""
    return float(measure(ranked, of.queries, of.labels)[:, 0].mean())


def score_ndcg(of: PreparedSet, params: ScoreParams) -> float:
    """nDCG@5 of the order that the score has with these `params`."""
    rescored, _ = rescore(
        of.candidates, of.similarities, of.vectors, of.words, DEPTH, THREADS, ignore, params
    )
    return ndcg(of, rescored.graph.neighbours[of.queries])


def stories_f1(
    of: PreparedSet, candidates: int, params: StoryParams, *, all_small: bool = False
) -> float:
    """B-cubed F1 of the stories found with `params` in lists of so many `candidates`.

    With `all_small` the search for large stories sees no neighbours, so all stories are small.
    """
    neighbours, scores = (column[:, :candidates] for column in of.wide)
    params = params._replace(last_count=params.last_count * candidates // CANDIDATES)
    seen = np.full_like(neighbours, -1) if all_small else neighbours
    thresholds = story_thresholds(seen, scores, of.lengths, 0, params=params)
    return _f1(of, neighbours, scores, thresholds)


def cut_ratio(of: PreparedSet, params: StoryParams) -> float:
    """The cut ratio of the small stories that `params` give."""
    no_neighbours = np.full_like(of.wide.neighbours, -1)
    thresholds = story_thresholds(no_neighbours, of.wide.scores, of.lengths, 0, params=params)
    return story_cut_ratio(*of.wide, thresholds, 0)


def dated_stories_f1(of: PreparedSet, burst: float | None, pairs: bool, background: bool) -> float:
    """B-cubed F1 with made-up dates that change the scores of `pairs`, the `background`, or both.

    For `burst` see `made_up_dates`.
    """
    neighbours, scores = of.wide
    proximity = time_proximity(neighbours, made_up_dates(of, burst), NO_DATE)
    thresholds = story_thresholds(
        neighbours, scores, of.lengths, 0, proximity if background else None
    )
    adjusted = time_adjusted_scores(scores, proximity) if pairs else scores
    return _f1(of, neighbours, adjusted, thresholds)


def dated_ndcg(of: PreparedSet, burst: float | None, most: float) -> float:
    """nDCG@5 with made-up dates, where a near text passes scores that are `most` greater."""
    published = made_up_dates(of, burst)
    texts, scores = (column[of.queries, :RERANKED] for column in of.wide)
    rows = [
        with_time_proximity(row, published[others], int(published[query]), NO_DATE, most)
        for query, others, row in zip(of.queries.tolist(), texts, scores, strict=True)
    ]
    order = np.argsort(-np.stack(rows), axis=1, kind="stable")
    return ndcg(of, np.take_along_axis(texts, order, axis=1))


def made_up_dates(of: PreparedSet, burst: float | None) -> Array:
    """When each text might have been published, (texts,) int64 microseconds.

    Stories fall within `burst` days of their subject on average; None: anywhere in `DAYS` days.
    """
    rng, count = np.random.default_rng(0), int(of.labels.max()) + 1
    if burst is None:
        days = rng.uniform(0, DAYS, count)
    else:
        means = np.stack([of.vectors[of.labels == story].mean(axis=0) for story in range(count)])
        subjects = k_means(means, max(count // STORIES_A_SUBJECT, 2))
        days = rng.uniform(0, DAYS, subjects.max() + 1)[subjects] + rng.laplace(0, burst, count)
    days = days[of.labels] + rng.exponential(DELAY, len(of.texts))
    return (days * MICROSECONDS_A_DAY).astype(np.int64)


def _f1(of: PreparedSet, neighbours: Array, scores: Array, thresholds: Thresholds) -> float:
    """B-cubed F1 of the stories that these scores and thresholds give."""
    found = detect_stories(neighbours, scores, thresholds, 0).story_of
    return float(b_cubed(found, of.labels)[0])


def main() -> None:
    """Print all eight tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of NAME_stories.jsonl files")
    folder: Path = parser.parse_args().folder
    encoder = open_encoder()
    sets = [
        prepare_file(folder / f"{name}_stories.jsonl", name, encoder, split) for name, split in SETS
    ]
    subjects = prepare_subjects(folder / "ecbplus_stories.jsonl", encoder)
    lines = prepare_stream(folder / "ecbplus_stories.jsonl", "ecbplus, lines", encoder)
    score_tables(sets)
    story_tables(sets)
    subject_table(subjects)
    cut_ratio_table([*sets, *subjects])
    date_tables([*sets, lines])


def score_tables(sets: Sequence[PreparedSet]) -> None:
    """Tables 1 and 2: the score."""
    names = [of.name for of in sets]
    rows = baselines(sets)
    rows |= {name: [score_ndcg(of, params) for of in sets] for name, params in ROWS.items()}
    show("nDCG@5", names, rows)
    found = {params: [score_ndcg(of, params) for of in sets] for params in GRID}
    show_leave_one_out(names, SCORE_PARAMS, found)


def story_tables(sets: Sequence[PreparedSet]) -> None:
    """Tables 3 and 4: stories."""
    columns = list(product(sets, LISTS))
    heads = [f"{of.name}, {candidates}" for of, candidates in columns]
    rows = {
        name: [stories_f1(*of, params, all_small=name == ALL_SMALL) for of in columns]
        for name, params in STORY_ROWS.items()
    }
    show("B-cubed F1, candidates", heads, rows)
    found = {params: [stories_f1(*of, params) for of in columns] for params in STORY_GRID}
    show_leave_one_out(heads, STORY_PARAMS, found, columns_a_set=len(LISTS))


def subject_table(subjects: Sequence[PreparedSet]) -> None:
    """Table 5: large stories."""
    columns = list(product(subjects, SUBJECT_LISTS))
    heads = [f"{of.name}, {candidates}" for of, candidates in columns]
    rows = {
        name: [stories_f1(*of, STORY_PARAMS, all_small=name == ALL_SMALL) for of in columns]
        for name in ("the product", ALL_SMALL)
    }
    show("B-cubed F1, candidates", heads, rows)


def cut_ratio_table(sets: Sequence[PreparedSet]) -> None:
    """Table 6: how clearly stories are separated."""
    without_background = STORY_PARAMS._replace(max_share_of_first=0.0)
    rows = {
        "large stories": [cut_ratio(of, without_background) for of in sets],
        "small stories": [cut_ratio(of, STORY_PARAMS) for of in sets],
    }
    show("cut ratio", [of.name for of in sets], rows)


def date_tables(sets: Sequence[PreparedSet]) -> None:
    """Tables 7 and 8: dates."""
    columns = list(product(sets, BURSTS.values()))
    heads = [f"{of.name}, {when}" for of, when in product(sets, BURSTS)]
    rows = {
        name: [dated_ndcg(*column, most) for column in columns]
        for name, most in PROXIMITY_ROWS.items()
    }
    show("nDCG@5, stories that fall", heads, rows)
    rows = {
        name: [dated_stories_f1(*column, *uses) for column in columns]
        for name, uses in DATED_ROWS.items()
    }
    show("B-cubed F1, stories that fall", heads, rows)


def baselines(sets: Sequence[PreparedSet]) -> dict[str, list[float]]:
    """nDCG@5 of the rankings that ours is compared with."""
    rows: dict[str, list[float]] = {"dense cosine": [], "BM25": [], "reciprocal rank fusion": []}
    for of in sets:
        by_cosine = dense(of.vectors, of.queries, 100)
        by_words = bm25(of.texts, of.queries, 100, stop_words_for("en"))
        rankings = (by_cosine, by_words, fuse([by_cosine, by_words], DEPTH))
        for row, ranked in zip(rows.values(), rankings, strict=True):
            row.append(ndcg(of, ranked))
    return rows


def show(what: str, columns: Sequence[str], rows: Mapping[str, Sequence[float]]) -> None:
    """Print a table of figures."""
    print(f"| {what} |", " | ".join(columns), "|")
    print("|---|" + "---|" * len(columns))
    for name, figures in rows.items():
        print(f"| {name} |", " | ".join(f"{figure:.4f}" for figure in figures), "|")
    print()


def show_leave_one_out(
    columns: Sequence[str],
    default: NamedTuple,
    found: Mapping[Any, Sequence[float]],
    columns_a_set: int = 1,
) -> None:
    """Print for each set which parameters the other sets choose, and its figure with them.

    The figures of each parameter choice are in `found`, one for each of the `columns`; every set
    has `columns_a_set` of them. Because some sets are harder than others, what a figure lacks to 1
    is divided by what the best choice lacks before sets are averaged.
    """
    choices, figures = list(found), np.array([*found.values()])
    lacking = (1 - figures) / (1 - figures).min(axis=0)
    print("| left out | chosen by the others | there | the product | best of the grid |")
    print("|---|---|---|---|---|")
    for column, name in enumerate(columns):
        first = column - column % columns_a_set
        others = np.delete(lacking, range(first, first + columns_a_set), axis=1)
        chosen = int(others.mean(axis=1).argmin())
        changes = ", ".join(
            f"{field.replace('_', ' ')} {value:g}"
            for field, value, usual in zip(default._fields, choices[chosen], default, strict=True)
            if value != usual
        )
        here = figures[:, column]
        own = here[choices.index(default)]
        cells = " | ".join(f"{figure:.4f}" for figure in (here[chosen], own, here.max()))
        print(f"| {name} | {changes or 'the product'} | {cells} |")
    print()


if __name__ == "__main__":
    main()
