"""Spelling: runs of words as readers write them."""

from collections.abc import Iterator

import numpy as np

from recommender._typing import Array
from recommender.keywords.casing import (
    CAPITAL,
    LOWER,
    NAME_SHARE,
    POSSESSIVE,
    CasedTokens,
    Vocabulary,
)
from recommender.keywords.ngrams import Level, NGrams, words_of

__all__ = ["spell"]


def spell(runs: NGrams, wanted: Array) -> dict[int, str]:
    """Each of the `wanted` runs, ascending, as readers write it: names with their capitals.

    Runs are numbered level after level.
    """
    levels, names, words = runs.levels, runs.names, runs.words
    found: list[tuple[Array, Array, Array]] = []
    high, first = names[0][:, None], 0
    for i, (level, number) in enumerate(zip(levels, words_of(levels), strict=True)):
        if i:
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
    usual, capital = _forms(words, runs.read, runs.surfaces, used)
    loud = np.array([form.isupper() and len(form) > 1 for form in capital], dtype=bool)
    connects = np.append(words.particle, False)
    result: dict[int, str] = {}
    first = 0
    for level, (phrases, numbers, tall) in zip(levels, found, strict=True):
        tall[:, 1:] &= ~connects[numbers[:, 1:]]
        written = np.where(tall, capital[numbers], usual[numbers])
        for row, k, form in _calm(runs, level, phrases - first, loud[numbers] & tall):
            written[row, k] = form
        signs = words.sign[numbers[:, 0]]
        for joint, rows in ((" ", ~signs), ("", signs)):
            spelled = map(joint.join, written[rows].tolist())
            result.update(zip(phrases[rows].tolist(), spelled, strict=True))
        first += len(level.uses)
    return result


def _calm(runs: NGrams, level: Level, wanted: Array, loud: Array) -> Iterator[tuple[int, int, str]]:
    """How `wanted` runs write words that are mostly in capitals elsewhere: "Kim Jong Un".

    `loud` (wanted, words) bool says which words are. Each is told as the run's place, the word's
    place in it, and its spelling. News shouts where it names a place, "NEW YORK (Reuters)":
    other spellings count if they are no mere slips.
    """
    size = len(runs.surfaces)
    row = np.full(len(level.uses), -1, dtype=np.int64)
    for k in range(loud.shape[1]):
        row[wanted] = np.where(loud[:, k], np.arange(len(wanted)), -1)
        uses = np.flatnonzero(row[level.run] >= 0)
        surface = runs.read.surface[level.position[uses] + k]
        codes = row[level.run[uses]] * size + surface
        codes, times = np.unique(codes, return_counts=True)
        least = (1 - NAME_SHARE) * np.bincount(codes // size, times, len(wanted))
        order = np.argsort(times, kind="stable")
        for code in codes[order[times[order] >= least[codes[order] // size]]].tolist():
            form = _bare(runs.surfaces[code % size], int(runs.words.flags[code % size]))
            if form[0].isupper() and not form.isupper():
                yield code // size, k, form


def _bare(surface: str, flags: int) -> str:
    return surface[:-2] if flags & POSSESSIVE else surface


def _forms(
    words: Vocabulary, read: CasedTokens, surfaces: list[str], used: Array
) -> tuple[Array, Array]:
    """How each word is usually written, and how where it has a capital, without possessive 's.

    A word that is no name is in lower case if it often is. Uses count before those in headlines
    and at the beginning of sentences; ties are settled by the spelling.
    """
    size, known = len(words.words), np.flatnonzero(used[words.word] & (words.word >= 0))
    word, flags = words.word[known], words.flags[known]
    telling, uses = read.telling[known], read.uses[known]
    lower, capital = (flags & LOWER) > 0, (flags & CAPITAL) > 0
    weight = np.where(np.bincount(word, telling, size)[word] > 0, telling, uses)
    low = np.bincount(word[lower], weight[lower], size)
    often_low = (low >= (1 - NAME_SHARE) * np.bincount(word, weight, size))[word]

    written = [surfaces[i] for i in known.tolist()]
    spelling = np.empty(len(known), dtype=np.int64)
    spelling[sorted(range(len(known)), key=written.__getitem__)] = np.arange(len(known))
    usual = _last_of(word, (spelling, uses, telling, lower == often_low), size)
    high = _last_of(word, (spelling, uses, telling, capital), size)
    forms = np.array([*map(_bare, written, flags.tolist()), ""], dtype=object)
    return forms[usual], forms[high]  # "" of the words that are in no phrase


def _last_of(word: Array, keys: tuple[Array, ...], size: int) -> Array:
    """Of each word the place of its entry that comes last by `keys`, -1 where it has none."""
    order = np.lexsort(keys)
    last = np.full(size, -1)
    last[word[order]] = order
    return last
