"""Runs from the edge of a sentence, and whether they stand by themselves."""

import pytest

from recommender.corpus.repeated_run import Occurrence, shared_runs, stands_alone
from recommender.language.sentences import EDGE, edge_hash, split_words

STOP_WORDS = {"the", "of", "in", "he"}


def occurrences(edge: str, *texts: str, ends: bool = False) -> list[Occurrence]:
    found = []
    for number, text in enumerate(texts):
        split = split_words(text)
        key = edge_hash(split_words(edge).words, ends=ends)
        found.append(Occurrence(number, text, split, *split.edges()[key]))
    return found


def run_words(found: list[Occurrence], least: int = 2) -> list[tuple[str, int]]:
    runs = shared_runs(found, least)
    result = []
    for run in runs:
        first, end = run.occurrences[0].span(run.length)
        result.append((" ".join(run.occurrences[0].split.words[first:end]), len(run.occurrences)))
    return result


def test_the_longest_run_and_the_shorter_ones_that_more_texts_share() -> None:
    found = occurrences(
        "Sign up for our letter",
        "Sign up for our letter. Read on.",
        "Sign up for our letter. Read on.",
        "Sign up for our letter. Read us.",
        "Sign up for our letter",
    )
    assert run_words(found) == [
        ("sign up for our letter", 4),
        ("sign up for our letter read", 3),
        ("sign up for our letter read on", 2),
    ]
    assert run_words(found, least=3) == [
        ("sign up for our letter", 4), ("sign up for our letter read", 3),
    ]  # fmt: skip


def test_a_run_goes_backwards_from_the_end_of_a_sentence() -> None:
    texts = [f"{word} came home (Quay Post and the agencies)." for word in ("Ann", "Bo", "Cy")]
    found = occurrences("Quay Post and the agencies", *texts, ends=True)
    assert run_words(found)[-1] == ("came home quay post and the agencies", 3)
    assert found[0].word(0) == "agencies"
    assert found[0].written(4) == "Quay"


@pytest.mark.parametrize(
    ("behind", "alone"),
    [
        ([". Tide is in.", ". Boats left.", ""], True),
        ([" The tide is in.", " Boats left.", " He left."], True),  # full stops are missing
        ([" Boats left.", " Cranes too.", " Ferries also."], False),  # these may be names
        ([" and more.", " for us.", " by night."], False),
        ([", Tide is in.", ", He left.", ", The end."], False),
        ([") boats left", ") cranes too", ") ferries"], True),
    ],
)
def test_a_run_stands_alone_where_a_sentence_ends(behind: list[str], alone: bool) -> None:
    found = occurrences(
        "Read on with our letter",
        *(f"Read on with our letter{rest}" for rest in behind if rest[:1] != "."),
    ) if behind[0][0] != "." else [
        o
        for rest in behind
        for o in occurrences("Read on with our letter", f"Read on with our letter{rest}")
    ]  # fmt: skip
    (run,) = [r for r in shared_runs(found, 2) if r.length == EDGE]
    assert stands_alone(run, STOP_WORDS) == alone


def test_a_run_that_ends_in_a_name_or_a_stop_word_goes_on() -> None:
    for opening in ("At a meeting with Prime Minister", "At a great meeting held in"):
        texts = [f"{opening} {rest}" for rest in ("The Hague", "He said", "Paris fell")]
        found = [Occurrence(n, text, split_words(text), 0, True) for n, text in enumerate(texts)]
        run = shared_runs(found, 2)[0]
        assert not stands_alone(run, STOP_WORDS)
