"""Phrases: the names and phrases of each text, which show readers what two texts share.

A phrase is a content word or an n-gram of up to `MAX_WORDS` words. It is kept if texts that use it
tend to use it more than once.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from recommender._ranks import rank_within_groups
from recommender._typing import Array
from recommender.keywords.ngrams import (
    MIN_TEXTS,
    PIECE_SHARE,
    Level,
    NGrams,
    first_numbers,
    mark_listed,
    prefer_bare_names,
)
from recommender.keywords.surface_forms import stand_as_written, surface_forms, written_words

__all__ = ["PER_TEXT", "Phrases", "extract_phrases"]

PER_TEXT = 32
# A phrase in a larger share of texts says little about any. Up to this number of texts the share
# does not count, because it means nothing in a small corpus.
MAX_SHARE = 0.05
SMALL_CORPUS_TEXTS = 10
# Burstiness is the mean number of uses in a text that has the phrase, shrunk towards 1 as if
# `BURST_PRIOR` more texts had one use each. These are the least values for a word in lower case,
# for an n-gram of several words, and for a word that is a name in more than `MANY_TEXTS_SHARE` of
# texts.
MIN_BURST_WORD = 1.6
MIN_BURST_NGRAM = 1.2
MIN_BURST_NAME = 1.25
MANY_TEXTS_SHARE = 0.005
BURST_PRIOR = 2
# The weight of a phrase of n words is multiplied by 1 + LENGTH_BONUS · (n - 1), and n uses count as
# n / (n + HALF_USES), so that a name used once outweighs each of its words, however often it
# occurs.
LENGTH_BONUS = 0.5
HALF_USES = 0.5


class Phrases(NamedTuple):
    """The phrases of a corpus, and those of each text.

    Attributes:
        texts: As readers write them, in alphabetical order.
        weights: (phrases,) float32; rare and long phrases weigh more.
        names: (phrases,) bool, which are names.
        of_text: (texts, per_text) int32, the phrases of each text, ascending, padded with -1.
    """

    texts: list[str]
    weights: Array
    names: Array
    of_text: Array


class _Occurrences(NamedTuple):
    """Which text holds which n-gram, sorted by text and n-gram.

    Attributes:
        text: (occurrences,) integers, the text.
        ngram: (occurrences,) integers, the n-gram.
        uses: (occurrences,) integers, how often the text uses it.
    """

    text: Array
    ngram: Array
    uses: Array


def extract_phrases(
    ngrams: NGrams,
    text_of: Array | None = None,
    boilerplate: Iterable[str] = (),
    per_text: int = PER_TEXT,
) -> Phrases:
    """Extract the best phrases of each text, by tf·idf with a bonus for length.

    Args:
        ngrams: The n-grams of the corpus.
        text_of: (documents,) integers, the text of each document, where several near-copies are one
            text; such a text has only the phrases that all its documents have. None if each
            document is a text.
        boilerplate: Strings that are no phrases, such as the names of sources.
        per_text: The most phrases of a text.

    Returns:
        The phrases that are among the best of at least `MIN_TEXTS` texts.
    """
    if text_of is None:
        text_of = np.arange(ngrams.documents)
    text_of = text_of.astype(np.int32)
    texts = int(text_of.max(initial=-1)) + 1
    cased = ngrams.cased
    is_phrase, in_texts = _find_phrases(ngrams, text_of, texts, boilerplate)
    standing = _as_shown(ngrams, is_phrase)
    outermost = _outermost(standing, is_phrase, ngrams.names, len(cased.word))
    occurrences = [_occurrences(level, cased.document, text_of) for level in outermost]

    weight = _weights(in_texts, texts)
    rows = _phrases_of_texts(ngrams, occurrences, weight, texts, per_text)
    written = surface_forms(ngrams, np.unique(rows[rows >= 0]))
    return _number_by_text(rows, weight, np.concatenate(ngrams.names), written)


def _find_phrases(
    ngrams: NGrams, text_of: Array, texts: int, boilerplate: Iterable[str]
) -> tuple[list[Array], list[Array]]:
    """Which n-grams of each level are phrases, and in how many texts each n-gram is."""
    excluded = mark_listed(ngrams, (*ngrams.vocabulary.boilerplate_phrases(), *boilerplate))
    is_phrase = [whole.copy() for whole in ngrams.whole]
    prefer_bare_names(ngrams, is_phrase)
    in_texts = []
    for depth, level in enumerate(ngrams.levels):
        found = _occurrences(level, ngrams.cased.document, text_of)
        in_texts.append(np.bincount(found.ngram, minlength=len(level.uses)))
        says_much = _says_much(found, in_texts[depth], ngrams.names[depth], depth + 1, texts)
        is_phrase[depth] = is_phrase[depth] & ~excluded[depth] & says_much
    is_phrase[0] &= ~ngrams.vocabulary.sign & ~ngrams.first_names
    return is_phrase, in_texts


def _as_shown(ngrams: NGrams, is_phrase: list[Array]) -> list[Level]:
    """The uses of phrases that a reader finds in the text as they are shown: whole, in its case."""
    shown = written_words(ngrams, np.flatnonzero(np.concatenate(is_phrase)))
    result: list[Level] = []
    for level, stands, written in zip(ngrams.levels, ngrams.stands, shown, strict=True):
        use = stands & stand_as_written(ngrams, level, written)
        result.append(level._replace(position=level.position[use], ngram=level.ngram[use]))
    return result


def _weights(in_texts: list[Array], texts: int) -> Array:
    """The idf of the n-grams of all levels, with the bonus for length: (ngrams,) float64."""
    length = np.repeat(np.arange(len(in_texts)), [len(level) for level in in_texts])
    rarity = np.log((texts + 1) / np.maximum(np.concatenate(in_texts), 1))
    weights: Array = rarity * (1 + LENGTH_BONUS * length)
    return weights


def _says_much(
    found: _Occurrences, in_texts: Array, names: Array, length: int, texts: int
) -> Array:
    """Which n-grams are in enough texts, not in too many, and tell what their texts are about.

    A phrase in lower case must often be used more than once within a text. A phrase such as "told
    reporters" is used once: it shows how news is written, not what it is about (burstiness, Church
    and Gale 1995, "Poisson mixtures").
    """
    uses = np.bincount(found.ngram, weights=found.uses, minlength=len(in_texts))
    burst = (uses + BURST_PRIOR) / (in_texts + BURST_PRIOR)
    most = max(SMALL_CORPUS_TEXTS, MAX_SHARE * texts)
    bursty = burst >= (MIN_BURST_WORD if length == 1 else MIN_BURST_NGRAM)
    # An agency's name is in many texts and used once in each, so a common name must be bursty.
    # Names of several words need not be, because full names of people are used once per text, too.
    rare = (in_texts <= MANY_TEXTS_SHARE * texts) | (in_texts <= SMALL_CORPUS_TEXTS)
    bursty |= names & (rare | (length > 1) | (burst >= MIN_BURST_NAME))
    is_phrase: Array = (in_texts >= MIN_TEXTS) & (in_texts <= most) & bursty
    return is_phrase


def _outermost(
    levels: list[Level], is_phrase: list[Array], names: list[Array], size: int
) -> list[Level]:
    """The uses of phrases, without those inside longer phrases.

    Uses inside a longer name are left out; those of a word in lower case are left out inside any
    longer phrase. A phrase that is hardly ever used elsewhere keeps no use.
    """
    result: list[Level] = []
    for depth, level in enumerate(levels):
        in_name, in_phrase = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        for deeper in range(depth + 1, len(levels)):
            longer = levels[deeper]
            for covered, chosen in (
                (in_name, is_phrase[deeper] & names[deeper]),
                (in_phrase, is_phrase[deeper]),
            ):
                where = longer.position[chosen[longer.ngram]]
                for shift in range(deeper - depth + 1):
                    covered[where + shift] = True
        inside = in_name[level.position]
        if depth == 0:
            inside = inside | (in_phrase[level.position] & ~names[depth][level.ngram])
        free, uses = (
            np.bincount(ngram, minlength=len(level.uses))
            for ngram in (level.ngram[~inside], level.ngram)
        )
        chosen = is_phrase[depth] & (free >= (1 - PIECE_SHARE) * uses)
        use = chosen[level.ngram] & ~inside
        result.append(level._replace(position=level.position[use], ngram=level.ngram[use]))
    return result


def _phrases_of_texts(
    ngrams: NGrams, found: list[_Occurrences], weight: Array, texts: int, most: int
) -> Array:
    """The best phrases of each text: (texts, most) int32, n-grams numbered over all levels."""
    # A text is hardly about a word in lower case that it uses only once.
    words = found[0]
    again = ngrams.names[0][words.ngram] | (words.uses > 1)
    found = [_Occurrences(*(column[again] for column in words)), *found[1:]]
    text = np.concatenate([level.text for level in found])
    uses = np.concatenate([level.uses for level in found])
    first = first_numbers(ngrams.levels)
    # `first` has one number more than there are levels.
    phrase = np.concatenate([level.ngram + low for level, low in zip(found, first, strict=False)])
    return _best(text, phrase, weight[phrase] * uses / (uses + HALF_USES), texts, most)


def _best(text: Array, phrase: Array, score: Array, texts: int, most: int) -> Array:
    """The `most` phrases of highest score of each text: (texts, most) int32, padded with -1.

    `text`, `phrase` and `score` (occurrences,) come in any order; of equal scores the lower phrase
    wins. A phrase that is then left in a single text is dropped, because no two texts share it.
    """
    order = np.lexsort((phrase, -score, text))
    text, phrase = text[order], phrase[order]
    best = rank_within_groups(text) < most
    text, phrase = text[best], phrase[best]
    shared = (np.bincount(phrase, minlength=1) >= MIN_TEXTS)[phrase]
    text, phrase = text[shared], phrase[shared]
    rows = np.full((texts, most), -1, dtype=np.int32)
    rows[text, rank_within_groups(text)] = phrase
    return rows


def _number_by_text(rows: Array, weight: Array, names: Array, written: dict[int, str]) -> Phrases:
    """The phrases of `rows`, numbered in alphabetical order.

    N-grams that are written alike are one phrase: a stop word inside them has several languages.
    """
    texts = sorted(set(written.values()))
    number_of = {text: number for number, text in enumerate(texts)}
    place = np.full(len(weight) + 1, len(texts), dtype=np.int32)
    heaviest, is_name = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    for ngram, text in written.items():
        number = place[ngram] = number_of[text]
        heaviest[number] = max(heaviest[number], weight[ngram])
        is_name[number] |= names[ngram]
    of_text = np.sort(place[rows], axis=1)
    of_text[of_text == len(texts)] = -1
    return Phrases(texts, heaviest.astype(np.float32), is_name, of_text)


def _occurrences(level: Level, document_of: Array, text_of: Array) -> _Occurrences:
    """Count the uses of each n-gram in each text; a text holds only what all its documents hold."""
    size = max(len(level.uses), 1)
    codes = np.sort(document_of[level.position].astype(np.int64) * size + level.ngram)
    codes, uses = np.unique(codes, return_counts=True)
    text, ngram = text_of[codes // size], codes % size
    if len(text_of) and (np.bincount(text_of) > 1).any():
        codes = text.astype(np.int64) * size + ngram
        order = np.argsort(codes, kind="stable")
        codes, begin, members = np.unique(codes[order], return_index=True, return_counts=True)
        uses = np.minimum.reduceat(uses[order], begin) if len(begin) else uses
        text, ngram = codes // size, codes % size
        common = members == np.bincount(text_of)[text]
        text, ngram, uses = text[common], ngram[common], uses[common]
    return _Occurrences(text, ngram, uses)
