"""Ranking: where the graph has too few candidates, searches go deeper until the list is full."""

from pathlib import Path

import pytest

from recommender import Recommender
from tests.planted import newsdesk, publish_articles
from tests.serving.newsroom import ALL


def test_where_caps_leave_a_list_short_the_search_goes_deeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ("neighbours.k=4", "related.floor=0", "related.diversity=0", "related.closeness=0")
    rec = Recommender.open(publish_articles(tmp_path, newsdesk(), *rules).root)
    whole = {rec.story_of(hit.id).id for hit in rec.related("frost-0", ALL)}
    monkeypatch.setattr("recommender.serving.ranking.POOL", 4)
    monkeypatch.setattr("recommender.serving.ranking.POOL_PER_ARTICLE", 1)
    hits = rec.related("frost-0", len(whole), per_story=1)
    assert {rec.story_of(hit.id).id for hit in hits} == whole
    assert hits.note is None
    more = rec.related("frost-0", len(whole) + 1, per_story=1)
    assert (
        more.note == f"{len(whole)} articles are related with a score of 0 or more under the caps"
    )
