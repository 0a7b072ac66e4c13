"""Candidates of an answer: from the neighbour graph, from the item's story, or from searches.

Nearly all requests are answered from the neighbour graph. A search is needed where a filter leaves
a list short, where `k` is larger than a list, and for a text that is not in the snapshot.

Candidates come in batches: the graph's list, then what a search finds beyond it, then what further
searches find beyond that. What is in a batch does not depend on `k`, which only decides how many
batches are needed.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.scoring.rerank import Candidates
from recommender.scoring.score import SCORE_PARAMS, correct_hubness, expand_embeddings, hybrid_score
from recommender.scoring.word_overlap import WeightedWords, word_overlaps
from recommender.serving.backend import ScoredTexts
from recommender.serving.nameless import NAMELESS_FACTOR, are_nameless
from recommender.serving.request import Request
from recommender.snapshot.reader import Snapshot

__all__ = [
    "above_floor",
    "articles_of",
    "exact_scores",
    "is_background",
    "nearest_scored",
    "related_candidates",
    "without_padding",
]

POOL = 50  # texts that the first search finds, to be scored: as many as the build scores
DEEPER = 4  # how many times as many each further search finds
ENOUGH = 0.2  # the share of found texts that pass the floor and make a further search worthwhile

_NO_TEXTS = np.empty(0, dtype=np.int32)


def related_candidates(request: Request, excluded: Sequence[int]) -> Iterator[Candidates]:
    """The candidates of an answer, in batches that become less related from one to the next.

    Args:
        request: The request.
        excluded: Texts that may not be candidates.

    Yields:
        Admitted candidates that pass the floor, best first; a text is in one batch only.
    """
    item, listed, complete = request.item, _NO_TEXTS, False
    if item.text is not None:
        listed, found, complete = _from_graph(request, excluded)
        yield found
    if not complete:
        yield from _from_searches(request, [*excluded, *listed.tolist()])


def above_floor(request: Request, found: ScoredTexts) -> ScoredTexts:
    """Those of some texts that are related enough to be answered.

    Args:
        request: The request.
        found: Texts, best score first.

    Returns:
        Those that score the floor, and of nameless ones those that score clearly more; see
        `serving.nameless`.
    """
    floor = request.query.floor
    # Scores fall, so counting finds where they pass the floor, and slices copy nothing.
    count = np.count_nonzero(found.scores >= floor)
    sure = np.count_nonzero(found.scores >= floor * NAMELESS_FACTOR)
    texts, scores = found.texts[:count], found.scores[:count]
    if sure < count:
        nameless = are_nameless(request, texts[sure:])
        if nameless.any():
            kept = np.append(np.arange(sure), sure + np.flatnonzero(~nameless))
            texts, scores = texts.take(kept), scores.take(kept)
    return ScoredTexts(texts, scores)


def without_padding(listed: ScoredTexts) -> ScoredTexts:
    """The list of one text without the -1 that a short list ends with.

    Args:
        listed: A list of the neighbour graph, (K,).

    Returns:
        Its texts and their scores; the list itself where it is full.
    """
    texts, scores = listed
    if not len(texts) or texts[-1] >= 0:
        return listed
    count = np.count_nonzero(texts >= 0)
    return ScoredTexts(texts[:count], scores[:count])


def _from_graph(request: Request, excluded: Sequence[int]) -> tuple[Array, Candidates, bool]:
    """The texts that the neighbour graph lists for the item, or the whole story in mode "story".

    Then those of them that are candidates, and whether no search could find more.
    """
    item, query = request.item, request.query
    assert item.text is not None  # noqa: S101 - other items have no list
    if query.mode == "story":
        texts, scores = _story_texts(request, item.text)
        listed, complete = texts, True
    else:
        full_list = request.backend.neighbours(item.text)
        listed, scores = found = without_padding(full_list)
        # Scores fall: a text that is not in the list scores no more than the last one that is.
        complete = not len(listed) or len(listed) < len(full_list.texts)
        complete = complete or bool(scores[-1] < query.floor)
        complete = complete or len(listed) >= request.snapshot.manifest.texts - 1
        texts, scores = above_floor(request, found)
    if query.mode == "background":
        kept = np.flatnonzero(is_background(request.snapshot, item.text, texts))
        texts, scores = texts.take(kept), scores.take(kept)
    if excluded:
        kept = np.flatnonzero(~np.isin(texts, excluded))
        texts, scores = texts.take(kept), scores.take(kept)
    return listed, articles_of(request, texts, scores, own_copies=True), complete


def _from_searches(request: Request, excluded: Sequence[int]) -> Iterator[Candidates]:
    """What searches find among the admitted texts, each of them beyond what was found before."""
    snapshot, item, query = request.snapshot, request.item, request.query
    admitted = request.row_filter.texts()
    if item.text is not None:
        vector, words = _vector(request, item.text), _words(snapshot, item.text)
        excluded = [*excluded, item.text]  # an item is never its own answer
        if query.mode == "background":
            admitted = admitted & is_background(snapshot, item.text, slice(None))
    else:
        assert item.vector is not None  # noqa: S101 - an item without a text has a vector
        assert item.words is not None  # noqa: S101 - and words
        vector, words = _expanded(request, item.vector, item.words), item.words
    admitted, pool = admitted.copy(), POOL
    admitted[excluded] = False
    while True:
        found = _search(request, vector, words, pool, admitted)
        related = above_floor(request, found)
        yield articles_of(request, *related)
        if len(found.texts) < pool or len(related.texts) < pool * ENOUGH:
            return
        admitted[found.texts] = False
        pool *= DEEPER


def nearest_scored(request: Request, text: int, admitted: Array) -> ScoredTexts:
    """The texts nearest to a text, scored as in the graph.

    Args:
        request: The request.
        text: Number of the text.
        admitted: Which texts may be found, (texts,) bool.

    Returns:
        At most `POOL` texts, best score first.
    """
    words = _words(request.snapshot, text)
    return _search(request, _vector(request, text), words, POOL, admitted)


def exact_scores(request: Request, text: int, others: Array) -> Array:
    """Scores of any texts for one text, whether the graph lists them or not.

    Args:
        request: The request.
        text: Number of the text to compare with.
        others: Numbers of the texts to score, (n,).

    Returns:
        Their scores in [0, 1], (n,) float32.
    """
    similarities = request.backend.vectors(others) @ _vector(request, text)
    words = _words(request.snapshot, text)
    return _scores(request.snapshot, words, ScoredTexts(others, similarities))


def articles_of(
    request: Request, texts: Array, scores: Array, *, own_copies: bool = False
) -> Candidates:
    """The admitted articles of texts.

    Args:
        request: The request.
        texts: Numbers of the texts, (n,).
        scores: Their scores, (n,).
        own_copies: Whether the item's own copies come first, where copies are kept.

    Returns:
        One article of each text, its lead if possible, or all of them where copies are kept.
    """
    query, item, row_filter = request.query, request.item, request.row_filter
    arrays = request.snapshot.arrays
    start = arrays.copies_start
    if query.collapse:
        rows = arrays.copies.take(start.take(texts))
        if row_filter.admits_all:  # as nearly all pages ask
            return Candidates(rows, texts, scores)
        passes = row_filter.admits(rows)
        if passes.all():
            return Candidates(rows, texts, scores)
        for place in np.flatnonzero(~passes).tolist():
            text = texts[place]
            others = arrays.copies[start[text] + 1 : start[text + 1]]
            others = others[row_filter.admits(others)] if others.size else others
            if others.size:
                rows[place], passes[place] = others[0], True
        return Candidates(rows, texts, scores).take(np.flatnonzero(passes))
    # The item's own copies are as related as can be, and they are not background.
    own_copies = own_copies and item.row is not None and query.mode != "background"
    if own_copies and item.text is not None:
        texts, scores = np.append(item.text, texts), np.append(np.float32(1.0), scores)
    first = start.take(texts)
    size = start.take(texts + 1) - first
    rows = arrays.copies.take(slice_positions(first, size))
    copies = Candidates(rows, np.repeat(texts, size), np.repeat(scores, size))
    return copies.take(np.flatnonzero(row_filter.admits(rows) & (rows != item.row)))


def _story_texts(request: Request, text: int) -> ScoredTexts:
    """The other texts of a text's story, with their scores."""
    arrays = request.snapshot.arrays
    story = int(arrays.story_of[text])
    texts = arrays.story_texts[arrays.story_start[story] : arrays.story_start[story + 1]]
    texts = texts[texts != text]
    neighbours = request.backend.neighbours(text)
    listed = dict(zip(neighbours.texts.tolist(), neighbours.scores.tolist(), strict=True))
    scores = np.array([listed.get(other, -1.0) for other in texts.tolist()], dtype=np.float32)
    unlisted = np.flatnonzero(scores < 0)
    if unlisted.size:
        scores[unlisted] = exact_scores(request, text, texts.take(unlisted))
    return ScoredTexts(texts, scores)


