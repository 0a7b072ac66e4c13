"""Related articles: the ranking of one article's candidates, as pure functions on arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY
from recommender.scoring.time_proximity import chance_corrected_proximity

__all__ = [
    "Candidates",
    "Cap",
    "maximal_marginal_relevance",
    "mmr_pool_size",
    "newest_first",
    "pairwise_scores",
    "with_recency_decay",
    "with_time_proximity",
    "within_caps",
]

_ROUNDING = 1e-6  # of float32
_ROOM = 1 << 12  # nine of ten lists of 30 fit in


class Candidates(NamedTuple):
    """Articles that may be answered: their `rows`, `texts` and `scores`, all (candidates,)."""

    rows: Array
    texts: Array
    scores: Array

    def take(self, places: Sequence[int] | Array) -> "Candidates":
        """Those at `places`, in their order."""
        places = np.asarray(places, dtype=np.intp)  # once for all three
        return Candidates(self.rows.take(places), self.texts.take(places), self.scores.take(places))


class Cap(NamedTuple):
    """At most `most` of the chosen may have one code of `codes` (candidates,); -1 is no code."""

    codes: Array
    limit: int


def with_time_proximity(
    scores: Array, published: Array, moment: int, no_date: int, most: float
) -> Array:
    """`scores`, up to `most` more where published near the `moment`, up to as much less far off.

    `published` (candidates,) int64 in microseconds; with `no_date` a score stays as it is. Up to
    six days apart it is more: nearer than accounts of a subject are by chance; see `closeness`.
    """
    moved = chance_corrected_proximity(published - moment)
    if published.min(initial=0) == no_date:  # the least number there is
        moved[published == no_date] = 0.0
    moved *= most
    moved += scores
    return moved


def with_recency_decay(scores: Array, published: Array, no_date: int, half_life: float) -> Array:
    """`scores` halved for every `half_life` days that a candidate is older than the newest one.

    `published` (candidates,) int64 in microseconds; one with `no_date` counts as the oldest.
    """
    dated = published != no_date
    if not dated.any():
        return scores
    oldest = published[dated].min()
    age = published.max() - np.where(dated, published, oldest)
    with np.errstate(over="ignore"):  # of a half-life near 0 nothing is left
        faded: Array = scores * 0.5 ** (age / (half_life * MICROSECONDS_A_DAY))
    return faded


def newest_first(published: Array, scores: Array) -> Array:
    """Places of the candidates by date, those of one moment by score; a missing date is oldest."""
    # Inverted, not negated: the mark of a missing date is the smallest number there is.
    return np.lexsort((-scores, ~published))


def pairwise_scores(neighbours: Array, scores: Array, texts: Array) -> Array:
    """Scores of the candidates among one another, (texts, texts) float32, by the graph.

    `neighbours` and `scores` (all texts, K) are the graph; `texts` all differ. Two of which neither
    is a neighbour of the other have the smaller of their last scores: taken for 0, it would be they
    that make a list diverse, related to nothing in it. One text with itself: 1.
    """
    count = len(texts)
    named, scored = neighbours.take(texts, axis=0), scores.take(texts, axis=0)
    place = _places(texts, named)
    found = np.flatnonzero(texts.take(place) == named)
    last = scored.min(axis=1, initial=1.0)
    similarity: Array = np.minimum(last[:, None], last)
    flat = found // max(neighbours.shape[1], 1) * count + place.ravel().take(found)
    similarity.put(flat, scored.ravel().take(found))
    similarity.ravel()[:: count + 1] = 1.0
    return np.maximum(similarity, similarity.T)


def _places(texts: Array, named: Array) -> Array:
    """Where each of `named` stands in `texts` if it does at all, else anywhere.

    Looked up in a table by their last bits, which takes half of the time of a binary search.
    """
    order, last = np.arange(len(texts)), texts & (_ROOM - 1)
    table = np.zeros(_ROOM, dtype=np.int32)
    table[last] = order
    if (table.take(last) == order).all():
        return table.take(named & (_ROOM - 1))
    order = texts.argsort()  # two of them share their last bits
    return order.take(texts.take(order).searchsorted(named), mode="clip")


def maximal_marginal_relevance(
    scores: Array, similarity: Array, diversity: float, k: int, caps: Sequence[Cap] = ()
) -> list[int]:
    """Places of at most `k` candidates by maximal marginal relevance, best first.

    Each next one has the largest (1 − diversity) · score − diversity · greatest similarity to those
    already chosen (Carbonell & Goldstein 1998, with λ = 1 − diversity). `scores` (candidates,) in
    [0, 1], best first; `similarity` (candidates, candidates). Ties fall to the earlier place.
    """
    left = (1.0 - diversity) * scores
    beside = left - diversity * similarity  # beside each one chosen, what the others are worth
    chosen: list[int] = []
    full = _CapCounter(caps)
    while len(chosen) < min(k, len(scores)):
        place = int(left.argmax())
        if left[place] == -np.inf:
            break
        if not caps or full.admits(place):
            chosen.append(place)
            np.minimum(left, beside[place], out=left)
        left[place] = -np.inf
    return chosen


def mmr_pool_size(scores: Array, diversity: float, k: int) -> int:
    """How many of the first candidates `diversified` can choose `k` from where there are no caps.

    `scores` (candidates,), best first. As long as one of the first k is left, none is chosen whose
    score is less than that one's even after the greatest penalty there is, `diversity` times 1.
    """
    if len(scores) <= k or diversity >= 1:
        return len(scores)
    least = float(scores[k - 1]) - diversity / (1.0 - diversity) - _ROUNDING
    return int(np.count_nonzero(scores >= least))


def within_caps(count: int, k: int, caps: Sequence[Cap]) -> list[int]:
    """The first `k` of `count` places that exceed no cap."""
    full = _CapCounter(caps)
    chosen: list[int] = []
    for place in range(count):
        if len(chosen) == k:
            break
        if full.admits(place):
            chosen.append(place)
    return chosen


class _CapCounter:
    """Counts what was chosen against the caps."""

    def __init__(self, caps: Sequence[Cap]) -> None:
        self._caps = [(cap.codes.tolist(), cap.limit, dict[int, int]()) for cap in caps]

    def admits(self, place: int) -> bool:
        """Whether one more fits; if so it is counted."""
        if any(
            codes[place] >= 0 and counted.get(codes[place], 0) >= most
            for codes, most, counted in self._caps
        ):
            return False
        for codes, _, counted in self._caps:
            counted[codes[place]] = counted.get(codes[place], 0) + 1
        return True
