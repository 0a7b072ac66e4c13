"""Keywords: the terms that set a topic apart, by class-based TF-IDF."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count as numbers
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

import numpy as np

from recommender.arrays import Array
from recommender.types import Keyword

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["TermCounts", "class_tf_idf", "count_terms", "keywords", "stop_words_for"]

# A word begins with a letter and has apostrophes and hyphens only inside. Whatever else is
# printed is matched too, sign by sign, for it ends a phrase.
TOKEN = re.compile(r"[^\W\d_]\w*(?:['’-]\w+)*|\S")
POSSESSIVE = re.compile(r"['’]s$")
# A term in fewer texts says nothing of a topic; in small corpora every term counts.
MIN_TEXTS = 3
MIN_TEXTS_SHARE = 0.001
SMALL_CORPUS = 30


class TermCounts(NamedTuple):
    """`terms` in alphabetical order and their `counts`, a sparse (texts, terms) matrix."""

    terms: list[str]
    counts: "csr_array"


def keywords(
    texts: Iterable[str], topic_of: Array, count: int, languages: Iterable[str]
) -> list[tuple[Keyword, ...]]:
    """The `count` best terms of each topic, best first, none sharing a word with a better one.

    `texts` come in text order; `topic_of` (texts,) int32 is numbered from 0, -1 for none. Terms
    are words and two-word phrases without the stop words of the `languages`.
    """
    topics = int(topic_of.max(initial=-1)) + 1
    found = count_terms(texts, stop_words_for(frozenset(languages)))
    weights = class_tf_idf(found.counts, topic_of, topics)
    return [_best(found.terms, row, count) for row in weights]


def count_terms(texts: Iterable[str], stop_words: frozenset[str]) -> TermCounts:
    """Count the words of each text and the pairs of words that stand side by side.

    Lower case, without the possessive 's. No stop word is a term, and no pair reaches across
    one or across punctuation.
    """
    number: defaultdict[str, int] = defaultdict(numbers().__next__)
    tokens = [
        np.array(
            [*map(number.__getitem__, TOKEN.findall(normalize("NFC", text.lower())))],
            dtype=np.int32,
        )
        for text in texts
    ]
    spelled = [POSSESSIVE.sub("", token) for token in number]
    words = sorted({w for w in spelled if len(w) > 1 and w not in stop_words})
    place = {word: i for i, word in enumerate(words)}
    word_of = np.array([place.get(word, -1) for word in spelled], dtype=np.int32)

    size = len(tokens)
    text = np.repeat(np.arange(size, dtype=np.int32), [len(t) for t in tokens])
    word = word_of[np.concatenate(tokens)] if number else np.empty(0, dtype=np.int32)
    del tokens
    minimum = 1 if size < SMALL_CORPUS else max(MIN_TEXTS, MIN_TEXTS_SHARE * size)
    counted = word >= 0
    kept, word_counts = _counts(text[counted], word[counted], (size, len(words)), minimum)

    # Only pairs of words that are terms themselves can be in enough texts.
    common = np.zeros(len(words) + 1, dtype=bool)  # the last place is that of -1, no word
    common[kept] = True
    first = np.flatnonzero((text[:-1] == text[1:]) & common[word[:-1]] & common[word[1:]])
    codes = word[first].astype(np.int64) * len(words) + word[first + 1]
    pairs, pair = np.unique(codes, return_inverse=True)
    kept_pairs, pair_counts = _counts(text[first], pair, (size, len(pairs)), minimum)
    return _joined(
        [words[i] for i in kept],
        word_counts,
        [f"{words[p // len(words)]} {words[p % len(words)]}" for p in pairs[kept_pairs].tolist()],
        pair_counts,
    )


def class_tf_idf(counts: "csr_array", topic_of: Array, topics: int) -> Array:
    """Class-based TF-IDF of `counts` (texts, terms): (topics, terms) float64.

    The weight of term t in topic c is tf(t, c) · log(1 + A / tf(t)) (Grootendorst 2022, "BERTopic",
    eq. 4), with tf(t, c) the share of t among the terms of c, tf(t) its count in all topics, and
    A the mean number of terms of a topic.
    """
    from scipy.sparse import csr_array

    placed = np.flatnonzero(topic_of >= 0)
    membership = csr_array(
        (np.ones(len(placed)), (topic_of[placed], placed)), shape=(topics, len(topic_of))
    )
    frequency = (membership @ counts).toarray().astype(np.float64)
    per_topic = frequency.sum(axis=1, keepdims=True)
    mean = per_topic.mean() if topics else 0.0
    rarity = np.log1p(mean / np.maximum(frequency.sum(axis=0), 1.0))
    weighted: Array = frequency / np.maximum(per_topic, 1.0) * rarity
    return weighted


@cache
def stop_words_for(languages: frozenset[str]) -> frozenset[str]:
    """Stop words of the languages (ISO 639-1 codes, "en-GB" counts as "en"), English at least.

    A language without a list adds nothing.
    """
    import stop_words

    words: set[str] = set()
    for language in {"en"} | {tag.replace("_", "-").partition("-")[0].lower() for tag in languages}:
        try:
            listed = stop_words.get_stop_words(language)
        except stop_words.StopWordError:
            continue
        words.update(listed)
        # Texts write don’t as often as don't.
        words.update(word.replace("'", "’") for word in listed)
    return frozenset(words)


def _counts(
    text: Array, term: Array, shape: tuple[int, int], minimum: float
) -> tuple[Array, "csr_array"]:
    """The terms that occur in `minimum` texts or more, and their (texts, kept terms) counts."""
    from scipy.sparse import csr_array

    matrix = csr_array((np.ones(len(term), dtype=np.int32), (text, term)), shape=shape)
    matrix.sum_duplicates()
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=shape[1]) >= minimum)
    return kept, matrix[:, kept]


def _joined(
    words: list[str], word_counts: "csr_array", pairs: list[str], pair_counts: "csr_array"
) -> TermCounts:
    from scipy.sparse import hstack

    terms = words + pairs
    order = sorted(range(len(terms)), key=terms.__getitem__)
    counts = hstack([word_counts, pair_counts], format="csr")[:, order]
    return TermCounts([terms[i] for i in order], counts)


def _best(terms: Sequence[str], weights: Array, count: int) -> tuple[Keyword, ...]:
    chosen: list[Keyword] = []
    used: set[str] = set()
    # Ties fall to alphabetical order, which is the order of the terms.
    for position in np.argsort(-weights, kind="stable"):
        weight = float(weights[position])
        if len(chosen) == count or weight <= 0:
            break
        words = frozenset(terms[position].split())
        if not words & used:
            used |= words
            chosen.append(Keyword(terms[position], round(weight, 6)))
    return tuple(chosen)
