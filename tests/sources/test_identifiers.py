"""Ids are strings that can be asked for; those that look alike are found."""

import pytest

from recommender.sources.base import BadRecord
from recommender.sources.identifiers import Seen, Twins, read_identifier


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("a/1?é", "a/1?é"),
        (17, "17"),
        (17.0, "17"),
        (-3, "-3"),
        (10**30, "1" + "0" * 30),
        ({"$oid": "65f0"}, "65f0"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("17.0", "17.0"),
        ("two words", "two words"),
    ],
)
def test_strings_and_integers_are_ids(value: object, identifier: str) -> None:
    assert read_identifier(value, "id") == (identifier, None)


@pytest.mark.parametrize("value", [" a", "a\t", "\u00a0a\u3000"])
def test_blanks_around_an_id_are_cut_off_and_said(value: str) -> None:
    identifier, changed = read_identifier(value, "id")
    assert identifier == "a"
    assert repr(value) in str(changed)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), "no id"),
        ("\u200b", "no id: U+200B shows nothing"),
        ("\u200b\u2060\ufeff\u00ad\u200e", "no id: U+200B U+2060 U+FEFF U+00AD … shows nothing"),
        ("\u3164", "no id: U+3164 shows nothing"),
        ("\u0301", "no id: U+0301 shows nothing"),
        ("na\u200b-1", "an id holds no invisible characters; it has U+200B"),
        ("na-1\u00ad", "an id holds no invisible characters; it has U+00AD"),
        ("\ufeffna-1", "an id holds no invisible characters; it has U+FEFF"),
        ("na-1\u200c", "an id holds no invisible characters; it has U+200C"),
        ("a\u2028b", "an id holds no line breaks or control characters"),
    ],
)
def test_an_id_shows_what_it_is(value: object, reason: str) -> None:
    with pytest.raises(BadRecord) as bad:
        read_identifier(value, "guid")
    assert (bad.value.field, bad.value.reason) == ("guid", reason)


def test_twins_are_found_with_the_place_of_the_first() -> None:
    twins = Twins()
    assert twins.find("Abc", "f", 1) == (None, False)
    assert twins.find("Abc", "f", 2) == (None, False)
    assert twins.find("abc", "g", 3) == (Seen("Abc", "f", 1), False)
    assert twins.find("17", "f", 4) == (None, False)
    assert twins.find("１７", "f", 5) == (Seen("17", "f", 4), False)
    assert twins.find("caf\u00e9", "f", 6) == (None, False)
    assert twins.find("CAF\u00c9", "f", 7) == (Seen("caf\u00e9", "f", 6), False)
    assert twins.find("CAFE\u0301", "f", 8) == (Seen("CAF\u00c9", "f", 7), True)
