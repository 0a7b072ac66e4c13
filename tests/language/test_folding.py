"""Folding: spellings of one word are equal, and folding again changes nothing."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.folding import fold


@pytest.mark.parametrize(
    "spellings",
    [
        "Köln|KÖLN|Koeln|KOELN|Ko\u0308ln",
        "Straße|STRASSE|strasse|STRAẞE",
        "Århus|Aarhus|A\u030arhus",
        "Tromsø|Tromsoe|Tromsö",
        "cœur|coeur|CŒUR",
        "æble|aeble|Æble",
        "İstanbul|istanbul|ISTANBUL|ıstanbul",
        "Ёлка|елка|ЕЛКА",
        "Iaşi|Iași|IAŞI",
        "أحمد|احمد",
        "كِتَاب|كتاب|ڪتاب".replace("ڪ", "ک"),
        "שָׁלוֹם|שלום",
        "ＮＨＫ|NHK|nhk",
        "ﾆｭｰｽ|ニュース",
        "rock’n’roll|rock'n'roll",
        "itar‐tass|itar-tass|ITAR\u2011TASS",
        "Σίσυφος|ΣΊΣΥΦΟΣ",
    ],
)
def test_spellings_of_one_word_are_equal(spellings: str) -> None:
    assert len({fold(word) for word in spellings.split("|")}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("pâte", "pâté"), ("ano", "año"), ("cote", "côté"), ("łaska", "laska"), ("uber", "über")],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=10))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_no_letter_of_any_script_is_folded_twice() -> None:
    letters = map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1, 7)))
    assert [letter for letter in letters if fold(fold(letter)) != fold(letter)] == []


def test_english_words_are_only_put_into_lower_case() -> None:
    assert fold("Mayor's COVID-19 Phoenix") == "mayor's covid-19 phoenix"
