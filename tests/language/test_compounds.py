"""Compounds: their parts are counted beside them, where the corpus uses the parts alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.compounds import add_compound_parts, compound_parts
from recommender.language.tokens import WordCounts, count_words, read_tokens

ALONE = {"steuer": 3, "bund": 2, "bundes": 1, "kanzler": 4, "finanz": 1, "minister": 5, "tag": 9}
GERMAN = [
    "Die Kraftfahrzeugsteuer steigt.",
    "Mehr Kfz-Steuer für den Kanzler.",
    "Der Bundeskanzler und der Bund.",
]


def counts_of(counted: WordCounts) -> list[dict[str, int]]:
    rows = counted.counts.toarray().astype(int).tolist()
    return [{w: n for w, n in zip(counted.words, row, strict=True) if n} for row in rows]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("bundeskanzler", ("bund", "kanzler")),
        ("kraftfahrzeugsteuer", ("steuer",)),
        ("kfz-steuer", ("kfz", "steuer")),
        ("finanzminister", ("finanz", "minister")),
        ("e-finanzminister", ("finanzminister", "finanz", "minister")),
        ("kanzler", ()),
        ("vortag", ()),  # too short a part
        ("besteuert", ()),  # a part inside is none
        ("", ()),
    ],
)
def test_a_compound_has_the_parts_that_stand_alone(word: str, parts: tuple[str, ...]) -> None:
    assert compound_parts(word, lambda w: ALONE.get(w, 0)) == parts


@given(st.text("abens-", max_size=16), st.sets(st.text("abens", min_size=4, max_size=6)))
def test_parts_lie_in_the_word_and_are_shorter(word: str, alone: set[str]) -> None:
    for part in compound_parts(word, lambda w: float(w in alone)):
        assert part in word
        assert len(part) < len(word)


def test_parts_are_counted_in_texts_of_the_language_alone() -> None:
    counted = count_words(read_tokens([*GERMAN, "A bundeskanzler and a vice-president."]))
    found = counts_of(add_compound_parts(counted, ["de", "de", "de", "en"]))
    assert found[0]["steuer"] == found[0]["kraftfahrzeugsteuer"] == 1
    assert found[1]["steuer"] == found[1]["kfz"] == found[1]["kfz-steuer"] == 1
    assert found[2]["kanzler"] == 1
    assert found[2]["bund"] == 2
    assert found[3] == counts_of(counted)[3]


def test_without_such_languages_and_without_compounds_nothing_changes() -> None:
    counted = count_words(read_tokens(GERMAN))
    assert add_compound_parts(counted, ["en", "fr", ""]) is counted
    plain = count_words(read_tokens(["Die Steuer steigt."]))
    assert add_compound_parts(plain, ["de"]) is plain


def test_words_stay_in_alphabetical_order_and_no_count_is_lost() -> None:
    counted = count_words(read_tokens(GERMAN))
    more = add_compound_parts(counted, ["de"] * 3)
    assert more.words == sorted(set(more.words))
    columns = [more.words.index(word) for word in counted.words]
    assert (more.counts.toarray()[:, columns] >= counted.counts.toarray()).all()
    assert more.counts.dtype == np.float32
