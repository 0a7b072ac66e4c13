"""The words of a text in their sentences, and the edges of sentences, as boilerplate is found by.

What a publisher repeats begins or ends where a sentence does. So the first and the last words of
each sentence, its edges, suffice to notice what recurs, and no text is read a second time for it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np

from recommender.language.writing_systems import UNSPACED

__all__ = [
    "EDGE",
    "EDGES_VERSION",
    "NUMBER",
    "SentenceWords",
    "edge_hash",
    "pack_edges",
    "size",
    "split_words",
]

# A change in how text is split changes every stored edge, so it must raise this number.
EDGES_VERSION = "1"
# Words of an edge. Fewer recur in news by chance, and more would hide notices of a few words.
EDGE = 5

NUMBER = "0"  # stands for any number, also for one with several parts, such as a date

# A number, or letters and digits with their apostrophes; before them, a URL or an e-mail address.
_PLAIN = r"\d+(?:(?:[.,:/-]|, )\d+)*(?!\w)|\w+(?:['’]\w+)*"
_PLAIN_WORD = re.compile(_PLAIN)
_WORD = re.compile(rf"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]+\w|{_PLAIN}")
_ADDRESS = "@"  # stands for any URL or e-mail address, because these differ in each article
_ADDRESS_SIGNS = ("@", "://", "www.")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d]")
# What can end a sentence or a line, with what closes behind it.
# It begins with one set of signs, which the search for a match skips to.
_END = re.compile(r"[.!?…。！？\n](?:(?<=[.!?…])[.!?…]*[\"'”’»)\]]*(?=\s)|(?<=[。！？\n]))")
_UNSPACED_WORD = re.compile(f"[{UNSPACED}]")


class Sentence(NamedTuple):
    """One sentence of a text.

    Attributes:
        begin: The number of its first word.
        end: The number of the word behind its last one.
        opening: The hash of its first words.
        closing: The hash of its last words; None where the opening is all of it.
    """

    begin: int
    end: int
    opening: int
    closing: int | None


class SentenceWords(NamedTuple):
    """The words of a text in reading order.

    Attributes:
        words: Each word as it is compared: case folded, with 0 for any number and "@" for any
            address.
        starts: The place of each word's first character.
        ends: The place behind each word's last character.
        first: The number of the first word of each sentence.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    first: list[int]

    def sentences(self) -> Iterator[Sentence]:
        """The sentences in reading order.

        Yields:
            Each sentence with the hashes of its edges.
        """
        for begin, end in pairwise([*self.first, len(self.words)]):
            opening = edge_hash(self.words[begin : min(end, begin + EDGE)])
            closing = None
            if end - begin > EDGE:
                closing = edge_hash(self.words[end - EDGE : end], ends=True)
            yield Sentence(begin, end, opening, closing)

    def edges(self) -> dict[int, tuple[int, bool]]:
        """The first and the last words of each sentence.

        Returns:
            For each edge, by its hash: the number of its first word where it begins a sentence, or
            of the word behind it where it ends one, and whether it begins one. Of equal edges the
            first one is given.
        """
        found: dict[int, tuple[int, bool]] = {}
        for sentence in self.sentences():
            found.setdefault(sentence.opening, (sentence.begin, True))
            if sentence.closing is not None:
                found.setdefault(sentence.closing, (sentence.end, False))
        return found


def split_words(text: str) -> SentenceWords:
    """Split a text into words and sentences.

    Args:
        text: Any text; a line break ends a sentence.

    Returns:
        Its words; none for a text without a letter or digit.

    Example:
        >>> split = split_words("Photo: AFP. Mr. Lee has 12 boats.")
        >>> split.words, split.first
        (['photo', 'afp', 'mr', 'lee', 'has', '0', 'boats'], [0])
    """
    spans = [match.span() for match in _pattern(text).finditer(text)]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    first = {0, *(bisect_left(starts, end) for end in _sentence_ends(text))} - {len(starts)}
    words = [_folded(text[start:end]) for start, end in spans]
    return SentenceWords(words, starts, ends, sorted(first))


def _pattern(text: str) -> re.Pattern[str]:
    """The pattern of words; most texts have no address and need a simple one only."""
    return _WORD if any(sign in text for sign in _ADDRESS_SIGNS) else _PLAIN_WORD


def _sentence_ends(text: str) -> Iterator[int]:
    """The places at which sentences and lines end.

    A full stop after one letter, or after two or three of which the first is a capital, belongs to
    an abbreviation ("U.S.", "Mr.", "Sen."). A line that ends in a comma goes on in the next one.
    """
    for match in _END.finditer(text):
        start = match.start()
        if text[start] == "." and _is_abbreviation(text[max(0, start - 4) : start]):
            continue
        if text[start] == "\n" and text[max(0, start - 1) : start] in (",", ";"):
            continue
        yield match.end()


def _is_abbreviation(before: str) -> bool:
    """Whether four characters end in a word that is short enough for an abbreviation."""
    word = before
    while word and not word.isalpha():
        word = word[1:]
    return len(word) == 1 or (len(word) in (2, 3) and word[0].isupper())


def edge_hash(words: list[str], *, ends: bool = False) -> int:
    """The hash of an edge.

    Args:
        words: At most `EDGE` words.
        ends: Whether they end a longer sentence; otherwise they begin one or are all of it.

    Returns:
        A CRC-32. That two edges have the same one is rare and harmless: texts are compared before
        anything is learned from it.
    """
    return crc32(" ".join(words).encode("utf-8", "surrogatepass"), 1 if ends else 0)


def pack_edges(text: str) -> bytes:
    """The hashes of the edges of a text's sentences, those of `SentenceWords.edges`.

    Args:
        text: The text.

    Returns:
        Distinct little-endian uint32, ascending.
    """
    words = _pattern(text)
    found: set[int] = set()
    for start, end in pairwise([0, *_sentence_ends(text), len(text)]):
        sentence = words.findall(text, start, end)
        if sentence:
            found.add(edge_hash(list(map(_folded, sentence[:EDGE]))))
        if len(sentence) > EDGE:
            found.add(edge_hash(list(map(_folded, sentence[-EDGE:])), ends=True))
    return np.array(sorted(found), dtype="<u4").tobytes()


def size(words: list[str]) -> int:
    """How many words there are; in a text without spaces two signs count as one.

    Args:
        words: Words as `split_words` returns them.

    Returns:
        The number of words.

    Example:
        >>> size(["read", "more"]), size(["登录后阅读全文"])
        (2, 3)
    """
    return sum(max(1, len(w) // 2) if _UNSPACED_WORD.match(w) else 1 for w in words)


@lru_cache(1 << 17)
def _folded(word: str) -> str:
    """A word as it is compared."""
    if "@" in word or "://" in word or word.startswith("www."):
        return _ADDRESS
    if word.isascii() and word.isalpha():
        return word.lower()
    folded = word.casefold().replace("’", "'")
    return (
        NUMBER
        if folded[0].isdecimal() and not _LETTERS.search(folded)
        else _DIGITS.sub(NUMBER, folded)
    )
