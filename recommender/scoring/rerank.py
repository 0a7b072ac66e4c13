"""Re-ranking one article's candidates: by time, by diversity, and within caps."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import MICROSECONDS_A_DAY
from recommender.scoring.time_proximity import PROXIMITY_RANGE, chance_corrected_proximity

__all__ = [
    "Candidates",
    "Cap",
    "log_decayed",
    "log_differences",
    "maximal_marginal_relevance",
    "mmr_pool_size",
    "newest_first",
    "pairwise_scores",
    "with_time_proximity",
    "within_caps",
]

_ROUNDING = 1e-6  # the rounding error of float32 scores
# Where logarithms are taken, a score and the difference of two texts count as this much at least.
_LEAST = 2.0**-10
_NONE_TAKEN: Mapping[int, int] = MappingProxyType({})
_HASH_SIZE = 1 << 12  # a power of two; among 30 texts two collide in one list out of ten


class Candidates(NamedTuple):
    """Articles that may be in the answer.

    Attributes:
        rows: (candidates,) int, the article's row in the snapshot.
        texts: (candidates,) int, its text.
        scores: (candidates,) float in [0, 1].
    """

    rows: Array
    texts: Array
    scores: Array

    def take(self, positions: Sequence[int] | Array) -> "Candidates":
        """The candidates at some positions, in that order.

        Args:
            positions: (n,) int, positions from 0.

        Returns:
            The n candidates.
        """
        positions = np.asarray(positions, dtype=np.intp)  # converted once for all three
        return Candidates(
            self.rows.take(positions), self.texts.take(positions), self.scores.take(positions)
        )


class Cap(NamedTuple):
    """A limit on how many chosen candidates share a property, such as the source.

    Attributes:
        codes: (candidates,) int, equal for candidates that share the property, -1 for those
            without it, which are not limited.
        limit: The most chosen candidates with one code.
        taken: Code → how many with it are chosen already, apart from these candidates.
    """

    codes: Array
    limit: int
    taken: Mapping[int, int] = _NONE_TAKEN


def with_time_proximity(
    scores: Array, published: Array, moment: int, no_date: int, weight: float
) -> Array:
    """Raise the scores of articles published near a moment and lower those of distant ones.

    A score changes by its `chance_corrected_proximity` times a factor: it rises within about six
    days of the moment and falls beyond. The changes of any two scores differ by `weight` at most,
    so a near article passes only those whose scores are at most that much greater.

    Args:
        scores: (candidates,) float.
        published: (candidates,) int64, microseconds since the epoch.
        moment: Microseconds since the epoch.
        no_date: The value of `published` for an unknown date, which leaves the score as it is.
        weight: The most by which the changes of two scores differ.

    Returns:
        (candidates,) float, in -`weight` to 1 + `weight`.
    """
    moved = chance_corrected_proximity(published - moment)
    if published.min(initial=0) == no_date:  # the smallest int64, so the minimum finds it
        moved[published == no_date] = 0.0
    moved *= weight / PROXIMITY_RANGE
    moved += scores
    return moved


def log_decayed(scores: Array, published: Array, now: int, no_date: int, half_life: float) -> Array:
    """The logarithms of scores that halve for every half-life of an article's age.

    Logarithms do not underflow. In an archive an article may be hundreds of half-lives old.

    Args:
        scores: (candidates,) float.
        published: (candidates,) int64, microseconds since the epoch.
        now: The moment from which age is counted, in microseconds since the epoch. A date more
            than a day later must be wrong, and counts as unknown.
        no_date: The value of `published` for an unknown date, which counts as the oldest known.
        half_life: In days.

    Returns:
        (candidates,) float64, to the base 2.

    Example:
        >>> week = 7 * MICROSECONDS_A_DAY
        >>> log_decayed(np.ones(3), np.array([0, -week, -999 * week]), 0, no_date=1, half_life=7.0)
        array([   0.,   -1., -999.])
    """
    logs: Array = np.log2(np.maximum(scores, _LEAST), dtype=np.float64)
    known = (published != no_date) & (published <= now + MICROSECONDS_A_DAY)
    if known.any():
        # A half-life below a microsecond orders by date, as one of a microsecond does.
        unit = max(half_life * MICROSECONDS_A_DAY, 1.0)
        age = np.maximum(now - np.where(known, published, published[known].min()), 0)
        logs -= age / unit
    return logs


def newest_first(published: Array, scores: Array) -> Array:
    """Positions of the candidates from the newest to the oldest.

    Args:
        published: (candidates,) int64, microseconds since the epoch; the smallest int64 stands for
            an unknown date and comes last.
        scores: (candidates,) float, which decide between equal dates.

    Returns:
        (candidates,) int64.
    """
    # Bits are inverted because the smallest int64 cannot be negated.
    return np.lexsort((-scores, ~published))


def pairwise_scores(neighbours: Array, scores: Array, texts: Array) -> Array:
    """The score of each pair of candidates, read from the neighbour graph.

    If neither of two texts lists the other, the smaller of their last listed scores is taken. With
    0 instead, texts that are related to nothing else in a list would seem most diverse.

    Args:
        neighbours: (texts, k) int32, what the graph lists for each candidate, -1 for none.
        scores: (texts, k) float32, best first.
        texts: (texts,) int32, the candidates, all different.

    Returns:
        (texts, texts) float32, symmetric, with 1 on the diagonal.
    """
    count = len(texts)
    position = _possible_positions(texts, neighbours)
    found = np.flatnonzero(texts.take(position) == neighbours)
    last = scores.min(axis=1, initial=1.0)
    similarity: Array = np.minimum(last[:, None], last)
    flat = found // max(neighbours.shape[1], 1) * count + position.ravel().take(found)
    similarity.put(flat, scores.ravel().take(found))
    similarity.ravel()[:: count + 1] = 1.0
    return np.maximum(similarity, similarity.T)


def _possible_positions(texts: Array, listed: Array) -> Array:
    """The position in `texts` of each of the `listed`, or any position if it has none.

    Looked up in a hash table by the last bits, which takes half the time of a binary search.
    """
    positions, low_bits = np.arange(len(texts)), texts & (_HASH_SIZE - 1)
    table = np.zeros(_HASH_SIZE, dtype=np.int32)
    table[low_bits] = positions
    if (table.take(low_bits) == positions).all():
        return table.take(listed & (_HASH_SIZE - 1))
    order = texts.argsort()  # two texts collide
    return order.take(texts.take(order).searchsorted(listed), mode="clip")


def log_differences(similarity: Array) -> Array:
    """How little texts differ, as logarithms that go with `log_decayed` scores.

    With them `maximal_marginal_relevance` weighs score^(1 − diversity) · difference^diversity, the
    geometric form of its weighted sum. A sum would be decided by the differences alone where all
    decayed scores are near 0.

    Args:
        similarity: Similarities in [0, 1], of any shape.

    Returns:
        −log2(1 − similarity) of the same shape, from 0 to 10.
    """
    logs: Array = -np.log2(np.maximum(1.0 - similarity, _LEAST))
    return logs


def maximal_marginal_relevance(
    scores: Array,
    similarity: Array,
    diversity: float,
    k: int,
    caps: Sequence[Cap] = (),
    nearest: Array | None = None,
) -> list[int]:
    """Choose candidates that are relevant and differ from each other.

    By maximal marginal relevance (Carbonell and Goldstein 1998, with λ = 1 − `diversity`): each
    choice maximises (1 − diversity) · score − diversity · the greatest similarity to those already
    chosen. Ties go to the earlier candidate. A larger `k` only adds choices at the end.

    Args:
        scores: (candidates,) float, best first.
        similarity: (candidates, candidates) float, symmetric.
        diversity: From 0, relevance alone, to 1.
        k: The most candidates to choose.
        caps: Limits that the chosen ones must keep.
        nearest: (candidates,) float, the greatest similarity of each to what was chosen before all
            of them; None where nothing was.

    Returns:
        Positions of the chosen candidates, in the order of the choices.

    Example:
        >>> similarity = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
        >>> maximal_marginal_relevance(np.array([0.9, 0.8, 0.6]), similarity, diversity=0.5, k=3)
        [0, 2, 1]
    """
    marginal = (1.0 - diversity) * scores
    penalised = marginal - diversity * similarity  # row by row, once that candidate is chosen
    if nearest is not None:
        marginal -= diversity * nearest
    counter = _CapCounter(caps)
    chosen: list[int] = []
    while len(chosen) < min(k, len(scores)):
        best = int(marginal.argmax())
        if marginal[best] == -np.inf:
            break
        if not caps or counter.admit(best):
            chosen.append(best)
            np.minimum(marginal, penalised[best], out=marginal)
        marginal[best] = -np.inf
    return chosen


def mmr_pool_size(scores: Array, diversity: float, k: int) -> int:
    """How many of the first candidates `maximal_marginal_relevance` can choose from without caps.

    The others are never chosen: one of the first k candidates is always left, and it is preferred
    to them even after the greatest possible penalty, which is `diversity`.

    Args:
        scores: (candidates,) float, best first.
        diversity: From 0 to 1.
        k: The number of candidates to choose.

    Returns:
        A number of candidates, at least the smaller one of k and all.
    """
    if len(scores) <= k or diversity >= 1:
        return len(scores)
    least = float(scores[k - 1]) - diversity / (1.0 - diversity) - _ROUNDING
    return int(np.count_nonzero(scores >= least))


def within_caps(count: int, k: int, caps: Sequence[Cap]) -> list[int]:
    """The first candidates that keep within the caps.

    Args:
        count: The number of candidates, in the order in which they are considered.
        k: The most candidates to choose.
        caps: The limits.

    Returns:
        Positions of the chosen candidates, ascending.

    Example:
        >>> within_caps(4, 3, [Cap(codes=np.array([7, 7, -1, 8]), limit=1)])
        [0, 2, 3]
    """
    counter = _CapCounter(caps)
    chosen: list[int] = []
    for position in range(count):
        if len(chosen) == k:
            break
        if counter.admit(position):
            chosen.append(position)
    return chosen


class _CapCounter:
    """Counts the chosen candidates by code."""

    def __init__(self, caps: Sequence[Cap]) -> None:
        self._caps = [(cap.codes.tolist(), cap.limit, dict(cap.taken)) for cap in caps]

    def admit(self, position: int) -> bool:
        """Count one more candidate if no cap is full; whether it was counted."""
        if any(
            codes[position] >= 0 and counts.get(codes[position], 0) >= limit
            for codes, limit, counts in self._caps
        ):
            return False
        for codes, _, counts in self._caps:
            counts[codes[position]] = counts.get(codes[position], 0) + 1
        return True
