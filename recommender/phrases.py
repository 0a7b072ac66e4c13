"""Phrases: the names and phrases of each text, by which two texts can be seen to share something.

A phrase is a content word or a run of up to `MAX_WORDS` of them. Which are names, which belong
together and which are furniture of the trade is read off the corpus: from capitals, from what
stands beside a word, and from how often a text that uses a phrase uses it again.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex

from recommender.arrays import Array
from recommender.keywords import stop_words_for
from recommender.tokens import SIGNS, Tokens

__all__ = ["PER_TEXT", "Phrases", "extract"]

PER_TEXT = 32
# News says what it is about at its beginning; the rest costs time and adds background.
READ_TOKENS = 250
MAX_WORDS = 4
MIN_TEXTS = 2
# A phrase in more texts says little of any; in a small corpus, shares of it are chance.
MAX_SHARE = 0.05
SMALL_CORPUS_TEXTS = 10
# How sure the capitals must be before a word is a name or a stop word is part of one.
NAME_SHARE = 0.75
RUN_NAME_SHARE = 0.5
# A run that nearly always goes on is a piece of a longer one.
PIECE_SHARE = 0.8
# A stop word inside a name has been seen there this often at least.
MIN_BOUND = 3
# A text with more of its content words capitalised writes all nouns so: English news has 0.24 and
# hardly ever 0.42, German about 0.53. The share of the corpus counts as if it were this many
# words of the text, since a short text may hold only names.
NOUNS_SHARE = 0.42
NOUNS_PRIOR = 30
# Uses in each text that uses a phrase at all, shrunk to 1 as if this many texts more had one each:
# at least so many of a word in lower case, of a run, and of a word that is a name in many texts.
MIN_BURST_WORD = 1.6
MIN_BURST_RUN = 1.2
MIN_BURST_NAME = 1.25
MANY_TEXTS_SHARE = 0.005
BURST_PRIOR = 2
# A run of n words weighs 1 + LENGTH_BONUS · (n - 1) as much, and n uses count n / (n + HALF_USES):
# with these two a name used once beats each of its words, however often that is used.
LENGTH_BONUS = 0.5
HALF_USES = 0.5
SLICES_A_TIME = 8192

# Lower-case words that stand inside names: the genitives and particles of Latin scripts.
CONNECTORS = frozenset([
    "of", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "van", "von", "der",
    "den", "zu", "al", "el", "bin", "ibn",
])  # fmt: skip
# Stop words of newsrooms, for which no language's list has reason. Only English writes days and
# months with a capital and so makes them look like names; march and may are other words, too.
FURNITURE = frozenset([
    "told", "tells", "reporter", "reporters", "reporting", "spokesman", "spokeswoman",
    "spokesperson", "percent", "pct", "year-old", "years-old", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur",
    "thurs", "fri", "sat", "sun", "january", "february", "april", "june", "july", "august",
    "september", "october", "november", "december", "jan", "feb", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec", "reuters", "afp", "ap", "dpa", "upi", "tass", "itar-tass",
    "xinhua", "interfax", "ansa", "efe", "anadolu",
])  # fmt: skip
FURNITURE_RUNS = frozenset([
    "associated press", "press association", "news agency", "news agencies", "news conference",
    "press conference", "press release", "prime minister", "chief executive",
])  # fmt: skip
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir"})

SIGN = regex.compile(SIGNS)
SENTENCE_ENDS = frozenset(".!?…:。！？")
# One letter is no word; scripts in which one sign can be a word lie behind this code point.
LAST_SPACED = "\u0dff"

# What a surface looks like, and of a token: its capital tells something, a run may go on behind.
CAPITAL, LOWER, POSSESSIVE, ENDS_SENTENCE, PAUSES, TELLS, JOINS = (1 << bit for bit in range(7))


class Phrases(NamedTuple):
    """The phrases of a corpus, in order of their `texts`, and those of each text.

    `texts` are as readers write them; `weights` (phrases,) float32, larger is more telling;
    `names` (phrases,) bool. `of_text` (texts, PER_TEXT) int32 holds positions in `texts`, in
    rising order, -1 for none behind them.
    """

    texts: list[str]
    weights: Array
    names: Array
    of_text: Array


class _Words(NamedTuple):
    """The vocabulary: `words` folded and sorted; `stop` and `sign` (words,) bool.

    `word` (surfaces,) int32 is the word of each surface, -1 for what ends a phrase; `flags`
    (surfaces,) uint8 says how it looks.
    """

    words: list[str]
    stop: Array
    sign: Array
    word: Array
    flags: Array


class _Read(NamedTuple):
    """What is read of all slices, token by token: `surface`, `word`, `slice` int32, `flags`."""

    surface: Array
    word: Array
    slice: Array
    flags: Array


class _Level(NamedTuple):
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


class _Held(NamedTuple):
    """Which text holds which run, sorted by text, then run: `text`, `run`, and the `uses`."""

    text: Array
    run: Array
    uses: Array


def extract(
    tokens: Tokens,
    languages: Iterable[str],
    text_of: Array | None = None,
    furniture: Iterable[str] = (),
    per_text: int = PER_TEXT,
) -> Phrases:
    """The phrases of all texts; of each text the best `per_text`, by tf·idf with a length bonus.

    `text_of` (slices,) names the text of each slice of `tokens` where several near-copies stand
    for one text: it then has only what all its slices have. Without it every slice is a text.
    """
    slices = len(tokens.start) - 1
    of = np.arange(slices, dtype=np.int32) if text_of is None else text_of.astype(np.int32)
    texts = int(of.max(initial=-1)) + 1
    words = _words(tokens.vocabulary, stop_words_for(frozenset(languages)))
    read = _read(tokens, words)
    part, bound = _parts(read, words)
    levels = _levels(read, words, part, bound)
    names = _names(levels, read.flags)
    whole = _whole(levels)
    barred = _barred(levels, words, (*FURNITURE_RUNS, *furniture))
    held = [_held(level, read.slice, of) for level in levels]
    in_texts = [
        np.bincount(h.run, minlength=len(v.uses)) for h, v in zip(held, levels, strict=True)
    ]
    kept = [
        whole[i] & ~barred[i] & _kept(held[i], in_texts[i], names[i], i + 1, texts)
        for i in range(len(levels))
    ]
    kept[0] &= ~words.sign & ~_first_names(levels[0], read.flags, part)
    outside = _outside(levels, kept, names, len(read.word))
    held = [_held(level, read.slice, of) for level in outside]

    weight = _weights(in_texts, texts)
    rows = _rows(held, [len(n) for n in names], names[0], weight, texts, per_text)
    return _table(
        rows,
        weight,
        np.concatenate(names),
        _spelled(levels, words, read, names, tokens.vocabulary, rows),
    )


def _weights(in_texts: list[Array], texts: int) -> Array:
    """The idf of all runs, level after level, with the bonus for length: (runs,) float64."""
    length = np.repeat(np.arange(len(in_texts)), [len(level) for level in in_texts])
    rarity = np.log((texts + 1) / np.maximum(np.concatenate(in_texts), 1))
    weights: Array = rarity * (1 + LENGTH_BONUS * length)
    return weights


def _rows(
    held: list[_Held], sizes: list[int], names: Array, weight: Array, texts: int, most: int
) -> Array:
    """The best phrases of each text: (texts, most) int32, runs numbered level after level."""
    # Said once, a word in lower case is hardly what a text is about.
    again = names[held[0].run] | (held[0].uses > 1)
    held = [_Held(*(column[again] for column in held[0])), *held[1:]]
    text = np.concatenate([h.text for h in held])
    uses = np.concatenate([h.uses for h in held])
    phrase = np.concatenate(
        [h.run + low for h, low in zip(held, np.cumsum([0, *sizes]), strict=False)]
    )
    return _best(text, phrase, weight[phrase] * uses / (uses + HALF_USES), texts, most)


def _words(surfaces: list[str], stop_words: frozenset[str]) -> _Words:
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
    return _Words(
        spelled,
        np.array(
            [w in stop_words or w in CONNECTORS or w in FURNITURE for w in spelled], dtype=bool
        ),
        np.array([SIGN.match(w) is not None for w in spelled], dtype=bool),
        np.array(word, dtype=np.int32),
        np.array(flags, dtype=np.uint8),
    )


def _read(tokens: Tokens, words: _Words) -> _Read:
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
    return _Read(surface, words.word[surface], of, flags)


def _read_some(
    tokens: Tokens, words: _Words, sizes: Array, low: int, high: int
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


def _parts(read: _Read, words: _Words) -> tuple[Array, Array]:
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


def _levels(read: _Read, words: _Words, part: Array, bound: Array) -> list[_Level]:
    """The runs of one word, of two, and so on up to `MAX_WORDS`."""
    position = np.flatnonzero(part).astype(np.int32)
    uses = np.bincount(read.word[position], minlength=len(words.words))
    position = position[uses[read.word[position]] >= MIN_TEXTS]
    none = np.empty(0, dtype=np.int64)
    fits = ~words.stop
    levels = [_Level(position, read.word[position], uses, none, none, fits, fits)]
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
        levels.append(_Level(position, run.astype(np.int32), uses, left, right, first, last))
    return levels


def _often(codes: Array) -> Array:
    """Which of `codes` (n,) may occur twice: most do not, and hashing is cheaper than sorting."""
    bits = 24
    buckets = (codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
    buckets = buckets.astype(np.int32)
    often: Array = np.bincount(buckets, minlength=1 << bits)[buckets] >= MIN_TEXTS
    return often


def _names(levels: list[_Level], flags: Array) -> list[Array]:
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


def _whole(levels: list[_Level]) -> list[Array]:
    """Which runs of each level are no mere pieces of longer ones, "President Donald"."""
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
        result.append(level.first_fits & level.last_fits & ~before & ~behind)
    return result


def _goes_on(uses: Array, shorter: Array, longer_uses: Array) -> Array:
    """Which runs are nearly always used as part of one and the same longer run."""
    most = np.zeros(len(uses), dtype=np.int64)
    np.maximum.at(most, shorter, longer_uses)
    goes_on: Array = most >= PIECE_SHARE * np.maximum(uses, 1)
    return goes_on


def _barred(levels: list[_Level], words: _Words, phrases: Iterable[str]) -> list[Array]:
    """Which runs of each level are among `phrases`."""
    barred = [np.zeros(len(level.uses), dtype=bool) for level in levels]
    for phrase in phrases:
        spelled = phrase.casefold().split()
        places = [bisect_left(words.words, word) for word in spelled]
        known = [words.words[i : i + 1] == [w] for i, w in zip(places, spelled, strict=True)]
        runs = [i if k else -1 for i, k in zip(places, known, strict=True)]
        for depth, level in enumerate(levels):
            if depth:
                pairs = pairwise(runs)
                runs = [_run_of(level, *pair) for pair in pairs]
            if len(runs) == 1 and runs[0] >= 0:
                barred[depth][runs[0]] = True
    return barred


def _run_of(level: _Level, left: int, right: int) -> int:
    found = np.flatnonzero((level.left == left) & (level.right == right))
    return int(found[0]) if len(found) else -1


def _first_names(level: _Level, flags: Array, part: Array) -> Array:
    """Which words hardly ever stand without another capital behind them, whichever that is."""
    follows = np.zeros(len(part), dtype=bool)
    follows[:-1] = ((flags[:-1] & JOINS) > 0) & part[1:] & ((flags[1:] & CAPITAL) > 0)
    tells = (flags[level.position] & TELLS) > 0
    telling = np.bincount(level.run[tells], minlength=len(level.uses))
    followed = np.bincount(level.run[tells & follows[level.position]], minlength=len(level.uses))
    first: Array = (telling > 0) & (followed >= PIECE_SHARE * telling)
    return first


def _held(level: _Level, slice_of: Array, text_of: Array) -> _Held:
    """Count the uses of each run in each text; a text has only what all its slices have."""
    runs = max(len(level.uses), 1)
    codes = np.sort(slice_of[level.position].astype(np.int64) * runs + level.run)
    codes, uses = np.unique(codes, return_counts=True)
    text, run = text_of[codes // runs], codes % runs
    if len(text_of) and (np.bincount(text_of) > 1).any():
        codes = text.astype(np.int64) * runs + run
        order = np.argsort(codes, kind="stable")
        codes, begin, members = np.unique(codes[order], return_index=True, return_counts=True)
        uses = np.minimum.reduceat(uses[order], begin) if len(begin) else uses
        text, run = codes // runs, codes % runs
        common = members == np.bincount(text_of)[text]
        text, run, uses = text[common], run[common], uses[common]
    return _Held(text, run, uses)


def _kept(held: _Held, in_texts: Array, names: Array, length: int, texts: int) -> Array:
    """Which runs are in enough texts, not in too many, and are what their texts are about.

    A run in lower case must come again within its texts more than once in a while: what is
    said once and dropped, "told reporters", is how news is written and not what it is about
    (burstiness, Church and Gale 1995, "Poisson mixtures").
    """
    uses = np.bincount(held.run, weights=held.uses, minlength=len(in_texts))
    burst = (uses + BURST_PRIOR) / (in_texts + BURST_PRIOR)
    most = max(SMALL_CORPUS_TEXTS, MAX_SHARE * texts)
    telling = burst >= (MIN_BURST_WORD if length == 1 else MIN_BURST_RUN)
    # An agency's name is in many texts, and none dwells on it. Of people's full names that is
    # true as well, so runs are spared.
    rare = (in_texts <= MANY_TEXTS_SHARE * texts) | (in_texts <= SMALL_CORPUS_TEXTS)
    telling |= names & (rare | (length > 1) | (burst >= MIN_BURST_NAME))
    kept: Array = (in_texts >= MIN_TEXTS) & (in_texts <= most) & telling
    return kept


def _outside(
    levels: list[_Level], kept: list[Array], names: list[Array], size: int
) -> list[_Level]:
    """The uses of kept runs, less those of a name inside a longer one and of a word in a phrase.

    A run that is hardly ever used outside is left out altogether.
    """
    result: list[_Level] = []
    for i, level in enumerate(levels):
        in_name, in_phrase = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        for j in range(i + 1, len(levels)):
            longer = levels[j]
            for covered, runs in ((in_name, kept[j] & names[j]), (in_phrase, kept[j])):
                where = longer.position[runs[longer.run]]
                for shift in range(j - i + 1):
                    covered[where + shift] = True
        lower = ~names[i][level.run]
        inside = in_name[level.position] | (in_phrase[level.position] & lower if i == 0 else False)
        free = np.bincount(level.run[~inside], minlength=len(level.uses))
        runs = kept[i] & (free >= (1 - PIECE_SHARE) * level.uses)
        use = runs[level.run] & ~inside
        result.append(level._replace(position=level.position[use], run=level.run[use]))
    return result


def _best(text: Array, phrase: Array, score: Array, texts: int, most: int) -> Array:
    """Of each text the `most` phrases of highest score: (texts, most) int32, -1 behind them.

    `text`, `phrase`, `score` (held,) come in any order; ties fall to the lower phrase. A phrase
    that is then left to a single text can be shared by none and goes.
    """
    order = np.lexsort((phrase, -score, text))
    text, phrase = text[order], phrase[order]
    best = _rank(text, texts) < most
    text, phrase = text[best], phrase[best]
    shared = (np.bincount(phrase, minlength=1) >= MIN_TEXTS)[phrase]
    text, phrase = text[shared], phrase[shared]
    rows = np.full((texts, most), -1, dtype=np.int32)
    rows[text, _rank(text, texts)] = phrase
    return rows


def _rank(text: Array, texts: int) -> Array:
    """The place of each entry among those of its `text` (n,), which is sorted."""
    ranks: Array = np.arange(len(text)) - np.searchsorted(text, np.arange(texts))[text]
    return ranks


def _spelled(
    levels: list[_Level],
    words: _Words,
    read: _Read,
    names: list[Array],
    surfaces: list[str],
    rows: Array,
) -> dict[int, str]:
    """Each phrase of `rows` as readers write it: names with their capitals."""
    wanted = np.unique(rows[rows >= 0])
    found: list[tuple[Array, Array, Array]] = []
    number, high = np.arange(len(words.words))[:, None], names[0][:, None]
    first = 0
    for i, level in enumerate(levels):
        if i:
            number = np.hstack([number[level.left], number[level.right, -1:]])
            grown = np.zeros(number.shape, dtype=bool)
            grown[:, :-1] = high[level.left]
            grown[:, 1:] |= high[level.right]
            high = grown | names[i][:, None]  # a name keeps its capitals in any longer run
        here = wanted[(wanted >= first) & (wanted < first + len(level.uses))]
        found.append((here, number[here - first], high[here - first]))
        first += len(level.uses)

    used = np.zeros(len(words.words) + 1, dtype=bool)
    for _, numbers, _ in found:
        used[numbers] = True
    usual, capital = _forms(words, read, surfaces, used)
    result: dict[int, str] = {}
    for phrases, numbers, capitals in found:
        for phrase, run, tall in zip(
            *map(np.ndarray.tolist, (phrases, numbers, capitals)), strict=True
        ):
            result[phrase] = ("" if words.sign[run[0]] else " ").join(
                (capital if is_tall and not (k and words.words[w] in CONNECTORS) else usual)[w]
                for k, (w, is_tall) in enumerate(zip(run, tall, strict=True))
            )
    return result


def _forms(
    words: _Words, read: _Read, surfaces: list[str], used: Array
) -> tuple[list[str], list[str]]:
    """How each word is usually written, and how where it has a capital, without possessive 's.

    A word that is no name is in lower case if it often is. Uses count before those in headlines
    and at the beginning of sentences; ties are settled by the spelling.
    """
    size, known = len(words.words), np.flatnonzero(used[words.word] & (words.word >= 0))
    word, flags = words.word[known], words.flags[known]
    telling = np.bincount(read.surface[(read.flags & TELLS) > 0], minlength=len(surfaces))[known]
    uses = np.bincount(read.surface, minlength=len(surfaces))[known]
    lower, capital = (flags & LOWER) > 0, (flags & CAPITAL) > 0
    weight = np.where(np.bincount(word, telling, size)[word] > 0, telling, uses)
    low = np.bincount(word[lower], weight[lower], size)
    often_low = (low >= (1 - NAME_SHARE) * np.bincount(word, weight, size))[word]

    written = [surfaces[i] for i in known.tolist()]
    spelling = np.empty(len(known), dtype=np.int64)
    spelling[sorted(range(len(known)), key=written.__getitem__)] = np.arange(len(known))
    usual = _last_of(word, (spelling, uses, telling, lower == often_low), size)
    high = _last_of(word, (spelling, uses, telling, capital), size)
    forms = [w[:-2] if f & POSSESSIVE else w for w, f in zip(written, flags.tolist(), strict=True)]
    forms.append("")  # of the words that are in no phrase
    return [forms[i] for i in usual.tolist()], [forms[i] for i in high.tolist()]


def _last_of(word: Array, keys: tuple[Array, ...], size: int) -> Array:
    """Of each word the place of its entry that comes last by `keys`, -1 where it has none."""
    order = np.lexsort(keys)
    last = np.full(size, -1)
    last[word[order]] = order
    return last


def _table(rows: Array, weight: Array, names: Array, spelled: dict[int, str]) -> Phrases:
    """Number the phrases of `rows` in the order of their texts."""
    order = sorted(spelled, key=spelled.__getitem__)
    place = np.full(len(weight) + 1, len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    of_text = np.sort(place[rows], axis=1)
    of_text[of_text == len(order)] = -1
    return Phrases(
        [spelled[p] for p in order], weight[order].astype(np.float32), names[order], of_text
    )
