"""Content words: what short texts and headlines say, without articles and prepositions."""

from functools import cache

import numpy as np
from rapidfuzz.distance import Indel

from recommender._typing import Array
from recommender.corpus.differences import statement_facts
from recommender.corpus.shingles import HashedWords, word_hash
from recommender.language.contraries import contrary_words
from recommender.language.folding import fold
from recommender.language.stop_words import stop_words_for

__all__ = ["have_same_content", "headline_words", "shared_headline"]

# Of so many content words that two short texts share, one of them may add one, or exchange half a
# one (an exchanged word counts in both texts).
CONTENT_PER_ADDITION, CONTENT_PER_EXCHANGE = 6, 10
# The letters of a stop word that says nothing. Longer ones can be all that tells headlines apart.
MAX_EMPTY = 3


def have_same_content(one: HashedWords, other: HashedWords) -> bool:
    """Whether two short texts say the same in the same order, but for a few words.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        True if their content words agree and no name, number or contrary word differs.
    """
    a, b = (words.hashes[_content(words)].tolist() for words in (one, other))
    if not a or not b or statement_facts(one, other).total:
        return False
    fewest, differing = min(len(a), len(b)), Indel.distance(a, b)
    only_added = differing == abs(len(a) - len(b))
    return differing <= fewest // (CONTENT_PER_ADDITION if only_added else CONTENT_PER_EXCHANGE)


def headline_words(words: HashedWords) -> set[int]:
    """The content words of a text's title.

    Args:
        words: The words of the text.

    Returns:
        The hashes of the distinct words.
    """
    return set(words.hashes[: words.title][_content(words)[: words.title]].tolist())


def shared_headline(one: HashedWords, other: HashedWords) -> float:
    """How much of the longer of two headlines the other one has, too.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        The share of content words, 1 where both headlines have none.
    """
    a, b = headline_words(one), headline_words(other)
    return len(a & b) / max(len(a), len(b)) if a or b else 1.0


def _content(words: HashedWords) -> Array:
    """Which words say something: (words,) bool."""
    found: Array = ~np.isin(words.hashes, _empty_words())
    return found


@cache
def _empty_words() -> Array:
    """The hashes of the stop words of a few letters: articles, prepositions and auxiliaries."""
    contraries = contrary_words()
    telling = contraries.negations | contraries.places.keys()
    words = {word for word in stop_words_for("en") if len(word) <= MAX_EMPTY} - telling
    return np.array([word_hash(fold(word)) for word in words if word.isalnum()], dtype=np.uint64)
