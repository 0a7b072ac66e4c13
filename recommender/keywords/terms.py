"""Terms: the words, names and phrases by which groups of texts can be told apart, and their texts.

Forms of one term are one: singular and plural, and a name with and without the office before it.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.ngrams import MAX_WORDS, MIN_TEXTS, NGrams, listed, words_of
from recommender.keywords.surface_forms import spell
from recommender.language.plurals import singulars

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Terms", "count_terms"]

# Endings up to this long make another form of a word of at least so many letters.
ENDING = 3
STEM = 4


class Terms(NamedTuple):
    """`terms` in alphabetical order, as readers write them, and which texts hold them.

    `holds` is a sparse (texts, terms) matrix of ones. `families` (terms, MAX_WORDS) int64 are the
    words of each term, all forms of a word alike, -1 behind them. `shorter` and `longer` (pairs,)
    int64: the first of each pair lies word for word in the second; pairs ascend by the second.
    """

    terms: list[str]
    holds: "csr_array"
    families: Array
    shorter: Array
    longer: Array


def count_terms(
    runs: NGrams, contents: Array | None = None, boilerplate: Iterable[str] = ()
) -> Terms:
    """The terms of a corpus, each in `MIN_TEXTS` texts at least.

    `contents` (texts,) are the slices of tokens that are read, one a text; without it all are.
    `boilerplate` are phrases that are no terms, such as the names of sources and authors.
    """
    chosen = np.arange(runs.slices) if contents is None else contents
    text_of = np.full(runs.slices, -1, dtype=np.int32)
    text_of[chosen] = np.arange(len(chosen), dtype=np.int32)
    form, good = _forms(runs, boilerplate)
    kept, holds = _held(runs, form, good, text_of, len(chosen))

    spelled = spell(runs, kept)
    order = np.array(
        sorted(range(len(kept)), key=[spelled[run] for run in kept.tolist()].__getitem__),
        dtype=np.int64,
    )
    place = np.empty(len(kept), dtype=np.int32)
    place[order] = np.arange(len(kept), dtype=np.int32)
    holds.indices = place[holds.indices]
    holds.has_sorted_indices = False
    kept = kept[order]
    term_of = np.full(len(form) + 1, -1, dtype=np.int64)
    term_of[kept] = np.arange(len(kept))
    shorter, longer = _nested(runs, term_of, form)
    return Terms([spelled[run] for run in kept.tolist()], holds, _families(runs, kept), shorter,
                 longer)  # fmt: skip


def _forms(runs: NGrams, boilerplate: Iterable[str]) -> tuple[Array, Array]:
    """The run that each run is counted as, and which runs can be terms, (all runs,) int64, bool.

    Runs are numbered level after level. Of all forms the one that is used most stands for them.
    """
    levels, first = runs.levels, _firsts(runs)
    barred = listed(runs, (*runs.lists.boilerplate_phrases, *boilerplate))
    alone = np.array([word in runs.lists.weak_alone for word in runs.words.words], dtype=bool)
    barred[0] |= (alone & runs.names[0]) | runs.words.sign | runs.first_names
    form, good = _singular(runs), []
    forms = [form]
    for depth, level in enumerate(levels):
        if depth:
            codes = form[level.left] * len(form) + form[level.right]
            form = _most_used(np.unique(codes, return_inverse=True)[1], level.uses)
            forms.append(form)
        good.append(runs.whole[depth].copy())
    _to_names(runs, good)
    for depth, form in enumerate(forms):
        any_good, any_barred = np.zeros((2, len(form)), dtype=bool)
        any_good[form[good[depth]]] = True
        any_barred[form[barred[depth]]] = True
        good[depth] = any_good & ~any_barred
    shifted = [form + low for form, low in zip(forms, first, strict=False)]
    return np.concatenate(shifted), np.concatenate(good)


def _to_names(runs: NGrams, good: list[Array]) -> None:
    """Mark names as `good` in place of runs that only put something beside one.

    That is an office, "President Donald Trump", "leader Kim", or beside a name of several words
    whatever is in lower case, "estranged half-brother Kim Jong Nam". "President Park" stays.
    """
    levels, words = runs.levels, words_of(runs.levels)
    office = np.array([word in runs.lists.offices for word in runs.words.words], dtype=bool)
    fits = [level.first_fits & level.last_fits for level in levels]
    for depth in range(len(levels) - 1, 0, -1):
        for side in ("right", "left"):
            piece = np.arange(len(levels[depth].uses))
            for below in range(depth - 1, -1, -1):
                piece = getattr(levels[below + 1], side)[piece]
                titled = office[words[depth][:, depth - below - 1]] & (side == "right")
                beside = titled | ~runs.names[depth] if below else titled & ~runs.names[depth]
                held = beside & (runs.names[below] & fits[below])[piece]
                good[below][piece[held & good[depth]]] = True
                good[depth] = good[depth] & ~held


def _firsts(runs: NGrams) -> Array:
    """The number of each level's first run, and of all runs, where levels follow each other."""
    return np.cumsum([0, *(len(level.uses) for level in runs.levels)])


