"""Evaluate stories and topics: our groups and plain clusterings, measured on labelled articles.

What is measured is the product itself: the groups are read from the snapshot of a trial run.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.embedding.base import Encoder
from recommender.errors import needs_extra
from recommender.evaluation.bootstrap import Intervals
from recommender.evaluation.clustering_baselines import bertopic, cut, evoc, k_means, linkage
from recommender.evaluation.clustering_metrics import (
    B_CUBED,
    PARTITION,
    b_cubed,
    b_cubed_intervals,
    partition_intervals,
)
from recommender.evaluation.keyword_metrics import diversity, mean_npmi, term_incidence
from recommender.evaluation.labelled_set import LabelKind, LabelledSet, rows_of_split
from recommender.evaluation.trial_run import TrialRun, trial_run
from recommender.groups.label_propagation import knn_labels
from recommender.language.tokens import read_tokens
from recommender.progress import Progress, Silent
from recommender.settings.sections import Settings

__all__ = [
    "MEASURES",
    "ClusteringEvaluation",
    "EvaluatedClustering",
    "evaluate_stories",
    "evaluate_topics",
]

MEASURES: dict[LabelKind, tuple[str, ...]] = {"story": B_CUBED, "topic": PARTITION}
# Linkage holds the distances of all pairs of articles: 1.6 GB for 20,000 articles.
LINKAGE_UP_TO = 20_000
# One cosine for every set: the one with the greatest mean F1 on the sets of docs/quality.md.
AVERAGE_COSINE, SINGLE_COSINE = 0.63, 0.75
COSINES = np.arange(0.30, 0.96, 0.01)  # "oracle" chooses the best of these by the labels
# Packages that are compared where they are installed: their names, and how they cluster.
PEERS = {"bertopic": ("BERTopic", bertopic), "evoc": ("EVoC", evoc)}


class EvaluatedClustering(NamedTuple):
    """One clustering with its measures.

    Attributes:
        key: A key for machines: "product" is ours.
        name: Its name in tables.
        groups: The number of each measured article's group, -1 for none, (articles,) int64.
        figures: The measures with 95 % intervals. All articles in no group count as one group.
    """

    key: str
    name: str
    groups: Array
    figures: Intervals

    @property
    def sizes(self) -> Array:
        """How many articles each group has, the largest first, (groups,) int64."""
        return _sizes(self.groups[self.groups >= 0])

    @property
    def unassigned(self) -> float:
        """The share of articles that are in no group."""
        return float((self.groups < 0).mean())


class ClusteringEvaluation(NamedTuple):
    """All clusterings of one labelled set.

    Attributes:
        labelled: The path of the set.
        kind: What the labels name: stories or topics.
        split: The split that was measured, None for all articles.
        articles: How many articles were clustered.
        rejected: How many records were left out as bad articles.
        encoder: The name of the encoder's model.
        placed: Of the measured articles with a topic, the share that has the topic that a new
            article with the same neighbours would get; None for stories.
        npmi: The mean NPMI of the broad topics' keywords in all articles; None for stories, and
            where no topic has two keywords.
        diversity: The share of distinct keywords, None where `npmi` is.
        left_out: A sentence for each comparison that was not made.
        ids: The ids of the articles that were measured.
        labels: The label of each, in the order of `ids`.
        groupings: Our clustering first, then the baselines.
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
    groupings: list[EvaluatedClustering]

    @property
    def sizes(self) -> Array:
        """How many articles each label has, the most frequent first, (labels,) int64."""
        return _sizes(np.asarray(self.labels))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON.

        Returns:
            The attributes, the `measures` by name, how many labels there are (`right`), the size of
            the `largest`, and for each clustering its `figures`, how many groups were `found`, and
            the number of each article's group in `groups`, -1 for none.
        """
        measures = MEASURES[self.kind]
        groupings = {
            clustering.key: {
                "name": clustering.name,
                "figures": clustering.figures.to_dict(measures),
                "found": len(clustering.sizes),
                "largest": int(clustering.sizes.max(initial=0)),
                "unassigned": round(clustering.unassigned, 6),
                "groups": clustering.groups.tolist(),
            }
            for clustering in self.groupings
        }
        counts = {"right": len(self.sizes), "largest": int(self.sizes[0])}
        return self._asdict() | counts | {"measures": list(measures), "groupings": groupings}


class _Candidate(NamedTuple):
    """One clustering of all articles that is yet to be measured."""

    key: str
    name: str
    groups: Array


class _LeftOut(NamedTuple):
    """A clustering that cannot be compared, and why."""

    reason: str


# From a trial run, the labels as numbers and the rows that are measured.
_Candidates = Callable[[TrialRun, Array, Array], Iterator[_Candidate | _LeftOut]]


def evaluate_stories(
    labelled: LabelledSet,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> ClusteringEvaluation:
    """Build a snapshot of the labelled articles and measure its stories by B-cubed.

    Args:
        labelled: Articles labelled with stories.
        settings: The settings of the trial run.
        split: Measure only the articles of this split; all articles are clustered.
        encoder: The encoder; None for the one that the settings name.
        progress: Shows each stage.

    Returns:
        The measures of our stories, of average linkage and of connected components.

    Raises:
        InputError: The split has no articles.
        StorageError, PublishRefused, EncoderError: As `run_night`.
    """
    return _evaluate(
        labelled, settings, split, encoder, progress, _story_candidates, b_cubed_intervals
    )


def evaluate_topics(
    labelled: LabelledSet,
    settings: Settings,
    *,
    split: str | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> ClusteringEvaluation:
    """Build a snapshot of the labelled articles and measure its topics by V-measure.

    Args:
        labelled: Articles labelled with topics.
        settings: The settings of the trial run.
        split: Measure only the articles of this split; all articles are clustered.
        encoder: The encoder; None for the one that the settings name.
        progress: Shows each stage.

    Returns:
        The measures of our broad and finest topics, of k-means, and of BERTopic and EVoC where they
        are installed.

    Raises:
        InputError: The split has no articles.
        MissingExtra: The packages of the extra `evaluate` are not installed.
        StorageError, PublishRefused, EncoderError: As `run_night`.
    """
    with needs_extra("evaluate"):  # fails here, and not after minutes of embedding
        import sklearn  # noqa: F401
    return _evaluate(
        labelled, settings, split, encoder, progress, _topic_candidates, partition_intervals
    )


def _evaluate(
    labelled: LabelledSet,
    settings: Settings,
    split: str | None,
    encoder: Encoder | None,
    progress: Progress | None,
    candidates: _Candidates,
    intervals: Callable[[Array, Array], Intervals],
) -> ClusteringEvaluation:
    """Do a trial run and measure its `candidates` by `intervals`, which takes (predicted, true)."""
    progress = progress or Silent()
    rows = rows_of_split(labelled, split)
    true = np.unique(labelled.labels, return_inverse=True)[1]
    clusterings, left_out = [], []
    placed = npmi = distinct = None
    with trial_run(labelled.articles, settings, encoder, progress) as run:
        model = run.snapshot.manifest.encoder.model
        if labelled.kind == "topic":
            placed, (npmi, distinct) = _placed(run, rows), _keyword_measures(run)
        with progress.stage("compare", None, "groupings") as advance:
            for candidate in candidates(run, true, rows):
                if isinstance(candidate, _LeftOut):
                    left_out.append(candidate.reason)
                    continue
                groups = np.array(candidate.groups[rows], dtype=np.int64)
                figures = intervals(groups, true[rows])
                clusterings.append(
                    EvaluatedClustering(candidate.key, candidate.name, groups, figures)
                )
                advance(1)
    return ClusteringEvaluation(
        labelled=str(labelled.path),
        kind=labelled.kind,
        split=split,
        articles=len(labelled.articles),
        rejected=len(labelled.rejects),
        encoder=model,
        placed=placed,
        npmi=npmi,
        diversity=distinct,
        left_out=left_out,
        ids=[labelled.articles[row].id for row in rows.tolist()],
        labels=[labelled.labels[row] for row in rows.tolist()],
        groupings=clusterings,
    )


def _story_candidates(
    run: TrialRun, true: Array, measured: Array
) -> Iterator[_Candidate | _LeftOut]:
    """Our stories, average linkage at a fixed and at its best cosine, and components."""
    yield _Candidate("product", "the product", run.snapshot.arrays.story_of[run.text_of])
    if len(true) > LINKAGE_UP_TO:
        yield _LeftOut(
            f"linkage is left out: it holds all pairs, of at most {LINKAGE_UP_TO:,} articles"
        )
        return
    tree = linkage(run.vectors, "average")
    fixed = cut(tree, AVERAGE_COSINE)
    yield _Candidate("average", f"average linkage, cosine {AVERAGE_COSINE}", fixed)
    cuts = [cut(tree, cosine) for cosine in COSINES]
    best = int(np.argmax([b_cubed(groups[measured], true[measured])[0] for groups in cuts]))
    yield _Candidate("oracle", f"the same at its best cosine: {COSINES[best]:.2f}", cuts[best])
    components = cut(linkage(run.vectors, "single"), SINGLE_COSINE)
    yield _Candidate("components", f"components, cosine {SINGLE_COSINE}", components)


def _topic_candidates(
    run: TrialRun, true: Array, measured: Array
) -> Iterator[_Candidate | _LeftOut]:
    """Our broad and finest topics, k-means with the number of labels, and installed peers."""
    arrays = run.snapshot.arrays
    yield _Candidate("product", "the product", arrays.topic_of[run.text_of])
    yield _Candidate("finest", "its finest", arrays.finest_of[run.text_of])
    count = len(np.unique(true[measured]))
    yield _Candidate("kmeans", f"k-means, given {count}", k_means(run.vectors, count))
    for key, (name, cluster) in PEERS.items():
        try:
            yield _Candidate(key, name, cluster(run.vectors, run.texts))
        except ModuleNotFoundError as error:
            yield _LeftOut(f"{name} is left out: {error}; to compare with it: pip install {key}")


def _placed(run: TrialRun, measured: Array) -> float:
    """Of the articles with a topic, the share whose neighbours vote for the topic they have."""
    arrays, texts = run.snapshot.arrays, run.text_of[measured]
    near = arrays.neighbours[texts]
    votes = knn_labels(np.where(near < 0, -1, arrays.topic_of[near]), arrays.scores[texts])
    topics = arrays.topic_of[texts]
    return float((votes == topics)[topics >= 0].mean())


def _keyword_measures(run: TrialRun) -> tuple[float | None, float | None]:
    """Document NPMI and diversity of the broad topics' keywords, None where there are no pairs."""
    broad = [topic for topic in run.snapshot.topics if topic.level == 1]
    topics = [[keyword.term for keyword in topic.keywords] for topic in broad]
    if not any(len(terms) > 1 for terms in topics):
        return None, None
    column: dict[str, int] = {}
    columns = [[column.setdefault(term, len(column)) for term in terms] for terms in topics]
    incidence = term_incidence(read_tokens(run.texts), list(column))
    return mean_npmi(incidence, columns), diversity(topics)


def _sizes(groups: Array) -> Array:
    """How many articles each group has, the largest first, (groups,) int64."""
    counts: Array = np.unique(groups, return_counts=True)[1]
    return np.sort(counts)[::-1]
