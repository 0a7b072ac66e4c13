"""Plurals: which words a word may be the plural of, by the endings of its language."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["PluralRules", "singulars"]

# No word shorter than this is a plural.
_SHORTEST = 3


class PluralRules(NamedTuple):
    """How a language writes plurals.

    Attributes:
        endings: Pairs of a plural's ending and what the singular has in its place.
        singular: Endings that no plural has.
    """

    endings: tuple[tuple[str, str], ...]
    singular: tuple[str, ...]


def singulars(word: str, rules: Iterable[PluralRules]) -> list[str]:
    """The words that `word` may be the plural of, whether or not there are such words.

    Endings alone cannot tell, so ask whether a candidate is a word of the corpus.

    Args:
        word: One word, case folded.
        rules: Those of each language that the word may be of.

    Returns:
        The candidates in the order of the rules, without repetition.

    Example:
        >>> english = PluralRules((("s", ""), ("ies", "y")), ("ss", "us"))
        >>> singulars("cities", [english]), singulars("glass", [english])
        (['citie', 'city'], [])
    """
    if len(word) < _SHORTEST:
        return []
    found = [
        word.removesuffix(ending) + replacement
        for endings, singular in rules
        if not word.endswith(singular)
        for ending, replacement in endings
        if word.endswith(ending)
    ]
    return list(dict.fromkeys(found))
