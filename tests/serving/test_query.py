"""Queries: options that are out of range, unknown or ambiguous are refused with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest

from recommender.serving.query import ANYTHING, Query, parse_filters, parse_query
from recommender.types.rules import Filters

DEFAULTS = {"floor": 0.3, "diversity": 0.1, "closeness": 0.05, "fill": 5}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parsed(**options: Any) -> Query:
    return parse_query(10, options, DEFAULTS)  # type: ignore[arg-type]


def test_options_that_are_left_out_take_the_newsrooms_settings() -> None:
    plain = Query(10, ANYTHING, 0.3, diversity=0.1, closeness=0.05, fill=5)
    assert parsed() == plain
    assert parsed(floor=None, diversity=None, closeness=None, half_life=None, section=None) == plain
    assert parsed(floor=0, diversity=0, closeness=0) == Query(10)


def test_a_question_that_names_a_floor_is_not_filled_unless_it_says_so() -> None:
    assert parsed(floor=0.4).fill == 0
    assert parsed(floor=0.4, fill=3).fill == parsed(fill=3).fill == 3
    assert parsed(fill=None, per_source=1).fill == 5
    assert parsed(fill=False).fill == 0
    earlier = {name: value for name, value in DEFAULTS.items() if name != "fill"}
    assert (
        parse_query(10, {}, earlier).fill == parse_query(10, {"mode": "story"}, earlier).fill == 0
    )


def test_options_become_a_query() -> None:
    found = parsed(
        section="home", source=["Herald", "Wire"], language=(), since=NOON, exclude=iter(["a"]),
        mode="background", duplicates="keep", half_life=2, per_story=1, fallback="topic",
    )  # fmt: skip
    filters = Filters(
        section=frozenset({"home"}), source=frozenset({"Herald", "Wire"}), since=NOON,
        exclude=frozenset({"a"}),
    )  # fmt: skip
    assert found == Query(
        10, filters, 0.3, "background", False, 0.1, 0.05, 2, per_story=1, fallback="topic", fill=5
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"floor": 1.1}, r"floor=1\.1: expected a number from 0 to 1"),
        ({"floor": float("nan")}, "floor=nan: expected a number from 0 to 1"),
        ({"diversity": -0.1}, r"diversity=-0\.1: expected a number from 0 to 1"),
        ({"closeness": 2}, "closeness=2: expected a number from 0 to 1"),
        ({"fill": -1}, "fill=-1: expected the number of articles to fill up to"),
        ({"fill": True}, "fill=True: expected the number of articles to fill up to"),
        ({"half_life": 0}, "half_life=0: expected a number above 0"),
        ({"half_life": float("nan")}, "half_life=nan: expected a number above 0"),
        ({"per_source": 0}, "per_source=0: expected a number above 0"),
        ({"per_author": -1}, "per_author=-1: expected 0 or more"),
        ({"per_story": 0}, "per_story=0: expected a number above 0"),
        ({"mode": "storys"}, "mode='storys' is unknown; there are related, story, background"),
        ({"duplicates": "drop"}, "duplicates='drop' is unknown; there are collapse, keep"),
        ({"fallback": "home"}, "fallback='home' is unknown; there are section, topic"),
        ({"since": datetime(2026, 3, 1)}, "since=2026-03-01T00:00:00 has no time zone"),
        ({"until": datetime(2026, 3, 1)}, "until=2026-03-01T00:00:00 has no time zone"),
    ],
)
def test_an_impossible_value_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        parsed(**options)


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TypeError, match="halflife, sections: no such option; there are section, "):
        parsed(sections="home", halflife=2)


def test_exclude_refuses_a_single_string() -> None:
    with pytest.raises(TypeError, match=r"not one string; write exclude=\[\.\.\.\]"):
        parsed(exclude="na-1")


def test_k_may_not_be_negative() -> None:
    with pytest.raises(ValueError, match=r"^k=-1: expected 0 or more"):
        parse_query(-1, {}, DEFAULTS)


@pytest.mark.parametrize("moment", ["2026-03-01", "7d", NOON.date(), 5])
def test_a_moment_must_be_a_datetime(moment: Any) -> None:
    with pytest.raises(TypeError, match=r"since=.*: expected a datetime with a time zone"):
        parsed(since=moment)


@pytest.mark.parametrize("k", [2.5, "5", None])
def test_k_must_be_a_whole_number(k: Any) -> None:
    with pytest.raises(TypeError, match=f"^k={k!r}: expected a whole number$"):
        parse_query(k, {}, DEFAULTS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"floor": "0.5"}, "floor='0.5': expected a number"),
        ({"half_life": "7d"}, "half_life='7d': expected a number"),
        ({"per_source": 2.5}, "per_source=2.5: expected a whole number"),
        ({"source": 5}, "source=5: expected a string or several"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(options: Any, message: str) -> None:
    with pytest.raises(TypeError, match=f"^{message}$"):
        parsed(**options)


def test_filters_alone_know_no_other_options() -> None:
    assert parse_filters({}) is ANYTHING
    assert parse_filters({"section": "home", "source": None}) == Filters(
        section=frozenset({"home"})
    )
    with pytest.raises(TypeError, match=r"^floor: no such option; there are section, language"):
        parse_filters({"floor": 0.5})  # type: ignore[typeddict-unknown-key]
