"""Articles that fill a short answer from below the floor, and are no strangers.

They are of the item's story or of its finest topic, and share a name or a phrase with it that few
texts have. None of them is clearly weaker than the floor.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from recommender._typing import Array
from recommender.scoring.rerank import Candidates
from recommender.serving.backend import ScoredTexts
from recommender.serving.candidates import (
    articles_of,
    is_background,
    nearest_scored,
    without_padding,
)
from recommender.serving.explain import are_among, min_single_weight, phrases_of
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
    listed = without_padding(request.backend.neighbours(own))
    yield _filling(request, own, listed, excluded)
    finest = arrays.finest_of.data[own]
    if request.row_filter.narrows and finest >= 0:
        taken = [own, *excluded, *(hit.text for hit in ranked)]
        admitted = request.row_filter.texts() & (arrays.finest_of == finest)
        admitted[[*taken, *listed.texts.tolist()]] = False
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
    least = min_single_weight(request.snapshot.manifest.texts)
    phrases = phrases_of(arrays.phrases, own)  # a corpus may have no phrase at all
    phrases = phrases.compress(arrays.phrase_weights.take(phrases) >= least)
    if not phrases.size:
        return np.zeros(len(texts), dtype=bool)
    shared = are_among(arrays.phrases.take(texts, axis=0), phrases)
    found: Array = np.logical_or.reduce(shared, axis=1)
    return found


def _filling(request: Request, own: int, found: ScoredTexts, excluded: Sequence[int]) -> Candidates:
    """The admitted articles of those texts that may fill the answer."""
    arrays, floor = request.snapshot.arrays, request.query.floor
    # Scores fall, so counting finds those from the floor down to the clearly weaker ones. A
    # nameless text above the floor was left out for good: it shares nothing that lets it fill.
    first = np.count_nonzero(found.scores >= floor)
    end = np.count_nonzero(found.scores >= floor - CLEARLY_WEAKER)
    texts, scores = found.texts[first:end], found.scores[first:end]
    finest = arrays.finest_of.data[own]
    fills: Array = arrays.finest_of.take(texts) == finest
    if finest < 0:
        fills[:] = False
    story = arrays.story_of.take(texts) == arrays.story_of.data[own]
    some = (fills | story).nonzero()[0]
    if not some.size:
        return articles_of(request, texts[:0], scores[:0])
    texts, scores = texts.take(some), scores.take(some)
    fills = share_telling_phrase(request, own, texts)
    if request.query.mode == "background":
        fills &= is_background(request.snapshot, own, texts)
    if excluded:
        fills &= ~np.isin(texts, excluded)
    return articles_of(request, texts.compress(fills), scores.compress(fills))
