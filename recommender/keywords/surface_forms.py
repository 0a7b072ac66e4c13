"""Surface forms: n-grams as readers write them, names with their capitals."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.casing import (
    CAPITAL,
    INFORMATIVE,
    LOWER,
    NAME_SHARE,
    POSSESSIVE,
    CasedTokens,
    Vocabulary,
)
from recommender.keywords.ngrams import Level, NGrams, first_numbers, words_of
from recommender.language.tokens import without_elision

__all__ = ["Written", "stand_as_written", "surface_forms", "written_words"]


class Written(NamedTuple):
    """N-grams of one length as readers are shown them.

    Attributes:
        ngram: (wanted,) int64, their numbers within the level.
        words: (wanted, words) int64, the words of each.
        written: (wanted, words) object, these words as strings.
    """

    ngram: Array
    words: Array
    written: Array


class _Wanted(NamedTuple):
    """The n-grams of one length whose surface forms are wanted.

    Attributes:
        ngram: (wanted,) int64, their numbers within the level.
        words: (wanted, words) int64, the words of each.
        capital: (wanted, words) bool, which words keep a capital, as those of names do.
    """

    ngram: Array
    words: Array
    capital: Array


def surface_forms(ngrams: NGrams, wanted: Array) -> dict[int, str]:
    """Write n-grams as readers would: names with their capitals, other words without.

    Args:
        ngrams: The n-grams of the corpus.
        wanted: (wanted,) int64, n-grams numbered over all levels, ascending.

    Returns:
        The surface form of each n-gram of `wanted`, by its number.
    """
    result: dict[int, str] = {}
    firsts = first_numbers(ngrams.levels).tolist()
    for chosen, first in zip(written_words(ngrams, wanted), firsts, strict=False):
        unspaced = ngrams.vocabulary.unspaced[chosen.words[:, 0]]
        for separator, rows in ((" ", ~unspaced), ("", unspaced)):
            joined = map(separator.join, chosen.written[rows].tolist())
            result.update(zip((chosen.ngram[rows] + first).tolist(), joined, strict=True))
    return result


def written_words(ngrams: NGrams, wanted: Array) -> list[Written]:
    """Write the words of n-grams as readers would.

    Args:
        ngrams: The n-grams of the corpus.
        wanted: (wanted,) int64, n-grams numbered over all levels, ascending.

    Returns:
        The n-grams of each level with their words.
    """
    vocabulary = ngrams.vocabulary
    chosen = _choose(ngrams, wanted)
    used = np.zeros(len(vocabulary.words) + 1, dtype=bool)
    for level_wanted in chosen:
        used[level_wanted.words] = True
    usual, capitalised = _forms_of_words(vocabulary, ngrams.cased, ngrams.surfaces, used)
    all_capitals = np.array([form.isupper() and len(form) > 1 for form in capitalised], dtype=bool)
    particle = np.append(vocabulary.particle, False)
    result: list[Written] = []
    for level, (ngram, words, capital) in zip(ngrams.levels, chosen, strict=True):
        capital[:, 1:] &= ~particle[words[:, 1:]]
        written = np.where(capital, capitalised[words], usual[words])
        in_capitals = all_capitals[words] & capital
        for row, column, form in _plain_forms(ngrams, level, ngram, in_capitals):
            written[row, column] = form
        result.append(Written(ngram, words, written))
    return result


def stand_as_written(ngrams: NGrams, level: Level, written: Written) -> Array:
    """Find the uses of n-grams that a text writes as readers are shown them.

    A word that is shown with a capital must stand there in the same letters, so "un" is no use of
    "UN". A word that is shown in lower case may have a capital where its case is not informative,
    as in a headline.

    Args:
        ngrams: The n-grams of the corpus.
        level: Uses of the n-grams of one length.
        written: Those of these n-grams that are shown.

    Returns:
        (uses,) bool, false for n-grams that are not shown.
    """
    cased, vocabulary = ngrams.cased, ngrams.vocabulary
    row = np.full(len(level.uses), -1, dtype=np.int64)
    row[written.ngram] = np.arange(len(written.ngram))
    use = np.flatnonzero(row[level.ngram] >= 0)
    number: dict[str, int] = {}
    shown = np.array(
        [[number.setdefault(w, len(number)) for w in words] for words in written.written.tolist()],
        dtype=np.int32,
    ).reshape(written.words.shape)
    upper = [without_elision(form)[0].isupper() for form in number]
    capital = np.array(upper, dtype=bool)[shown]
    bare = map(_without_possessive, ngrams.surfaces, vocabulary.flags_of.tolist())
    found = np.array([number.get(form, -1) for form in bare], dtype=np.int32)
    particle = np.append(vocabulary.particle, False)
    fits = np.ones(len(use), dtype=bool)
    for column in range(written.words.shape[1]):
        token = level.position[use] + column
        surface, at = cased.surface[token], row[level.ngram[use]]
        plain = (vocabulary.flags_of[surface] & CAPITAL) == 0
        plain |= ((cased.flags[token] & INFORMATIVE) == 0) & ~particle[cased.word[token]]
        fits &= np.where(capital[at, column], found[surface] == shown[at, column], plain)
    result = np.zeros(len(level.position), dtype=bool)
    result[use[fits]] = True
    return result


def _choose(ngrams: NGrams, wanted: Array) -> list[_Wanted]:
    """The wanted n-grams of each level; a name keeps its capitals in any longer n-gram."""
    levels, names = ngrams.levels, ngrams.names
    chosen: list[_Wanted] = []
    capital, first = names[0][:, None], 0
    for depth, (level, words) in enumerate(zip(levels, words_of(levels), strict=True)):
        if depth:
            longer = np.zeros(words.shape, dtype=bool)
            longer[:, :-1] = capital[level.left]
            longer[:, 1:] |= capital[level.right]
            capital = longer | names[depth][:, None]
        here = wanted[(wanted >= first) & (wanted < first + len(level.uses))] - first
        chosen.append(_Wanted(here, words[here], capital[here]))
        first += len(level.uses)
    return chosen


def _plain_forms(
    ngrams: NGrams, level: Level, wanted: Array, in_capitals: Array
) -> Iterator[tuple[int, int, str]]:
    """How n-grams write words that are elsewhere mostly in capitals, such as "Un" in "Kim Jong Un".

    News writes places in capitals where a report begins: "NEW YORK (Reuters)". So other spellings
    within the same n-gram are preferred, unless they are too rare to be more than slips.

    Args:
        ngrams: The n-grams of the corpus.
        level: The n-grams of one length.
        wanted: (wanted,) int64, some n-grams of that level.
        in_capitals: (wanted, words) bool, which of their words are mostly in capitals.

    Yields:
        The place of an n-gram in `wanted`, the place of a word in it, and a form of the word, the
        most frequent form last.
    """
    size = len(ngrams.surfaces)
    row = np.full(len(level.uses), -1, dtype=np.int64)
    for column in range(in_capitals.shape[1]):
        row[wanted] = np.where(in_capitals[:, column], np.arange(len(wanted)), -1)
        uses = np.flatnonzero(row[level.ngram] >= 0)
        surface = ngrams.cased.surface[level.position[uses] + column]
        codes, times = np.unique(row[level.ngram[uses]] * size + surface, return_counts=True)
        least = (1 - NAME_SHARE) * np.bincount(codes // size, times, len(wanted))
        order = np.argsort(times, kind="stable")
        for code in codes[order[times[order] >= least[codes[order] // size]]].tolist():
            surface_flags = int(ngrams.vocabulary.flags_of[code % size])
            form = _without_possessive(ngrams.surfaces[code % size], surface_flags)
            if form[0].isupper() and not form.isupper():
                yield code // size, column, form


def _without_possessive(surface: str, flags: int) -> str:
    return surface[:-2] if flags & POSSESSIVE else surface


def _forms_of_words(
    vocabulary: Vocabulary, cased: CasedTokens, surfaces: list[str], used: Array
) -> tuple[Array, Array]:
    """How each word is written usually and with a capital, in both cases without possessive 's.

    A word that is often in lower case is usually written so. Uses whose case is informative decide
    before those in headlines and at the beginning of sentences. Of equally frequent spellings the
    last in alphabetical order is taken.

    Args:
        vocabulary: The words.
        cased: The tokens.
        surfaces: The surface forms.
        used: (words + 1,) bool, the words whose forms are needed; the forms of others are "".

    Returns:
        usual, capitalised: (words,) object each, the forms as strings.
    """
    size = len(vocabulary.words)
    known = np.flatnonzero(used[vocabulary.word_of] & (vocabulary.word_of >= 0))
    word, flags = vocabulary.word_of[known], vocabulary.flags_of[known]
    informative, uses = cased.informative_uses[known], cased.uses[known]
    lower, capital = (flags & LOWER) > 0, (flags & CAPITAL) > 0
    weight = np.where(np.bincount(word, informative, size)[word] > 0, informative, uses)
    in_lower = np.bincount(word[lower], weight[lower], size)
    often_lower = (in_lower >= (1 - NAME_SHARE) * np.bincount(word, weight, size))[word]

    written = [surfaces[surface] for surface in known.tolist()]
    spelling = np.empty(len(known), dtype=np.int64)
    spelling[sorted(range(len(known)), key=written.__getitem__)] = np.arange(len(known))
    usual = _last_of_each(word, (spelling, uses, informative, lower == often_lower), size)
    high = _last_of_each(word, (spelling, uses, informative, capital), size)
    bare = map(_without_possessive, written, flags.tolist())
    forms = np.array([*bare, ""], dtype=object)
    return forms[usual], forms[high]


def _last_of_each(word: Array, keys: tuple[Array, ...], size: int) -> Array:
    """The place of each word's entry that is last in the order of `keys`, -1 if it has none."""
    order = np.lexsort(keys)
    last = np.full(size, -1)
    last[word[order]] = order
    return last
