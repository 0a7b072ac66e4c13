"""Runs: the words that stand side by side in a corpus, counted once.

Which runs are names and which are mere pieces of longer ones is read off the corpus. What counts
words or phrases of the stored tokens counts these.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.casing import (
    CAPITAL,
    JOINS,
    NAME_SHARE,
    TELLS,
    CasedTokens,
    Vocabulary,
    parts,
    read_casing,
)
from recommender.language.tokens import Tokens
from recommender.language.word_lists import WordLists, word_lists

__all__ = [
    "MAX_WORDS",
    "MIN_TEXTS",
    "PIECE_SHARE",
    "Level",
    "NGrams",
    "find_ngrams",
    "listed",
    "words_of",
]

MAX_WORDS = 4
MIN_TEXTS = 2
# How sure the capitals must be before a run is a name.
RUN_NAME_SHARE = 0.5
# A run that nearly always goes on is a piece of a longer one.
PIECE_SHARE = 0.8
# A name is known to begin or end where one is cut from this many uses on.
MIN_CUT = 5


class Level(NamedTuple):
    """All runs of one length that are used twice at least.

    `position` and `run` (uses,): where each use begins, in reading order, and which run it is.
    `uses`, `left`, `right` (runs,): how often a run is used, and the runs one word shorter with
    which it begins and ends. `first_fits` and `last_fits` (runs,): no stop word stands loose at
    that end.
    """

    position: Array
    run: Array
    uses: Array
    left: Array
    right: Array
    first_fits: Array
    last_fits: Array


class NGrams(NamedTuple):
    """The runs of a corpus: `levels` of one word, of two, and so on up to `MAX_WORDS`.

    `lists` are the word lists of the corpus's languages.
    `surfaces` are the tokens' vocabulary, `slices` the number of texts read. Of each level,
    (runs,) bool: `names` are nearly always capitalised where that tells something, `whole` is
    what is no mere piece of a longer run, and has no stop word at an end. `first_names`
    (words,) bool hardly ever stand without another capital behind them.
    """

    surfaces: list[str]
    slices: int
    lists: WordLists
    words: Vocabulary
    read: CasedTokens
    levels: list[Level]
    names: list[Array]
    whole: list[Array]
    first_names: Array


def find_ngrams(tokens: Tokens, languages: Iterable[str]) -> NGrams:
    """Read the beginnings of all texts of `tokens`; stop words are those of the `languages`."""
    used = frozenset(languages)
    lists = word_lists(used)
    words, read = read_casing(tokens, used)
    part, bound = parts(read, words)
    levels = _levels(read, words, part, bound)
    names = _names(levels, read.flags)
    return NGrams(
        tokens.vocabulary,
        len(tokens.start) - 1,
        lists,
        words,
        read,
        levels,
        names,
        _whole(levels, names, *_hanging(read, words, part, lists)),
        _first_names(levels[0], read.flags, part),
    )


def words_of(levels: list[Level]) -> list[Array]:
    """The words of all runs: of each level (runs, words) int64."""
    numbers = [np.arange(len(levels[0].uses))[:, None]]
    for level in levels[1:]:
        numbers.append(np.hstack([numbers[-1][level.left], numbers[-1][level.right, -1:]]))
    return numbers


def listed(runs: NGrams, phrases: Iterable[str]) -> list[Array]:
    """Which runs of each level are among `phrases`, however they are capitalised."""
    levels, words = runs.levels, runs.words.words
    marks = [np.zeros(len(level.uses), dtype=bool) for level in levels]
    for phrase in phrases:
        spelled = phrase.casefold().split()
        places = [bisect_left(words, word) for word in spelled]
        known = [words[i : i + 1] == [w] for i, w in zip(places, spelled, strict=True)]
        numbers = [i if k else -1 for i, k in zip(places, known, strict=True)]
        for depth, level in enumerate(levels):
            if depth:
                numbers = [_run_of(level, *pair) for pair in pairwise(numbers)]
            if len(numbers) == 1 and numbers[0] >= 0:
                marks[depth][numbers[0]] = True
    return marks


def _levels(read: CasedTokens, words: Vocabulary, part: Array, bound: Array) -> list[Level]:
    """The runs of one word, of two, and so on up to `MAX_WORDS`."""
    position = np.flatnonzero(part).astype(np.int32)
    uses = np.bincount(read.word[position], minlength=len(words.words))
    position = position[uses[read.word[position]] >= MIN_TEXTS]
    none = np.empty(0, dtype=np.int64)
    fits = ~words.stop
    levels = [Level(position, read.word[position], uses, none, none, fits, fits)]
    while len(levels) < MAX_WORDS:
        level = levels[-1]
        runs = len(level.uses)
        follows = np.flatnonzero(
            (np.diff(level.position) == 1) & ((read.flags[level.position[:-1]] & JOINS) > 0)
        )
        codes = level.run[follows].astype(np.int64) * runs + level.run[follows + 1]
        often = _often(codes)
        position, (kinds, run, uses) = (
            level.position[follows[often]],
            np.unique(codes[often], return_inverse=True, return_counts=True),
        )
        left, right = kinds // max(runs, 1), kinds % max(runs, 1)
        first, last = level.first_fits[left], level.last_fits[right]
        if len(levels) == 1:
            tied = np.zeros(len(kinds), dtype=bool)
            tied[run[bound[position]]] = True
            first, last = first | tied, last | tied
        levels.append(Level(position, run.astype(np.int32), uses, left, right, first, last))
    return levels


def _often(codes: Array) -> Array:
    """Which of `codes` (n,) may occur twice: most do not, and hashing is cheaper than sorting."""
    bits = 24
    buckets = (codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
    buckets = buckets.astype(np.int32)
    often: Array = np.bincount(buckets, minlength=1 << bits)[buckets] >= MIN_TEXTS
    return often


def _names(levels: list[Level], flags: Array) -> list[Array]:
    """Which runs of each level are names: nearly always capitalised where that tells something."""
    names: list[Array] = []
    capital = np.ones(len(flags), dtype=bool)
    for length, level in enumerate(levels):
        capital[: max(len(capital) - length, 0)] &= (flags[length:] & CAPITAL) > 0
        tells = (flags[level.position] & TELLS) > 0
        telling = np.bincount(level.run[tells], minlength=len(level.uses))
        written = np.bincount(level.run[tells & capital[level.position]], minlength=len(level.uses))
        share = RUN_NAME_SHARE if length else NAME_SHARE
        name = (written >= MIN_TEXTS) & (written >= share * telling)
        if length:  # too few uses to tell: made of names, it is one
            name |= (telling < MIN_TEXTS) & names[-1][level.left] & names[-1][level.right]
        names.append(name)
    return names


def _hanging(
    read: CasedTokens, words: Vocabulary, part: Array, lists: WordLists
) -> tuple[Array, Array]:
    """Tokens before which a name begins that is cut here, and behind which one goes on.

    As "State" in "Secretary of State Rex Tillerson" and "Minister" in "First Minister", and "Bill"
    in "Bill de Blasio", where "of", "First" and "de" are no part of a run.
    """
    word, flags = read.word, read.flags
    joins, capital = (flags & JOINS) > 0, (flags & CAPITAL) > 0
    before, behind = np.zeros((2, len(word)), dtype=bool)
    connects = np.append(words.particle, False)
    hanging = connects | np.array([w in lists.name_conjunctions for w in words.words] + [False])
    inner = np.flatnonzero(hanging[word[1:-1]] & joins[1:-1] & joins[:-2]) + 1
    inner = inner[capital[inner - 1] & capital[inner + 1]]
    before[inner + 1] = True
    loose = inner[connects[word[inner]] & ~part[inner]]
    behind[loose - 1] = True
    # A stop word with a capital that tells something belongs to what follows.
    stop = np.append(words.stop, False)[word] & ~part & capital & joins & ((flags & TELLS) > 0)
    before[1:] |= stop[:-1] & capital[1:]
    return before, behind


def _whole(
    levels: list[Level], names: list[Array], before_token: Array, behind_token: Array
) -> list[Array]:
    """Which runs of each level are no mere pieces of longer ones, "President Donald".

    Nor names that nearly always begin or end at a token where one is cut.
    """
    result: list[Array] = []
    before, behind = np.zeros((2, len(levels[0].uses)), dtype=bool)
    for depth, level in enumerate(levels):
        # What begins or ends with a piece is one: the longest runs have nothing to be compared to.
        if depth:
            before, behind = before[level.left], behind[level.right]
        if depth + 1 < len(levels):
            longer = levels[depth + 1]
            before = before | _goes_on(level.uses, longer.right, longer.uses)
            behind = behind | _goes_on(level.uses, longer.left, longer.uses)
        ends = level.position + depth
        initial_membership = np.bincount(
            level.run[before_token[level.position]], minlength=len(level.uses)
        )
        ended = np.bincount(level.run[behind_token[ends]], minlength=len(level.uses))
        most = np.maximum(initial_membership, ended)
        cut = names[depth] & (level.uses >= MIN_CUT) & (most >= PIECE_SHARE * level.uses)
        result.append(level.first_fits & level.last_fits & ~before & ~behind & ~cut)
    return result


def _goes_on(uses: Array, shorter: Array, longer_uses: Array) -> Array:
    """Which runs are nearly always used as part of one and the same longer run."""
    most = np.zeros(len(uses), dtype=np.int64)
    np.maximum.at(most, shorter, longer_uses)
    return most >= PIECE_SHARE * np.maximum(uses, 1)


def _run_of(level: Level, left: int, right: int) -> int:
    found = np.flatnonzero((level.left == left) & (level.right == right))
    return int(found[0]) if len(found) else -1


def _first_names(level: Level, flags: Array, part: Array) -> Array:
    """Which words hardly ever stand without another capital behind them, whichever that is."""
    follows = np.zeros(len(part), dtype=bool)
    follows[:-1] = ((flags[:-1] & JOINS) > 0) & part[1:] & ((flags[1:] & CAPITAL) > 0)
    tells = (flags[level.position] & TELLS) > 0
    telling = np.bincount(level.run[tells], minlength=len(level.uses))
    followed = np.bincount(level.run[tells & follows[level.position]], minlength=len(level.uses))
    return (telling > 0) & (followed >= PIECE_SHARE * telling)
