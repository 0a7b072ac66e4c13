"""A night in plain words: what needs attention, and what is in the news."""

import re
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.cli.night_words import history_lines, report_lines
from recommender.pipeline.run_log import last_night
from tests.pipeline.newsroom import Newsroom, articles, good
from tests.planted import newsdesk, publish_articles


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


DESK = ("topics.count=2", "related.floor=0")


def section(lines: list[str], heading: str) -> list[str]:
    """The indented lines below a heading."""
    rest = lines[lines.index(heading) + 1 :]
    end = next((n for n, line in enumerate(rest) if not line.startswith(" ")), len(rest))
    return [line.strip() for line in rest[:end]]


def test_a_good_night_needs_nothing_and_names_the_stories(tmp_path: Path) -> None:
    artifacts = publish_articles(tmp_path, newsdesk(), *DESK)
    lines = report_lines(artifacts, last_night(artifacts))
    assert lines[0].startswith("published 2")
    assert "Nothing needs attention" in lines
    rec = Recommender.open(artifacts.root)
    largest = rec.stories(count=1)[0]
    first = section(lines, "The largest stories")[0]
    assert first.startswith(f"{largest.size} articles: {largest.headline} (")
    assert any(re.match(r"All topics are new, \d+ on all levels: ", line) for line in lines)
    assert section(lines, "What was done")


def test_topics_that_changed_are_named_with_their_labels(tmp_path: Path) -> None:
    publish_articles(tmp_path, newsdesk()[:18], *DESK)
    artifacts = publish_articles(tmp_path, newsdesk(), *DESK)
    rec = Recommender.open(tmp_path)
    lines = section(report_lines(artifacts, last_night(artifacts)), "Topics that changed")
    for change in rec.changes():
        assert any(change.label in line and change.id in line for line in lines)


def test_what_was_taken_down_is_in_no_report(tmp_path: Path) -> None:
    artifacts = publish_articles(tmp_path, newsdesk(), *DESK)
    rec = Recommender.open(tmp_path)
    headline = rec.stories(count=1)[0].headline
    for card in rec.stories(count=1)[0].articles:
        rec.remove(card.id)
    assert headline not in "\n".join(report_lines(artifacts, last_night(artifacts)))


def test_each_thing_to_act_on_comes_with_what_to_do(newsroom: Newsroom) -> None:

    newsroom.night(*articles(20))
    newsroom.lines(
        *(good(n) for n in range(24)), "bad", overrides=["topics.seed=5", "related.fill=0"]
    )
    lines = report_lines(newsroom.artifacts, last_night(newsroom.artifacts))
    (rejected,) = section(lines, "What needs attention")
    assert rejected.startswith("1 record could not be used: mend the export; ")
    changed = section(lines, "Settings that changed since the snapshot before")
    assert [line.split(":")[0] for line in changed] == [
        "related.fill 5 → 0", "topics.seed 0 → 5",
    ]  # fmt: skip


def test_an_export_that_stands_still_is_said(newsroom: Newsroom) -> None:

    newsroom.night(*articles(20))
    newsroom.night(*articles(3))
    lines = report_lines(newsroom.artifacts, last_night(newsroom.artifacts))
    assert section(lines, "What needs attention") == [
        "17 stored articles were not delivered, and none was new: look whether the export still "
        "runs"
    ]
    newsroom.night()
    lines = report_lines(newsroom.artifacts, last_night(newsroom.artifacts))
    assert section(lines, "What needs attention") == [
        "the sources held no record: look at the export"
    ]


def test_a_night_without_an_article_is_said(newsroom: Newsroom) -> None:
    newsroom.night(*articles(3))
    for n in range(3):
        newsroom.recommender().remove(f"a-{n}")
    newsroom.night(*articles(3))
    lines = report_lines(newsroom.artifacts, last_night(newsroom.artifacts))
    assert section(lines, "What needs attention")[0].startswith("the snapshot is empty, because")
    assert not any("words were not read" in line and "100.0%" in line for line in lines)


def test_a_night_of_another_snapshot_names_no_stories(tmp_path: Path) -> None:
    artifacts = publish_articles(tmp_path, newsdesk(), *DESK)
    night = last_night(artifacts) | {"snapshot": "20200101T000000Z-00000000"}
    lines = report_lines(artifacts, night)
    assert "Another snapshot is served now; recommender snapshots lists them" in lines
    assert "The largest stories" not in lines


def test_the_history_says_how_each_night_ended(tmp_path: Path) -> None:
    artifacts = publish_articles(tmp_path, newsdesk(), *DESK)
    night: dict[str, Any] = last_night(Artifacts(artifacts.root))
    ends = [
        night | {"refused": ["a gate"]}, night | {"unchanged": True}, night | {"forced": ["x"]},
        night,
    ]  # fmt: skip
    words = [line.split(": ", 1)[1].split(";")[0] for line in history_lines(ends)]
    assert words == ["refused", "nothing had changed", "forced", "published"]
