"""Nameless hits: near the floor they are left out, and nothing else is."""

import numpy as np
import pytest

from recommender import Recommender
from recommender.serving.nameless import NAMELESS_FACTOR, are_nameless
from recommender.serving.query import parse_query
from recommender.serving.request import QueryItem, Request
from recommender.snapshot.reader import Snapshot
from tests.serving.newsroom import ALL, ASKED, ids


@pytest.fixture(scope="module")
def rec(newsdesk_rec: Recommender) -> Recommender:
    return newsdesk_rec


@pytest.fixture(scope="module")
def snapshot(rec: Recommender) -> Snapshot:
    return rec._current.get().snapshot


def text_of(snapshot: Snapshot, article_id: str) -> int:
    return int(snapshot.arrays.text_of[snapshot.lookup.row_of(article_id)])


def has_reason(snapshot: Snapshot, own: int, other: int) -> bool:
    """Whether two texts share a phrase or a story, or one of them has no phrases at all."""
    rows = (snapshot.arrays.phrases[text].tolist() for text in (own, other))
    one, two = ({phrase for phrase in row if phrase >= 0} for row in rows)
    same_story = snapshot.arrays.story_of[own] == snapshot.arrays.story_of[other]
    return bool(one & two or same_story or not one or not two)


@pytest.mark.parametrize("floor", [0.0, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("mode", ["related", "background"])
def test_a_nameless_hit_must_score_clearly_more_than_the_floor(
    rec: Recommender, snapshot: Snapshot, floor: float, mode: str
) -> None:
    for asked in ASKED:
        own = text_of(snapshot, asked)
        wanted = [
            hit.id
            for hit in rec.related(asked, ALL, floor=0, mode=mode)  # type: ignore[arg-type]
            if hit.score >= floor
            and (
                has_reason(snapshot, own, text_of(snapshot, hit.id))
                or hit.score >= floor * NAMELESS_FACTOR
            )
        ]
        assert ids(rec.related(asked, ALL, floor=floor, mode=mode)) == wanted  # type: ignore[arg-type]


def test_some_hits_are_left_out(rec: Recommender, snapshot: Snapshot) -> None:
    left_out = 0
    for asked in ASKED:
        for hit in rec.related(asked, ALL, floor=0.05):
            if not has_reason(snapshot, text_of(snapshot, asked), text_of(snapshot, hit.id)):
                score = float(np.nextafter(np.float32(hit.score), np.float32(0)))
                assert hit.id not in ids(rec.related(asked, ALL, floor=score))
                needed = score / NAMELESS_FACTOR
                assert hit.id in ids(rec.related(asked, ALL, floor=needed))
                left_out += 1
    assert left_out


def test_a_text_that_is_not_published_has_no_nameless_candidates(
    rec: Recommender, snapshot: Snapshot
) -> None:
    state = rec._current.get()
    query = parse_query(5, {}, {"floor": 0.3, "diversity": 0, "closeness": 0, "fill": 0})
    request = Request(snapshot, state.backend, QueryItem(None, None), query, state.visible())
    assert are_nameless(request, np.arange(4)).tolist() == [False] * 4
