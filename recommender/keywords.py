"""Keywords: the terms that set a topic apart, by class-based TF-IDF."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, partial

import numpy as np

from recommender.arrays import Array
from recommender.types import Keyword

__all__ = ["keywords", "stop_words_for"]

# Words of two letters and more that begin with one; apostrophes and hyphens only inside.
TOKEN = re.compile(r"[^\W\d_](?:\w|['’-](?=\w))+")
POSSESSIVE = re.compile(r"['’]s$")
MIN_DOCUMENT_SHARE = 0.001
MIN_DOCUMENTS = 3


def keywords(
    texts: Iterable[str],
    topic_of: Array,
    count: int,
    languages: Iterable[str],
) -> list[tuple[Keyword, ...]]:
    """The `count` best terms of each topic, best first, none sharing a word with a better one.

    `texts` come in text order; `topic_of` (texts,) int32 is numbered from 0, -1 for none. The
    weight of term t in topic c is tf(t, c) · log(1 + A / tf(t)) (Grootendorst 2022, eq. 4), with
    tf(t, c) the share of t among the terms of c and A the mean number of terms per topic. Words
    and two-word phrases are terms; stop words of the `languages` break phrases.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    topics = int(topic_of.max(initial=-1)) + 1
    if topics == 0:
        return []
    minimum = max(MIN_DOCUMENTS, int(MIN_DOCUMENT_SHARE * len(topic_of)))
    counter = CountVectorizer(
        analyzer=partial(terms_of, stop_words=stop_words_for(frozenset(languages))),
        min_df=minimum if len(topic_of) >= 10 * MIN_DOCUMENTS else 1,
        dtype=np.int32,
    )
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # scikit-learn's way to say that nothing but stop words is left
        return [() for _ in range(topics)]
    terms = counter.get_feature_names_out()
    weights = class_tf_idf(counts, topic_of, topics)
    return [_best(terms, row, count) for row in weights]


def class_tf_idf(counts: Array, topic_of: Array, topics: int) -> Array:
    """c-TF-IDF of a sparse count matrix (texts, terms), as a dense (topics, terms) float64."""
    from scipy.sparse import csr_array

    placed = np.flatnonzero(topic_of >= 0)
    membership = csr_array(
        (np.ones(len(placed)), (topic_of[placed], placed)), shape=(topics, counts.shape[0])
    )
    frequency = (membership @ counts).toarray().astype(np.float64)
    per_topic = frequency.sum(axis=1, keepdims=True)
    overall = frequency.sum(axis=0)
    rarity = np.log1p(per_topic.mean() / np.maximum(overall, 1.0))
    weighted: Array = frequency / np.maximum(per_topic, 1.0) * rarity
    return weighted


def terms_of(text: str, stop_words: frozenset[str]) -> list[str]:
    """The words of a text and the pairs of words that stand side by side, in lower case.

    Stop words and punctuation are no terms, and no pair reaches across them.
    """
    terms = []
    lowered = text.lower()
    before, end = "", -1
    for match in TOKEN.finditer(lowered):
        word = POSSESSIVE.sub("", match[0])
        if word in stop_words or len(word) < 2:
            before = ""
            continue
        terms.append(word)
        if before and lowered[end : match.start()].isspace():
            terms.append(f"{before} {word}")
        before, end = word, match.end()
    return terms


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
        # Texts write don’t and don't; the token pattern keeps both whole.
        words.update(word.replace("'", "’") for word in listed)
    return frozenset(words)


def _best(terms: Sequence[str], weights: Array, count: int) -> tuple[Keyword, ...]:
    chosen: list[Keyword] = []
    used: set[str] = set()
    # Ties fall to alphabetical order, which is the order of the terms.
    for position in np.argsort(-weights, kind="stable"):
        weight = float(weights[position])
        if len(chosen) == count or weight <= 0:
            break
        words = frozenset(terms[position].split())
        if words & used:
            continue
        used |= words
        chosen.append(Keyword(str(terms[position]), round(weight, 6)))
    return tuple(chosen)
