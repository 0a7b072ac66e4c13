"""Judging stories and topics: the product's groupings and plain ones, on labelled articles.

Nothing is measured on a copy of the product: a real night is held, its snapshot is read.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.embedding.base import Encoder
from recommender.errors import needs_extra
from recommender.evaluation.clustering_baselines import bertopic, evoc, k_means, linkage, linked
from recommender.evaluation.clustering_metrics import (
    B_CUBED,
    PARTITION,
    b_cubed,
    b_cubed_intervals,
    partition_intervals,
)
from recommender.evaluation.keyword_metrics import diversity, mean_npmi, occurrences
from recommender.evaluation.labelled_set import LabelKind, Labelled, asked
from recommender.evaluation.ranking_metrics import Intervals
from recommender.evaluation.trial_run import TrialRun, trial_run
from recommender.groups.topics import knn_labels
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens
from recommender.progress import Progress, Silent
from recommender.settings import Settings

__all__ = ["MEASURES", "Grouping", "GroupingEvaluation", "evaluate_stories", "evaluate_topics"]

MEASURES: dict[LabelKind, tuple[str, ...]] = {"story": B_CUBED, "topic": PARTITION}
# Linkage holds all pairs of articles: of 20,000 that is 1.6 GB.
LINKAGE_UP_TO = 20_000
# One cosine for all sets, that of the greatest F1 on the average of those in docs/quality.md.
AVERAGE_COSINE, SINGLE_COSINE = 0.63, 0.75
COSINES = np.arange(0.30, 0.96, 0.01)  # among which the labels choose
PEERS = {"bertopic": ("BERTopic", bertopic), "evoc": ("EVoC", evoc)}


class Grouping(NamedTuple):
    """One way to group, judged: each article's group, -1 for none, and the `figures`.

    Articles in no group are measured as one group more.
    """

    key: str
    name: str
    groups: Array
    figures: Intervals

    @property
    def sizes(self) -> Array:
        """How many articles each group has, the largest first, (groups,) int64."""
        counts: Array = np.unique(self.groups[self.groups >= 0], return_counts=True)[1]
        return np.sort(counts)[::-1]

    @property
    def unassigned(self) -> float:
        """The share of articles that are in no group."""
        return float((self.groups < 0).mean())


class GroupingEvaluation(NamedTuple):
    """All groupings of one labelled set; `ids` and `labels` name what was measured, in order.

    `articles` were grouped, `rejected` counts records that were no good articles. `placed` is the
    share of articles, of those with a topic, that stand where their neighbours alone would place
    them, as a new article is placed; `npmi` and `diversity` are those of the broad topics' keywords
    in all articles. None for stories, and where no topic has two keywords. `left_out` says which
    comparisons were not made, and why.
    """

    labelled: str
    kind: LabelKind
    split: str | None
    articles: int
    rejected: int
    encoder: str
    placed: float | None
    npmi: float | None
    diversity: float | None
    left_out: list[str]
    ids: list[str]
    labels: list[str]
    groupings: list[Grouping]

    @property
    def sizes(self) -> Array:
        """How many articles each label has, the most frequent first, (labels,) int64."""
        return np.sort(np.unique(self.labels, return_counts=True)[1])[::-1]

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON; `groups` has a number for each article, -1 for no group."""
        measures = MEASURES[self.kind]
        groupings = {
            grouping.key: {
                "name": grouping.name,
                "figures": {
                    name: {part: round(float(ends[column]), 6) for part, ends in parts.items()}
                    for column, name in enumerate(measures)
                },
                "found": len(grouping.sizes),
                "largest": int(grouping.sizes.max(initial=0)),
                "unassigned": round(grouping.unassigned, 6),
                "groups": grouping.groups.tolist(),
            }
            for grouping in self.groupings
            for parts in [grouping.figures._asdict()]
        }
        right = {"right": len(self.sizes), "largest": int(self.sizes[0])}
        return self._asdict() | right | {"measures": list(measures), "groupings": groupings}


class _Way(NamedTuple):
    """One way to group, yet to be measured."""

    key: str
    name: str
    groups: Array


