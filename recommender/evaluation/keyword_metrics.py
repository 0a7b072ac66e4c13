"""Coherence: whether the terms of a topic belong together, and whether topics differ in theirs."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from recommender._typing import Array
from recommender.language.tokens import Tokens, tokenise, word_of

__all__ = ["diversity", "mean_npmi", "occurrences"]


def occurrences(tokens: Tokens, terms: Sequence[str]) -> Array:
    """Which text holds which term, (texts, terms) bool: its words stand there side by side.

    Words are compared as they are counted, by `tokens.word_of`.
    """
    number: dict[str, int] = {}
    word = np.array([number.setdefault(word_of(t), len(number)) for t in tokens.vocabulary], int)
    read = np.append(word[tokens.tokens], -1)  # behind the last token stands no word
    text = np.append(tokens.texts, -1)
    order = np.argsort(read, kind="stable")
    first = np.searchsorted(read[order], np.arange(len(number) + 1))
    holds = np.zeros((len(tokens.start) - 1, len(terms)), dtype=bool)
    for column, term in enumerate(terms):
        wanted = [number.get(word_of(token), -1) for token in tokenise(term)]
        if not wanted or -1 in wanted:
            continue
        places = order[first[wanted[0]] : first[wanted[0] + 1]]
        for shift, other in enumerate(wanted[1:], start=1):
            behind = np.minimum(places + shift, len(read) - 1)
            places = places[(read[behind] == other) & (text[behind] == text[places])]
        holds[text[places], column] = True
    return holds


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
