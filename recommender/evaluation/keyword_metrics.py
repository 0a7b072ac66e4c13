"""Measures of keywords: whether a topic's terms belong together, and whether topics differ."""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.keywords.npmi import npmi
from recommender.language.tokens import Tokens, tokenise, word_of

__all__ = ["diversity", "mean_npmi", "term_incidence"]


def term_incidence(tokens: Tokens, terms: Sequence[str]) -> Array:
    """Which texts contain which terms: the words of a term stand side by side in the text.

    Words are compared in the form in which they are counted, that of `word_of`.

    Args:
        tokens: The tokens of all texts.
        terms: Terms of one word or more.

    Returns:
        The incidence matrix, (texts, terms) bool.
    """
    number: dict[str, int] = {}
    word = np.array([number.setdefault(word_of(t), len(number)) for t in tokens.vocabulary], int)
    words = np.append(word[tokens.tokens], -1)  # no word follows the last token
    text = np.append(tokens.texts, -1)
    order = np.argsort(words, kind="stable")
    first = np.searchsorted(words[order], np.arange(len(number) + 1))
    incidence = np.zeros((len(tokens.start) - 1, len(terms)), dtype=bool)
    for column, term in enumerate(terms):
        wanted = [number.get(word_of(token), -1) for token in tokenise(term)]
        if not wanted or -1 in wanted:
            continue
        positions = order[first[wanted[0]] : first[wanted[0] + 1]]
        for shift, other in enumerate(wanted[1:], start=1):
            later = np.minimum(positions + shift, len(words) - 1)
            positions = positions[(words[later] == other) & (text[later] == text[positions])]
        incidence[text[positions], column] = True
    return incidence


def mean_npmi(incidence: Array, topics: Sequence[Sequence[int]]) -> float:
    """Document NPMI: the mean over the pairs of a topic's terms, averaged over the topics.

    The NPMI of two terms is log(p(a, b) / (p(a) p(b))) / -log p(a, b), where p is the share of
    texts that contain them: -1 where no text contains both, 1 where every text does (Bouma 2009,
    "Normalized (pointwise) mutual information", section 3.1; for topics: Lau, Newman and Baldwin
    2014, "Machine reading tea leaves").

    Args:
        incidence: Which texts contain which terms, (texts, terms) bool.
        topics: The terms of each topic, as columns of `incidence`.

    Returns:
        A number in [-1, 1]; larger is better.

    Raises:
        ValueError: No topic has two terms.
    """
    found = []
    for topic in topics:
        if len(topic) < 2:
            continue
        columns = incidence[:, list(topic)].astype(np.float64)
        of_pairs = npmi(columns.T @ columns, columns.sum(axis=0), len(incidence))
        found.append(of_pairs[np.triu_indices(len(topic), k=1)].mean())
    if not found:
        raise ValueError("no topic has two terms: there is no pair to measure")
    return float(np.mean(found))


def diversity(topics: Sequence[Sequence[str]]) -> float:
    """The share of distinct terms among the terms of all topics.

    From Dieng, Ruiz and Blei 2020, "Topic modeling in embedding spaces", section 6.

    Args:
        topics: The terms of each topic.

    Returns:
        A number in (0, 1]; 1 means that no two topics share a term.

    Raises:
        ValueError: No topic has a term.

    Example:
        >>> diversity([["tide", "quay"], ["quay", "crane"]])
        0.75
    """
    terms = [term for topic in topics for term in topic]
    if not terms:
        raise ValueError("no topic has a term: there is nothing to compare")
    return len(set(terms)) / len(terms)
