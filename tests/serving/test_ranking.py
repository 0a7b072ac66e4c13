"""Ranking: a larger `k` only appends, and searches go deeper until the list is full."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from recommender import Recommender
from recommender.types.article import Article
from tests.planted import START, WordEncoder, newsdesk, publish_articles
from tests.serving.newsroom import ALL, ids

CASES = Path(__file__).parents[1] / "cases"
# Some outlets' articles are pinned, kept apart, under embargo or removed.
RULES = (
    'rules.pinned=[["frost-0","prize-1"],["frost-0","frost-3"],["strike-1","frost-2"]]',
    'rules.apart=[["frost-0","frost-4"],["strike-1","dredging-2"]]',
    "rules.embargo={beetle-2 = 2999-01-01T00:00:00Z}",
)
ASKED = ("frost-0", "strike-1", "collision-1", "prize-5", "strike-0")
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "floor": st.sampled_from([0.0, 0.2, 0.45, 0.7]),
    "fill": st.sampled_from([0, 3, 5, 9]),
    "mode": st.sampled_from(["story", "background"]),
    "duplicates": st.just("keep"),
    "diversity": st.sampled_from([0.0, 0.3, 1.0]),
    "closeness": st.sampled_from([0.0, 0.2, 1.0]),
    "half_life": st.sampled_from([0.01, 2.0, 90.0]),
    "per_source": st.integers(1, 3),
    "per_author": st.integers(1, 3),
    "per_story": st.integers(1, 3),
    "fallback": st.sampled_from(["section", "topic"]),
    "section": st.sampled_from(["harbour", "orchard", "wire"]),
    "source": st.sampled_from(["Gazette", ["Herald", "Agency"], ["Courier", "Gazette"]]),
    "language": st.sampled_from(["en", "de"]),
    "since": st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours)),
    "until": st.integers(50, 250).map(lambda hours: START + timedelta(hours=hours)),
    "exclude": st.lists(st.sampled_from(["frost-1", "prize-2", "strike-3", "dredging-0"])),
}


@pytest.fixture(scope="module", params=[3, 8, 50])
def ruled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """The news desk under rules, with lists that are shorter or longer than an answer."""
    folder = tmp_path_factory.mktemp("ruled")
    lists = f"neighbours.k={request.param}"
    rec = Recommender.open(publish_articles(folder, newsdesk(), lists, *RULES).root)
    rec.remove("collision-3")
    return rec


@limits(deadline=None, max_examples=120)
@given(
    asked=st.sampled_from(ASKED),
    k=st.integers(0, 12),
    more=st.integers(1, 60),
    pool=st.sampled_from([2, 7, 50]),
    options=st.fixed_dictionaries({}, optional=OPTIONS),
)
def test_a_larger_k_only_appends(
    ruled: Recommender, asked: str, k: int, more: int, pool: int, options: dict[str, Any]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.serving.candidates.POOL", pool)
        whole = ruled.related(asked, k + more, **options)
        assert ruled.related(asked, k, **options) == whole[:k]
    assert len({hit.id for hit in whole}) == len(whole)


@limits(deadline=None, max_examples=40)
@given(
    k=st.integers(0, 12),
    more=st.integers(1, 60),
    pool=st.sampled_from([2, 7, 50]),
    options=st.fixed_dictionaries(
        {}, optional={name: of for name, of in OPTIONS.items() if name not in ("mode", "fallback")}
    ),
)
def test_a_larger_k_only_appends_for_a_text(
    ruled: Recommender, k: int, more: int, pool: int, options: dict[str, Any]
) -> None:
    title, text = "Frost and fruit", "An orchard, heaters, candles at dawn, a jury and cider."
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.serving.candidates.POOL", pool)
        patch.setattr("recommender.embedding.open.SentenceEncoder", lambda *_, **__: WordEncoder())
        whole = ruled.related_to_text(title, text, k + more, **options)
        assert ruled.related_to_text(title, text, k, **options) == whole[:k]


def test_pinned_articles_count_against_the_caps(ruled: Recommender) -> None:
    sources = [hit.source for hit in ruled.related("frost-0", ALL, floor=0, per_source=1)]
    pinned = [hit.source for hit in ruled.related("frost-0", 2)]
    assert sources[:2] == pinned
    assert not set(sources[2:]) & set(pinned)


def test_ages_still_tell_decades_back(tmp_path: Path) -> None:
    lines = (CASES / "half-life-archive.jsonl").read_text(encoding="utf-8").splitlines()
    archive = [
        Article(**record | {"published": datetime.fromisoformat(record["published"] + "T00:00Z")})
        for record in map(json.loads, lines)
    ]
    rules = ("related.floor=0", "related.diversity=0")
    rec = Recommender.open(publish_articles(tmp_path, [*archive, *newsdesk()], *rules).root)
    found = ids(rec.related("d-0", ALL, section="Harbour", half_life=7))
    assert found[0] == "d-bad"  # of last month, the others of 1989 and 1990
    assert {*found[1:3]} == {"d-2", "d-4"}  # days apart, so that their scores decide
    assert found[3:] == ["d-3", "d-1"]  # months older, and two months apart
    assert ids(rec.related("d-0", 3, section="Harbour", half_life=7)) == found[:3]


def test_what_a_search_adds_is_weaker_than_the_list_and_comes_after_it(tmp_path: Path) -> None:
    rules = ("related.floor=0", "related.diversity=0", "related.closeness=0")
    short = Recommender.open(
        publish_articles(tmp_path / "short", newsdesk(), "neighbours.k=4", *rules).root
    )
    whole = Recommender.open(
        publish_articles(tmp_path / "whole", newsdesk(), "neighbours.k=50", *rules).root
    )
    for asked in ("frost-0", "strike-1"):
        hits = short.related(asked, ALL)
        assert ids(hits)[:4] == ids(whole.related(asked, 4))
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert {*ids(hits)} == {*ids(whole.related(asked, ALL))}


def test_where_caps_leave_a_list_short_the_search_goes_deeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ("neighbours.k=4", "related.floor=0", "related.diversity=0", "related.closeness=0")
    rec = Recommender.open(publish_articles(tmp_path, newsdesk(), *rules).root)
    whole = {rec.story_of(hit.id).id for hit in rec.related("frost-0", ALL)}
    monkeypatch.setattr("recommender.serving.candidates.POOL", 4)
    hits = rec.related("frost-0", len(whole), per_story=1)
    assert {rec.story_of(hit.id).id for hit in hits} == whole
    assert hits.note is None
    more = rec.related("frost-0", len(whole) + 1, per_story=1)
    assert (
        more.note == f"{len(whole)} articles are related with a score of 0 or more under the caps"
    )