def _singular(runs: NGrams) -> Array:
    """Of each word the one that it is counted as: singular and plural of what is no name are one.

    The plural is told by its ending, and by the singular that is a word of the corpus, too: so it
    is written in English, and in French, Spanish, Portuguese and much of Dutch.
    """
    words, level = runs.words.words, runs.levels[0]
    open_to = (level.uses > 0) & ~runs.names[0] & ~runs.words.stop
    place = {words[i]: i for i in np.flatnonzero(open_to).tolist()}
    group = np.arange(len(words))
    for word, number in place.items():
        for singular in singulars(word, runs.lists.plurals):
            if singular in place:
                group[number] = group[place[singular]]
                break
    return _most_used(group, level.uses)


def _most_used(group: Array, uses: Array) -> Array:
    """Of each member of a `group` (n,) the one that is used most, the first of equals."""
    order = np.lexsort((-np.arange(len(group)), uses))
    best = np.empty(int(group.max(initial=-1)) + 1, dtype=np.int64)
    best[group[order]] = order
    return best[group]


def _held(
    runs: NGrams, form: Array, good: Array, text_of: Array, texts: int
) -> tuple[Array, "csr_array"]:
    """The runs that are terms, ascending, and which of `texts` texts hold each."""
    from scipy.sparse import csr_array

    number = np.where(good, np.cumsum(good) - 1, -1)[form].astype(np.int32)
    in_text, held = [], []
    for level, low in zip(runs.levels, _firsts(runs), strict=False):
        term = number[low : low + len(level.uses)][level.run]
        used = np.flatnonzero(term >= 0)
        text = text_of[runs.read.slice[level.position[used]]]
        in_text.append(text[text >= 0])
        held.append(term[used[text >= 0]])
    text, term = np.concatenate(in_text), np.concatenate(held)
    kept, size = np.flatnonzero(good), int(good.sum())
    holds = csr_array((np.ones(len(term), dtype=np.int32), (text, term)), shape=(texts, size))
    holds.sum_duplicates()
    in_texts = np.bincount(holds.indices, minlength=size)

    fits = in_texts >= MIN_TEXTS
    place = np.where(fits, np.cumsum(fits) - 1, -1).astype(np.int32)[holds.indices]
    indptr = np.concatenate(([0], np.cumsum(place >= 0)))[holds.indptr].astype(np.int32)
    place = place[place >= 0]
    return kept[fits], csr_array(
        (np.ones(len(place), dtype=np.int32), place, indptr), shape=(texts, int(fits.sum()))
    )


def _nested(runs: NGrams, term_of: Array, form: Array) -> tuple[Array, Array]:
    """All pairs of terms of which one lies in the other; `term_of` (all runs + 1,), -1 for none."""
    first = _firsts(runs)
    shorter, longer = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for depth, low in enumerate(first[:-1]):
        whole = term_of[low : first[depth + 1]]
        run = np.flatnonzero(whole >= 0)
        inside = [run]
        for below in range(depth, 0, -1):
            level = runs.levels[below]
            inside = [level.left[inside[0]], *(level.right[part] for part in inside)]
            for part in inside:
                piece = term_of[form[part + first[below - 1]]]
                shorter.append(piece[piece >= 0])
                longer.append(whole[run[piece >= 0]])
    pairs = np.unique(np.stack((np.concatenate(longer), np.concatenate(shorter)), axis=1), axis=0)
    return pairs[:, 1], pairs[:, 0]


def _families(runs: NGrams, kept: Array) -> Array:
    """The words of the runs `kept`, all forms of a word alike, (kept, MAX_WORDS), -1 behind them.

    Words of scripts without spaces are single signs; there pairs of signs take their place.
    """
    first, words = _firsts(runs), words_of(runs.levels)
    families = np.full((len(kept), MAX_WORDS), -1, dtype=np.int64)
    pairs = np.empty((0, 0), dtype=np.int64)
    for depth, (low, high) in enumerate(pairwise(first)):
        if depth == 1:
            pairs = np.arange(low, high)[:, None]
        elif depth > 1:
            level = runs.levels[depth]
            pairs = np.hstack([pairs[level.left], pairs[level.right, -1:]])
        here = np.flatnonzero((kept >= low) & (kept < high))
        run = kept[here] - low
        families[here, : depth + 1] = words[depth][run]
        signs = runs.words.sign[words[depth][run, 0]]
        families[here[signs]] = -1
        families[here[signs], :depth] = pairs[run[signs]] if depth else -1
    used = np.unique(families[(families >= 0) & (families < first[1])])
    root = np.arange(first[-1] + 1)
    root[-1] = -1  # the last place is that of -1
    place = {runs.words.words[i]: i for i in used.tolist()}
    for word, number in place.items():
        shorter = [word[:size] for size in range(max(STEM, len(word) - ENDING), len(word))]
        for form in (*shorter, *singulars(word, runs.lists.plurals)):
            if form in place:
                root[number] = root[place[form]]
                break
    return root[families]
