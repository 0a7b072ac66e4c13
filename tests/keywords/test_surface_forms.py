"""Surface forms: what readers wrote, words of names with their capitals, others without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.surface_forms import surface_forms
from recommender.language.tokens import read_tokens

WORDS = [
    "Poipet", "POIPET", "poipet", "crane", "Crane", "of", "Kim", "KIM", "Jong",
    "the", "mayor’s",
]  # fmt: skip


def spelled(texts: list[str], language: str = "en") -> list[str]:
    ngrams = find_ngrams(read_tokens(texts), language)
    wanted = np.arange(sum(len(level.uses) for level in ngrams.levels))
    found = surface_forms(ngrams, wanted)
    assert sorted(found) == wanted.tolist()
    return [found[phrase] for phrase in wanted.tolist()]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("they saw that Hun Manet again", "Hun Manet"),
        ("he paid high interest rates there", "interest rates"),
        ("they spoke of Poipet’s future", "Poipet"),
        ("at last NATO replied", "NATO"),
    ],
)
def test_phrases_are_as_readers_write_them(sentence: str, expected: str) -> None:
    assert expected in spelled([f"{sentence} on {day}." for day in ("one", "two", "three")])


def test_a_word_that_begins_sentences_alone_keeps_no_capital() -> None:
    found = spelled(["Cranes stood idle. They mend cranes now. Cranes again.", "no cranes there"])
    assert "cranes" in found
    assert "Cranes" not in found


def test_a_name_that_headlines_shout_is_written_with_one_capital_a_word() -> None:
    plain = [f"at {n} he met Hun Manet there" for n in ("one", "two", "three")]
    shouted = [f"at {n} he spoke of HUN MANET in POIPET" for n in ("four", "five", "six")]
    found = spelled([*plain, *shouted])
    assert "Hun Manet" in found
    assert "POIPET" in found  # nobody writes it otherwise


def test_a_name_has_its_capitals_where_its_word_mostly_has_none() -> None:
    names = [f"at {n} he met the Green Party there" for n in ("one", "two", "three")]
    fields = [f"at {n} they saw green fields and green hills" for n in ("four", "five", "six")]
    found = spelled([*names, *fields])
    assert "Green Party" in found
    assert "green Party" not in found


def test_words_of_scripts_without_spaces_are_joined_without_one() -> None:
    assert "港口" in spelled(["港口起重机 港口起重机", "港口起重机"], "zh")


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8), min_size=1, max_size=6))
def test_what_is_spelled_stands_in_a_text(words: list[list[str]]) -> None:
    texts = [" ".join(some) for some in words]
    folded = [text.casefold() for text in texts]
    for phrase in spelled(texts):
        assert any(phrase.casefold() in text for text in folded), phrase


def test_only_what_is_wanted_is_spelled() -> None:
    ngrams = find_ngrams(read_tokens(["the old crane fell", "an old crane rose"]), "en")
    total = sum(len(level.uses) for level in ngrams.levels)
    every = surface_forms(ngrams, np.arange(total))
    some = np.arange(0, total, 2)
    assert surface_forms(ngrams, some) == {phrase: every[phrase] for phrase in some.tolist()}
    assert surface_forms(ngrams, np.arange(0)) == {}
