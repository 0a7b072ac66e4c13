"""Coherence: whether the terms of a topic belong together, and whether topics differ in theirs."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from recommender.arrays import Array

__all__ = ["diversity", "mean_npmi"]


def mean_npmi(holds: Array, topics: Sequence[Sequence[int]]) -> float:
    """Document NPMI in [-1, 1]: the mean over pairs of a topic's terms, and then over topics.

    `holds` (texts, terms) bool says which text holds which term; each of `topics` lists columns of
    it. The NPMI of a pair is log(p(a, b) / (p(a) p(b))) / -log p(a, b) with p the shares of texts
    (Bouma 2009, "Normalized (pointwise) mutual information", section 3.1; of topics: Lau, Newman
    and Baldwin 2014, "Machine reading tea leaves"): -1 where no text holds both, 1 where all do.

    Raises:
        ValueError: no topic has two terms.
    """
    found = []
    for topic in topics:
        if len(topic) < 2:
            continue
        columns = holds[:, list(topic)].astype(np.float64)
        share = columns.T @ columns / len(holds)
        found.append(np.mean([_npmi(share, a, b) for a, b in combinations(range(len(topic)), 2)]))
    if not found:
        raise ValueError("no topic has two terms: there is no pair to measure")
    return float(np.mean(found))


def diversity(topics: Sequence[Sequence[str]]) -> float:
    """The share of different terms among all topics' (Dieng, Ruiz and Blei 2020, section 6).

    Raises:
        ValueError: no topic has a term.
    """
    terms = [term for topic in topics for term in topic]
    if not terms:
        raise ValueError("no topic has a term: there is nothing to compare")
    return len(set(terms)) / len(terms)


def _npmi(share: Array, a: int, b: int) -> float:
    """The NPMI of terms `a` and `b`; `share` (terms, terms) of the texts that hold both."""
    if share[a, b] == 0:
        return -1.0
    if share[a, b] == 1:
        return 1.0
    return float(np.log(share[a, b] / (share[a, a] * share[b, b])) / -np.log(share[a, b]))
