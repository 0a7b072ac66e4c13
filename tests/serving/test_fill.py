"""Filling short lists: what comes from below the floor, against a slow choice from all hits."""

from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender
from recommender.serving.explain import min_single_weight, shared_phrases
from recommender.serving.fill import CLEARLY_WEAKER
from recommender.snapshot.reader import Snapshot
from tests.planted import newsdesk, publish_articles
from tests.serving.newsroom import ALL, ASKED, ids

# Of the news desk's articles, those of one story score about 0.88, those of one topic about 0.3.
AMID_STORY, ABOVE_TOPIC = 0.88, 0.35
RELEVANCE = ("related.diversity=0", "related.closeness=0")


def opened(folder: Path, floor: float, *rules: str) -> Recommender:
    """The news desk with a floor that many lists are short of."""
    rules = (f"related.floor={floor}", "topics.count=2", *RELEVANCE, *rules)
    return Recommender.open(publish_articles(folder, newsdesk(), *rules).root)


@pytest.fixture(scope="module", params=[AMID_STORY, ABOVE_TOPIC])
def floor(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory, floor: float) -> Recommender:
    return opened(tmp_path_factory.mktemp("fill"), floor, "neighbours.k=50")


def may_fill(snapshot: Snapshot, floor: float, own: int, other: int, score: float) -> bool:
    """Whether a text may fill the list of another, as the documentation says it."""
    arrays = snapshot.arrays
    phrases = shared_phrases(arrays.phrases, own, [other])[0]
    telling = min_single_weight(snapshot.manifest.texts)
    shares = any(arrays.phrase_weights[phrase] >= telling for phrase in phrases)
    same_topic = arrays.finest_of[own] == arrays.finest_of[other] >= 0
    same_story = arrays.story_of[own] == arrays.story_of[other]
    near = floor - CLEARLY_WEAKER <= score < floor
    return bool(near and (same_story or same_topic) and shares)


@pytest.mark.parametrize("length", [1, 5, 12])
def test_a_short_list_is_filled_with_the_best_that_may(
    rec: Recommender, floor: float, length: int
) -> None:
    snapshot = rec._current.get().snapshot
    text_of = {i: int(snapshot.arrays.text_of[snapshot.lookup.row_of(i)]) for i in rec.ids()}
    filled = 0
    for asked in ASKED:
        everything = rec.related(asked, ALL, floor=0)
        above = ids(rec.related(asked, ALL, floor=floor, fill=0))
        may = [
            hit.id
            for hit in everything
            if may_fill(snapshot, floor, text_of[asked], text_of[hit.id], hit.score)
        ]
        found = rec.related(asked, ALL, fill=length)
        wanted = may[: max(length - len(above), 0)]
        assert ids(found) == above + wanted
        assert [hit.fill for hit in found] == [False] * len(above) + [True] * len(wanted)
        filled += len(wanted)
    assert filled or (length, floor) in {(1, ABOVE_TOPIC), (5, ABOVE_TOPIC)}


def test_every_fill_says_why_it_is_there(rec: Recommender) -> None:
    fills = [hit for asked in ASKED for hit in rec.related(asked, 12, fill=12) if hit.fill]
    assert fills
    assert all(h.reasons.names or h.reasons.phrases for h in fills)
    assert all(hit.to_dict()["fill"] is True for hit in fills)


@pytest.mark.parametrize(
    "options",
    [{"fill": 0}, {"fill": False}, {"floor": 0.9}, {"mode": "story"}, {"fill": 9, "floor": 0}],
    ids=str,
)
def test_a_question_can_do_without(rec: Recommender, options: dict[str, Any]) -> None:
    assert not any(hit.fill for asked in ASKED for hit in rec.related(asked, 12, **options))


def test_a_question_that_names_a_floor_may_ask_for_a_filled_list(
    rec: Recommender, floor: float
) -> None:
    for asked in ASKED:
        assert rec.related(asked, 12, floor=floor, fill=5) == rec.related(asked, 12)


def test_caps_and_filters_hold_for_what_fills(rec: Recommender) -> None:
    filled = 0
    for asked in ASKED:
        hits = rec.related(asked, 12, fill=12, per_source=2)
        sources = [hit.source for hit in hits if hit.source]
        assert max(map(sources.count, sources), default=0) <= 2
        filled += sum(hit.fill for hit in hits)
        for hit in rec.related(asked, 12, fill=12, source="Herald", exclude=["frost-1"]):
            assert (hit.source, hit.id != "frost-1") == ("Herald", True)
            filled += hit.fill
    assert filled


def test_background_is_filled_with_background(tmp_path: Path) -> None:
    rec, filled = opened(tmp_path, ABOVE_TOPIC), 0
    for asked in ASKED:
        story, topic = rec.story_of(asked).id, rec.topic_of(asked)
        for hit in rec.related(asked, 12, mode="background", fill=12):
            assert rec.story_of(hit.id).id != story
            assert rec.topic_of(hit.id) == topic
            filled += hit.fill
    assert filled


def test_where_a_filter_admits_little_of_the_list_a_search_finds_more(tmp_path: Path) -> None:
    rec = opened(tmp_path, ABOVE_TOPIC, "neighbours.k=6")
    snapshot, beyond = rec._current.get().snapshot, 0
    for asked in ASKED:
        own = int(snapshot.arrays.text_of[snapshot.lookup.row_of(asked)])
        listed = snapshot.arrays.neighbours[own].tolist()
        hits = rec.related(asked, 12, fill=12, source=["Gazette", "Courier"])
        assert len({hit.id for hit in hits}) == len(hits)
        for hit in hits:
            text = int(snapshot.arrays.text_of[snapshot.lookup.row_of(hit.id)])
            if hit.fill and text not in listed:
                assert may_fill(snapshot, ABOVE_TOPIC, own, text, hit.score)
                beyond += 1
    assert beyond


def test_a_note_says_how_many_fill_the_list(tmp_path: Path) -> None:
    rec = opened(tmp_path, ABOVE_TOPIC)
    hits = rec.related("collision-1", ALL, fill=6)
    assert [hit.fill for hit in hits] == [False] * 5 + [True]
    assert hits.note == (
        "5 articles are related with a score of 0.35 or more; 1 more fills the list from below that"
    )
