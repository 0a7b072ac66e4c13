"""Spelling: runs of words as readers write them."""

import numpy as np

from recommender.arrays import Array
from recommender.runs import (
    CAPITAL,
    CONNECTORS,
    LOWER,
    NAME_SHARE,
    POSSESSIVE,
    TELLS,
    Level,
    Read,
    Runs,
    Words,
    words_of,
)

__all__ = ["spell"]


def spell(runs: Runs, wanted: Array) -> dict[int, str]:
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
    first = 0
    result: dict[int, str] = {}
    for level, (phrases, numbers, capitals) in zip(levels, found, strict=True):
        calm = _calm(runs, level, phrases - first, numbers, capital)
        for phrase, run, tall in zip(
            *map(np.ndarray.tolist, (phrases, numbers, capitals)), strict=True
        ):
            result[phrase] = ("" if words.sign[run[0]] else " ").join(
                calm.get((phrase - first, k), capital[w])
                if is_tall and not (k and words.words[w] in CONNECTORS)
                else usual[w]
                for k, (w, is_tall) in enumerate(zip(run, tall, strict=True))
            )
        first += len(level.uses)
    return result


def _calm(
    runs: Runs, level: Level, wanted: Array, numbers: Array, capital: list[str]
) -> dict[tuple[int, int], str]:
    """How the `wanted` runs write a word that is mostly in capitals, if not so: "Kim Jong Un".

    The result is by run and place in it; `numbers` (wanted, words) are the words of each run,
    `capital` (words,) how they are written elsewhere. News shouts where it names a place, "NEW
    YORK (Reuters)": other spellings count if they are no mere slips.
    """
    loud = np.array([len(form) > 1 and form.isupper() for form in capital], dtype=bool)
    result: dict[tuple[int, int], str] = {}
    for k, words in enumerate(numbers.T):
        asked = np.zeros(len(level.uses), dtype=bool)
        asked[wanted[loud[words]]] = True
        uses = np.flatnonzero(asked[level.run])
        surface = runs.read.surface[level.position[uses] + k]
        codes = level.run[uses].astype(np.int64) * len(runs.surfaces) + surface
        codes, times = np.unique(codes, return_counts=True)
        times_of = np.bincount(codes // len(runs.surfaces), times, len(level.uses))
        for at in np.argsort(times, kind="stable").tolist():
            run, form = divmod(int(codes[at]), len(runs.surfaces))
            written = runs.surfaces[form]
            if runs.words.flags[form] & POSSESSIVE:
                written = written[:-2]
            if (
                written[0].isupper()
                and not written.isupper()
                and times[at] >= (1 - NAME_SHARE) * times_of[run]
            ):
                result[run, k] = written
    return result


def _forms(
    words: Words, read: Read, surfaces: list[str], used: Array
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
