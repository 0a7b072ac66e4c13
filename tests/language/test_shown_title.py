"""The title that a page shows is never blank, and never longer than a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.shown_title import LONGEST, shown_title


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("Ferry aground", "Fog.", "Ferry aground"),
        ("", "Fog\n\nheld  up ferries.", "Fog held up ferries."),
        (" ", "Fog.", "Fog."),
        ("", "渡" * 200, "渡" * LONGEST + "…"),
        ("", "", ""),
        ("", "ab " * 26 + "cd", "ab " * 26 + "cd"),  # as long as a title may be
        ("", "ab " * 26 + "cde", "ab " * 25 + "ab…"),
    ],
)
def test_the_beginning_of_the_text_stands_for_a_missing_title(
    title: str, text: str, shown: str
) -> None:
    assert shown_title(title, text) == shown


@given(st.text())
def test_it_is_one_line_of_whole_words(text: str) -> None:
    shown = shown_title("", text)
    assert len(shown) <= LONGEST + 1
    assert bool(shown) == bool(text.split())
    words, held = shown.removesuffix("…").split(), text.split()
    assert words[:-1] == held[: len(words) - 1]
    assert shown == " ".join(shown.split())
