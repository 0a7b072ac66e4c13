"""Words as boilerplate is compared by, and the edges of sentences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.language.sentences import EDGE, edge_hash, pack_edges, size, split_words

PIECES = st.sampled_from(
    ["Tide", "is", "in", ". ", "! ", "…", "U.S.", "Mr. ", "Sen. ", " ", "\n", ",\n", '" ', "12",
     "30, 2017", "a@b.example ", "https://x.example/1 ", "東京。", "it's ", "¿", "\ud800", ") ",
     "é", "No. 7 "]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Tide is in. Boats left! Who? “Ours.” Out",
            ["tide is in", "boats left", "who", "ours", "out"],
        ),
        ("Mr. Lee of the U.S. Navy and Sen. Holm met", ["mr lee of the u s navy and sen holm met"]),
        ("Tell us. Look at it. He did", ["tell us", "look at it", "he did"]),
        ("One line\nNext line,\ngoes on\n\nLast", ["one line", "next line goes on", "last"]),
        ("登录后阅读。请先付款！好", ["登录后阅读", "请先付款", "好"]),
        ("March 30, 2017 and 1.5 or 1/2/2016", ["march 0 and 0 or 0"]),
        ("page32 of B2B, 2nd", ["page0 of b0b 0nd"]),
        ("Mail a.b@c.example or see https://x.example/a?b=1.", ["mail @ or see @"]),
        ("It’s it's ÜBER", ["it's it's über"]),
        ("… — !", []),
        ("", []),
    ],
)
def test_words_and_sentences(text: str, sentences: list[str]) -> None:
    split = split_words(text)
    found = [" ".join(split.words[s.begin : s.end]) for s in split.sentences()]
    assert found == sentences


def test_edges_are_the_first_and_the_last_words_of_a_sentence() -> None:
    split = split_words("Tide is in. One two three four five six seven.")
    assert split.edges() == {
        edge_hash(["tide", "is", "in"]): (0, True),
        edge_hash(["one", "two", "three", "four", "five"]): (3, True),
        edge_hash(["three", "four", "five", "six", "seven"], ends=True): (10, False),
    }
    assert edge_hash(["tide"]) != edge_hash(["tide"], ends=True)
    whole = split_words("One two three four five.").edges()
    assert list(whole.values()) == [(0, True)]
    assert EDGE == 5


@given(TEXTS)
def test_words_lie_in_the_text_in_order_and_sentences_hold_all_of_them(text: str) -> None:
    split = split_words(text)
    bounds = [place for pair in zip(split.starts, split.ends, strict=True) for place in pair]
    assert bounds == sorted(bounds)
    assert all(
        any(c.isalnum() for c in text[a:b]) for a, b in zip(split.starts, split.ends, strict=True)
    )
    sentences = list(split.sentences())
    assert [n for s in sentences for n in range(s.begin, s.end)] == list(range(len(split.words)))


@given(TEXTS)
def test_packed_edges_are_those_of_the_split_text(text: str) -> None:
    assert np.frombuffer(pack_edges(text), dtype="<u4").tolist() == sorted(
        split_words(text).edges()
    )


def test_two_signs_of_a_text_without_spaces_count_as_a_word() -> None:
    assert size(["登录后阅读全文", "a", "東"]) == 5
