"""Candidates of an answer: from the neighbour graph, from the item's story, or from a search.

Nearly all requests are answered from the neighbour graph. A search is needed where a filter leaves
a list short, where `k` is larger than a list, and for a text that is not in the snapshot.
"""

from collections.abc import Sequence

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.scoring.rerank import Candidates
from recommender.scoring.score import SCORE_PARAMS, correct_hubness, expand_embeddings, hybrid_score
from recommender.scoring.word_overlap import WeightedWords, word_overlaps
from recommender.serving.backend import ScoredTexts
from recommender.serving.request import Request
from recommender.snapshot.reader import Snapshot

__all__ = ["POOL", "exact_scores", "from_graph", "from_search"]

POOL = 50  # texts a search finds at least, to be scored: as many as the build scores
ENOUGH = 0.5  # the share of found texts above the floor that makes a deeper search worthwhile

_NO_TEXTS = np.empty(0, dtype=np.int32)
_NOTHING = Candidates(_NO_TEXTS, _NO_TEXTS, np.empty(0, dtype=np.float32))


def from_graph(request: Request, excluded: Sequence[int]) -> tuple[Candidates, bool]:
    """Candidates from the neighbour graph, or the whole story in the mode "story".

    Args:
        request: The request.
        excluded: Texts that may not be candidates.

    Returns:
        The admitted candidates, best first, and whether no search could find more of them.
    """
    item, query = request.item, request.query
    if item.text is None:
        return _NOTHING, False
    if query.mode == "story":
        texts, scores = _story_texts(request, item.text)
        complete = True
    else:
        texts, scores = request.backend.neighbours(item.text)
        # Scores fall: a text that is not in the list scores no more than the last one that is.
        complete = len(texts) == 0 or texts[-1] < 0 or bool(scores[-1] < query.floor)
        if complete:
            good = int(((scores >= query.floor) & (texts >= 0)).sum())
            texts, scores = texts[:good], scores[:good]
        complete = complete or len(texts) >= request.snapshot.manifest.texts - 1
    if query.mode == "background":
        kept = np.flatnonzero(_is_background(request.snapshot, item.text, texts))
        texts, scores = texts.take(kept), scores.take(kept)
    if excluded:
        kept = np.flatnonzero(~np.isin(texts, excluded))
        texts, scores = texts.take(kept), scores.take(kept)
    return _articles_of(request, texts, scores), complete


def from_search(request: Request, excluded: Sequence[int], pool: int) -> tuple[Candidates, bool]:
    """Candidates from a search among all admitted texts.

    Args:
        request: The request.
        excluded: Texts that may not be candidates.
        pool: How many of the nearest texts to score.

    Returns:
        The candidates, best first, and whether a deeper search would find no better ones.
    """
    snapshot, item, query = request.snapshot, request.item, request.query
    admitted = request.row_filter.texts()
    if item.text is not None:  # an item is never its own answer
        if query.mode == "background":
            admitted = admitted & _is_background(snapshot, item.text, slice(None))
        else:
            admitted = admitted.copy()
        admitted[[item.text, *excluded]] = False
        vector, words = _vector(request, item.text), _words(snapshot, item.text)
    else:
        assert item.vector is not None  # noqa: S101 - an item without a text has a vector
        assert item.words is not None  # noqa: S101 - and words
        vector, words = _expanded(request, item.vector, item.words), item.words
    found = request.backend.search(vector, pool, admitted)
    scores = _scores(snapshot, words, found)
    good = int((scores >= query.floor).sum())
    order = np.argsort(-scores, kind="stable")[:good]
    hits = _articles_of(request, found.texts.take(order), scores.take(order))
    return hits, not query.capped or len(found.texts) < pool or good < pool * ENOUGH


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


def _articles_of(request: Request, texts: Array, scores: Array) -> Candidates:
    """The admitted articles of `texts`: one of each text, its lead if possible, or all of them."""
    query, item, row_filter = request.query, request.item, request.row_filter
    arrays = request.snapshot.arrays
    start = arrays.copies_start
    if query.collapse:
        rows = arrays.copies.take(start.take(texts))
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
    if item.row is not None and item.text is not None and query.mode != "background":
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


def _is_background(snapshot: Snapshot, text: int, texts: Array | slice) -> Array:
    """Which of `texts` have the topic of `text`, if it has one, and not its story, bool."""
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
