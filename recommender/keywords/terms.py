"""Terms: the words, names and phrases that set groups of texts apart, and the texts they are in.

Forms of one term are counted as one: singular and plural, and a name with and without the office
before it.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.ngrams import (
    MAX_WORDS,
    MIN_TEXTS,
    NGrams,
    first_numbers,
    mark_listed,
    prefer_bare_names,
    words_of,
)
from recommender.keywords.surface_forms import surface_forms
from recommender.language.plurals import singulars
from recommender.language.stems import stems
from recommender.language.word_lists import word_lists

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Terms", "count_terms"]


class Terms(NamedTuple):
    """The terms of a corpus.

    Attributes:
        terms: As readers write them, in alphabetical order.
        holds: A sparse (texts, terms) int32 matrix, 1 where a text holds a term.
        families: (terms, MAX_WORDS) int64, the words of each term, with one number for all forms of
            a word; padded with -1.
        shorter: (pairs,) int64, a term that a longer term contains word for word.
        longer: (pairs,) int64, that longer term, ascending.
    """

    terms: list[str]
    holds: "csr_array"
    families: Array
    shorter: Array
    longer: Array


def count_terms(
    ngrams: NGrams, documents: Array | None = None, boilerplate: Iterable[str] = ()
) -> Terms:
    """Find the terms of a corpus and the texts that hold them.

    Args:
        ngrams: The n-grams of the corpus.
        documents: (texts,) int64, the document of each text; None if each document is a text.
        boilerplate: Phrases that are no terms, such as the names of sources and authors.

    Returns:
        The terms that are in at least `MIN_TEXTS` texts.
    """
    chosen = np.arange(ngrams.documents) if documents is None else documents
    text_of = np.full(ngrams.documents, -1, dtype=np.int32)
    text_of[chosen] = np.arange(len(chosen), dtype=np.int32)
    form, is_term = _forms(ngrams, boilerplate)
    ngram_of_term, holds = _texts_of_terms(ngrams, form, is_term, text_of, len(chosen))

    written = surface_forms(ngrams, ngram_of_term)
    # N-grams that are written alike are one term: a stop word inside them has several languages.
    terms = sorted(set(written.values()))
    number_of = {term: number for number, term in enumerate(terms)}
    place = np.array(
        [number_of[written[ngram]] for ngram in ngram_of_term.tolist()], dtype=np.int32
    )
    holds = _merge_columns(holds, place, len(terms))
    term_of = np.full(len(form) + 1, -1, dtype=np.int64)
    term_of[ngram_of_term] = place
    ngram_of_term = ngram_of_term[np.unique(place, return_index=True)[1]]
    shorter, longer = _nested_terms(ngrams, term_of, form)
    return Terms(terms, holds, _families(ngrams, ngram_of_term), shorter, longer)


def _merge_columns(holds: "csr_array", place: Array, size: int) -> "csr_array":
    """A sparse matrix of ones whose columns are moved to `place`, where several become one."""
    from scipy.sparse import csr_array

    merged = csr_array((holds.data, place[holds.indices], holds.indptr), (holds.shape[0], size))
    merged.sum_duplicates()
    merged.data[:] = 1
    return merged


def _forms(ngrams: NGrams, boilerplate: Iterable[str]) -> tuple[Array, Array]:
    """The most used form of each n-gram, as which all its forms are counted.

    Returns:
        form: (ngrams,) int64, the n-gram as which each n-gram is counted; is_term: (ngrams,) bool,
        which of these can be terms. Both are numbered over all levels.
    """
    levels, vocabulary = ngrams.levels, ngrams.vocabulary
    excluded = mark_listed(ngrams, (*vocabulary.boilerplate_phrases(), *boilerplate))
    weak = vocabulary.listed("weak_alone")
    excluded[0] |= (weak & ngrams.names[0]) | vocabulary.sign | ngrams.first_names
    forms = [_singular_forms(ngrams)]
    for level in levels[1:]:
        codes = forms[-1][level.left] * len(forms[-1]) + forms[-1][level.right]
        forms.append(_most_used(np.unique(codes, return_inverse=True)[1], level.uses))
    is_term = [whole.copy() for whole in ngrams.whole]
    prefer_bare_names(ngrams, is_term)
    for depth, form in enumerate(forms):
        any_term, any_excluded = np.zeros((2, len(form)), dtype=bool)
        any_term[form[is_term[depth]]] = True
        any_excluded[form[excluded[depth]]] = True
        is_term[depth] = any_term & ~any_excluded
    numbered = [form + low for form, low in zip(forms, first_numbers(levels), strict=False)]
    return np.concatenate(numbered), np.concatenate(is_term)


def _singular_forms(ngrams: NGrams) -> Array:
    """The form as which each word is counted: singular and plural are one, except in names.

    A word counts as a plural if it ends like one and its singular occurs in the corpus.
    """
    vocabulary, level = ngrams.vocabulary, ngrams.levels[0]
    ordinary = (level.uses > 0) & ~ngrams.names[0] & ~vocabulary.stop
    group = np.arange(len(vocabulary.words))
    for language, code in enumerate(vocabulary.codes):
        rules = word_lists(code).plurals
        of_language = np.flatnonzero(ordinary & vocabulary.languages[:, language])
        place = {vocabulary.words[number]: number for number in of_language.tolist()}
        for word, number in place.items() if rules else ():
            for singular in singulars(word, rules):
                if singular in place:
                    group[number] = group[place[singular]]
                    break
    return _most_used(group, level.uses)


def _most_used(group: Array, uses: Array) -> Array:
    """The most used member of the group of each member, the first of equals.

    `group` (members,) are the groups, numbered from 0, and `uses` (members,) counts uses.
    """
    order = np.lexsort((-np.arange(len(group)), uses))
    best = np.empty(int(group.max(initial=-1)) + 1, dtype=np.int64)
    best[group[order]] = order
    return best[group]


def _texts_of_terms(
    ngrams: NGrams, form: Array, is_term: Array, text_of: Array, texts: int
) -> tuple[Array, "csr_array"]:
    """The n-grams that are terms in `MIN_TEXTS` of `texts` texts, and the texts that hold them.

    Returns:
        ngram_of_term: (terms,) int64, numbered over all levels, ascending; a sparse (texts, terms)
        matrix of ones in the same order.
    """
    from scipy.sparse import csr_array

    number = np.where(is_term, np.cumsum(is_term) - 1, -1)[form].astype(np.int32)
    texts_of_uses, terms_of_uses = [], []
    for depth, (level, low) in enumerate(
        zip(ngrams.levels, first_numbers(ngrams.levels), strict=False)
    ):
        term = number[low : low + len(level.uses)][level.ngram]
        used = np.flatnonzero((term >= 0) & ngrams.stands[depth])
        text = text_of[ngrams.cased.document[level.position[used]]]
        texts_of_uses.append(text[text >= 0])
        terms_of_uses.append(term[used[text >= 0]])
    text, term = np.concatenate(texts_of_uses), np.concatenate(terms_of_uses)
    ngram_of_term, size = np.flatnonzero(is_term), int(is_term.sum())
    holds = csr_array((np.ones(len(term), dtype=np.int32), (text, term)), shape=(texts, size))
    holds.sum_duplicates()
    in_texts = np.bincount(holds.indices, minlength=size)

    often = in_texts >= MIN_TEXTS
    place = np.where(often, np.cumsum(often) - 1, -1).astype(np.int32)[holds.indices]
    indptr = np.concatenate(([0], np.cumsum(place >= 0)))[holds.indptr].astype(np.int32)
    place = place[place >= 0]
    return ngram_of_term[often], csr_array(
        (np.ones(len(place), dtype=np.int32), place, indptr), shape=(texts, int(often.sum()))
    )


def _nested_terms(ngrams: NGrams, term_of: Array, form: Array) -> tuple[Array, Array]:
    """All pairs of terms where the second contains the first, ordered by the second.

    `term_of` (ngrams + 1,) gives the term of each n-gram over all levels, -1 for none.
    """
    first = first_numbers(ngrams.levels)
    shorter, longer = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for depth, low in enumerate(first[:-1]):
        whole = term_of[low : first[depth + 1]]
        ngram = np.flatnonzero(whole >= 0)
        inside = [ngram]
        for below in range(depth, 0, -1):
            level = ngrams.levels[below]
            inside = [level.left[inside[0]], *(level.right[piece] for piece in inside)]
            for piece in inside:
                term = term_of[form[piece + first[below - 1]]]
                shorter.append(term[term >= 0])
                longer.append(whole[ngram[term >= 0]])
    pairs = np.unique(np.stack((np.concatenate(longer), np.concatenate(shorter)), axis=1), axis=0)
    return pairs[:, 1], pairs[:, 0]


def _families(ngrams: NGrams, ngram_of_term: Array) -> Array:
    """The family of each word of each term: (terms, MAX_WORDS), padded with -1."""
    first, words = first_numbers(ngrams.levels), words_of(ngrams.levels)
    families = np.full((len(ngram_of_term), MAX_WORDS), -1, dtype=np.int64)
    for depth, (low, high) in enumerate(pairwise(first)):
        here = np.flatnonzero((ngram_of_term >= low) & (ngram_of_term < high))
        families[here, : depth + 1] = words[depth][ngram_of_term[here] - low]
    return _family_roots(ngrams, families)[families]


def _family_roots(ngrams: NGrams, families: Array) -> Array:
    """The family of each word, (words + 1,) int64; -1 at the end.

    A word of `families` belongs to the family of its shortest form that is among these words.
    """
    words = ngrams.vocabulary.words
    rules = [rule for code in ngrams.vocabulary.codes for rule in word_lists(code).plurals]
    used = np.unique(families[families >= 0])
    root = np.arange(len(words) + 1)
    root[-1] = -1
    place: dict[str, int] = {}
    for number in used.tolist():  # a word can be there once for each language
        root[number] = place.setdefault(words[number], number)
    for word, number in place.items():
        for form in (*stems(word), *singulars(word, rules)):
            if form in place:
                root[number] = root[place[form]]
                break
    return root[root]
