"""Reading: the words of a corpus where they stand, and what their capitals tell.

Which words can be part of a name or phrase is read off the corpus: from capitals, and from what
stands beside a word.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import Tokens
from recommender.language.word_lists import WordLists, word_lists
from recommender.language.writing_systems import SENTENCE_ENDS, UNSPACED, may_be_a_word

__all__ = [
    "CAPITAL",
    "JOINS",
    "LOWER",
    "NAME_SHARE",
    "POSSESSIVE",
    "READ_TOKENS",
    "TELLS",
    "CasedTokens",
    "Vocabulary",
    "parts",
    "read_casing",
]

# News says what it is about at its beginning; the rest costs time and adds background.
READ_TOKENS = 250
# How sure the capitals must be before a word is a name or a stop word is part of one.
NAME_SHARE = 0.75
# A stop word with a capital that is no longer than this may only be short for something.
SHORT = 3
# A stop word inside a name has been seen there this often at least.
MIN_BOUND = 3
# A text with more of its content words capitalised writes all nouns so: English news has 0.24 and
# hardly ever 0.42, German about 0.53. The share of the corpus counts as if it were this many
# words of the text, since a short text may hold only names.
NOUNS_SHARE = 0.42
NOUNS_PRIOR = 30
SLICES_A_TIME = 8192

SIGN = re.compile(f"[{UNSPACED}]")

# What a surface looks like, and of a token: its capital tells something, a run may go on behind.
CAPITAL, LOWER, POSSESSIVE, ENDS_SENTENCE, PAUSES, TELLS, JOINS = (1 << bit for bit in range(7))


class Vocabulary(NamedTuple):
    """The vocabulary: `words` folded and sorted; `stop`, `sign` and `particle` (words,) bool.

    `word` (surfaces,) int32 is the word of each surface, -1 for what ends a phrase; `flags`
    (surfaces,) uint8 says how it looks.
    """

    words: list[str]
    stop: Array
    sign: Array
    particle: Array
    word: Array
    flags: Array


class CasedTokens(NamedTuple):
    """What is read of all slices, token by token: `surface`, `word`, `slice` int32, `flags`.

    `uses` and `telling` (surfaces,) count all uses, and those where a capital tells something.
    """

    surface: Array
    word: Array
    slice: Array
    flags: Array
    uses: Array
    telling: Array


def read_casing(tokens: Tokens, languages: Iterable[str]) -> tuple[Vocabulary, CasedTokens]:
    """Read the beginnings of all texts of `tokens`; stop words are those of the `languages`.

    A word that a list of stop words has and the corpus writes as a name is none.
    """
    used = frozenset(languages)
    lists = word_lists(used)
    words = _words(tokens.vocabulary, stop_words_for(used) - lists.content_words, lists)
    read = _read(tokens, words)
    proper = _proper(read, words, tokens.vocabulary, lists)
    return words._replace(stop=words.stop & ~proper), read


def parts(read: CasedTokens, words: Vocabulary) -> tuple[Array, Array]:
    """Which tokens can be in a phrase, and which are bound to the next, by the capitals around.

    Content words can. A stop word can as part of a name, "New York", where capitals bind it to
    a content word, and a connector between two capitals, "Bank of England", that often stand so.
    """
    size = max(len(words.words), 1)
    word, flags = read.word, read.flags
    stop = np.append(words.stop, False)[word]  # the last place is that of -1
    part = (word >= 0) & ~stop
    joins, capital = (flags & JOINS) > 0, (flags & CAPITAL) > 0
    pairs = np.flatnonzero(joins[:-1] & (stop[:-1] != stop[1:])).astype(np.int32)
    # Only words that are seen so can be bound: most pairs need no closer look.
    seen = pairs[capital[pairs] & capital[pairs + 1] & ((flags[pairs] & TELLS) > 0)]
    left, right = np.zeros((2, size), dtype=bool)
    left[word[seen]] = right[word[seen + 1]] = True
    pairs = pairs[left[word[pairs]] & right[word[pairs + 1]]]
    codes = word[pairs].astype(np.int64) * size + word[pairs + 1]
    pairs = pairs[_bound(codes, capital[pairs] & capital[pairs + 1], (flags[pairs] & TELLS) > 0)]
    bound = np.zeros(len(word), dtype=bool)
    bound[pairs] = True

    connects = np.append(words.particle, False)
    inner = np.flatnonzero(connects[word[1:-1]] & joins[1:-1] & joins[:-2]) + 1
    inner = inner[part[inner - 1] & part[inner + 1]]
    codes = (word[inner - 1].astype(np.int64) * size + word[inner + 1]) * max(connects.sum(), 1)
    codes += np.cumsum(connects)[word[inner]] - 1
    ends = capital[inner - 1] & capital[inner + 1] & ~capital[inner]
    inner = inner[_bound(codes, ends, (flags[inner - 1] & TELLS) > 0)]
    part[pairs] = part[pairs + 1] = part[inner] = True
    flags[inner] |= CAPITAL
    return part, bound


def _words(surfaces: list[str], stop_words: frozenset[str], lists: WordLists) -> Vocabulary:
    folded = [s.removesuffix("'s").removesuffix("’s") for s in map(str.casefold, surfaces)]
    good = [
        f not in lists.honorifics and may_be_a_word(f) and (f.isalpha() or any(map(str.isalpha, f)))
        for f in folded
    ]
    spelled = sorted({f for f, g in zip(folded, good, strict=True) if g})
    place = {f: i for i, f in enumerate(spelled)}
    word = [place[f] if g else -1 for f, g in zip(folded, good, strict=True)]
    flags = [
        CAPITAL * s[0].isupper()
        | LOWER * s[0].islower()
        | POSSESSIVE * (len(f) < len(s.casefold()))
        | ENDS_SENTENCE * (s in SENTENCE_ENDS)
        | PAUSES * (not s[0].isalnum() and s != ",")
        for s, f in zip(surfaces, folded, strict=True)
    ]
    stop = stop_words | lists.name_particles | lists.newsroom_words
    return Vocabulary(
        spelled,
        np.array([w in stop for w in spelled], dtype=bool),
        np.array([SIGN.match(w) is not None for w in spelled], dtype=bool),
        np.array([w in lists.name_particles for w in spelled], dtype=bool),
        np.array(word, dtype=np.int32),
        np.array(flags, dtype=np.uint8),
    )


def _read(tokens: Tokens, words: Vocabulary) -> CasedTokens:
    """The first tokens of each slice, with what their places say."""
    sizes = np.minimum(np.diff(tokens.start), READ_TOKENS)
    parts = [
        _read_some(tokens, words, sizes, low, min(low + SLICES_A_TIME, len(sizes)))
        for low in range(0, max(len(sizes), 1), SLICES_A_TIME)
    ]
    surface, flags, capitals, telling = (np.concatenate(a) for a in zip(*parts, strict=True))
    # In a text that writes all nouns with a capital, capitals tell of no name.
    share = capitals.sum() / max(telling.sum(), 1)
    nouns = capitals + NOUNS_PRIOR * share > NOUNS_SHARE * (telling + NOUNS_PRIOR)
    flags[np.repeat(nouns, sizes)] &= ~np.uint8(TELLS)
    of = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    size = len(tokens.vocabulary)
    uses = np.bincount(surface, minlength=size)
    telling = np.bincount(surface[(flags & TELLS) > 0], minlength=size)
    return CasedTokens(surface, words.word[surface], of, flags, uses, telling)


def _read_some(
    tokens: Tokens, words: Vocabulary, sizes: Array, low: int, high: int
) -> tuple[Array, Array, Array, Array]:
    """Surfaces and flags of the slices from `low` to `high`; capitals and telling uses of each."""
    sizes = sizes[low:high]
    first = np.cumsum(sizes) - sizes
    place = np.arange(sizes.sum()) + np.repeat(tokens.start[low:high] - first, sizes)
    surface = tokens.tokens[place]
    word, flags = words.word[surface], words.flags[surface]
    begins = np.zeros(len(surface), dtype=bool)
    begins[first[sizes > 0]] = True

    # A sentence without lower-case words is a headline or shouted: its capitals tell nothing.
    stop, sign = np.append(words.stop, False)[word], np.append(words.sign, False)[word]
    content = (word >= 0) & ~stop
    opens = begins.copy()
    opens[1:] |= (flags[:-1] & ENDS_SENTENCE) > 0
    sentences = np.flatnonzero(opens)
    capital, lower = content & ((flags & CAPITAL) > 0), content & ((flags & LOWER) > 0)
    plain = _sums(lower, sentences) * 3 >= np.maximum(_sums(capital, sentences), 1)
    tells = np.repeat(plain, np.diff(sentences, append=len(surface))) & (word >= 0) & ~begins
    tells[1:] &= (flags[:-1] & PAUSES) == 0

    joins = np.zeros(len(surface), dtype=bool)
    joins[:-1] = (word[:-1] >= 0) & (word[1:] >= 0) & ~begins[1:]
    joins[:-1] &= (flags[:-1] & POSSESSIVE) == 0
    joins[:-1] &= sign[:-1] == sign[1:]
    flags |= (TELLS * tells + JOINS * joins).astype(np.uint8)
    counted = np.zeros((2, high - low), dtype=np.int64)
    counted[:, sizes > 0] = [
        _sums(tells & capital, first[sizes > 0]),
        _sums(tells & content, first[sizes > 0]),
    ]
    return surface, flags, counted[0], counted[1]


def _sums(marks: Array, starts: Array) -> Array:
    """How many `marks` (n,) bool there are from each of `starts` to the next."""
    return np.diff(np.concatenate([[0], np.cumsum(marks)])[np.append(starts, len(marks))])


def _proper(read: CasedTokens, words: Vocabulary, surfaces: list[str], lists: WordLists) -> Array:
    """Which words are proper names though a list of stop words has them: "UN", "Microsoft".

    Short ones must stand in capitals throughout: "St" and "Gov" only go before names.
    """
    known = np.flatnonzero(words.word >= 0)
    word, telling, size = words.word[known], read.telling[known], len(words.words)
    written = (surfaces[i] for i in known.tolist())
    named = [s.isupper() or (len(s) > SHORT and s[0].isupper()) for s in written]
    capital = np.bincount(word, telling * np.array(named, dtype=bool), size)
    proper = (capital >= MIN_BOUND) & (capital >= NAME_SHARE * np.bincount(word, telling, size))
    proper &= words.stop
    for i in np.flatnonzero(proper).tolist():
        spelled = words.words[i]
        proper[i] = (
            spelled.isalpha()
            and spelled not in lists.newsroom_words
            and spelled not in lists.name_particles
        )
    return proper


def _bound(codes: Array, capital: Array, tells: Array) -> Array:
    """Which of `codes` (n,) are nearly always written with capitals where that tells something."""
    seen, times = np.unique(codes[capital & tells], return_counts=True)
    seen = seen[times >= MIN_BOUND]
    if not len(seen):
        return np.zeros(len(codes), dtype=bool)
    place = np.minimum(np.searchsorted(seen, codes), len(seen) - 1)
    among = seen[place] == codes
    written = np.bincount(place[among & capital & tells], minlength=len(seen))
    telling = np.bincount(place[among & tells], minlength=len(seen))
    sure: Array = among & (written >= NAME_SHARE * telling)[place]
    return sure
