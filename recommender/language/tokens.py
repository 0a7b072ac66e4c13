"""Tokens: the words and signs of a text, which is cut once, when it is new.

Everything that counts words, phrases or near-duplicates works on these tokens.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.errors import needs_extra
from recommender.language.folding import fold
from recommender.language.writing_systems import UNSPACED

if TYPE_CHECKING:
    import regex
    from scipy.sparse import csr_array

__all__ = [
    "TOKENISER_VERSION",
    "Tokens",
    "WordCounts",
    "count_words",
    "is_damaged",
    "read_tokens",
    "tokenise",
    "without_elision",
    "without_lost_letters",
    "without_possessive",
    "word_of",
]

# A change in how text is cut changes every stored token, so it must raise this number.
TOKENISER_VERSION = 4

# A word consists of letters and digits with their marks. Apostrophes and hyphens belong to a word
# only inside it, points and commas only between digits, and the invisible joiners only between
# letters. A run of signs of scripts that put no space between words ends the word before it; it is
# cut into words by a dictionary. Any other printed sign is a token, because it ends a phrase.
# A sign that stands for a lost letter, "\ufffd" or a "?" that begins a word, belongs to its word.
# Otherwise what is left would be taken for a word.
_SIGN = f"[{UNSPACED}]"
_LETTER = rf"(?!{_SIGN})[\p{{L}}\p{{N}}\ufffd]"
_LOST = r"(?:(?<!\S)\?(?=\p{Ll}))?"
_WORD = rf"{_LOST}{_LETTER}(?:{_LETTER}|\p{{M}}|[\u200c\u200d](?=[\p{{L}}\p{{M}}]))*"
_PATTERN = (
    # A shortcut that matches most words of most texts. The lines below would match them as well.
    r"[A-Za-z]++(?=[\s.,;:!?)])"
    rf"|(?:{_SIGN}\p{{M}}*)+"
    rf"|{_WORD}(?:(?:['’‐-]|(?<=\p{{N}})[.,](?=\p{{N}})){_WORD})*"
    r"|\S"
)
_UNSPACED_SIGN = re.compile(_SIGN)
_POSSESSIVES = frozenset({"'s", "’s", "'S", "’S"})
# Words that lose their vowel before a vowel or an h in French, Italian and Catalan.
_ELIDED = re.compile(
    r"(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu"
    r"|(?:de|a|ne|su|da|co)ll|un|nessun|quest|quell|bell|sant|tutt|com|dov|anch)['’]"
    r"(?=[aeiouyhàâäáéèêëíìîïóòôöúùûüœæ])",
    re.IGNORECASE,
)
# The soft hyphen, the word joiner and the byte order mark, which nobody sees in a text.
_UNSEEN = "\u00ad\u2060\ufeff"


class Tokens(NamedTuple):
    """The tokens of many texts, one text after another.

    Attributes:
        vocabulary: The distinct tokens as they are written, in any order.
        tokens: (tokens,) int32, positions in `vocabulary`.
        start: (texts + 1,) int64; text i is `tokens[start[i]:start[i + 1]]`.
    """

    vocabulary: list[str]
    tokens: Array
    start: Array

    @property
    def texts(self) -> Array:
        """The text of each token: (tokens,) int32."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    def take(self, texts: Array) -> "Tokens":
        """The tokens of some of the texts.

        Args:
            texts: (n,) integers, the numbers of these texts, in any order.

        Returns:
            Their tokens in that order, with the same vocabulary.
        """
        size = np.diff(self.start)[texts]
        start = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
        chosen = self.tokens[slice_positions(self.start[texts], size)]
        return Tokens(self.vocabulary, chosen, start)


class WordCounts(NamedTuple):
    """How often each word occurs in each text.

    Attributes:
        words: The distinct words in alphabetical order.
        counts: A sparse (texts, words) float32 matrix of these numbers.
    """

    words: list[str]
    counts: "csr_array"


def tokenise(text: str) -> list[str]:
    """Cut a text into its words and signs.

    Args:
        text: Any text; it need not be prepared.

    Returns:
        The tokens as they are written, in reading order, with composed accents (NFC).

    Raises:
        MissingExtra: The packages of the build are not installed.

    Example:
        >>> tokenise("The mayor's crane, 3.5m high")
        ['The', "mayor's", 'crane', ',', '3.5m', 'high']
        >>> tokenise("台风登陆福建 2017")
        ['台风', '登陆', '福建', '2017']
    """
    for unseen in _UNSEEN:  # one after the other, which is faster than `str.translate`
        text = text.replace(unseen, "")
    found: list[str] = _pattern().findall(normalize("NFC", text))
    if not _UNSPACED_SIGN.search(text):
        return found
    return [word for token in found for word in _words_of_run(token)]


