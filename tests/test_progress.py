"""Progress: stages are passed on to whoever listens, and their seconds add up by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from recommender import progress as room
from recommender.progress import Advance, Silent, Timed


class Listener:
    def __init__(self) -> None:
        self.heard: list[object] = []

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        self.heard.append((name, total, unit))
        yield self.heard.append
        self.heard.append("done")


def test_stages_are_passed_on() -> None:
    listener = Listener()
    with Timed(listener).stage("embed", 7, "texts") as advance:
        advance(3)
        advance(4)
    assert listener.heard == [("embed", 7, "texts"), 3, 4, "done"]


def test_the_log_tells_that_a_stage_begins(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with Timed(Silent()).stage("embed", 7, "texts"):
        [record] = caplog.records
    assert (record.message, vars(record)["stage"], vars(record)["total"]) == (
        "a stage begins", "embed", 7,
    )  # fmt: skip


def test_seconds_add_up_by_name_also_of_a_stage_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "perf_counter", map(float, count()).__next__)
    timed = Timed(Silent())
    for name in ("read", "count", "read"):
        with timed.stage(name, None, "B") as advance:
            advance(1)
    with pytest.raises(ValueError, match="bad"), timed.stage("count", None, "texts"):
        raise ValueError("bad")
    assert timed.seconds == {"read": 2.0, "count": 2.0}


def test_of_clocks_inside_of_each_other_only_the_inner_one_advances(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([0.0, 1.0, 3.0, 7.0, 8.0, 16.0])
    monkeypatch.setattr(room, "perf_counter", now.__next__)
    timed = Timed(Silent())
    with timed.stage("embed", 2, "texts"):
        with timed.clock("count"):
            pass
        with timed.clock("embed"):
            pass
    assert timed.seconds == {"embed": 1.0 + 4.0 + 1.0 + 8.0, "count": 2.0}
    assert [*timed.seconds] == ["embed", "count"]


def test_a_clock_shows_no_stage() -> None:
    listener = Listener()
    with Timed(listener).clock("count"):
        pass
    assert listener.heard == []
