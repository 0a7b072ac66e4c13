"""Word overlap of two texts: BM25 weights, normalised on both sides to [0, 1].

The overlap of texts i and j is the sum over their shared words t of w(i,t)·w(j,t), where

    w(i,t) = sqrt(idf(t)) · tf(i,t)·(k1+1) / (tf(i,t) + k1·(1 − b + b·length(i)/mean length))

divided by the Euclidean norm of text i's `MAX_WORDS` largest weights. This is BM25 (Robertson and
Zaragoza 2009, equation 3.15) applied in both directions at once, so the overlap is symmetric, and a
text's overlap with itself is 1. A word that contains a digit counts twice, because equal numbers
are rarely a coincidence.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._ranks import rank_within_groups
from recommender._typing import Array

if TYPE_CHECKING:
    from recommender.language.tokens import WordCounts

__all__ = ["Lexicon", "WeightedWords", "weigh_corpus", "weigh_query", "word_overlaps"]

K1, B = 1.2, 0.75
NUMBER_COUNT = 2  # how often a word with a digit counts
# The words of a text that are kept, the heaviest first: the others hardly change an overlap and
# cost as much time and memory.
MAX_WORDS = 192


class Lexicon(NamedTuple):
    """The statistics of a corpus that weigh the words of a text outside it.

    Attributes:
        words: The words that occur in two texts or more, in alphabetical order.
        idf: (words,) float32, their inverse document frequencies.
        mean_length: The mean number of counted words of a text.
        texts: The number of texts in the corpus.
    """

    words: Sequence[str]
    idf: Array
    mean_length: float
    texts: int


class WeightedWords(NamedTuple):
    """The heaviest words of each text, without those that no other text has.

    Attributes:
        words: (texts, width) int32, positions in the lexicon, ascending, padded with -1 in front.
        weights: (texts, width) float16, their weights, 0 where padded.
    """

    words: Array
    weights: Array


def weigh_corpus(counted: "WordCounts") -> tuple[Lexicon, WeightedWords]:
    """Weigh the words of a corpus.

    Args:
        counted: How often each word occurs in each text.

    Returns:
        The lexicon for later queries, and the weighted words of each text.
    """
    counts = counted.counts
    texts, size = counts.shape
    text = np.repeat(np.arange(texts, dtype=np.int32), np.diff(counts.indptr))
    frequency = _term_frequency(counted.words, counts.data, counts.indices)
    length = np.bincount(text, weights=frequency, minlength=texts)
    mean_length = float(length.mean()) if texts else 0.0
    document_frequency = np.bincount(counts.indices, minlength=size)
    idf = _idf(document_frequency, texts)
    weights = _bm25_weights(frequency, length[text], mean_length) * np.sqrt(idf)[counts.indices]
    shared = document_frequency > 1
    position = np.where(shared, np.cumsum(shared) - 1, -1)
    words = _heaviest(text, position[counts.indices], weights, texts)
    lexicon = Lexicon(
        [word for word, is_shared in zip(counted.words, shared, strict=True) if is_shared],
        idf[shared].astype(np.float32),
        mean_length,
        texts,
    )
    return lexicon, words


def weigh_query(counts: Mapping[str, int], lexicon: Lexicon) -> WeightedWords:
    """Weigh the words of one text that is not in the corpus.

    Args:
        counts: How often each word occurs in the text.
        lexicon: The lexicon of the corpus. Words that it lacks count in the norm with the idf of a
            word that no text has.

    Returns:
        The weighted words, of shape (1, width).
    """
    words = sorted(counts)
    size = len(lexicon.words)
    places = [bisect_left(lexicon.words, word) for word in words]
    position = np.array(
        [
            place if place < size and lexicon.words[place] == word else -1
            for place, word in zip(places, words, strict=True)
        ],
        dtype=np.int64,
    )
    frequency = _term_frequency(words, np.array([counts[w] for w in words]), np.arange(len(words)))
    # The position -1 of an unknown word reads the last place.
    idf = np.append(lexicon.idf, _idf(np.zeros(1), lexicon.texts))[position]
    weights = _bm25_weights(frequency, frequency.sum(), lexicon.mean_length) * np.sqrt(idf)
    return _heaviest(np.zeros(len(words), dtype=np.int32), position, weights, 1)


def word_overlaps(own: WeightedWords, others: WeightedWords) -> Array:
    """The overlap of one text with others.

    Args:
        own: The words of the text, of shape (1, width) or (width,).
        others: The words of the others, of shape (others, width).

    Returns:
        (others,) float32 in [0, 1].
    """
    # The text's weights are put into a dense table by word, whose last place the padding -1 reads.
    # A look-up there takes a tenth of the time of a search in sorted words.
    size = max(int(own.words.max(initial=-1)), int(others.words.max(initial=-1))) + 2
    weights = np.zeros(size, dtype=np.float32)
    weights[own.words.ravel()] = own.weights.ravel()
    weights[-1] = 0.0
    own_weights = weights.take(others.words, mode="wrap")
    total: Array = np.einsum("ij,ij->i", own_weights, others.weights, dtype=np.float32)
    return total


def _idf(document_frequency: Array, texts: int) -> Array:
    """The inverse document frequency of words, always positive."""
    return np.log1p((texts - document_frequency + 0.5) / (document_frequency + 0.5))


def _bm25_weights(frequency: Array, length: Array, mean_length: float) -> Array:
    """Term frequencies with BM25's saturation and length normalisation."""
    relative = length / (mean_length or 1.0)
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * relative))


def _term_frequency(words: Sequence[str], counts: Array, word: Array) -> Array:
    """`counts` of the words at the positions `word`; those with a digit count twice."""
    has_digit = np.array([any(sign.isdigit() for sign in w) for w in words], dtype=bool)
    return counts * np.where(has_digit, NUMBER_COUNT, 1)[word]


def _heaviest(text: Array, position: Array, weight: Array, texts: int) -> WeightedWords:
    """The `MAX_WORDS` heaviest words of each text, from one entry for each text and word.

    `text` ascends. `position` is the word's place in the lexicon, -1 for a word that no other text
    has. Such a word counts in the norm and is then dropped.
    """
    order = np.lexsort((position, -weight, text))
    rank = rank_within_groups(text)  # `order` sorts within each text only, so this still holds
    text, position, weight = (
        column[order][rank < MAX_WORDS] for column in (text, position, weight)
    )
    norm = np.sqrt(np.bincount(text, weights=weight**2, minlength=texts))
    weight = weight / norm[text]
    shared = np.flatnonzero(position >= 0)
    shared = shared[np.lexsort((position[shared], text[shared]))]
    text, position, weight = text[shared], position[shared], weight[shared]
    counts = np.bincount(text, minlength=texts)
    width = max(1, int(counts.max(initial=0)))
    words = np.full((texts, width), -1, dtype=np.int32)
    weights = np.zeros((texts, width), dtype=np.float16)
    column = width - counts[text] + rank_within_groups(text)
    words[text, column] = position
    weights[text, column] = weight
    return WeightedWords(words, weights)
