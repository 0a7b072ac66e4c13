"""Shingles: the hashed words of a text, and runs of three words, by which texts are compared.

Comparing texts by runs of w words is w-shingling (A. Broder, S. Glassman, M. Manasse and
G. Zweig, "Syntactic clustering of the web", 1997, section 2).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize
from zlib import crc32

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.language.folding import fold
from recommender.language.tokens import Tokens, tokenise
from recommender.language.writing_systems import (
    IDEOGRAPHS,
    SENTENCE_ENDS,
    UNSPACED,
    UNSPACED_LETTERS,
    UNSPACED_MARKS,
)

__all__ = ["SHINGLE", "HashedWords", "hash_texts", "hash_words", "shingles", "word_hash"]

# Words of a shingle. Texts share shorter runs by chance, and scattered edits break longer ones.
SHINGLE = 3

# Kinds of words. In a text without spaces words are not marked: each of its signs is a token, and
# overlapping pieces of several signs stand in for words. A joint is a mark that can join two
# numbers to one. An end is a mark after which a word has a capital wherever it stands: the end of a
# sentence, or a quotation mark. A reply marks what it quotes with ">", without a "<".
_MARK, _WORD, _NUMBER, _IDEOGRAPH, _LETTER, _JOINT, _END, _OPEN, _CLOSE = range(9)
_MARKS = {
    **dict.fromkeys(":/–", _JOINT),
    **dict.fromkeys("\"'“”„«»‘’|•*-—…" + "".join(SENTENCE_ENDS - {":"}), _END),
    "<": _OPEN,
    ">": _CLOSE,
}
# Added to the kind of a word that begins with a capital letter.
_CAPITAL = 16
# The words of a token: compounds are written with a hyphen or without, a number is one word with
# its units, and in a text without spaces each sign stands by itself.
_WORDS = re.compile(
    rf"[{UNSPACED}](?:[{UNSPACED_MARKS}]|[^{UNSPACED}])*|\d+(?:[.,-]\d+)*[^-'’]*|[^-'’]+"
)
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")  # on Latin letters
# Between "<" and ">" stand fewer tokens than this, as in "<ABC.N>".
BRACKETED = 8
# How many signs make a piece about as distinctive as a word: two ideographs or kana, six letters of
# Thai, Lao, Burmese or Khmer.
_PIECE = {_IDEOGRAPH: 2, _LETTER: 6}
_IDEOGRAPHS, _LETTERS = re.compile(f"[{IDEOGRAPHS}]"), re.compile(f"[{UNSPACED_LETTERS}]")


class HashedWords(NamedTuple):
    """The words of one text in reading order; punctuation is left out.

    Attributes:
        hashes: (words,) uint64.
        numbers: (words,) bool, which words begin with a digit.
        widths: (words,) int64, how many places a word covers: 1, or more for the pieces of a text
            without spaces, each of which begins at one sign and overlaps the next pieces.
        capitals: (words,) bool, which words begin with a capital letter.
        inner: (words,) bool, which words follow another one in the same sentence, so that a capital
            letter says something.
        title: How many of the words, from the first, are the title's; 0 if that is unknown.
        quoted: (words,) bool, which words follow a mark ">" that closes no "<".
    """

    hashes: Array
    numbers: Array
    widths: Array
    capitals: Array
    inner: Array
    quoted: Array
    title: int = 0

    @property
    def names(self) -> Array:
        """Which words are names, as far as capitals tell: (words,) bool.

        A name has a capital inside a sentence of the body at least once; it is one at the beginning
        of a sentence and in the title, too.
        """
        body = np.arange(len(self.hashes)) >= self.title
        known = self.hashes[self.capitals & self.inner & body & ~self.numbers]
        found: Array = self.capitals & np.isin(self.hashes, known)
        return found


def hash_words(tokens: Sequence[str], title: Sequence[str] = ()) -> HashedWords:
    """Hash the words of one text.

    Args:
        tokens: The tokens of the text, as `language.tokens.tokenise` returns them.
        title: The tokens of the title that the text begins with.

    Returns:
        The words of the text.
    """
    return _words(_hash_tokens(tokens), _hash_tokens(title))


def hash_texts(
    tokens: Tokens, texts: Sequence[int], titles: Sequence[str] | None = None
) -> dict[int, HashedWords]:
    """Hash the words of some texts.

    Args:
        tokens: The tokens of all texts.
        texts: The numbers of some of them.
        titles: The titles that all texts begin with; by default they are unknown.

    Returns:
        The words of each of these texts, by its number.
    """
    chosen = tokens.take(np.array(texts, dtype=np.int64))
    used, place = np.unique(chosen.tokens, return_inverse=True)
    hashed = _hash_tokens([tokens.vocabulary[token] for token in used.tolist()])
    ends = chosen.start.tolist()
    return {
        text: _words(
            _take(hashed, place[low:high]), _hash_tokens(tokenise(titles[text]) if titles else ())
        )
        for text, low, high in zip(texts, ends, ends[1:], strict=False)
    }


def shingles(hashes: Array) -> Array:
    """The hashes of all runs of `SHINGLE` words.

    Args:
        hashes: (words,) uint64, the hashes of the words.

    Returns:
        (words - SHINGLE + 1,) uint64, in reading order; a shorter text that is not empty has one.
    """
    if 0 < len(hashes) < SHINGLE:
        hashes = np.concatenate((hashes, np.zeros(SHINGLE - len(hashes), dtype=np.uint64)))
    count = max(len(hashes) - SHINGLE + 1, 0)
    result = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        # Mixed again at each word, so that the order of words counts.
        result = _mix(result + hashes[offset : offset + count] + np.uint64(offset + 1))
    return result


def word_hash(word: str) -> int:
    """The hash of one word as texts hold it, without its accents.

    Wires and capitals leave accents out ("Besancon", "ELECTIONS"). So few words differ by accents
    alone that two texts with the same runs of words do not become alike by it.

    Args:
        word: A word without hyphen or apostrophe, case folded.

    Returns:
        The word's hash. CRC-32 alone is a poor hash, but it is fast and the same everywhere;
        `shingles` mixes its bits.
    """
    if not word.isascii():
        word = normalize("NFC", _ACCENTS.sub("", normalize("NFD", word)))
    return crc32(word.encode("utf-8", "surrogatepass"))


class _HashedTokens(NamedTuple):
    """The words of some tokens: `hashes` (words,) uint64 and `kinds` (words,) int64 of all words,
    and `start` (tokens + 1,), where the words of each token begin and the last ones end.
    """  # noqa: D205 - one sentence

    hashes: Array
    kinds: Array
    start: Array


def _hash_tokens(tokens: Sequence[str]) -> _HashedTokens:
    """The words of `tokens`, token by token."""
    words = [_hash_token(token) for token in tokens]
    packed = np.array([word for of_token in words for word in of_token], dtype=np.uint64)
    kinds = (packed >> np.uint64(32)).astype(np.int64)
    start = np.cumsum([0, *map(len, words)])
    return _HashedTokens(packed & np.uint64(0xFFFFFFFF), kinds, start)


def _take(hashed: _HashedTokens, tokens: Array) -> _HashedTokens:
    """The words of the tokens at some places (n,), in that order."""
    sizes = np.diff(hashed.start)[tokens]
    start = np.append(0, np.cumsum(sizes))
    words = slice_positions(hashed.start[tokens], sizes)
    return _HashedTokens(hashed.hashes[words], hashed.kinds[words], start)


@lru_cache(1 << 17)
def _hash_token(token: str) -> tuple[int, ...]:
    """The words of a token: the hash of each in the low 32 bits, and its kind above them."""
    if not token[0].isalnum():
        return (_MARKS.get(token, _MARK) << 32,)
    folded = fold(token).replace("non-", "non")
    capital = _CAPITAL if token[0].isupper() else 0
    return tuple((_kind(word) | capital) << 32 | word_hash(word) for word in _WORDS.findall(folded))


def _kind(word: str) -> int:
    """What a word is, by its first sign."""
    if word[0].isdecimal():
        return _NUMBER
    if _IDEOGRAPHS.match(word):
        return _IDEOGRAPH
    return _LETTER if _LETTERS.match(word) else _WORD


def _words(hashed: _HashedTokens, title: _HashedTokens) -> HashedWords:
    """The words of one text, from those of its tokens and of its title's."""
    hashes, kinds, capitals = _join_and_split(hashed)
    widths = np.ones(len(kinds), dtype=np.int64)
    if np.isin(kinds, (_IDEOGRAPH, _LETTER)).any():
        hashes, widths = _overlapping_pieces(hashes, kinds)
    words = _are_words(kinds)
    # What stands before each word is another word or a mark inside the sentence.
    inner = np.concatenate(([False], kinds[:-1] != _END))[: len(kinds)]
    of_title = int(_are_words(_join_and_split(title)[1]).sum())
    return HashedWords(
        hashes[words],
        kinds[words] == _NUMBER,
        widths[words],
        capitals[words],
        inner[words],
        _follow_quote(kinds)[words],
        min(of_title, int(words.sum())),
    )


