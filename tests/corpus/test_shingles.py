"""Shingles: words are hashed alike however they are written, and pieces stand in for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.shingles import SHINGLE, HashedWords, hash_texts, hash_words, shingles
from recommender.language.tokens import read_tokens, tokenise


def words_of(text: str) -> HashedWords:
    return hash_words(tokenise(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour: the “tide” turns", "HARBOUR – The tide turns!"),
        ("Caf\u00e9 ﬁre", "CAFE\u0301, fire"),
        ("the mayor’s crane", "The mayor's crane."),
        ("２０１７年", "2017年"),
        ("Élections : le maire de Besançon réélu", "ELECTIONS : LE MAIRE DE BESANCON REELU"),
        ("El alcalde de Córdoba, mañana", "El alcalde de Cordoba, manana"),
    ],
)
def test_case_marks_and_composition_are_no_difference(one: str, other: str) -> None:
    assert words_of(one).hashes.tolist() == words_of(other).hashes.tolist()


def test_numbers_are_known_by_their_first_sign() -> None:
    assert words_of("at 10:30 some 3.5m of COVID-19").numbers.tolist() == [
        False, True, False, True, False, False, True,
    ]  # fmt: skip


def test_a_number_with_a_joint_is_one_word_of_its_own() -> None:
    whole = words_of("rates of 7-1/4 and")
    assert whole.numbers.tolist() == [False, False, True, False]
    parts = {*words_of("7-1 4 1/4 7/4 4/7-1").hashes.tolist()}
    assert whole.hashes[2] not in parts
    assert whole.hashes[2] == words_of("7-1/4").hashes[0]


@pytest.mark.parametrize("text", [": 10", "10 /", "and/or", "10:boats", "a 10 : b"])
def test_a_joint_beside_anything_else_is_a_mark(text: str) -> None:
    plain = text.translate(dict.fromkeys(map(ord, ":/"), " "))
    assert words_of(text).hashes.tolist() == words_of(plain).hashes.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a half-brother", "a half brother"),
        ("the mayor's quay", "the mayor s quay"),
        ("an 80-year-old", "an 80 year old"),
    ],
)
def test_compounds_are_the_words_that_they_are_made_of(one: str, other: str) -> None:
    assert words_of(one).hashes.tolist() == words_of(other).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("three plain words", [1, 1, 1]),
        ("東京都", [2, 2, 1]),
        ("東京。大阪", [2, 1, 2, 1]),
        ("東京 tide 7年", [2, 1, 1, 1, 1]),
        ("ภาษาไทยดี", [6, 6, 6, 5, 4, 3, 2, 1]),
    ],
)
def test_pieces_reach_to_the_end_of_their_row_of_signs(text: str, widths: list[int]) -> None:
    assert words_of(text).widths.tolist() == widths


def test_pieces_differ_by_all_their_signs_and_by_their_order() -> None:
    hashes = [words_of(text).hashes[0] for text in ("東京", "京東", "東都", "東", "東京都")]
    assert len(set(hashes[:4])) == 4
    assert hashes[0] == hashes[4]


def test_shingles_differ_by_the_order_of_words() -> None:
    orders = ["tide quay crane", "quay tide crane", "crane quay tide"]
    assert len({shingles(words_of(text).hashes)[0] for text in orders}) == 3


@pytest.mark.parametrize(("words", "count"), [(0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (9, 7)])
def test_a_short_text_is_one_shingle_and_an_empty_one_none(words: int, count: int) -> None:
    hashes = np.arange(words, dtype=np.uint64)
    assert len(shingles(hashes)) == count
    assert SHINGLE == 3


PIECES = st.sampled_from(["Quay ", "7", "東", "京", "ไ", "ท", ". ", "tide’s"])


@given(st.lists(PIECES, max_size=20).map("".join), st.text(max_size=20))
def test_many_texts_are_hashed_as_each_is(one: str, other: str) -> None:
    found = hash_texts(read_tokens([one, "between", other]), [0, 2])
    assert list(found) == [0, 2]
    for text, words in ((one, found[0]), (other, found[2])):
        for column, expected in zip(words, words_of(text), strict=True):
            np.testing.assert_array_equal(column, expected)