def evaluate_stories(
    labelled: Labelled,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> GroupingEvaluation:
    """Build a snapshot of the labelled articles and measure its stories by B-cubed.

    All articles are grouped; with `split` only its articles are measured.

    Raises:
        InputError: no article of the `split`.
        StorageError, PublishRefused, EncoderError: as `run_night`.
    """

    def ways(trial: TrialRun, right: Array, measured: Array) -> Iterator[_Way | str]:
        yield _Way("product", "the product", trial.snapshot.arrays.story_of[trial.text_of])
        if len(right) > LINKAGE_UP_TO:
            yield f"linkage is left out: it holds all pairs, of at most {LINKAGE_UP_TO:,} articles"
            return
        joins = linkage(trial.vectors, "average")
        fixed = linked(joins, AVERAGE_COSINE)
        yield _Way("average", f"average linkage, cosine {AVERAGE_COSINE}", fixed)
        tried = [linked(joins, cosine) for cosine in COSINES]
        f1 = [b_cubed(groups[measured], right[measured])[0] for groups in tried]
        best = int(np.argmax(f1))
        yield _Way("oracle", f"the same at its best cosine: {COSINES[best]:.2f}", tried[best])
        single = linked(linkage(trial.vectors, "single"), SINGLE_COSINE)
        yield _Way("components", f"components, cosine {SINGLE_COSINE}", single)

    return _judged(labelled, settings, split, encoder, progress, ways, b_cubed_intervals)


def evaluate_topics(
    labelled: Labelled,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> GroupingEvaluation:
    """Build a snapshot of the labelled articles and measure its topics by V-measure.

    All articles are grouped; with `split` only its articles are measured.

    Raises:
        InputError: no article of the `split`.
        MissingExtra: the packages of the extra `evaluate` are not installed.
        StorageError, PublishRefused, EncoderError: as `run_night`.
    """
    with needs_extra("evaluate"):  # before minutes of embedding, not after
        import sklearn  # noqa: F401

    def ways(trial: TrialRun, right: Array, measured: Array) -> Iterator[_Way | str]:
        arrays = trial.snapshot.arrays
        yield _Way("product", "the product", arrays.topic_of[trial.text_of])
        yield _Way("finest", "its finest", arrays.finest_of[trial.text_of])
        count = len(np.unique(right[measured]))
        clusters = k_means(trial.vectors, min(count, len(right)))
        yield _Way("kmeans", f"k-means, given {count}", clusters)
        texts = [embedded_text(article.title, article.text) for article in labelled.articles]
        for key, (name, grouped) in PEERS.items():
            try:
                yield _Way(key, name, grouped(trial.vectors, texts))
            except ModuleNotFoundError as error:
                yield f"{name} is left out: {error}; to compare with it: pip install {key}"

    return _judged(labelled, settings, split, encoder, progress, ways, partition_intervals)


def _judged(
    labelled: Labelled,
    settings: Settings,
    split: str | None,
    encoder: Encoder | None,
    progress: Progress | None,
    ways: Callable[[TrialRun, Array, Array], Iterator[_Way | str]],
    measure: Callable[[Array, Array], Intervals],
) -> GroupingEvaluation:
    """Hold a night and `measure` each of the `ways` to group; a string says what was left out."""
    progress = progress or Silent()
    measured = asked(labelled, split)
    right = np.unique(labelled.labels, return_inverse=True)[1]
    groupings, left_out = [], []
    with trial_run(labelled.articles, settings, encoder, progress) as trial:
        model = trial.snapshot.manifest.encoder.model
        placed = npmi = different = None
        if labelled.kind == "topic":
            placed = _placed(trial, measured)
            npmi, different = _keyword_measures(trial, labelled)
        with progress.stage("compare", None, "groupings") as advance:
            for way in ways(trial, right, measured):
                if isinstance(way, str):
                    left_out.append(way)
                    continue
                groups = np.array(way.groups[measured], dtype=np.int64)
                figures = measure(groups, right[measured])
                groupings.append(Grouping(way.key, way.name, groups, figures))
                advance(1)
    return GroupingEvaluation(
        labelled=str(labelled.path),
        kind=labelled.kind,
        split=split,
        articles=len(labelled.articles),
        rejected=len(labelled.rejects),
        encoder=model,
        placed=placed,
        npmi=npmi,
        diversity=different,
        left_out=left_out,
        ids=[labelled.articles[n].id for n in measured.tolist()],
        labels=[labelled.labels[n] for n in measured.tolist()],
        groupings=groupings,
    )


def _placed(trial: TrialRun, measured: Array) -> float:
    """The share of articles that stand where their neighbours vote, of those that have a topic."""
    arrays, texts = trial.snapshot.arrays, trial.text_of[measured]
    near = arrays.neighbours[texts]
    winners = knn_labels(np.where(near < 0, -1, arrays.topic_of[near]), arrays.scores[texts])
    topics = arrays.topic_of[texts]
    return float((winners == topics)[topics >= 0].mean())


def _keyword_measures(trial: TrialRun, labelled: Labelled) -> tuple[float | None, float | None]:
    """Document NPMI and diversity of the broad topics' keywords."""
    broad = [topic for topic in trial.snapshot.topics if topic.level == 1]
    topics = [[keyword.term for keyword in topic.keywords] for topic in broad]
    if not any(len(terms) > 1 for terms in topics):
        return None, None
    column: dict[str, int] = {}
    places = [[column.setdefault(term, len(column)) for term in terms] for terms in topics]
    texts = (embedded_text(article.title, article.text) for article in labelled.articles)
    holds = occurrences(read_tokens(texts), list(column))
    return mean_npmi(holds, places), diversity(topics)
