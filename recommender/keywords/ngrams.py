"""N-grams: sequences of up to four words that a corpus repeats.

The corpus itself shows which n-grams are names and which are only pieces of longer ones. Terms and
phrases are both chosen among these n-grams.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.casing import (
    CAPITAL,
    INFORMATIVE,
    JOINS_NEXT,
    NAME_SHARE,
    CasedTokens,
    Vocabulary,
    find_phrase_tokens,
    read_casing,
)
from recommender.keywords.whole_uses import NameEdges, find_name_edges, offices, whole_uses
from recommender.language.folding import fold
from recommender.language.tokens import Tokens

__all__ = [
    "MAX_WORDS",
    "MIN_TEXTS",
    "PIECE_SHARE",
    "Level",
    "NGrams",
    "find_ngrams",
    "first_numbers",
    "mark_listed",
    "prefer_bare_names",
    "words_of",
]

MAX_WORDS = 4
MIN_TEXTS = 2
# An n-gram of several words is a name if this share of its informative uses have capitals.
NGRAM_NAME_SHARE = 0.5
# An n-gram is a piece of a longer one if this share of its uses are inside that one.
PIECE_SHARE = 0.8
# How often a name must be used before it can be judged to be cut; see `_whole`.
MIN_CUT_USES = 5


class Level(NamedTuple):
    """All n-grams of one length that are used at least twice.

    Attributes:
        position: (uses,) int32, the token at which each use begins, ascending.
        ngram: (uses,) int32, the n-gram of each use.
        uses: (ngrams,) int64, how often each is used.
        left: (ngrams,) int64, each n-gram without its last word, as a number of the level below.
        right: (ngrams,) int64, each n-gram without its first word, likewise.
        first_fits: (ngrams,) bool, whether the first word may begin a phrase: a stop word may only
            if capitals bind it to the next word.
        last_fits: (ngrams,) bool, whether the last word may end a phrase.
    """

    position: Array
    ngram: Array
    uses: Array
    left: Array
    right: Array
    first_fits: Array
    last_fits: Array


class NGrams(NamedTuple):
    """The n-grams of a corpus.

    Each level numbers its n-grams from 0. Where those of all levels are numbered together, the
    n-grams of one word come first, then those of two, and so on; see `first_numbers`.

    Attributes:
        surfaces: The surface forms of the vocabulary.
        documents: How many documents there are.
        vocabulary: The words; the n-grams of one word are these in the same order.
        cased: The tokens.
        levels: N-grams of one word, of two, and so on up to `MAX_WORDS`.
        names: For each level, (ngrams,) bool: which are mostly capitalised where case is
            informative.
        whole: For each level, (ngrams,) bool: which are not just a piece of a longer n-gram, and
            neither begin nor end with a stop word.
        cut: For each level, (ngrams,) bool: which names are nearly always cut out of longer ones,
            also over a conjunction.
        stands: For each level, (uses,) bool: which uses are not cut out of a longer name.
        first_names: (words,) bool, words that are nearly always followed by a capitalised word.
    """

    surfaces: list[str]
    documents: int
    vocabulary: Vocabulary
    cased: CasedTokens
    levels: list[Level]
    names: list[Array]
    whole: list[Array]
    cut: list[Array]
    stands: list[Array]
    first_names: Array


def find_ngrams(tokens: Tokens, languages: str | Sequence[str]) -> NGrams:
    """Find the n-grams at the beginnings of all documents.

    Args:
        tokens: The tokens of all documents.
        languages: The code of each document's language, such as "en", whose stop words and word
            lists are used for it, or one code for all; "" for an unknown language.

    Returns:
        The n-grams of one to `MAX_WORDS` words.
    """
    vocabulary, cased = read_casing(tokens, languages)
    in_phrase, bound = find_phrase_tokens(cased, vocabulary)
    levels = _levels(cased, vocabulary, in_phrase, bound)
    names = _names(levels, cased.flags)
    edges = find_name_edges(cased, vocabulary)
    stands = [
        whole_uses(level.position, level.ngram, length, edges)
        for length, level in enumerate(levels, start=1)
    ]
    return NGrams(
        vocabulary.surfaces,
        len(tokens.start) - 1,
        vocabulary,
        cased,
        levels,
        names,
        *_whole(levels, names, stands, edges),
        stands,
        _first_names(levels[0], cased.flags, in_phrase),
    )


def words_of(levels: list[Level]) -> list[Array]:
    """The words of all n-grams.

    Args:
        levels: The levels of the n-grams.

    Returns:
        For each level, (ngrams, words) int64.
    """
    words = [np.arange(len(levels[0].uses))[:, None]]
    for level in levels[1:]:
        words.append(np.hstack([words[-1][level.left], words[-1][level.right, -1:]]))
    return words


def first_numbers(levels: list[Level]) -> Array:
    """The number of each level's first n-gram where all levels are numbered together.

    Args:
        levels: The levels of the n-grams.

    Returns:
        (levels + 1,) int64, at the end the number of all n-grams.
    """
    return np.cumsum([0, *(len(level.uses) for level in levels)])


def mark_listed(ngrams: NGrams, phrases: Iterable[str]) -> list[Array]:
    """Mark the n-grams that are in a list of phrases.

    Args:
        ngrams: The n-grams of the corpus.
        phrases: Phrases with one space between words; their case does not count.

    Returns:
        For each level, (ngrams,) bool.
    """
    levels, words = ngrams.levels, ngrams.vocabulary.words
    marks = [np.zeros(len(level.uses), dtype=bool) for level in levels]
    for phrase in phrases:
        # A word is there once for each language that has it as a stop word, and once for others.
        spans = [(bisect_left(words, w), bisect_right(words, w)) for w in map(fold, phrase.split())]
        for numbers in product(*(range(*span) for span in spans)):
            found = list(numbers)
            for depth, level in enumerate(levels):
                if depth:
                    found = [_ngram_of(level, *pair) for pair in pairwise(found)]
                if len(found) == 1 and found[0] >= 0:
                    marks[depth][found[0]] = True
    return marks


def prefer_bare_names(ngrams: NGrams, chosen: list[Array]) -> None:
    """Choose names in place of longer n-grams that only add words before or after a name.

    Such additions are an office, as in "President Donald Trump" or "leader Kim", and words in lower
    case next to a name of several words, as in "estranged half-brother Kim Jong Nam". "President
    Park" stays. Where the name is cut itself, as in "Exchange Commission filing", none is chosen.

    Args:
        ngrams: The n-grams of the corpus.
        chosen: For each level, (ngrams,) bool, which n-grams are chosen; changed in place.
    """
    levels, words = ngrams.levels, words_of(ngrams.levels)
    office = offices(ngrams.vocabulary)
    fits = [level.first_fits & level.last_fits for level in levels]
    for depth in range(len(levels) - 1, 0, -1):
        for side in ("right", "left"):
            piece = np.arange(len(levels[depth].uses))
            for below in range(depth - 1, -1, -1):
                piece = getattr(levels[below + 1], side)[piece]
                titled = office[words[depth][:, depth - below - 1]] & (side == "right")
                ordinary = ~ngrams.names[depth]
                around = titled | ordinary if below else titled & ordinary
                replaced = around & (ngrams.names[below] & fits[below])[piece]
                stands = replaced & chosen[depth] & ~ngrams.cut[below][piece]
                chosen[below][piece[stands]] = True
                chosen[depth] = chosen[depth] & ~replaced


def _ngram_of(level: Level, left: int, right: int) -> int:
    """The n-gram that begins with `left` and ends with `right`, -1 where there is none."""
    found = np.flatnonzero((level.left == left) & (level.right == right))
    return int(found[0]) if len(found) else -1


def _levels(
    cased: CasedTokens, vocabulary: Vocabulary, in_phrase: Array, bound: Array
) -> list[Level]:
    """The n-grams of one word, of two, and so on up to `MAX_WORDS`."""
    position = np.flatnonzero(in_phrase).astype(np.int32)
    uses = np.bincount(cased.word[position], minlength=len(vocabulary.words))
    position = position[uses[cased.word[position]] >= MIN_TEXTS]
    none = np.empty(0, dtype=np.int64)
    fits = ~vocabulary.stop
    levels = [Level(position, cased.word[position], uses, none, none, fits, fits)]
    while len(levels) < MAX_WORDS:
        level = levels[-1]
        size = max(len(level.uses), 1)
        follows = np.flatnonzero(
            (np.diff(level.position) == 1) & ((cased.flags[level.position[:-1]] & JOINS_NEXT) > 0)
        )
        codes = level.ngram[follows].astype(np.int64) * size + level.ngram[follows + 1]
        repeated = _may_repeat(codes)
        position = level.position[follows[repeated]]
        distinct, ngram, uses = np.unique(codes[repeated], return_inverse=True, return_counts=True)
        left, right = distinct // size, distinct % size
        first, last = level.first_fits[left], level.last_fits[right]
        if len(levels) == 1:
            tied = np.zeros(len(distinct), dtype=bool)
            tied[ngram[bound[position]]] = True
            first, last = first | tied, last | tied
        levels.append(Level(position, ngram.astype(np.int32), uses, left, right, first, last))
    return levels


def _may_repeat(codes: Array) -> Array:
    """Which of `codes` (n,) may occur twice. Most do not, and hashing is cheaper than sorting."""
    bits = 24
    buckets = (codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
    buckets = buckets.astype(np.int32)
    repeated: Array = np.bincount(buckets, minlength=1 << bits)[buckets] >= MIN_TEXTS
    return repeated


def _names(levels: list[Level], flags: Array) -> list[Array]:
    """Which n-grams of each level are names: mostly capitalised where case is informative."""
    names: list[Array] = []
    capital = np.ones(len(flags), dtype=bool)
    for length, level in enumerate(levels):
        capital[: max(len(capital) - length, 0)] &= (flags[length:] & CAPITAL) > 0
        informative = (flags[level.position] & INFORMATIVE) > 0
        all_uses = np.bincount(level.ngram[informative], minlength=len(level.uses))
        with_capitals = informative & capital[level.position]
        written = np.bincount(level.ngram[with_capitals], minlength=len(level.uses))
        share = NGRAM_NAME_SHARE if length else NAME_SHARE
        name = (written >= MIN_TEXTS) & (written >= share * all_uses)
        if length:  # with too few uses to tell, an n-gram that is made of names is a name
            name |= (all_uses < MIN_TEXTS) & names[-1][level.left] & names[-1][level.right]
        names.append(name)
    return names


def _whole(
    levels: list[Level], names: list[Array], stands: list[Array], edges: NameEdges
) -> tuple[list[Array], list[Array]]:
    """Which n-grams of each level are neither a piece of a longer one nor cut, and which are cut.

    "President Donald" is a piece. A name is cut if most of its uses are (see `whole_uses`), or if
    most stand on one side of a conjunction and another name, as "Belt" and "Road" do.
    """
    whole: list[Array] = []
    all_cut: list[Array] = []
    before, after = np.zeros((2, len(levels[0].uses)), dtype=bool)
    for depth, level in enumerate(levels):
        size = len(level.uses)
        # An n-gram that begins or ends with a piece is itself a piece: the longest n-grams cannot
        # be compared with longer ones.
        if depth:
            before, after = before[level.left], after[level.right]
        if depth + 1 < len(levels):
            longer = levels[depth + 1]
            before = before | _goes_on(level.uses, longer.right, longer.uses)
            after = after | _goes_on(level.uses, longer.left, longer.uses)
        sides = (
            edges.conjoined_before[level.position],
            edges.conjoined_after[level.position + depth],
        )
        cut_uses = [
            np.bincount(level.ngram[~stands[depth] | side], minlength=size) for side in sides
        ]
        cut = np.maximum(*cut_uses) >= PIECE_SHARE * level.uses
        cut &= names[depth] & (level.uses >= MIN_CUT_USES)
        all_cut.append(cut)
        whole.append(level.first_fits & level.last_fits & ~before & ~after & ~cut)
    return whole, all_cut


def _goes_on(uses: Array, shorter: Array, longer_uses: Array) -> Array:
    """Which n-grams are nearly always used as part of the same longer n-gram."""
    most = np.zeros(len(uses), dtype=np.int64)
    np.maximum.at(most, shorter, longer_uses)
    return most >= PIECE_SHARE * np.maximum(uses, 1)


def _first_names(level: Level, flags: Array, in_phrase: Array) -> Array:
    """Which words are nearly always followed by a capitalised word, not always the same one."""
    follows = np.zeros(len(in_phrase), dtype=bool)
    follows[:-1] = ((flags[:-1] & JOINS_NEXT) > 0) & in_phrase[1:] & ((flags[1:] & CAPITAL) > 0)
    informative = (flags[level.position] & INFORMATIVE) > 0
    all_uses = np.bincount(level.ngram[informative], minlength=len(level.uses))
    followed = np.bincount(
        level.ngram[informative & follows[level.position]], minlength=len(level.uses)
    )
    return (all_uses > 0) & (followed >= PIECE_SHARE * all_uses)
