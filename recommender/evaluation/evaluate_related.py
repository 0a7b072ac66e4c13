"""Evaluate related articles: our answers and plain rankings, measured on labelled stories.

What is measured is the product itself: a trial run builds the snapshot, `Recommender` answers.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.embedding.base import Encoder
from recommender.errors import InputError, needs_extra
from recommender.evaluation.bootstrap import Intervals, cluster_bootstrap
from recommender.evaluation.labelled_set import LabelledSet, rows_of_split
from recommender.evaluation.list_figures import ListFigures, measure_page_lists
from recommender.evaluation.ranking_baselines import bm25, dense, fuse
from recommender.evaluation.ranking_metrics import MEASURES, answerable, measure
from recommender.evaluation.trial_run import TrialRun, trial_run
from recommender.language.labels import language_of
from recommender.language.stop_words import stop_words_for
from recommender.language.word_lists import DEFAULT_LANGUAGE
from recommender.pipeline.list_lengths import PAGE
from recommender.progress import Progress, Silent
from recommender.serving.recommender import Recommender
from recommender.settings.sections import Settings
from recommender.types.article import Article
from recommender.types.related import Related

__all__ = ["METHODS", "EvaluatedRanking", "RankingEvaluation", "evaluate_related"]

DEPTH = 50  # length of the lists that are measured
POOL = 100  # length of the lists that are fused; longer ones change no measured figure

# The methods that are compared, in the order of the table: keys for machines, names for people.
METHODS = {
    "relevance": "the product, relevance alone",
    "default": "the product as shipped",
    "dense": "dense cosine",
    "bm25": "BM25",
    "rrf": "reciprocal rank fusion",
}


class EvaluatedRanking(NamedTuple):
    """One ranking method with its measures.

    Attributes:
        key: The method's key in `METHODS`.
        name: The method's name in tables.
        values: The measures of each query, (queries, measures) float64.
        figures: Their means with 95 % intervals.
    """

    key: str
    name: str
    values: Array
    figures: Intervals


class RankingEvaluation(NamedTuple):
    """All ranking methods on one labelled set.

    Attributes:
        labelled: The path of the set.
        split: The split that was asked about, None for all articles.
        articles: How many articles were candidates.
        stories: How many stories the labels name.
        rejected: How many records were left out as bad articles.
        without_answer: How many articles were not asked about, as no other one has their story.
        encoder: The name of the encoder's model.
        queries: The id of each article that was asked about.
        query_stories: The story of each query, in the order of `queries`.
        rankings: The methods in the order of `METHODS`.
        lists: The lists of a page, as shipped; right is what has the story of the query.
    """

    labelled: str
    split: str | None
    articles: int
    stories: int
    rejected: int
    without_answer: int
    encoder: str
    queries: list[str]
    query_stories: list[str]
    rankings: list[EvaluatedRanking]
    lists: ListFigures

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON.

        Returns:
            The attributes, the `measures` by name, for each method its `name`, its `figures` and
            its `values`, a row for each query, and the figures of the `lists` by name.
        """
        rankings = {
            ranking.key: {
                "name": ranking.name,
                "figures": ranking.figures.to_dict(MEASURES),
                "values": ranking.values.round(6).tolist(),
            }
            for ranking in self.rankings
        }
        lists = self.lists._asdict()
        return self._asdict() | {"measures": [*MEASURES], "rankings": rankings, "lists": lists}


