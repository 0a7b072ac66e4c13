"""Tokens: a text cut into words and signs, once, when it is new; what counts words counts these."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

import numpy as np

from recommender._typing import Array
from recommender.errors import needs_extra
from recommender.language.writing_systems import UNSPACED

if TYPE_CHECKING:
    import regex
    from scipy.sparse import csr_array

__all__ = [
    "TOKENISER_VERSION",
    "Tokens",
    "WordCounts",
    "count_words",
    "read_tokens",
    "tokenise",
    "word_of",
]

# Changing how text is cut changes every stored token: raise this number with it.
TOKENISER_VERSION = 2

# A word is letters and digits with their marks; apostrophes and hyphens only inside, and points
# and commas only between digits. What joins or parts letters unseen is inside a word, too.
# Scripts that put no space between words give one token a sign, and end a word.
# Whatever else is printed is a token too, sign by sign, for it ends a phrase.
_SIGN = f"[{UNSPACED}]"
_LETTER = rf"(?!{_SIGN})[\p{{L}}\p{{N}}]"
_WORD = rf"{_LETTER}(?:{_LETTER}|\p{{M}}|[\u200c\u200d](?=[\p{{L}}\p{{M}}]))*"
_PATTERN = (
    # Most words of most texts; a shortcut, which is found below just the same.
    r"[A-Za-z]++(?=[\s.,;:!?)])"
    rf"|{_SIGN}\p{{M}}*"
    rf"|{_WORD}(?:(?:['’‐-]|(?<=\p{{N}})[.,](?=\p{{N}})){_WORD})*"
    r"|\S"
)
# The soft hyphen, and other characters that are there only for where lines break and files begin.
_UNSEEN = "\u00ad\u2060\ufeff"


class Tokens(NamedTuple):
    """The tokens of many texts, one text behind the other.

    `vocabulary` holds tokens as they are written, in no order that means anything; `tokens`
    (tokens,) int32 are positions in it; `start` (texts + 1,) int64: text → its slice of `tokens`.
    """

    vocabulary: list[str]
    tokens: Array
    start: Array

    @property
    def texts(self) -> Array:
        """The text of each token, (tokens,) int32."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    def take(self, texts: Array) -> "Tokens":
        """The tokens of some `texts` (n,), in that order."""
        size = np.diff(self.start)[texts]
        start = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
        shift = np.repeat(self.start[texts] - start[:-1], size)
        return Tokens(self.vocabulary, self.tokens[np.arange(start[-1]) + shift], start)


class WordCounts(NamedTuple):
    """`words` in alphabetical order and their `counts`, a sparse (texts, words) matrix."""

    words: list[str]
    counts: "csr_array"


def tokenise(text: str) -> list[str]:
    """The words and signs of `text`, as they are written, in reading order.

    Raises:
        MissingExtra: the packages of the build are not installed.
    """
    for unseen in _UNSEEN:  # replaced one by one, which takes less than `str.translate`
        text = text.replace(unseen, "")
    found: list[str] = _pattern().findall(normalize("NFC", text))
    return found


def word_of(token: str) -> str:
    """The word that a token is counted as: case folded, no possessive; "" for a mere sign."""
    if not token[0].isalnum():
        return ""
    folded = token.casefold().replace("’", "'")
    return folded.removesuffix("'s")


def count_words(tokens: Tokens) -> WordCounts:
    """How often each word stands in each text."""
    from scipy.sparse import csr_array

    spelled = [word_of(token) for token in tokens.vocabulary]
    words = sorted({word for word in spelled if word})
    place = {word: number for number, word in enumerate(words)}
    number = np.array([place.get(word, -1) for word in spelled], dtype=np.int32)
    word = number[tokens.tokens]
    counted = word >= 0
    kept = np.concatenate(([0], np.cumsum(counted)))[tokens.start]
    counts = csr_array(
        (np.ones(int(kept[-1]), dtype=np.float32), word[counted], kept),
        shape=(len(kept) - 1, len(words)),
    )
    counts.sum_duplicates()
    return WordCounts(words, counts)


def read_tokens(texts: Iterable[str]) -> Tokens:
    """The tokens of all `texts`."""
    number: dict[str, int] = {}
    tokens = [[number.setdefault(t, len(number)) for t in tokenise(text)] for text in texts]
    start = np.cumsum([0, *map(len, tokens)], dtype=np.int64)
    flat = np.array([token for text in tokens for token in text], dtype=np.int32)
    return Tokens(list(number), flat, start)


@cache
def _pattern() -> "regex.Pattern[str]":
    with needs_extra("build"):
        import regex as engine

    return engine.compile(_PATTERN)
