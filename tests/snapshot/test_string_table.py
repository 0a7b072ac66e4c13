"""Strings in two arrays: read back as packed, and the sorted ones found as a dict finds them."""

from bisect import bisect_left
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.snapshot.string_table import SortedStrings, Strings, pack

texts = st.text(st.characters(codec="utf-8"), max_size=6)


@given(st.lists(texts, max_size=20))
def test_strings_are_read_as_they_were_packed(written: list[str]) -> None:
    read = Strings(*pack(written))
    assert [*read] == read[:] == written
    assert len(read) == len(written)
    places = [place for place in range(len(written)) for _ in range(2)][::-1]
    assert read.take(places) == [written[place] for place in places]
    assert read[1::2] == written[1::2]
    assert [read[place - len(written)] for place in range(len(written))] == written


@pytest.mark.parametrize("place", [3, -4])
def test_a_place_that_is_none_is_an_index_error(place: int) -> None:
    with pytest.raises(IndexError, match=f"string {place} of 3"):
        Strings(*pack("abc"))[place]


@given(st.sets(texts, max_size=40), st.lists(texts, max_size=5))
def test_a_sorted_string_is_found_where_it_stands_and_no_other_is(
    held: set[str], others: list[str]
) -> None:
    strings = SortedStrings(*pack(sorted(held)))
    place_of = {string: place for place, string in enumerate(sorted(held))}
    # Also what begins like one that is held, or goes on behind it.
    asked = {*held, *others, *(s[:-1] for s in held), *(s + "a" for s in held), ""}
    for string in asked:
        assert strings.place_of(string) == place_of.get(string), string


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9, 10, 99, 1000, 4321])
def test_any_number_of_strings_is_searched(count: int) -> None:
    rng = Random(count)
    held = sorted({f"{rng.randrange(10**6)}" for _ in range(count)})
    strings = SortedStrings(*pack(held))
    assert [strings.place_of(string) for string in held] == [*range(len(held))]
    for string in (f"{rng.randrange(10**6)}" for _ in range(500)):
        place = bisect_left(held, string)
        there = place < len(held) and held[place] == string
        assert strings.place_of(string) == (place if there else None)


def test_the_order_is_that_of_code_points_beyond_the_first_plane_too() -> None:
    held = sorted(["z", "é", "\uffff", "\U00010000", "\U0001f600", "~"])  # UTF-16 has another
    strings = SortedStrings(*pack(held))
    assert [strings.place_of(string) for string in held] == [*range(len(held))]


def test_what_no_utf8_spells_is_not_there_and_what_is_no_string_is_an_error() -> None:
    strings = SortedStrings(*pack(["a-1"]))
    assert strings.place_of("a-\udcff") is None  # of an undecodable byte on a command line
    for asked in (b"a-1", 1, None, ["a-1"]):
        with pytest.raises(TypeError, match="an id is a string"):
            strings.place_of(asked)  # type: ignore[arg-type]