def evaluate_related(
    labelled: LabelledSet,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> RankingEvaluation:
    """Build a snapshot of the labelled articles, ask for related ones of each, and measure.

    Args:
        labelled: Articles labelled with stories.
        settings: The settings of the trial run.
        split: Ask only about the articles of this split; all articles stay candidates.
        encoder: The encoder; None for the one that the settings name.
        progress: Shows each stage.

    Returns:
        The measures of each method in `METHODS`.

    Raises:
        InputError: The split has no articles, or none that shares its story with another article.
        MissingExtra: The packages of the extra `evaluate` are not installed.
        StorageError, PublishRefused, EncoderError: As `run_night`.
    """
    with needs_extra("evaluate"):  # fails here, and not after minutes of embedding
        import bm25s  # noqa: F401
    progress = progress or Silent()
    stories = np.unique(labelled.labels, return_inverse=True)[1]
    queries, without_answer = _queries(labelled, stories, split)
    with trial_run(labelled.articles, settings, encoder, progress) as run:
        ranked = _rankings(run, labelled.articles, queries, progress)
        lists = _page_lists(run, labelled, queries)
    return RankingEvaluation(
        labelled=str(labelled.path),
        split=split,
        articles=len(labelled.articles),
        stories=len(set(labelled.labels)),
        rejected=len(labelled.rejects),
        without_answer=without_answer,
        encoder=run.snapshot.manifest.encoder.model,
        queries=[labelled.articles[query].id for query in queries.tolist()],
        query_stories=[labelled.labels[query] for query in queries.tolist()],
        rankings=[_evaluated(key, ranked[key], queries, stories) for key in METHODS],
        lists=lists,
    )


def by_relevance(recommender: Recommender, article_id: str, k: int) -> list[Related]:
    """Our `k` best articles by relevance alone: no floor, no diversity, copies kept."""
    return recommender.related(article_id, k, floor=0, diversity=0, duplicates="keep")


def by_default(recommender: Recommender, article_id: str, k: int) -> list[Related]:
    """Our `k` best articles with the default options."""
    return recommender.related(article_id, k)


def _queries(labelled: LabelledSet, stories: Array, split: str | None) -> tuple[Array, int]:
    """The articles of the split to ask about, and how many others have no relevant article."""
    in_split = rows_of_split(labelled, split)
    queries = answerable(stories, in_split)
    if len(queries) == 0:
        raise InputError(
            f"{labelled.path}: no other article has the story of any article of the split "
            f"{split!r}; ask without --split, or label more articles"
        )
    return queries, len(in_split) - len(queries)


def _rankings(
    run: TrialRun, articles: list[Article], queries: Array, progress: Progress
) -> dict[str, Array]:
    """The rankings of all `METHODS` by key, (queries, up to DEPTH) int32 each."""
    with progress.stage("rank", None, "queries"):
        ours = _our_rankings(run, articles, queries)
        return ours | _baseline_rankings(run, articles, queries)


def _our_rankings(run: TrialRun, articles: list[Article], queries: Array) -> dict[str, Array]:
    """Our rankings by key, (queries, DEPTH) int32 each."""
    recommender = Recommender.open(run.artifacts.root)
    number = {article.id: n for n, article in enumerate(articles)}

    def ranking(ask: Callable[[Recommender, str, int], list[Related]]) -> Array:
        ranked = np.full((len(queries), DEPTH), -1, dtype=np.int32)
        for row, query in zip(ranked, queries.tolist(), strict=True):
            hits = [number[hit.id] for hit in ask(recommender, articles[query].id, DEPTH)]
            row[: len(hits)] = hits
        return ranked

    return {"relevance": ranking(by_relevance), "default": ranking(by_default)}


def _page_lists(run: TrialRun, labelled: LabelledSet, queries: Array) -> ListFigures:
    """The figures of the lists that a page gets for the queries."""
    recommender, of_story = Recommender.open(run.artifacts.root), defaultdict[str, set[str]](set)
    for article, story in zip(labelled.articles, labelled.labels, strict=True):
        of_story[story].add(article.id)
    asked = [labelled.articles[query].id for query in queries.tolist()]
    right = (frozenset(of_story[labelled.labels[query]]) for query in queries.tolist())
    return measure_page_lists([recommender.related(i, PAGE) for i in asked], right)


def _baseline_rankings(run: TrialRun, articles: list[Article], queries: Array) -> dict[str, Array]:
    """The baselines' rankings by key, (queries, up to DEPTH) int32 each."""
    codes = {language_of(a.language or "") or DEFAULT_LANGUAGE for a in articles}
    stop_words = frozenset[str]().union(*map(stop_words_for, codes))
    by_cosine = dense(run.vectors, queries, POOL)
    by_words = bm25(run.texts, queries, POOL, stop_words)
    return {
        "dense": by_cosine[:, :DEPTH],
        "bm25": by_words[:, :DEPTH],
        "rrf": fuse([by_cosine, by_words], DEPTH),
    }


def _evaluated(key: str, ranked: Array, queries: Array, stories: Array) -> EvaluatedRanking:
    """Measure one method; intervals are found by resampling stories."""
    values = measure(ranked, queries, stories)
    figures = cluster_bootstrap(values, stories[queries])
    return EvaluatedRanking(key, METHODS[key], values, figures)
