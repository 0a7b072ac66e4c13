"""Articles that fill a short answer from below the floor, and are no strangers.

They are of the item's story, or they are of its finest topic and share a name or a phrase with it
that few texts have. None of them is clearly weaker than the floor.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from recommender._typing import Array
from recommender.scoring.rerank import Candidates
from recommender.serving.backend import ScoredTexts
from recommender.serving.candidates import articles_of, is_background, nearest_scored, passes_floor
from recommender.serving.explain import min_single_weight
from recommender.serving.request import RankedArticle, Request

__all__ = ["CLEARLY_WEAKER", "fill_candidates", "share_telling_phrase"]

# Of two scores that differ by this much the greater one is nearly always right (decision 0032).
CLEARLY_WEAKER = 0.1


def fill_candidates(
    request: Request, excluded: Sequence[int], ranked: Sequence[RankedArticle]
) -> Iterator[Candidates]:
    """The candidates that may fill an answer, in batches: of the graph's list, then of a search.

    A search is made where a filter admits few of the list.

    Args:
        request: The request, whose item has a text in the snapshot.
        excluded: Texts that may not be candidates.
        ranked: What the answer holds: what passes the floor, and pinned texts, which are excluded.

    Yields:
        Admitted candidates, best first; a text is in one batch only.
    """
    own, arrays = request.item.text, request.snapshot.arrays
    assert own is not None  # noqa: S101 - only a text of the snapshot has a topic
    listed = request.backend.neighbours(own)
    yield _filling(request, own, listed, excluded)
    finest = arrays.finest_of.data[own]
    if request.row_filter.narrows and finest >= 0:
        taken = [own, *excluded, *(hit.text for hit in ranked)]
        admitted = request.row_filter.texts() & (arrays.finest_of == finest)
        admitted[[*taken, *listed.texts[listed.texts >= 0].tolist()]] = False
        yield _filling(request, own, nearest_scored(request, own, admitted), [])


def share_telling_phrase(request: Request, own: int, texts: Array) -> Array:
    """Which texts share a name or a phrase with a text that is telling on its own.

    Args:
        request: The request.
        own: Number of the text.
        texts: Numbers of the others, (n,).

    Returns:
        (n,) bool; see `explain.min_single_weight`.
    """
    arrays = request.snapshot.arrays
    phrases = arrays.phrases[own]
    least = min_single_weight(request.snapshot.manifest.texts)
    phrases = phrases.compress(phrases >= 0)  # a corpus may have no phrase at all
    phrases = phrases.compress(arrays.phrase_weights.take(phrases) >= least)
    if not phrases.size:
        return np.zeros(len(texts), dtype=bool)
    theirs = arrays.phrases.take(texts, axis=0)
    shared = phrases.take(phrases.searchsorted(theirs), mode="clip") == theirs
    found: Array = shared.any(axis=1)
    return found


def _filling(request: Request, own: int, found: ScoredTexts, excluded: Sequence[int]) -> Candidates:
    """The admitted articles of those texts that may fill the answer."""
    arrays, (texts, scores) = request.snapshot.arrays, found
    # Tests that are quick come first and leave few texts to the others.
    near = scores >= request.query.floor - CLEARLY_WEAKER
    near &= ~passes_floor(request, texts, scores)
    near &= texts >= 0
    texts, scores = texts.compress(near), scores.compress(near)
    finest = arrays.finest_of.data[own]
    fills = arrays.finest_of.take(texts) == finest
    if finest < 0:
        fills[:] = False
    story = arrays.story_of.take(texts) == arrays.story_of.data[own]
    some = (fills | story).nonzero()[0]
    if not some.size:
        return articles_of(request, texts[:0], scores[:0])
    texts, scores, story = texts.take(some), scores.take(some), story.take(some)
    fills = share_telling_phrase(request, own, texts)
    if request.query.mode == "background":
        fills &= is_background(request.snapshot, own, texts)
    else:
        fills |= story
    if excluded:
        fills &= ~np.isin(texts, excluded)
    return articles_of(request, texts.compress(fills), scores.compress(fills))
