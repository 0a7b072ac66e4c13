"""What is cut is the passage, wherever it stands, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.cutter import Cutter
from recommender.language.prepare import embedded_text
from recommender.language.sentences import split_words

PITCH = "sign up for our daily letter now"
SHORT = "read more"

WORDS = st.sampled_from(
    ["sign", "up", "for", "our", "daily", "letter", "now", "Read", "more", "tide", "Quay", "U.S.",
     "12", "a@b.example", "https://x.example/1", "東京。", "é", "…", '"', "(", ")", ".", "!",
     "\n", "-"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


def as_passages(drawn: list[list[str]]) -> list[str]:
    folded = (" ".join(split_words(" ".join(words)).words) for words in drawn)
    return [passage for passage in folded if passage]


PASSAGES = st.lists(st.lists(WORDS, min_size=1, max_size=8), max_size=4).map(as_passages)


def cut(text: str, *passages: str) -> list[str]:
    return [text[start:end] for start, end in Cutter(passages).find(text).spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boats left. Sign up for our daily letter now!", ["Sign up for our daily letter now!"]),
        ("said Sign up for our DAILY letter now The tide", ["Sign up for our DAILY letter now"]),
        ("(Sign up for our daily letter now) Tide", ["(Sign up for our daily letter now)"]),
        ('left." "Sign up for our daily letter now." He', ['"Sign up for our daily letter now."']),
        ("Sign up for our daily letter, now and then", ["Sign up for our daily letter, now"]),
        ("Sign up for our daily newsletter now", []),
        ("Boats left. Read more", ["Read more"]),
        ("Boats left.\nRead more\nTide is in", ["Read more\n".strip()]),
        ("Read more. Boats left", ["Read more."]),
        ("They read more books. You read more", []),
        ("Sign up for our daily letter now Read more Tide", ["Sign up for our daily letter now"]),
        ("Sign up for our daily letter now Read more",
         ["Sign up for our daily letter now Read more"]),
        ("", []),
        ("…", []),
    ],
)  # fmt: skip
def test_a_long_passage_is_cut_anywhere_and_a_short_one_where_it_stands_alone(
    text: str, expected: list[str]
) -> None:
    assert cut(text, PITCH, SHORT) == expected


def test_words_are_counted() -> None:
    assert Cutter([PITCH]).find("Boats left. Sign up for our daily letter now!")[1:] == (7, 2)
    assert Cutter([]).find("Boats left.") == ([], 0, 2)


def test_numbers_and_addresses_stand_for_any() -> None:
    passage = " ".join(split_words("Photo 12 of 20: a@b.example, see https://x.example/1").words)
    assert cut("Tide. Photo 3 of 7: c@d.example, see www.y.example", passage) == [
        "Photo 3 of 7: c@d.example, see www.y.example"
    ]


@given(TEXTS, PASSAGES)
def test_what_is_left_has_nothing_to_cut(text: str, passages: list[str]) -> None:
    cutter = Cutter(passages)
    left = embedded_text("", text, cutter.find(text).spans)
    assert cutter.find(left).words == 0


@given(TEXTS, PASSAGES)
def test_only_words_of_passages_are_cut_and_all_are_counted(text: str, passages: list[str]) -> None:
    found = Cutter(passages).find(text)
    words = {word for passage in passages for word in passage.split(" ")}
    cut_words = [w for start, end in found.spans for w in split_words(text[start:end]).words]
    assert set(cut_words) <= words
    assert found.words == len(cut_words)
    assert found.words + found.left == len(split_words(text).words)
    places = [place for span in found.spans for place in span]
    assert places == sorted(places)
    assert found.spans == Cutter(reversed(passages)).find(text).spans


@given(TEXTS, PASSAGES)
def test_what_may_be_found_is_never_ruled_out(text: str, passages: list[str]) -> None:
    cutter = Cutter(passages)
    assert cutter.may_find(text) or not any(
        f" {passage} " in f" {' '.join(split_words(text).words)} " for passage in passages
    )
