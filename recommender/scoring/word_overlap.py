"""Word overlap of two texts: BM25 weights, normalised on both sides to [0, 1].

The overlap of texts i and j is the sum over their shared words t of w(i,t)·w(j,t), where

    w(i,t) = sqrt(idf(t)) · tf(i,t)·(k1+1) / (tf(i,t) + k1·(1 − b + b·length(i)/mean length))

divided by the Euclidean norm of text i's `WIDTH` largest weights: BM25 (Robertson & Zaragoza 2009,
eq. 3.15) read in both directions at once, so that it is symmetric and a text's overlap with itself
is 1. A word that holds a digit counts twice: equal numbers are rarely chance.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array

if TYPE_CHECKING:
    from recommender.language.tokens import WordCounts

__all__ = ["Lexicon", "WeightedWords", "weigh_corpus", "weigh_query", "word_overlaps"]

K1, B = 1.2, 0.75
NUMBER_COUNT = 2
# Of each text the words that weigh most: the rest hardly moves an overlap and costs as much.
WIDTH = 192


class Lexicon(NamedTuple):
    """What weighs the words of a text that is not in the corpus.

    `words` are those of two texts or more, in alphabetical order; `idf` (words,) float32;
    `mean_length` is the mean number of counted words of a text, `texts` how many there are.
    """

    words: Sequence[str]
    idf: Array
    mean_length: float
    texts: int


class WeightedWords(NamedTuple):
    """The heaviest shared words of each text.

    `words` (texts, width) int32: positions in the lexicon, ascending, padded with -1 in front;
    `weights` (texts, width) float16, 0 where padded.
    """

    words: Array
    weights: Array


def weigh_corpus(counted: "WordCounts") -> tuple[Lexicon, WeightedWords]:
    """Weigh the words of a corpus."""
    counts = counted.counts
    texts, size = counts.shape
    text = np.repeat(np.arange(texts, dtype=np.int32), np.diff(counts.indptr))
    frequency = _frequency(counted.words, counts.data, counts.indices)
    length = np.bincount(text, weights=frequency, minlength=texts)
    mean_length = float(length.mean()) if texts else 0.0
    document_frequency = np.bincount(counts.indices, minlength=size)
    idf = _idf(document_frequency, texts)
    weights = _saturated(frequency, length[text], mean_length) * np.sqrt(idf)[counts.indices]
    shared = document_frequency > 1
    number = np.where(shared, np.cumsum(shared) - 1, -1)
    words = _heaviest(text, number[counts.indices], weights, texts)
    lexicon = Lexicon(
        [word for word, is_shared in zip(counted.words, shared, strict=True) if is_shared],
        idf[shared].astype(np.float32),
        mean_length,
        texts,
    )
    return lexicon, words


def weigh_query(counts: Mapping[str, int], lexicon: Lexicon) -> WeightedWords:
    """Weigh the counted words of one text that is not in the corpus: shapes are (1, width)."""
    words = sorted(counts)
    size = len(lexicon.words)
    places = [bisect_left(lexicon.words, word) for word in words]
    number = np.array(
        [
            place if place < size and lexicon.words[place] == word else -1
            for place, word in zip(places, words, strict=True)
        ],
        dtype=np.int64,
    )
    frequency = _frequency(words, np.array([counts[w] for w in words]), np.arange(len(words)))
    idf = np.append(lexicon.idf, _idf(np.zeros(1), lexicon.texts))[number]
    weights = _saturated(frequency, frequency.sum(), lexicon.mean_length) * np.sqrt(idf)
    return _heaviest(np.zeros(len(words), dtype=np.int32), number, weights, 1)


def word_overlaps(own: WeightedWords, others: WeightedWords) -> Array:
    """Overlap of one text with others, (others,) float32 in [0, 1].

    `own` has shape (1, width) or (width,), `others` (others, width).
    """
    # The text's weights lie open by word, the last place is that of -1, no word: a look at each
    # takes a tenth of a search in sorted words.
    size = max(int(own.words.max(initial=-1)), int(others.words.max(initial=-1))) + 2
    weights = np.zeros(size, dtype=np.float32)
    weights[own.words.ravel()] = own.weights.ravel()
    weights[-1] = 0.0
    weight = weights.take(others.words, mode="wrap")
    total: Array = np.einsum("ij,ij->i", weight, others.weights, dtype=np.float32)
    return total


def _idf(document_frequency: Array, texts: int) -> Array:
    return np.log1p((texts - document_frequency + 0.5) / (document_frequency + 0.5))


def _saturated(frequency: Array, length: Array, mean_length: float) -> Array:
    relative = length / (mean_length or 1.0)
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * relative))


def _frequency(words: Sequence[str], counts: Array, word: Array) -> Array:
    """`counts` of the words at the positions `word`, those with digits counted twice."""
    number = np.array([any(sign.isdigit() for sign in w) for w in words], dtype=bool)
    return counts * np.where(number, NUMBER_COUNT, 1)[word]


def _heaviest(text: Array, number: Array, weight: Array, texts: int) -> WeightedWords:
    """Rows of the `WIDTH` heaviest words; `text` ascends; `number` -1: shared with no text.

    Weights are normalised among the heaviest; then the words that are shared with none go.
    """
    order = np.lexsort((number, -weight, text))
    rank = np.arange(len(text)) - np.searchsorted(text, text)  # `text` is sorted either way
    text, number, weight = (column[order][rank < WIDTH] for column in (text, number, weight))
    norm = np.sqrt(np.bincount(text, weights=weight**2, minlength=texts))
    weight = weight / norm[text]
    shared = np.flatnonzero(number >= 0)
    shared = shared[np.lexsort((number[shared], text[shared]))]
    text, number, weight = text[shared], number[shared], weight[shared]
    counts = np.bincount(text, minlength=texts)
    width = max(1, int(counts.max(initial=0)))
    words = np.full((texts, width), -1, dtype=np.int32)
    weights = np.zeros((texts, width), dtype=np.float16)
    column = width - counts[text] + np.arange(len(text)) - (np.cumsum(counts) - counts)[text]
    words[text, column] = number
    weights[text, column] = weight
    return WeightedWords(words, weights)
