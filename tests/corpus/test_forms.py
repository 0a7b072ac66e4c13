"""Texts that fill one form say nothing of one event, whatever their scores."""

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.corpus.forms import find_forms
from recommender.language.tokens import read_tokens
from tests.corpus.made_up_articles import Story

CASES = Path(__file__).parents[1] / "cases"


def stories_of(file: str, *ids: str) -> list[Story]:
    records = [json.loads(line) for line in (CASES / file).read_text().splitlines()]
    return [Story(r["title"], r["text"]) for r in records if not ids or r["id"] in ids]


def kept(stories: list[Story]) -> list[set[int]]:
    """The neighbours that each text keeps, where each has all others."""
    count = len(stories)
    neighbours = np.array([[n for n in range(count) if n != text] for text in range(count)])
    neighbours = np.pad(neighbours, ((0, 0), (0, 1)), constant_values=-1).astype(np.int32)
    tokens = read_tokens(s.text for s in stories)
    everything = np.ones(neighbours.shape, dtype=bool)
    forms = find_forms(neighbours, everything, tokens, [s.title for s in stories])
    assert not forms[neighbours < 0].any()
    assert not find_forms(neighbours, ~everything, tokens, [s.title for s in stories]).any()
    kept = (neighbours >= 0) & ~forms
    return [set(neighbours[text, kept[text]].tolist()) for text in range(count)]


@pytest.mark.parametrize("file", ["obituaries.jsonl", "obituaries-own-text.jsonl"])
def test_obituaries_of_different_people_are_no_neighbours(file: str) -> None:
    people = [s for s in stories_of(file) if ", " in s.title]
    assert len(people) >= 3
    assert kept(people) == [set() for _ in people]


def test_two_exchanges_are_no_neighbours_and_the_days_of_one_are() -> None:
    days = stories_of("market-reports.jsonl", "m-1", "m-3", "n-2")
    assert kept(days) == [{1}, {0}, set()]


def test_accounts_of_one_event_stay_neighbours() -> None:
    accounts = stories_of("blast-in-other-words.jsonl")
    everybody = set(range(len(accounts)))
    assert kept(accounts) == [everybody - {text} for text in sorted(everybody)]


def test_a_verdict_and_its_denial_stay_neighbours() -> None:
    text = (
        "A court in Redwick found the former harbour master Peter Lund {} on Friday of taking "
        "bribes from a dredging firm. Lund, 58, had run the harbour for eleven years. His lawyer "
        "said that he would speak to the press in the afternoon."
    )
    first = Story("Harbour master found guilty of bribery", text.format("guilty"))
    second = Story("Court clears harbour master", text.format("not guilty"))
    assert kept([first, second]) == [{1}, {0}]


def test_a_name_that_both_say_in_their_own_words_is_no_part_of_a_form() -> None:
    form = (
        "{} This was said in the chamber on Tuesday after a long and heated debate, and the house "
        "will vote on it at the end of next week, when all members are back from the provinces."
    )
    first = Story("A tax for the few", form.format("Speaker Ada Lund wants less of it."))
    second = Story("No more gold", form.format("It is for Ada Lund to say no, he thinks."))
    assert kept([first, second]) == [{1}, {0}]
    other = Story("No more gold", form.format("It is for Bo Krag to say no, he thinks."))
    assert kept([first, other]) == [set(), set()]


def test_what_has_no_headline_or_no_neighbour_is_left_alone() -> None:
    people = stories_of("obituaries.jsonl")
    assert kept([Story("", s.body) for s in people[:2]]) == [{1}, {0}]
    assert kept([people[0], Story("Only a headline", "")]) == [{1}, {0}]
    assert kept(people[:1]) == [set()]
