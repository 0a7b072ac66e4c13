"""The replay counts what became of ids as one would count by hand."""

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner

from recommender.groups.previous import NO_PREVIOUS_GROUPS, PreviousGroups
from recommender.types.groups import Topic
from tests.planted import newsdesk, write_jsonl


@pytest.fixture
def replay(scripts: None, word_encoder: None) -> ModuleType:
    return pytest.importorskip("replay")  # type: ignore[no-any-return]


def night(topics: dict[str, str]) -> PreviousGroups:
    """A night of articles with these broad topics, each article a story of its own."""
    ids, names = sorted(topics), sorted({*topics.values()})
    of = np.array([names.index(topics[i]) for i in ids], dtype=np.int32)
    return NO_PREVIOUS_GROUPS._replace(
        ids=ids,
        story_of=np.arange(len(ids), dtype=np.int32),
        story_ids=[f"s-{i}" for i in ids],
        topics=tuple(Topic(name, name, 0, ()) for name in names),
        topic_of=of,
        finest_of=of,
    )


def test_a_group_lasts_if_half_of_it_stays_together(replay: ModuleType) -> None:
    before = night({"a": "t1", "b": "t1", "c": "t2", "d": "t2", "e": "t3", "f": "t3"})
    now = night({"a": "t1", "b": "t1", "c": "t9", "d": "t9", "e": "t1", "g": "t1"})
    # t1 keeps its id; t2 is together under another; half of t3 is, in t1; one of each is enough.
    assert replay.lasting(before, now, [1]) == (3, 1)
    assert replay.lasting(before, now, [0]) == (5, 5)  # f is gone


def test_articles_move_with_and_without_new_text(replay: ModuleType) -> None:
    before = night({"a": "t1", "b": "t1", "c": "t2", "d": "t2", "e": "t3"})
    now = night({"a": "t1", "b": "t2", "c": "t2", "d": "t3", "e": "t3", "new": "t3"})
    # b goes from t1 to t2, which got nothing new; d goes to t3, which did.
    assert replay.moved(before, now) == (2 / 5, 1 / 5)


def test_a_replay_prints_every_night_and_the_totals(replay: ModuleType, tmp_path: Path) -> None:
    news = write_jsonl(tmp_path / "news.jsonl", newsdesk())
    file = tmp_path / "replay.json"
    result = CliRunner().invoke(replay.main, [str(news), "--nights", "4", "--json-file", str(file)])
    assert result.exit_code == 0, result.output
    assert "the last night once more: nothing changed" in result.output
    record = json.loads(file.read_text())
    assert [step["night"] for step in record["nights"]] == [2, 3, 4]
    assert record["nights"][-1]["articles"] == len(newsdesk())
    assert all(step["kept"] <= step["lasting"] for step in record["nights"])
    assert record["totals"]["ARI with a rebuild, stories"] == pytest.approx(1.0)
