"""Differences: what two texts say differently in corresponding places.

Where shared runs of words stand before and behind a few other words in both texts, these words
correspond to each other. They state different facts if both hold a name that the other lacks, or a
number, or contrary words ("rose", "fell"), or if one negates what the other does not. A name that
the other text holds elsewhere is no difference.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Indel

from recommender.corpus.shingles import SHINGLE, HashedWords, shingles, word_hash
from recommender.language.contraries import contrary_words
from recommender.language.folding import fold

__all__ = ["Facts", "different_facts", "statement_facts", "title_facts"]

# How many words can stand in corresponding places; more are another passage.
MAX_GAP = 8
# How many words differ at most where one statement negates the other: "not", "did not come / came".
MAX_NEGATED = 5


class Facts(NamedTuple):
    """The facts that two texts state differently, each once however often it is repeated.

    Attributes:
        names: Pairs of names in corresponding places.
        numbers: Pairs of numbers in corresponding places.
        contraries: Pairs of contrary words, and negations that one text lacks.
        gaps: In how many distinct pairs of corresponding places any word differs.
    """

    names: frozenset[tuple[int, ...]]
    numbers: frozenset[tuple[int, ...]]
    contraries: frozenset[tuple[int, ...]]
    gaps: int

    @property
    def total(self) -> int:
        """How many facts differ."""
        return len(self.names) + len(self.numbers) + len(self.contraries)

    def joined(self, other: "Facts") -> "Facts":
        """These facts and some more.

        Args:
            other: Facts of another part of the same texts.

        Returns:
            All of them, each once.
        """
        return Facts(
            self.names | other.names,
            self.numbers | other.numbers,
            self.contraries | other.contraries,
            self.gaps + other.gaps,
        )


class _Words(NamedTuple):
    """The words of a text as Python values."""

    hashes: list[int]
    all: set[int]
    names: set[int]
    numbers: set[int]


def different_facts(one: HashedWords, other: HashedWords) -> Facts:
    """Find the facts that the bodies of two texts state differently.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        What differs in corresponding places.
    """
    return _facts(_values(one), _values(other), _gaps(one, other))


def title_facts(one: HashedWords, other: HashedWords) -> Facts:
    """Find the facts that the titles of two texts state differently.

    Args:
        one: The words of one text, which begins with its title.
        other: The words of the other text.

    Returns:
        What differs in corresponding places of the titles.
    """
    return _aligned_facts(one, other, one.title, other.title)


def statement_facts(one: HashedWords, other: HashedWords) -> Facts:
    """Find the facts that two short texts state differently, in whatever places.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        What differs where the texts are aligned word by word.
    """
    return _aligned_facts(one, other, len(one.hashes), len(other.hashes))


def _aligned_facts(one: HashedWords, other: HashedWords, size_a: int, size_b: int) -> Facts:
    """What differs between the first words of two texts, aligned word by word."""
    a, b = _values(one), _values(other)
    gaps, start = [], (0, 0)
    for code in Indel.opcodes(a.hashes[:size_a], b.hashes[:size_b]):
        if code.tag == "equal":
            places = slice(start[0], code.src_start), slice(start[1], code.dest_start)
            gaps.append(_gap(a.hashes[places[0]], b.hashes[places[1]]))
            start = (code.src_end, code.dest_end)
    gaps.append(_gap(a.hashes[start[0] : size_a], b.hashes[start[1] : size_b]))
    return _facts(a, b, gaps)


class _Gap(NamedTuple):
    """Words in corresponding places, and whether one text has more of them than the other."""

    one: list[int]
    other: list[int]
    of_unequal_length: bool


def _gap(one: list[int], other: list[int]) -> _Gap:
    return _Gap(one, other, len(one) != len(other))


def _values(words: HashedWords) -> _Words:
    hashes = words.hashes.tolist()
    names = words.hashes[words.names].tolist()
    return _Words(hashes, set(hashes), set(names), set(words.hashes[words.numbers].tolist()))


def _gaps(one: HashedWords, other: HashedWords) -> Iterator["_Gap"]:
    """The words in corresponding places of the bodies, those that are nowhere shared."""
    a, b = one.hashes.tolist(), other.hashes.tolist()
    runs = _shared_runs(one, other)
    alone = np.ones(len(b), dtype=bool)
    for _, start, size in runs:
        alone[start : start + size] = False
    end_a = end_b = 0
    for start_a, start_b, size in [*runs, (len(a), len(b), 0)]:
        # The runs before and behind can overlap where a word is repeated.
        overlap = max(end_a - start_a, end_b - start_b, 0)
        low_a, low_b = max(end_a, one.title), max(end_b, other.title)
        high_a, high_b = start_a + overlap, start_b + overlap
        # At an end of the body, words without a counterpart were cut off or are the headline's.
        at_edge = not size or low_a > end_a or low_b > end_b or not end_a
        sizes = sorted((high_a - low_a, high_b - low_b))
        if sizes[0] >= at_edge and 0 < sizes[1] <= MAX_GAP:
            alone_b = [b[at] for at in range(low_b, high_b) if alone[at]]
            yield _Gap(a[low_a:high_a], alone_b, sizes[0] != sizes[1])
        end_a, end_b = start_a + size, start_b + size


def _shared_runs(one: HashedWords, other: HashedWords) -> list[tuple[int, int, int]]:
    """The runs of words that both texts hold: where each begins in both texts, and its words.

    Of several places of a shingle in the other text, the next one behind the run before is taken.
    """
    sought, held = shingles(one.hashes), shingles(other.hashes)
    order = np.argsort(held, kind="stable")
    ordered = held[order]
    low = np.searchsorted(ordered, sought)
    found = np.flatnonzero(ordered[np.minimum(low, len(ordered) - 1)] == sought)
    high = np.searchsorted(ordered, sought[found], side="right").tolist()
    places = order.tolist()
    runs: list[list[int]] = []
    for shingle, first, last in zip(found.tolist(), low[found].tolist(), high, strict=True):
        place = places[first]
        if runs:
            run = runs[-1]
            end_a, end_b = run[0] + run[2], run[1] + run[2]
            expected = run[1] + shingle - run[0]
            if last - first > 1:
                place = _next_place(places[first:last], expected, shingle > end_a)
            if place == expected and shingle == end_a and place == end_b:
                run[2] += 1
                continue
        runs.append([shingle, place, 1])
    return [(a, b, count + SHINGLE - 1) for a, b, count in runs]


def _next_place(places: list[int], expected: int, after_gap: bool) -> int:
    """Of the places of a shingle, the expected one, or after a gap the nearest to it."""
    if expected in places:
        return expected
    return min(places, key=lambda place: abs(place - expected)) if after_gap else places[0]


def _facts(a: _Words, b: _Words, gaps: Iterable["_Gap"]) -> Facts:
    """The facts in which corresponding words differ."""
    names, numbers, contraries, differing = set(), set(), set(), set()
    spelled, known = _hashed_contraries().numbers, _hashed_contraries().places.keys()
    for gap in gaps:
        only_a, only_b = set(gap.one) - set(gap.other), set(gap.other) - set(gap.one)
        if not only_a and not only_b:
            continue
        differing.add((*sorted(only_a), -1, *sorted(only_b)))
        names |= _exchanged(only_a & a.names - b.all - known, only_b & b.names - a.all - known)
        numbers |= _exchanged(only_a & a.numbers, only_b & b.numbers)
        numbers |= _contrary(only_a & spelled, only_b & spelled)
        contraries |= _contrary(only_a - spelled, only_b - spelled)
        # Of equally many words, a negation was exchanged for any word, as by a slip of the pen.
        if gap.of_unequal_length and len(only_a) + len(only_b) <= MAX_NEGATED:
            contraries |= _negated(only_a, only_b)
    return Facts(frozenset(names), frozenset(numbers), frozenset(contraries), len(differing))


def _exchanged(one: set[int], other: set[int]) -> set[tuple[int, ...]]:
    """The pair of words that stand for each other, where there are any on both sides."""
    return {(min(one), min(other))} if one and other else set()


def _contrary(one: set[int], other: set[int]) -> set[tuple[int, ...]]:
    """The pairs of contrary words."""
    places = _hashed_contraries().places
    return {
        (word, opposite)
        for word in one & places.keys()
        for opposite in other & places.keys()
        if any(
            line == other_line and group != other_group
            for line, group in places[word]
            for other_line, other_group in places[opposite]
        )
    }


def _negated(one: set[int], other: set[int]) -> set[tuple[int, ...]]:
    """A word that negates what the other side does not negate."""
    negations = _hashed_contraries().negations
    if bool(one & negations) == bool(other & negations):
        return set()
    return {(min((one | other) & negations),)}


class _Contraries(NamedTuple):
    """The contrary words by their hashes."""

    negations: frozenset[int]
    numbers: frozenset[int]
    places: dict[int, frozenset[tuple[int, int]]]


@cache
def _hashed_contraries() -> _Contraries:
    words = contrary_words()
    return _Contraries(
        frozenset(word_hash(fold(word)) for word in words.negations),
        frozenset(word_hash(fold(word)) for word in words.numbers),
        {word_hash(fold(word)): places for word, places in words.places.items()},
    )
