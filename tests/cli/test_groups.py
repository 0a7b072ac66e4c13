"""The commands about stories and topics: tables a person reads, JSON for machines, and news."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from recommender import Recommender
from tests.conftest import Run
from tests.json_shapes import check_json
from tests.planted import START, newsdesk, publish_articles, report, write_jsonl

ROOM = ("related.floor=0", "topics.resolution=1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    publish_articles(tmp_path / "a", newsdesk(), *ROOM)
    return tmp_path / "a"


def test_topics_list_keywords(run: Run, root: Path) -> None:
    table = run("recommender", "topics", "--artifacts", root, "--words", 2)
    found = json.loads(run("recommender", "topics", "--artifacts", root, "--json").out)
    topics = Recommender.open(root).topics()
    assert [topic["id"] for topic in found] == [topic.id for topic in topics]
    assert sum(topic["size"] for topic in found) == len(newsdesk())
    first = ", ".join(keyword["term"] for keyword in found[0]["keywords"][:2])
    row = table.out.splitlines()[1].strip().split(maxsplit=2)
    assert row == [topics[0].id, str(topics[0].size), first]


def test_one_topic_is_found_by_its_id(run: Run, root: Path) -> None:
    topic = Recommender.open(root).topics()[-1]
    found = json.loads(run("recommender", "topics", topic.id, "--artifacts", root, "--json").out)
    check_json(found, "topic_page")
    assert (found["topic"]["id"], found["topic"]["label"]) == (topic.id, topic.label)
    shown = run("recommender", "topics", topic.id, "--artifacts", root, "-n", 2)
    assert shown.out.startswith(f"{topic.id} · {topic.label}\n{topic.size} articles, level 1\n")
    listed = shown.out.partition("Newest")[2]
    assert [card["id"] in listed for card in found["newest"][:3]] == [True, True, False]
    assert all(article_id in shown.out for article_id in topic.representatives)
    refused = run("recommender", "topics", topic.id, "--level", 2, "--artifacts", root)
    assert (refused.code, "cannot be combined with --level" in refused.err) == (2, True)
    unknown = run("recommender", "topics", "t-none", "--artifacts", root)
    assert unknown.code == 6
    assert "there is no story or topic 't-none'" in unknown.err


def test_a_level_without_topics_says_how_many_there_are(run: Run, root: Path) -> None:
    result = run("recommender", "topics", "--level", 3, "--artifacts", root)
    assert result.code == 0
    assert "The topics have 1 level; none is cut as fine as 3." in result.err


def test_stories_are_listed_the_largest_first(run: Run, root: Path) -> None:
    stories = Recommender.open(root).stories()
    table = run("recommender", "stories", "--artifacts", root)
    rows = [line.split() for line in table.out.splitlines() if line.startswith("s-")]
    assert [(row[0], int(row[1])) for row in rows] == [(s.id, s.size) for s in stories]
    assert stories[0].headline in table.out
    least = stories[0].size
    largest = run("recommender", "stories", "--min-size", least, "--artifacts", root, "--json")
    assert {s["id"] for s in json.loads(largest.out)} == {s.id for s in stories if s.size == least}
    none = run("recommender", "stories", "--since", "1h", "--artifacts", root, "--json")
    assert json.loads(none.out) == []


def test_one_story_is_shown_with_its_articles(run: Run, root: Path) -> None:
    story = Recommender.open(root).story_of("strike-1")
    shown = run("recommender", "stories", story.id, "--artifacts", root)
    places = [shown.out.index(f" {card.id}") for card in story.articles]
    assert places == sorted(places)
    found = json.loads(run("recommender", "stories", story.id, "--artifacts", root, "--json").out)
    check_json(found, "story")
    assert found["headline"] == story.headline
    assert found["lead"] == story.lead.id
    assert found["first"] == "2026-02-20T09:00:00+00:00"  # nine days before all others
    assert [article["id"] for article in found["articles"]] == [c.id for c in story.articles]


def test_changes_are_the_last_nights(run: Run, root: Path) -> None:
    first = run("recommender", "topics", "--changes", "--artifacts", root)
    topics = Recommender.open(root).topics(None)
    assert first.out.count("born") == len(topics)
    news = [replace(report("beetle", n % 6), id=f"x{n}", text=f"{report('beetle', n).text} {n}")
            for n in range(12)]  # fmt: skip
    publish_articles(root, news, *ROOM)
    changed = json.loads(
        run("recommender", "stories", "--changes", "--artifacts", root, "--json").out
    )
    story = Recommender.open(root).story_of("beetle-1")
    (grown,) = [change for change in changed if change["id"] == story.id]
    assert grown["kind"] == "grown"
    assert grown["label"] == story.headline
    assert (grown["previous_size"], grown["size"]) == (6, story.size)
    assert "6 → " in run("recommender", "stories", "--changes", "--artifacts", root).out


def test_count_keeps_the_largest_changes(run: Run, root: Path) -> None:
    rec = Recommender.open(root)
    for kind in ("stories", "topics"):
        shown = json.loads(
            run("recommender", kind, "--changes", "-n", "2", "--artifacts", root, "--json").out
        )
        sizes = sorted((change.size for change in rec.changes(kind)), reverse=True)  # type: ignore[arg-type]
        assert sorted((change["size"] for change in shown), reverse=True) == sizes[:2]
        assert [change["id"] for change in shown] == sorted(change["id"] for change in shown)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stories", "--changes", "--trending"], "--changes cannot be combined with --trending"),
        (["stories", "s-1", "--changes"], "--changes cannot be combined with STORY_ID"),
        (["stories", "--trending", "--since", "7d"], "--trending cannot be combined with --since"),
        (
            ["stories", "--trending", "--min-size", "2"],
            "--trending cannot be combined with --min-size",
        ),
        (["topics", "t-1", "--trending"], "--trending cannot be combined with TOPIC_ID"),
        (["topics", "--changes", "--level", "1"], "--changes cannot be combined with --level"),
    ],
)
def test_options_that_a_flag_would_ignore_are_refused(
    run: Run, root: Path, arguments: list[str], said: str
) -> None:
    result = run("recommender", *arguments, "--artifacts", root)
    assert result.code == 2
    assert said in result.err


@pytest.mark.parametrize("command", ["stories", "topics"])
def test_an_id_that_is_no_valid_unicode_is_unknown(run: Run, root: Path, command: str) -> None:
    assert run("recommender", command, "\udcff", "--artifacts", root).code == 6


def test_a_night_without_changes_says_so(run: Run, root: Path) -> None:
    source = write_jsonl(root / "source.jsonl", newsdesk())
    again = run(
        "recommender", "nightly", source, "--artifacts", root, "--force",
        *(part for setting in ROOM for part in ("--set", setting)),
    )  # fmt: skip
    assert again.code == 0
    result = run("recommender", "topics", "--changes", "--artifacts", root)
    assert result.out == "The last night left all topics as they were.\n"
    assert run("recommender", "stories", "--trending", "--artifacts", root).out.startswith("No sto")


def test_trends_are_drawn_day_by_day(run: Run, tmp_path: Path) -> None:
    days = [replace(report("prize", n % 6), id=f"day-{n:02}", published=START + timedelta(days=n))
            for n in range(14)]  # fmt: skip
    last = START + timedelta(days=14)
    news = [replace(report("strike", n % 6), id=f"new-{n}", published=last) for n in range(10)]
    publish_articles(tmp_path, [*days, *news])
    shown = run("recommender", "stories", "--trending", "--artifacts", tmp_path).out
    (story,) = Recommender.open(tmp_path).trending("stories")
    row = next(line for line in shown.splitlines() if line.startswith(story.id))
    assert "█" in row
    assert f"{story.daily[-1]} on 15 Mar" in row
    (found,) = json.loads(
        run("recommender", "stories", "--trending", "--artifacts", tmp_path, "--json").out
    )
    assert found["until"] == "2026-03-15"
    assert found["daily"] == list(story.daily)


@pytest.mark.parametrize("command", ["topics", "stories"])
@pytest.mark.parametrize("flag", ["", "--changes", "--trending"])
def test_json_has_the_documented_shape(run: Run, tmp_path: Path, command: str, flag: str) -> None:
    days = [replace(report("prize", n % 6), id=f"day-{n:02}", published=START + timedelta(days=n))
            for n in range(14)]  # fmt: skip
    last = START + timedelta(days=14)
    news = [replace(report("strike", n % 6), id=f"new-{n}", published=last) for n in range(10)]
    publish_articles(tmp_path, [*days, *news], "topics.count=2")
    flags = [flag] if flag else []
    printed = run("recommender", command, *flags, "--artifacts", tmp_path, "--json")
    found = json.loads(printed.out)
    assert found
    check_json(found, {"": command, "--changes": "changes", "--trending": "trends"}[flag])
