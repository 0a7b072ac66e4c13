"""Judging related articles: the product's answers and plain rankings, on labelled articles.

Nothing is measured on a copy of the product: a real night is held, `Recommender` answers.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoder
from recommender.errors import InputError, needs_extra
from recommender.evaluation.labelled_set import Labelled, asked
from recommender.evaluation.ranking_baselines import bm25, dense, fuse
from recommender.evaluation.ranking_metrics import (
    MEASURES,
    Intervals,
    answerable,
    intervals,
    measure,
)
from recommender.evaluation.trial_run import trial_run
from recommender.language.prepare import embedded_text
from recommender.language.stop_words import stop_words_for
from recommender.progress import Progress, Silent
from recommender.serving.recommender import Recommender
from recommender.settings import Settings
from recommender.types import Article, Related

__all__ = ["RANKINGS", "Ranking", "RankingEvaluation", "evaluate_related"]

DEPTH = 50  # answers asked for and measured
POOL = 100  # of each list that is fused: more changes nothing that is measured

Ask = Callable[[Recommender, str, int], list[Related]]


class Ranking(NamedTuple):
    """One way to rank, judged: each query's `values` (queries, measures), and their `figures`."""

    key: str
    name: str
    values: Array
    figures: Intervals


class RankingEvaluation(NamedTuple):
    """All rankings of one labelled set. `queries` and `stories` name what was asked, in order.

    `rejected` counts records that were no good articles, `without_answer` the articles that were
    not asked about because no other is of their story.
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
    rankings: list[Ranking]

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON; `values` has a row for each query."""
        rankings = {
            ranking.key: {
                "name": ranking.name,
                "figures": {
                    name: {part: round(float(ends[column]), 6) for part, ends in parts.items()}
                    for column, name in enumerate(MEASURES)
                },
                "values": ranking.values.round(6).tolist(),
            }
            for ranking in self.rankings
            for parts in [ranking.figures._asdict()]
        }
        return self._asdict() | {"measures": list(MEASURES), "rankings": rankings}


def by_relevance(recommender: Recommender, article_id: str, k: int) -> list[Related]:
    """The product's order by relevance alone."""
    return recommender.related(article_id, k, floor=0, diversity=0, duplicates="keep")


def by_default(recommender: Recommender, article_id: str, k: int) -> list[Related]:
    """What a page gets that asks for nothing in particular."""
    return recommender.related(article_id, k)


# Keys for machines, names for people, in the order of the table.
RANKINGS = {
    "relevance": "the product, relevance alone",
    "default": "the product as shipped",
    "dense": "dense cosine",
    "bm25": "BM25",
    "rrf": "reciprocal rank fusion",
}


def evaluate_related(
    labelled: Labelled,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> RankingEvaluation:
    """Build a snapshot of the labelled articles, ask for each one's related ones, measure.

    With `split` only its articles are asked about; all articles stay candidates. The snapshot is
    made in a temporary folder and gone afterwards.

    Raises:
        InputError: no article of the `split`, or none that has a right answer.
        MissingExtra: the packages of the extra `evaluate` are not installed.
        StorageError, PublishRefused, EncoderError: as `run_night`.
    """
    with needs_extra("evaluate"):  # before minutes of embedding, not after
        import bm25s  # noqa: F401
    progress = progress or Silent()
    _, codes = np.unique(labelled.labels, return_inverse=True)
    wanted = asked(labelled, split)
    queries = _with_answer(labelled, codes, wanted, split)
    with (
        trial_run(labelled.articles, settings, encoder, progress) as trial,
        progress.stage("rank", None, "queries"),
    ):
        model = trial.snapshot.manifest.encoder.model
        lists = _product(trial.artifacts, labelled.articles, queries)
        lists |= _baselines(trial.vectors, labelled.articles, queries)
    stories = codes[queries]
    rankings = []
    for key, name in RANKINGS.items():
        values = measure(lists[key], queries, codes)
        rankings.append(Ranking(key, name, values, intervals(values, stories)))
    return RankingEvaluation(
        labelled=str(labelled.path),
        split=split,
        articles=len(labelled.articles),
        stories=len(set(labelled.labels)),
        rejected=len(labelled.rejects),
        without_answer=len(wanted) - len(queries),
        encoder=model,
        queries=[labelled.articles[query].id for query in queries.tolist()],
        query_stories=[labelled.labels[query] for query in queries.tolist()],
        rankings=rankings,
    )


def _with_answer(labelled: Labelled, codes: Array, wanted: Array, split: str | None) -> Array:
    queries = answerable(codes, wanted)
    if len(queries) == 0:
        raise InputError(
            f"{labelled.path}: no other article has the story of any article of the split "
            f"{split!r}; ask without --split, or label more articles"
        )
    return queries


def _product(artifacts: Artifacts, articles: list[Article], queries: Array) -> dict[str, Array]:
    recommender = Recommender.open(artifacts.root)
    number = {article.id: n for n, article in enumerate(articles)}

    def ranking(ask: Ask) -> Array:
        found = np.full((len(queries), DEPTH), -1, dtype=np.int32)
        for row, query in zip(found, queries.tolist(), strict=True):
            hits = [number[hit.id] for hit in ask(recommender, articles[query].id, DEPTH)]
            row[: len(hits)] = hits
        return found

    return {"relevance": ranking(by_relevance), "default": ranking(by_default)}


def _baselines(vectors: Array, articles: list[Article], queries: Array) -> dict[str, Array]:
    stop_words = stop_words_for(frozenset(a.language for a in articles if a.language))
    texts = [embedded_text(article.title, article.text) for article in articles]
    by_vector = dense(vectors, queries, POOL)
    by_words = bm25(texts, queries, POOL, stop_words)
    return {
        "dense": by_vector[:, :DEPTH],
        "bm25": by_words[:, :DEPTH],
        "rrf": fuse([by_vector, by_words], DEPTH),
    }
