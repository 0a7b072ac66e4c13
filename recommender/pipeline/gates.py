"""Gates: what a night must not have done to be published."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.settings import Gates as Limits

__all__ = ["Gate", "Tonight", "judged"]


class Gate(NamedTuple):
    """One share that was measured, in [0, 1], and its limit; more than the limit is refused."""

    name: str
    value: float
    limit: float
    meaning: str

    @property
    def passed(self) -> bool:
        """Whether the night may be published as far as this goes."""
        return self.value <= self.limit

    def __str__(self) -> str:
        return f"{self.meaning}: {self.value:.1%}, and gates.{self.name} admits {self.limit:.1%}"


class Tonight(NamedTuple):
    """What the gates look at.

    `topics` and `previous_topics` give the id of the broad topic of every article of a night by the
    article's id, None for none; the previous ones are empty where there is no night before. `best`
    (texts,) is the score of each text's first neighbour, and `floor` what a hit must score.
    """

    topics: dict[str, str | None]
    previous_topics: dict[str, str | None]
    best: Array
    floor: float


def judged(tonight: Tonight, limits: Limits) -> list[Gate]:
    """Every gate with what was measured; none for nights too small for shares to mean much.

    A night is small that has fewer than `limits.least_articles` articles, as had the one before.
    """
    now, then = tonight.topics, tonight.previous_topics
    if max(len(now), len(then)) < limits.least_articles:
        return []
    both = now.keys() & then.keys()
    moved = sum(now[article] != then[article] for article in both)
    previous_ids = {topic for topic in then.values() if topic is not None}
    lost = previous_ids - {topic for topic in now.values() if topic is not None}
    empty = int(np.count_nonzero(tonight.best < tonight.floor))
    return [
        Gate(
            "articles_lost",
            max(0.0, 1 - len(now) / len(then)) if then else 0.0,
            limits.articles_lost,
            "there are fewer articles than the night before",
        ),
        Gate(
            "empty_related",
            _share(empty, len(tonight.best)),
            limits.empty_related,
            "texts have no related article",
        ),
        Gate(
            "largest_topic",
            _share(_most(list(now.values())), len(now)),
            limits.largest_topic,
            "articles are of one topic",
        ),
        Gate(
            "topics_changed",
            _share(moved, len(both)),
            limits.topics_changed,
            "articles are of another topic than the night before",
        ),
        Gate(
            "ids_lost",
            _share(len(lost), len(previous_ids)),
            limits.ids_lost,
            "topics of the night before are gone",
        ),
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _most(topics: Sequence[str | None]) -> int:
    counts = np.unique([topic for topic in topics if topic is not None], return_counts=True)[1]
    return int(counts.max(initial=0))
