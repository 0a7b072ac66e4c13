"""Articles by their titles: only those that may be shown, as many as asked for."""

from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender


def test_a_search_obeys_filters_takedowns_and_its_count(root: Path) -> None:
    rec = Recommender.open(root)
    found = rec.search_titles("report", 1000)
    assert len(found) > 20
    dates = [card.published.timestamp() if card.published else 0.0 for card in found]
    assert dates == sorted(dates, reverse=True)
    assert rec.search_titles("report", 3) == found[:3]
    assert rec.search_titles("report", 0) == ()
    herald = rec.search_titles("report", 1000, source="Herald", exclude=[found[0].id])
    assert herald == tuple(c for c in found[1:] if c.source == "Herald")
    rec.remove(found[0].id)
    assert rec.search_titles("report", 1000) == found[1:]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 2.5}, r"k=2\.5: expected a whole number"),
        ({"floor": 0.5}, "floor: no such option"),
    ],
)
def test_a_wrong_option_is_named(root: Path, arguments: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Recommender.open(root).search_titles("report", **arguments)


def test_a_query_that_is_no_string_is_refused(root: Path) -> None:
    query: Any = 5
    with pytest.raises(TypeError, match="query=5: expected a string"):
        Recommender.open(root).search_titles(query)


def test_an_unknown_facet_is_refused_with_the_known_ones(root: Path) -> None:
    with pytest.raises(KeyError, match="there is no facet 'desk'; there are source, section, "):
        Recommender.open(root).labels("desk")
