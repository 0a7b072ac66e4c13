"""Contrary words: words that make another statement when one stands in place of the other.

The folder `contrary_words/` beside this file has one file for each language, named by its ISO 639-1
code. In a line "rose rising | fell falling" a word of one group excludes the words of the others. A
line "no: not never" lists the words that negate a statement. A "#" begins a comment. The words of
all languages are used together, since a pair counts only where both of its words occur.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["ContraryWords", "contrary_words", "read_contrary_words"]

FOLDER = Path(__file__).with_name("contrary_words")
_NEGATIONS, _NUMBERS = "no:", "number:"


class ContraryWords(NamedTuple):
    """The contrary words of some languages.

    Attributes:
        negations: Words that negate a statement, case folded.
        numbers: Words that spell numbers; they have places, too.
        places: The lines that each word stands in, and its group in each: pairs of numbers. Two
            words are contrary if they stand in different groups of one line.
    """

    negations: frozenset[str]
    numbers: frozenset[str]
    places: Mapping[str, frozenset[tuple[int, int]]]


@cache
def contrary_words() -> ContraryWords:
    """The contrary words of all languages that have a file.

    Returns:
        The words.

    Raises:
        ValueError: A file is malformed; see `read_contrary_words`.

    Example:
        >>> words = contrary_words()
        >>> "not" in words.negations, "nicht" in words.negations
        (True, True)
        >>> words.places["rose"] == words.places["climbed"] != words.places["fell"]
        True
    """
    return read_contrary_words(FOLDER)


def read_contrary_words(folder: Path) -> ContraryWords:
    """Read the contrary words of all languages of a folder.

    Args:
        folder: A folder of text files; see the top of this file.

    Returns:
        The words of all files.

    Raises:
        ValueError: A line has no groups, or a word is not in lower case. The message names the
            file, the line, and what was expected.
    """
    negations: set[str] = set()
    numbers: set[str] = set()
    places: dict[str, set[tuple[int, int]]] = {}
    number = 0
    for file in sorted(folder.glob("*.txt")):
        for place, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            entry = line.partition("#")[0].strip()
            if not entry:
                continue
            if entry != entry.casefold():
                raise ValueError(f"{file}:{place}: words must be in lower case: {entry!r}")
            if entry.startswith(_NEGATIONS):
                negations.update(entry.removeprefix(_NEGATIONS).split())
                continue
            spells_numbers = entry.startswith(_NUMBERS)
            groups = [group.split() for group in entry.removeprefix(_NUMBERS).split("|")]
            if len(groups) < 2 or not all(groups):
                raise ValueError(
                    f'{file}:{place}: expected groups of words like "rose | fell", found {entry!r}'
                )
            number += 1
            for group, words in enumerate(groups):
                numbers.update(words if spells_numbers else ())
                for word in words:
                    places.setdefault(word, set()).add((number, group))
    frozen = {word: frozenset(pairs) for word, pairs in places.items()}
    return ContraryWords(frozenset(negations), frozenset(numbers), MappingProxyType(frozen))
