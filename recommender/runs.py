"""Runs: the content words of a corpus and the runs in which they stand side by side, counted once.

Which are names and which are mere pieces of longer ones is read off the corpus: from capitals, and
from what stands beside a word. What counts words or phrases of the stored tokens counts these.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex

from recommender.arrays import Array
from recommender.furniture import CONTENT, FURNITURE, TITLES, stop_words_for
from recommender.tokens import SIGNS, Tokens

__all__ = [
    "CAPITAL",
    "CONNECTORS",
    "LOWER",
    "MAX_WORDS",
    "MIN_TEXTS",
    "NAME_SHARE",
    "PIECE_SHARE",
    "POSSESSIVE",
    "TELLS",
    "Level",
    "Runs",
    "find_runs",
    "listed",
    "words_of",
]

# News says what it is about at its beginning; the rest costs time and adds background.
READ_TOKENS = 250
MAX_WORDS = 4
MIN_TEXTS = 2
# How sure the capitals must be before a word is a name or a stop word is part of one.
NAME_SHARE = 0.75
RUN_NAME_SHARE = 0.5
# A run that nearly always goes on is a piece of a longer one.
PIECE_SHARE = 0.8
# A stop word with a capital that is no longer than this may only be short for something.
SHORT = 3
# A stop word inside a name has been seen there this often at least.
MIN_BOUND = 3
# A name is known to begin or end where one is cut from this many uses on.
MIN_CUT = 5
# A text with more of its content words capitalised writes all nouns so: English news has 0.24 and
# hardly ever 0.42, German about 0.53. The share of the corpus counts as if it were this many
# words of the text, since a short text may hold only names.
NOUNS_SHARE = 0.42
NOUNS_PRIOR = 30
SLICES_A_TIME = 8192

# Lower-case words that stand inside names: the genitives and particles of Latin scripts.
CONNECTORS = frozenset([
    "of", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "van", "von", "der",
    "den", "zu", "al", "el", "bin", "ibn",
])  # fmt: skip

# What may stand before a name's last part where the whole is too long or too rare to be bound:
# "Minister for Health Simon Harris", "Belt and Road".
HANGING = CONNECTORS | {"for", "and"}

SIGN = regex.compile(SIGNS)
SENTENCE_ENDS = frozenset(".!?…:。！？")
# One letter is no word; scripts in which one sign can be a word lie behind this code point.
LAST_SPACED = "\u0dff"

# What a surface looks like, and of a token: its capital tells something, a run may go on behind.
CAPITAL, LOWER, POSSESSIVE, ENDS_SENTENCE, PAUSES, TELLS, JOINS = (1 << bit for bit in range(7))


class Words(NamedTuple):
    """The vocabulary: `words` folded and sorted; `stop` and `sign` (words,) bool.

    `word` (surfaces,) int32 is the word of each surface, -1 for what ends a phrase; `flags`
    (surfaces,) uint8 says how it looks.
    """

    words: list[str]
    stop: Array
    sign: Array
    word: Array
    flags: Array


class Read(NamedTuple):
    """What is read of all slices, token by token: `surface`, `word`, `slice` int32, `flags`.

    `uses` and `telling` (surfaces,) count all uses, and those where a capital tells something.
    """

    surface: Array
    word: Array
    slice: Array
    flags: Array
    uses: Array
    telling: Array


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


class Runs(NamedTuple):
    """The runs of a corpus: `levels` of one word, of two, and so on up to `MAX_WORDS`.

    `surfaces` are the tokens' vocabulary, `slices` the number of texts read. Of each level,
    (runs,) bool: `names` are nearly always capitalised where that tells something, `whole` is
    what is no mere piece of a longer run, and has no stop word at an end. `first_names`
    (words,) bool hardly ever stand without another capital behind them.
    """

    surfaces: list[str]
    slices: int
    words: Words
    read: Read
    levels: list[Level]
    names: list[Array]
    whole: list[Array]
    first_names: Array


def find_runs(tokens: Tokens, languages: Iterable[str]) -> Runs:
    """Read the beginnings of all texts of `tokens`; stop words are those of the `languages`."""
    words = _words(tokens.vocabulary, stop_words_for(frozenset(languages)) - CONTENT)
    read = _read(tokens, words)
    words = words._replace(stop=words.stop & ~_proper(read, words, tokens.vocabulary))
    part, bound = _parts(read, words)
    levels = _levels(read, words, part, bound)
    names = _names(levels, read.flags)
    return Runs(
        tokens.vocabulary,
        len(tokens.start) - 1,
        words,
        read,
        levels,
        names,
        _whole(levels, names, *_hanging(read, words, part)),
        _first_names(levels[0], read.flags, part),
    )


def words_of(levels: list[Level]) -> list[Array]:
    """The words of all runs: of each level (runs, words) int64."""
    numbers = [np.arange(len(levels[0].uses))[:, None]]
    for level in levels[1:]:
        numbers.append(np.hstack([numbers[-1][level.left], numbers[-1][level.right, -1:]]))
    return numbers


def listed(runs: Runs, phrases: Iterable[str]) -> list[Array]:
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


def _words(surfaces: list[str], stop_words: frozenset[str]) -> Words:
    folded = [s.removesuffix("'s").removesuffix("’s") for s in map(str.casefold, surfaces)]
    good = [
        f not in TITLES
        and (len(f) > 1 or f > LAST_SPACED)
        and (f.isalpha() or any(map(str.isalpha, f)))
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
    return Words(
        spelled,
        np.array(
            [w in stop_words or w in CONNECTORS or w in FURNITURE for w in spelled], dtype=bool
        ),
        np.array([SIGN.match(w) is not None for w in spelled], dtype=bool),
        np.array(word, dtype=np.int32),
        np.array(flags, dtype=np.uint8),
    )


def _read(tokens: Tokens, words: Words) -> Read:
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
    return Read(surface, words.word[surface], of, flags, uses, telling)


def _read_some(
    tokens: Tokens, words: Words, sizes: Array, low: int, high: int
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


def _proper(read: Read, words: Words, surfaces: list[str]) -> Array:
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
        proper[i] = spelled.isalpha() and spelled not in FURNITURE and spelled not in CONNECTORS
    return proper


def _parts(read: Read, words: Words) -> tuple[Array, Array]:
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

    connects = np.array([w in CONNECTORS for w in words.words] + [False], dtype=bool)
    inner = np.flatnonzero(connects[word[1:-1]] & joins[1:-1] & joins[:-2]) + 1
    inner = inner[part[inner - 1] & part[inner + 1]]
    codes = (word[inner - 1].astype(np.int64) * size + word[inner + 1]) * len(CONNECTORS)
    codes += np.cumsum(connects)[word[inner]] - 1
    ends = capital[inner - 1] & capital[inner + 1] & ~capital[inner]
    inner = inner[_bound(codes, ends, (flags[inner - 1] & TELLS) > 0)]
    part[pairs] = part[pairs + 1] = part[inner] = True
    flags[inner] |= CAPITAL
    return part, bound


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


def _levels(read: Read, words: Words, part: Array, bound: Array) -> list[Level]:
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


def _hanging(read: Read, words: Words, part: Array) -> tuple[Array, Array]:
    """Tokens before which a name begins that is cut here, and behind which one goes on.

    As "State" in "Secretary of State Rex Tillerson" and "Minister" in "First Minister", and "Bill"
    in "Bill de Blasio", where "of", "First" and "de" are no part of a run.
    """
    word, flags = read.word, read.flags
    joins, capital = (flags & JOINS) > 0, (flags & CAPITAL) > 0
    before, behind = np.zeros((2, len(word)), dtype=bool)
    hanging, connects = (
        np.array([w in some for w in words.words] + [False], dtype=bool)
        for some in (HANGING, CONNECTORS)
    )
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
        begun = np.bincount(level.run[before_token[level.position]], minlength=len(level.uses))
        ended = np.bincount(level.run[behind_token[ends]], minlength=len(level.uses))
        most = np.maximum(begun, ended)
        cut = names[depth] & (level.uses >= MIN_CUT) & (most >= PIECE_SHARE * level.uses)
        result.append(level.first_fits & level.last_fits & ~before & ~behind & ~cut)
    return result


def _goes_on(uses: Array, shorter: Array, longer_uses: Array) -> Array:
    """Which runs are nearly always used as part of one and the same longer run."""
    most = np.zeros(len(uses), dtype=np.int64)
    np.maximum.at(most, shorter, longer_uses)
    goes_on: Array = most >= PIECE_SHARE * np.maximum(uses, 1)
    return goes_on


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
    first: Array = (telling > 0) & (followed >= PIECE_SHARE * telling)
    return first