def _follow_quote(kinds: Array) -> Array:
    """Which tokens follow a mark ">" that closes no "<": (tokens,) bool."""
    places = np.arange(len(kinds))
    opened = np.maximum.accumulate(np.where(kinds == _OPEN, places, -BRACKETED))
    mark = (kinds == _CLOSE) & (places - opened >= BRACKETED)
    return np.concatenate(([False], mark))[: len(kinds)]


def _are_words(kinds: Array) -> Array:
    """Which tokens are words or stand in for words: (tokens,) bool."""
    found: Array = (kinds >= _WORD) & (kinds <= _LETTER)
    return found


def _join_and_split(hashed: _HashedTokens) -> tuple[Array, Array, Array]:
    """The hash of each word, its kind, and whether it has a capital; numbers are joined."""
    capitals = (hashed.kinds & _CAPITAL) > 0
    hashes, kinds = _join_numbers(hashed.hashes, hashed.kinds & ~_CAPITAL)
    return hashes, kinds, capitals


def _join_numbers(hashes: Array, kinds: Array) -> tuple[Array, Array]:
    """Make one word of numbers with a joint between them, "7-1/4", and a mark of other joints.

    So no part of a number equals another number.
    """
    joints = np.flatnonzero(kinds == _JOINT)
    if not len(joints):
        return hashes, kinds
    hashes, kinds = hashes.copy(), np.where(kinds == _JOINT, _MARK, kinds)
    for joint in joints.tolist():
        before, after = joint - 1, joint + 1
        if 0 < joint < len(kinds) - 1 and kinds[before] == kinds[after] == _NUMBER:
            hashes[after] += _mix(hashes[before : before + 1])[0]
            kinds[before] = _MARK
    return hashes, kinds


def _overlapping_pieces(hashes: Array, kinds: Array) -> tuple[Array, Array]:
    """Hashes and widths of all tokens, where the hash of a sign is that of the piece it begins.

    A piece ends before a token of another kind, so the last pieces of a run of signs are shorter.
    """
    sizes = np.ones(len(kinds), dtype=np.int64)
    for kind, size in _PIECE.items():
        sizes[kinds == kind] = size
    last = np.append(np.flatnonzero(np.diff(kinds)), len(kinds) - 1)
    places = np.arange(len(kinds))
    widths = np.minimum(sizes, last[np.searchsorted(last, places)] - places + 1)
    pieces = hashes.copy()
    for offset in range(1, int(widths.max())):
        longer = np.flatnonzero(widths > offset)
        pieces[longer] = _mix(pieces[longer]) + hashes[longer + offset]
    return pieces, widths


def _mix(numbers: Array) -> Array:
    """Spread every bit of each uint64 over all bits (SplitMix64's finaliser, G. Steele 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = numbers ^ (numbers >> np.uint64(31))
    return mixed
