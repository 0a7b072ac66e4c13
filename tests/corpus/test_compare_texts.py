"""Two texts: what is a copy, an extract or a correction, and what only looks like one."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.compare_texts import Likeness, compare_texts
from tests.corpus.made_up_articles import Story, made_up_words, story, words_of

NOTICE = (
    "This article is for subscribers only. To read on, choose one of our offers: four weeks for "
    "one euro, then nine euros a month, cancel at any time. Already a subscriber? Log in here."
)
WEIR = Story(
    "New weir at Kelby opens",
    "When the mayor of Kelby opened the new weir on Friday, engineers said that the river carries "
    "140 cubic metres of water a second in spring and almost nothing in August. The weir holds "
    "back enough to let barges pass until October. Anglers had feared for the salmon, so a ladder "
    "of stone steps was built beside it, and on the first morning two fish were seen to climb it. "
    "The cost was shared between the county and the owners of the mill in Tarn.",
)


def compare(one: Story, other: Story) -> Likeness:
    found = compare_texts(words_of(one), words_of(other))
    assert compare_texts(words_of(other), words_of(one)) is found
    return found


def changed(s: Story, *changes: tuple[str, str]) -> Story:
    title, body = s
    for old, new in changes:
        assert old in title + body
        title, body = title.replace(old, new), body.replace(old, new)
    return Story(title, body)


@pytest.mark.parametrize(
    "changes",
    [
        [("140", "104")],
        [("New weir at Kelby opens", "Mayor opens Kelby weir")],
        [("The weir holds", "It holds"), ("so a ladder", "and a ladder")],
        [("said that", "explained that"), ("Anglers", "Fishermen")],
        [("When the mayor", "KELBY (Example Press) - When the mayor")],
    ],
)
def test_edits_make_copies(changes: list[tuple[str, str]]) -> None:
    assert compare(WEIR, changed(WEIR, *changes)) is Likeness.COPY


@pytest.mark.parametrize(
    "changes",
    [
        [("opens", "does not open")],
        [("Kelby opens", "Norwick opens"), ("Kelby", "Norwick")],
        [("Kelby", "Norwick"), ("Tarn", "Stavely"), ("October", "March")],
        [("140", "880"), ("two fish", "nine fish"), ("Friday", "Monday"), ("August", "June")],
        [("on Friday", "on Monday"), ("in spring", "in autumn")],
    ],
)
def test_other_names_numbers_and_contrary_words_make_other_articles(
    changes: list[tuple[str, str]],
) -> None:
    assert compare(WEIR, changed(WEIR, *changes)) < Likeness.EXTRACT


def test_one_contrary_word_is_a_correction_at_most() -> None:
    verdict = Story("Dock worker found guilty", f"A jury found him guilty on Friday. {WEIR.body}")
    denied = changed(verdict, ("guilty", "not guilty"))
    assert compare(verdict, denied) is Likeness.CORRECTED
    acquitted = changed(verdict, ("guilty", "innocent"), ("on Friday", "on Monday"))
    assert compare(verdict, acquitted) is Likeness.DIFFERENT


def test_a_notice_under_headlines_of_its_own_is_no_copy() -> None:
    one = Story("Wolf seen in suburb of Hamburg for the first time", NOTICE)
    other = Story("Central bank leaves interest rate unchanged", NOTICE)
    assert compare(one, other) is Likeness.DIFFERENT
    # Headlines with words in common say as little of what the notice is about.
    near = Story("Wolf of Hamburg: suburb sees another one for a second time", NOTICE)
    assert compare(one, near) is Likeness.DIFFERENT


def test_an_extract_is_the_opening_under_the_same_title() -> None:
    words = WEIR.body.split()
    teaser = Story(WEIR.title, " ".join(words[:24]) + " Read on.")
    assert compare(WEIR, teaser) is Likeness.EXTRACT
    assert compare(WEIR, Story("Barges pass until October", teaser.body)) is Likeness.DIFFERENT
    assert compare(WEIR, Story(WEIR.title, " ".join(words[40:64]))) is Likeness.DIFFERENT
    other = changed(teaser, ("140", "880"))
    assert compare(WEIR, other) is Likeness.DIFFERENT


@pytest.mark.parametrize("mark", ["> ", ">"])
def test_a_reply_that_quotes_is_no_copy(mark: str) -> None:
    quoted = " ".join(f"{mark}{sentence}." for sentence in WEIR.body.split(". "))
    own = "I was there, and the ladder is far too steep for any fish that I have ever caught."
    for reply in (f"{quoted} {own}", f"{own} {quoted}", f"Ann wrote: {quoted} {own}"):
        assert compare(WEIR, Story(WEIR.title, reply)) is Likeness.DIFFERENT
    assert compare(WEIR, Story(WEIR.title, f"{quoted} Indeed.")) is Likeness.COPY


def test_an_article_that_ends_with_the_whole_of_another_is_no_copy() -> None:
    own = " ".join(made_up_words(random.Random(3), 60))
    other = Story("Fishermen count salmon again", f"{own} {WEIR.body}")
    assert compare(WEIR, other) is Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mayor opens new weir at Kelby", "MAYOR OPENS “NEW WEIR” AT KELBY", True),
        ("Elephants can gauge threat from human voices", "Elephants can gauge threat from human "
         "voices: study", True),
        ("Why Nikki should win the final of the show", "Why Clare should win the final of the show",
         False),
        ("Tech that makes you read faster hits watches", "App that makes you read faster hits "
         "watches", False),
        ("Minister says inquiry is over", "Minister says inquiry is not over", False),
        ("Wall Street rises in thin trading as banks lead", "Wall Street falls in thin trading as "
         "banks lead", False),
        ("Colorado takes 2 million in taxes in first month", "Colorado takes 3 million in taxes in "
         "first month", False),
    ],
)  # fmt: skip
def test_headlines_need_the_same_content_words(one: str, other: str, same: bool) -> None:
    likeness = compare_texts(words_of(one), words_of(other))
    assert (likeness is Likeness.COPY) == same


def cases(name: str) -> dict[str, Story]:
    path = Path(__file__).parents[1] / "cases" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    return {r["id"]: Story(r["title"], r["text"]) for r in map(json.loads, lines)}


@pytest.mark.parametrize(
    ("name", "copies"),
    [
        ("market-reports.jsonl", {("w-1", "w-2")}),
        ("obituaries.jsonl", set()),
        ("obituaries-own-text.jsonl", set()),
        ("paywall-notice.jsonl", set()),
        ("paywall-notice-short.jsonl", set()),
    ],
)
def test_cases(name: str, copies: set[tuple[str, str]]) -> None:
    stories = cases(name)
    ids = sorted(stories)
    found = {
        (a, b)
        for a in ids
        for b in ids
        if a < b and compare(stories[a], stories[b]) >= Likeness.EXTRACT
    }
    assert found == copies


@given(st.data())
def test_the_judgement_is_symmetric_and_takes_any_text(data: st.DataObject) -> None:
    text = st.text(max_size=60) | st.integers(0, 3).map(lambda n: story(n, 50).body)
    one, other = (Story(data.draw(st.text(max_size=20)), data.draw(text)) for _ in range(2))
    compare(one, other)
    words = words_of(one)
    assert compare_texts(words, words) is (Likeness.COPY if len(words.hashes) else Likeness(0))


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("New weir opens", Likeness.EXTRACT),
        ("New weir at Kelby opens: what anglers say", Likeness.EXTRACT),
        ("New weir at Kelby does not open", Likeness.DIFFERENT),
        ("Weir", Likeness.DIFFERENT),
        ("Bridge at Kelby opens", Likeness.DIFFERENT),
    ],
)
def test_an_extract_may_have_a_shortened_title(title: str, found: Likeness) -> None:
    teaser = Story(title, " ".join(WEIR.body.split()[:24]) + " … Read more")
    assert compare(WEIR, teaser) is found
