"""Gates: shares that a night must not exceed to be published."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.corpus import Corpus
from recommender.groups.previous import PreviousGroups
from recommender.pipeline.build_groups import Groups
from recommender.settings.sections import Gates as Limits

__all__ = ["Comparison", "Gate", "compare", "measure", "refusal"]


class Gate(NamedTuple):
    """One measured share and its limit.

    Attributes:
        name: The setting that holds the limit.
        value: What was measured, in [0, 1].
        limit: The largest value that passes.
        meaning: What it is a share of, in words.
    """

    name: str
    value: float
    limit: float
    meaning: str

    @property
    def passed(self) -> bool:
        """Whether this gate lets the night be published."""
        return self.value <= self.limit

    def __str__(self) -> str:
        return f"{self.meaning}: {self.value:.1%}, and gates.{self.name} admits {self.limit:.1%}"


class Comparison(NamedTuple):
    """What the gates look at: a night compared with the one before.

    Attributes:
        topics: The id of each article's broad topic by the article's id, None for none.
        previous_topics: The same of the night before; empty where there was none.
        best_scores: (texts,) The score of each text's first neighbour.
        floor: The score that a related article must have.
    """

    topics: dict[str, str | None]
    previous_topics: dict[str, str | None]
    best_scores: Array
    floor: float


def compare(
    corpus: Corpus, scores: Array, groups: Groups, previous: PreviousGroups, floor: float
) -> Comparison:
    """Compare a night with the one before.

    Args:
        corpus: Tonight's articles.
        scores: (texts, k) The scores of each text's neighbours.
        groups: Tonight's groups.
        previous: The groups of the night before.
        floor: The score that a related article must have.

    Returns:
        The comparison, from which `measure` computes all shares.
    """
    ids = [*groups.identities.topic_ids, None]  # the last place is that of -1
    topics = groups.topics.topic_of[corpus.copies.text_of].tolist()
    return Comparison(
        dict(zip((card.id for card in corpus.cards), (ids[t] for t in topics), strict=True)),
        previous.broad_topics,
        scores.max(axis=1, initial=0.0),
        floor,
    )


def measure(night: Comparison, limits: Limits) -> list[Gate]:
    """Measure the share of every gate.

    Args:
        night: What is measured.
        limits: The settings, with the limit of each gate.

    Returns:
        All gates; an empty list if both nights have fewer than `limits.least_articles` articles,
        because shares of few articles mean little.
    """
    now, before = night.topics, night.previous_topics
    if max(len(now), len(before)) < limits.least_articles:
        return []
    both = now.keys() & before.keys()
    moved = sum(now[article] != before[article] for article in both)
    previous_ids = set(before.values()) - {None}
    lost = previous_ids - set(now.values())
    sizes = Counter(topic for topic in now.values() if topic is not None)
    empty = int(np.count_nonzero(night.best_scores < night.floor))
    shares = {
        "articles_lost": (
            max(0.0, 1 - len(now) / len(before)) if before else 0.0,
            "there are fewer articles than the night before",
        ),
        "empty_related": (_share(empty, len(night.best_scores)), "texts have no related article"),
        "largest_topic": (
            _share(max(sizes.values(), default=0), len(now)),
            "articles are of one topic",
        ),
        "topics_changed": (
            _share(moved, len(both)),
            "articles are of another topic than the night before",
        ),
        "ids_lost": (
            _share(len(lost), len(previous_ids)),
            "topics of the night before are gone",
        ),
    }
    return [
        Gate(name, value, getattr(limits, name), meaning)
        for name, (value, meaning) in shares.items()
    ]


def refusal(refused: Sequence[str], previous: str) -> str:
    """Say why a night is not published, and what to do.

    Args:
        refused: The gates that were not passed.
        previous: The name of the snapshot that is served; "" if there is none.

    Returns:
        The message of the error.
    """
    served = f"{previous} is still served" if previous else "nothing is served"
    return (
        f"the night was not published; {served}: {'; '.join(refused)}. Look at the sources and the "
        "settings; if the night is as it should be, run again with --force"
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