def is_background(snapshot: Snapshot, text: int, texts: Array | slice) -> Array:
    """Which texts have the topic of a text, if it has one, and not its story.

    Args:
        snapshot: The snapshot.
        text: Number of the text.
        texts: Numbers of the others, (n,), or a slice of all.

    Returns:
        (n,) bool.
    """
    topic_of, story_of = snapshot.arrays.topic_of, snapshot.arrays.story_of
    own, topics = topic_of[text], topic_of[texts]
    background: Array = (topics == own) & (topics >= 0) & (story_of[texts] != story_of[text])
    return background


def _expanded(request: Request, vector: Array, words: WeightedWords) -> Array:
    """The expanded embedding of an unpublished text; see `scoring.score`."""
    found = request.backend.search(vector, POOL)
    hybrids = hybrid_score(
        found.scores, word_overlaps(words, _words(request.snapshot, found.texts))
    )
    nearest = np.argsort(-hybrids, kind="stable")[: SCORE_PARAMS.expansion_size]
    vectors = request.backend.vectors(found.texts.take(nearest))
    expanded: Array = expand_embeddings(vector[None, :], vectors[None], hybrids[None, nearest])[0]
    return expanded


def _search(
    request: Request, vector: Array, words: WeightedWords, pool: int, admitted: Array
) -> ScoredTexts:
    """The `pool` admitted texts nearest to a vector, scored, best score first."""
    found = request.backend.search(vector, pool, admitted)
    scores = _scores(request.snapshot, words, found)
    order = np.argsort(-scores, kind="stable")
    return ScoredTexts(found.texts.take(order), scores.take(order))


def _scores(snapshot: Snapshot, words: WeightedWords, found: ScoredTexts) -> Array:
    """Scores of the texts `found`, with their cosine similarities, for a text of these `words`."""
    hybrids = hybrid_score(found.scores, word_overlaps(words, _words(snapshot, found.texts)))
    hubness = snapshot.arrays.hubness.take(found.texts)
    return correct_hubness(hybrids, hubness, snapshot.scoring.mean_hubness)


def _words(snapshot: Snapshot, texts: Array | int) -> WeightedWords:
    arrays = snapshot.arrays
    return WeightedWords(arrays.words[texts], arrays.word_weights[texts])


def _vector(request: Request, text: int) -> Array:
    vector: Array = request.backend.vectors(np.array([text]))[0]
    return vector
