"""A text says something if there is a word in it."""

import pytest

from recommender.sources.words import PLACEHOLDERS, has_word, is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "Tide",
        "é",
        "Ω",
        "東京",
        "ไทย",
        "[photo] Tide",
        "None of them",
        "N/A came later",
        "x@y.example wrote",
        "[This whole report stands in brackets, as some do.]",
        "5 km",
        "(Photo) Tide",
        "Tide (photo)",
        "(This whole report stands in round brackets, as some do.)",
    ],
)
def test_a_letter_makes_a_word(text: str) -> None:
    assert has_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "…",
        "\u200b",
        "\u200b\u200b \u200b",
        "-",
        "[photo]",
        "n/a",
        "N/A.",
        "N.A.",
        "(Photo)",
        " （图） ",
        "【写真】",
        "🙂",
        "null",
        "0",
        "·",
        "　。",
        "?",
        "12 %",
        "[gallery ids=\"1,2\" columns='3']",
        "{{ embed }}",
        "https://x.example/a",
        "www.x.example",
        "desk@x.example",
        "(None)",
        "👩‍👩‍👧 !",
        "½",
        "\\N",
        "[photo] [video]",
    ],
)
def test_signs_notes_and_addresses_are_no_words(text: str) -> None:
    assert not has_word(text)


@pytest.mark.parametrize("word", sorted(PLACEHOLDERS))
def test_a_placeholder_is_the_whole_text(word: str) -> None:
    assert is_placeholder(f" {word.upper()} ")
    assert not is_placeholder(f"{word} tide")
