"""What people see of stories and topics: the right rows in the right order, as small bars too."""

from datetime import UTC, date, datetime

from rich.console import Console

from recommender.cli.group_tables import (
    changes_table,
    stories_table,
    story_table,
    topics_table,
    trends_table,
)
from recommender.cli.table import RowTable
from recommender.types.article import Card
from recommender.types.groups import Change, Keyword, Story, Topic, Trend

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
WORDS = tuple(Keyword(term, 1.0) for term in ("ferry", "hull", "radar", "fog", "rescue"))
CARD = Card("a-1", "Ferry aground", None, "Gazette", None, None, None, NOW)
STORY = Story("s-1", "Ferry aground", CARD, (CARD, CARD), NOW, NOW, ("Gazette",), WORDS)


def rows(table: RowTable) -> list[str]:
    console = Console(width=140, force_terminal=False)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_topics_show_as_many_words_as_are_asked_for() -> None:
    _, row = rows(topics_table([Topic("t-1", "ferry", 1200, WORDS)], 2))
    assert row.split("  ")[-1].strip() == "ferry, hull"
    assert "1,200" in row


def test_stories_and_one_story_show_their_words_and_dates() -> None:
    _, row = rows(stories_table([STORY], NOW))
    assert [*filter(None, row.split("  "))][-4:] == [
        "ferry, hull, radar, fog", "just now", "just now", "Gazette",
    ]  # fmt: skip
    heading, words, _, first, second = rows(story_table(STORY, NOW))
    assert (heading, words) == ("s-1 · Ferry aground", "ferry, hull, radar, fog, rescue")
    assert first == second


def test_changes_come_by_kind_and_then_by_size() -> None:
    changes = [
        Change("gone", "t-1", "", (), 0, 9), Change("born", "t-2", "", (), 3, 0),
        Change("born", "t-3", "", ("t-1",), 5, 0),
    ]  # fmt: skip
    assert [row.split()[:2] for row in rows(changes_table(changes))[1:]] == [
        ["born", "t-3"], ["born", "t-2"], ["gone", "t-1"],
    ]  # fmt: skip


def test_a_trend_shows_its_days_as_bars_up_to_its_most() -> None:
    _, row = rows(trends_table([Trend("t-1", "ferry", 4.25, date(2026, 3, 9), (0, 1, 4, 8))]))
    assert " ▁▄█" in row
    assert row.endswith("8 on 9 Mar")
    _, row = rows(trends_table([Trend("t-1", "ferry", 4.25, date(2026, 3, 9), (0, 0, 2))]))
    assert "  █" in row