def _words_of_run(token: str) -> Iterable[str]:
    """The words of a token in a script without spaces, or the token itself."""
    if len(token) == 1 or not _UNSPACED_SIGN.match(token):
        return (token,)
    with needs_extra("build"):
        from icu4py.breakers import WordBreaker

    return WordBreaker(token, "und")


def without_elision(token: str) -> str:
    """A token without the word that is elided before it: "eau" of the French "l'eau".

    A word that loses its vowel before another one is written together with it, in French, Italian
    and Catalan. In other languages such tokens are quotations or names.

    Args:
        token: A token as `tokenise` returns it.

    Returns:
        The rest as it is written; the token itself where nothing is elided.

    Example:
        >>> print(*map(without_elision, ("l’opposition", "dell'Acqua", "o'clock", "mayor's")))
        opposition Acqua o'clock mayor's
    """
    elided = _ELIDED.match(token) if "'" in token or "’" in token else None
    return token[elided.end() :] if elided else token


def without_possessive(token: str) -> str:
    """A token without possessive 's.

    Args:
        token: A token as `tokenise` returns it.

    Returns:
        The rest as it is written.

    Example:
        >>> print(*map(without_possessive, ("Mayor’s", "MAYOR'S", "its")))
        Mayor MAYOR its
    """
    return token[:-2] if token[-2:] in _POSSESSIVES else token


def word_of(token: str) -> str:
    """The word that a token is counted as: folded, without an elided word and possessive 's.

    Args:
        token: A token as `tokenise` returns it.

    Returns:
        The word; "" where the token is punctuation or a symbol.

    Example:
        >>> [word_of(token) for token in ("Mayor’s", "CRANES", "l'Élysée", "Köln", ",")]
        ['mayor', 'cranes', 'élysée', 'koeln', '']
    """
    return fold(without_elision(without_possessive(token))) if token[0].isalnum() else ""


def is_damaged(word: str) -> bool:
    """Whether letters of a word were lost before it came here.

    Args:
        word: A token as `tokenise` returns it, or its word.

    Returns:
        True for a word with a sign in place of a letter.

    Example:
        >>> [is_damaged(token) for token in tokenise("the ?ireann and F\ufffdil of Dublin")]
        [False, True, False, True, False, False]
    """
    return "\ufffd" in word or (word[:1] == "?" and len(word) > 1)


def without_lost_letters(name: str) -> str:
    """A name as texts have it that lost their letters beyond ASCII on the way.

    Args:
        name: A name such as that of a source.

    Returns:
        The name with blanks in place of those letters.

    Example:
        >>> without_lost_letters("RT\u00c9"), without_lost_letters("BBC")
        ('RT', 'BBC')
    """
    return " ".join("".join(sign if sign.isascii() else " " for sign in name).split())


def count_words(tokens: Tokens) -> WordCounts:
    """Count the words of each text.

    Args:
        tokens: The tokens of all texts.

    Returns:
        The counts of all words that occur at least once.
    """
    from scipy.sparse import csr_array

    of_vocabulary = [word_of(token) for token in tokens.vocabulary]
    words = sorted({word for word in of_vocabulary if word})
    place = {word: number for number, word in enumerate(words)}
    number = np.array([place.get(word, -1) for word in of_vocabulary], dtype=np.int32)
    word = number[tokens.tokens]
    is_word = word >= 0
    start = np.concatenate(([0], np.cumsum(is_word)))[tokens.start]
    counts = csr_array(
        (np.ones(int(start[-1]), dtype=np.float32), word[is_word], start),
        shape=(len(start) - 1, len(words)),
    )
    counts.sum_duplicates()
    return WordCounts(words, counts)


def read_tokens(texts: Iterable[str]) -> Tokens:
    """Cut many texts into tokens.

    Args:
        texts: Any texts; they need not be prepared.

    Returns:
        The tokens of all texts, in the order of the texts.

    Raises:
        MissingExtra: The packages of the build are not installed.

    Example:
        >>> tokens = read_tokens(["old crane", "old quay"])
        >>> tokens.vocabulary, tokens.tokens.tolist(), tokens.start.tolist()
        (['old', 'crane', 'quay'], [0, 1, 0, 2], [0, 2, 4])
    """
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
