"""Reasons: the names and phrases that two texts share, as a page prints them beside a hit."""

import math
import re
from collections.abc import Mapping, Sequence

from recommender._typing import Array
from recommender.language.stems import stems
from recommender.language.writing_systems import UNSPACED

__all__ = [
    "are_among",
    "best_phrases",
    "is_unspaced",
    "min_single_weight",
    "phrases_of",
    "shared_phrases",
]

# A phrase that more texts hold, such as a country or "bank", is no reason if it is the only one.
_SINGLE_SHARE, _SINGLE_TEXTS = 0.01, 10


def shared_phrases(phrases: Array, own: int, others: Sequence[int] | Array) -> list[list[int]]:
    """The phrases that one text shares with each of some others.

    Args:
        phrases: (texts, P) int32, the phrases of each text in rising order, padded with -1.
        own: Number of the one text.
        others: Numbers of the others, (n,).

    Returns:
        For each of the others the numbers of the shared phrases, in rising order.
    """
    row = phrases_of(phrases, own)
    if not row.size:
        return [[] for _ in others]
    candidates = phrases.take(others, axis=0)
    both = are_among(candidates, row)
    found = candidates[both].tolist()
    result, start = [], 0
    for count in both.sum(axis=1).tolist():
        result.append(found[start : start + count])
        start += count
    return result


def phrases_of(phrases: Array, text: int) -> Array:
    """The phrases of one text.

    Args:
        phrases: (texts, P) int32, the phrases of each text in rising order, padded with -1.
        text: Number of the text.

    Returns:
        Its phrases without the padding, in rising order.
    """
    row: Array = phrases[text]
    return row.compress(row >= 0)


def are_among(phrases: Array, known: Array) -> Array:
    """Which phrases are among some.

    Args:
        phrases: Numbers of phrases, of any shape.
        known: Numbers of phrases in rising order, at least one.

    Returns:
        Bool, in the shape of `phrases`.
    """
    found: Array = known.take(known.searchsorted(phrases), mode="clip") == phrases
    return found


def min_single_weight(texts: int) -> float:
    """The least weight that a phrase must have to be the only reason.

    Args:
        texts: How many texts the corpus has.

    Returns:
        The weight (inverse document frequency) of a phrase that one text in a hundred holds, or
        ten texts in a small corpus.
    """
    return math.log(texts / max(_SINGLE_SHARE * texts, _SINGLE_TEXTS))


def best_phrases(
    phrases: Sequence[int],
    weights: Mapping[int, float],
    texts: Mapping[int, str],
    count: int = 3,
    min_single: float = 0.0,
) -> list[int]:
    """The phrases that weigh most, without those that repeat a better one.

    Args:
        phrases: Numbers of phrases.
        weights: The weight of each of them.
        texts: The text of each of them.
        count: How many at most.
        min_single: The least weight of a phrase that is the only one; see `min_single_weight`.

    Returns:
        The best phrases, the heaviest first, ties in the order of `phrases`. None of them lies
        inside a better one or is a form of it.
    """
    chosen: list[int] = []
    chosen_texts: list[str] = []
    for phrase in sorted(phrases, key=weights.__getitem__, reverse=True):
        if len(chosen) == count:
            break
        text = texts[phrase].casefold()
        for other in chosen_texts:
            # Tested here first, because few pairs pass and a call for each pair takes longer.
            if (text in other or other in text) and _repeats(text, other):
                break
        else:
            chosen.append(phrase)
            chosen_texts.append(text)
    return chosen if len(chosen) != 1 or weights[chosen[0]] >= min_single else []


def _repeats(text: str, other: str) -> bool:
    """Whether `text` lies inside `other` as whole words, or one is a form of the other.

    Both are casefolded, and one of them is part of the other.
    """
    inside = text in other if is_unspaced(text) else f" {text} " in f" {other} "
    short, long = sorted((text, other), key=len)
    return inside or short in stems(long)


def is_unspaced(text: str) -> bool:
    """Whether a text begins in a writing system without spaces between words.

    Args:
        text: A phrase, not empty.

    Returns:
        True if it does; such a phrase can occur anywhere in a text, not only as whole words.
    """
    # Compiled when it is first needed, because few processes need it and compiling is slow.
    return re.match(f"[{UNSPACED}]", text) is not None
