"""Fillers: the newest of the section or the topic, behind what is related."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender
from tests.planted import START, publish_articles, report
from tests.serving.newsroom import ALL, ids

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rec(newsdesk_rec: Recommender) -> Recommender:
    return newsdesk_rec


@pytest.mark.parametrize("fallback", ["section", "topic"])
def test_a_short_list_is_filled_with_the_newest_articles(rec: Recommender, fallback: Any) -> None:
    good = rec.related("beetle-0", ALL, floor=0.5)
    filled = rec.related("beetle-0", 12, floor=0.5, fallback=fallback)
    assert 0 < len(good) < len(filled)
    assert ids(filled)[: len(good)] == ids(good)
    fillers = filled[len(good) :]
    assert all(hit.reasons.filler == fallback and hit.score == 0 for hit in fillers)
    if fallback == "section":
        assert {hit.section for hit in fillers} == {"orchard"}
    else:
        assert {rec.topic_of(hit.id) for hit in fillers} == {rec.topic_of("beetle-0")}
    dates = [hit.published or START - 9999 * DAY for hit in fillers]
    assert dates == sorted(dates, reverse=True)
    assert len({*ids(filled), "beetle-0"}) == len(filled) + 1


def test_an_article_without_a_section_gets_no_fillers_of_it(rec: Recommender) -> None:
    assert rec.article("prize-5").section is None
    good = ids(rec.related("prize-5", 30, floor=0.6))
    assert ids(rec.related("prize-5", 30, floor=0.6, fallback="section")) == good


def test_a_full_list_is_not_filled(rec: Recommender) -> None:
    assert not any(hit.reasons.filler for hit in rec.related("beetle-0", 5, fallback="topic"))


def test_fillers_obey_the_caps(rec: Recommender) -> None:
    filled = rec.related("beetle-0", 12, floor=0.5, fallback="topic", per_source=2, per_story=5)
    assert any(hit.reasons.filler for hit in filled)
    sources = Counter(hit.source for hit in filled if hit.source)
    assert max(sources.values()) == 2


def test_fillers_of_the_same_finer_topic_come_first(tmp_path: Path) -> None:
    # Enough texts for a topic to be cut, and fewer of a kind than a text has candidates.
    words = {
        "tides": "tide quay pilot buoy",
        "cranes": "crane dock cargo rope",
        "ferries": "ferry hull radar fog",
    }
    articles = [
        replace(
            report("strike", 0),
            id=f"{kind}-{n}",
            title=f"{kind} {n}",
            text=" ".join(
                random.Random(f"{kind}/{n}").choices(own.split(), k=20) + ["harbour"] * 3
            ),
            published=START + n * DAY,
        )
        for kind, own in words.items()
        for n in range(40)
    ]
    rules = ("topics.count=1", "topics.resolution=1", "duplicates.near=false", "related.floor=1")
    rec = Recommender.open(
        publish_articles(tmp_path, articles, *rules, "gates.largest_topic=1").root
    )
    finest = {a.id: rec.topic_of(a.id, 3) for a in articles}
    filled = rec.related("tides-0", 100, fallback="topic")
    same = [finest[hit.id] == finest["tides-0"] for hit in filled]
    assert True in same
    assert False in same
    assert same == sorted(same, reverse=True)
    dates = [hit.published for hit in filled[: same.index(False)]]
    assert dates == sorted(dates, reverse=True)  # type: ignore[type-var]
