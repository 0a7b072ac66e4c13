"""Search in titles: every word of the query, in any order, without regard to case and accents."""

import re
from bisect import bisect_right
from itertools import accumulate
from unicodedata import combining, normalize

import numpy as np

from recommender._typing import Array
from recommender.serving.explain import is_unspaced
from recommender.snapshot.reader import Snapshot

__all__ = ["Titles", "fold"]

MIN_LETTERS = 4  # of a word that may be replaced

_WORD = re.compile(r"\w+")
_SIMILAR = 0.7  # the least similarity of a word of the titles that replaces one that none has


def fold(text: str) -> str:
    """A text as it is searched: its words in small letters without accents.

    Args:
        text: A title or a query.

    Returns:
        The words with one space between them.

    Example:
        >>> fold("“Łódź”: Zoë's CAFÉ")
        'łodz zoe s cafe'
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in normalize("NFKD", plain) if not combining(c))
    return " ".join(_WORD.findall(plain))


class Titles:
    """The titles of a snapshot, folded once so that each search takes milliseconds.

    Args:
        snapshot: The snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        cards = snapshot.cards.fields(range(len(snapshot.ids)))
        lines = [f" {fold(card[1])}\n" for card in cards]
        self._text = "".join(lines)
        self._starts = [0, *accumulate(map(len, lines))]
        self._words: list[str] | None = None

    def rows(self, query: str) -> tuple[Array, Array]:
        """The articles whose titles have all words of a query.

        The last word may be the beginning of one. A word that no title has is replaced by the most
        similar one that a title has, so that a slip of the finger finds what was meant.

        Args:
            query: The words; none find nothing.

        Returns:
            The rows in ascending order, (n,) int64, and for each whether its title has the words in
            the order of the query, beside one another, (n,) bool.
        """
        words = fold(query).split()
        if not words:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
        patterns = [self._pattern(word, whole=True) for word in words[:-1]]
        patterns.append(self._pattern(words[-1], whole=False))
        found = [self._rows_of(pattern) for pattern in patterns]
        rows = sorted(set.intersection(*found))
        phrase = " ".join(words)
        in_order = [phrase in self._title(row) for row in rows]
        return np.array(rows, dtype=np.int64), np.array(in_order, dtype=bool)

    def _title(self, row: int) -> str:
        return self._text[self._starts[row] : self._starts[row + 1]]

    def _rows_of(self, pattern: str) -> set[int]:
        places = (found.start() for found in re.finditer(pattern, self._text))
        return {bisect_right(self._starts, place) - 1 for place in places}

    def _pattern(self, word: str, *, whole: bool) -> str:
        """What finds a word in the folded titles, or the one that is most like it."""
        pattern = _pattern(word, whole=whole)
        if re.search(pattern, self._text) is not None:
            return pattern
        # Of short words and of numbers, others that are spelled like them mean something else.
        is_long = len(word) >= MIN_LETTERS and word.isalpha()
        other = self._most_similar(word) if is_long else None
        return pattern if other is None else _pattern(other, whole=True)

    def _most_similar(self, word: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if self._words is None:
            self._words = sorted(set(self._text.split()))
        found = process.extractOne(
            word, self._words, scorer=OSA.normalized_similarity, score_cutoff=_SIMILAR
        )
        return found and found[0]


def _pattern(word: str, *, whole: bool) -> str:
    if is_unspaced(word):  # such words stand beside one another without spaces
        return re.escape(word)
    return rf" {re.escape(word)}" + (r"(?=[ \n])" if whole else "")
