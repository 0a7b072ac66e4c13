"""Strings are found in what exports put in their place."""

from decimal import Decimal

import pytest

from recommender.sources.base import BadRecord
from recommender.sources.strings import (
    Reader,
    read_author,
    read_label,
    read_name,
    read_text,
    read_title,
)


@pytest.mark.parametrize(
    ("read", "value", "label"),
    [
        (read_text, "x\n", "x\n"),
        (read_text, b"caf\xc3\xa9", "café"),
        (read_text, {"rendered": "<p>x</p>", "protected": False}, "<p>x</p>"),
        (read_text, {"value": "x", "format": "html"}, "x"),
        (read_text, ["One.", "Two."], "One.\nTwo."),
        (read_text, [], None),
        (read_text, " ", None),
        (read_text, None, None),
        (read_text, float("nan"), None),
        (read_title, {"rendered": "Tide"}, "Tide"),
        (read_title, ["Tide"], "Tide"),
        (read_label, ["https://x.example"], "https://x.example"),
        (read_label, [], None),
        (read_label, {"name": "Gazette"}, "Gazette"),
        (read_label, {"id": None, "name": "CNN"}, "CNN"),
        (read_name, 12, "12"),
        (read_name, 12.0, "12"),
        (read_name, Decimal(12), "12"),
        (read_name, [12], "12"),
        (read_author, "Ada Reed", "Ada Reed"),
        (read_author, ["Ada Reed", "Ben Sand"], "Ada Reed, Ben Sand"),
        (read_author, [{"name": "Ada Reed"}, None, {"name": "Ben Sand"}], "Ada Reed, Ben Sand"),
        (read_author, [], None),
    ],
)
def test_the_string_is_found(read: Reader, value: object, label: str | None) -> None:
    assert read(value, "field") == (label, None)


def test_of_several_labels_the_first_is_kept_and_said() -> None:
    label, note = read_label(["News", "Harbour"], "section")
    assert (label, note) == ("News", "a list of 2, of which the first is kept: 'News'")


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (read_text, 5, "expected a string, got a number"),
        (read_text, ["x", 5], "expected a string, got a list"),
        (read_text, {"body": "x"}, "expected a string, got an object"),
        (
            read_text,
            b"ab\xff",
            "invalid UTF-8: byte 0xff at character 2; see the setting input.encoding",
        ),
        (read_text, BadRecord("field", "cannot be read"), "cannot be read"),
        (read_label, 12, "expected a string, got a number"),
        (read_name, True, "expected a string, got a boolean"),
        (read_name, 1.5, "expected a string, got a number"),
        (read_author, [3], "expected a string, got a number"),
    ],
)
def test_what_is_no_string_is_bad(read: Reader, value: object, reason: str) -> None:
    with pytest.raises(BadRecord) as bad:
        read(value, "field")
    assert (bad.value.field, bad.value.reason) == ("field", reason)


def test_half_a_character_is_taken_out_and_said() -> None:
    assert read_text("Tide \ud83d", "text") == (
        "Tide ", "half a character, \\ud83d at 5, is taken out",
    )  # fmt: skip
