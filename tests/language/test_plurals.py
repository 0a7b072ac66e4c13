"""Plurals: the candidates that English endings allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.plurals import PluralRules, singulars
from recommender.language.word_lists import word_lists

ENGLISH = word_lists("en").plurals


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cars", ["car"]),
        ("cities", ["citie", "city"]),
        ("boxes", ["boxe", "box"]),
        ("heroes", ["heroe", "hero"]),
        ("houses", ["house", "hous"]),
        ("ies", ["ie", "y"]),
        ("glass", []),
        ("bus", []),
        ("crisis", []),
        ("car", []),
        ("as", []),
        ("", []),
    ],
)
def test_english_plurals(word: str, expected: list[str]) -> None:
    assert singulars(word, ENGLISH) == expected


@given(st.text("abeghiosuxyz", max_size=8))
def test_candidates_differ_from_the_word_and_from_each_other(word: str) -> None:
    found = singulars(word, ENGLISH)
    assert word not in found
    assert len(found) == len(set(found))


def test_each_language_adds_its_own_candidates() -> None:
    dutch = PluralRules((("en", ""),), ())
    assert singulars("boeken", [*ENGLISH, dutch]) == ["boek"]
    # The exceptions of one language are none in another.
    assert singulars("glass", [*ENGLISH, PluralRules((("s", ""),), ())]) == ["glas"]


def test_without_rules_no_word_is_a_plural() -> None:
    assert singulars("cars", []) == []
