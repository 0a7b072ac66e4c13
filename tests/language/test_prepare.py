"""What is embedded of an article, and when two texts are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.prepare import content_hash, embedded_text


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Tide is in", "Boats left.", "Tide is in. Boats left."),
        ("Tide is in.", "Boats left.", "Tide is in. Boats left."),
        ("Is it in?", "Yes", "Is it in? Yes"),
        ("Tide: “in”", "Yes", "Tide: “in” Yes"),
        ("", "Boats left.", "Boats left."),
        (" \n", "Boats left.", "Boats left."),
        ("Tide is in", " ", "Tide is in"),
        ("  Tide\u00a0is \n in ", "\tBoats\r\n\r\nleft. ", "Tide is in. Boats left."),
        ("", "", ""),
    ],
)
def test_title_and_text_become_one_string(title: str, text: str, expected: str) -> None:
    assert embedded_text(title, text) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_preparing_a_prepared_text_changes_nothing(title: str, text: str) -> None:
    once = embedded_text(title, text)
    assert embedded_text("", once) == once
    assert embedded_text(once, "") == once


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_word_is_lost(title: str, text: str) -> None:
    words = embedded_text(title, text).split()
    assert words[len(words) - len(text.split()) :] == text.split()
    head = words[: len(words) - len(text.split())]
    closed = " ".join(head)
    assert closed.removesuffix(".") == " ".join(title.split()).removesuffix(".")


@given(st.lists(st.text("ab .", max_size=4), min_size=2, max_size=2))
def test_hashes_are_equal_exactly_where_texts_are(texts: list[str]) -> None:
    one, two = texts
    assert (content_hash(one) == content_hash(two)) == (one == two)
    assert len(content_hash(one)) == 16


def test_the_hash_is_the_same_on_every_machine_and_day() -> None:
    """Vectors are kept under it for years: a change here embeds everything again."""
    assert content_hash("Tide is in. Boats left.").hex() == "a1910fdb4d81a984eaeb04796f8e14d8"
