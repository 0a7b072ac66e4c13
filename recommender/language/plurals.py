"""Plurals: the possible singulars of a word, by the endings of its language."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["PluralRules", "singulars"]

# No word shorter than this is a plural.
_SHORTEST = 3


class PluralRules(NamedTuple):
    """How a language writes plurals.

    Attributes:
        endings: Pairs of a plural's ending and the singular's, such as ("ies", "y").
        singular: Endings that no plural has, such as "ss".
    """

    endings: tuple[tuple[str, str], ...]
    singular: tuple[str, ...]


def singulars(word: str, rules: Iterable[PluralRules]) -> list[str]:
    """The words that `word` may be the plural of, whether or not such words exist.

    Endings alone cannot tell, so the caller checks whether a candidate occurs in the corpus.

    Args:
        word: One word, case folded.
        rules: The rules of each language that the word may belong to.

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
