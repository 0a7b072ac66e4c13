"""The whole nightly job: from sources to a snapshot, nothing done twice."""

import gzip
import json
import logging
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recommender.artifacts.lock import hold
from recommender.artifacts.takedowns import take_down
from recommender.errors import InputError, LockHeld, NoSnapshot
from recommender.pipeline.ingest import Intake
from recommender.pipeline.nightly import run_night
from recommender.progress import Advance
from recommender.snapshot.verify import verify
from tests.pipeline.newsroom import (
    FEW_NEIGHBOURS,
    Newsroom,
    articles,
    good,
)
from tests.planted import (
    THEMES,
    WordEncoder,
    article,
    settings,
    theme_of,
    write_jsonl,
)

# The whole way


def test_a_first_night_publishes_every_article(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(24))
    assert night.intake == Intake(24, 24, 0, 0, 0, 0, None)
    assert (night.articles, night.texts, night.embedded, night.reused) == (24, 24, 24, 0)
    assert newsroom.artifacts.current() == night.snapshot
    assert newsroom.ids() == sorted(a.id for a in articles(24))


def test_the_planted_answer_is_found(newsroom: Newsroom) -> None:
    count = 40
    night = newsroom.night(*articles(count), overrides=FEW_NEIGHBOURS)
    assert night.topics == len(THEMES)
    recommender = newsroom.recommender()
    for number in range(count):
        hits = recommender.related(f"a-{number}", k=count // len(THEMES) - 1)
        assert {hit.section for hit in hits} == {theme_of(number)}
        topic = recommender.topic_of(f"a-{number}")
        assert topic is not None
        assert topic.size == count // len(THEMES)
        words = {word for keyword in topic.keywords for word in keyword.term.split()}
        assert words <= {*THEMES[theme_of(number)].split(), "report"}


def test_a_clean_night_warns_of_nothing(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="recommender"):
        newsroom.night(*articles(8))
    assert caplog.records == []


def test_vectors_in_the_index_are_those_of_the_texts(newsroom: Newsroom) -> None:
    newsroom.night(*articles(20))
    snapshot = newsroom.snapshot()
    for row, article_id in enumerate(newsroom.ids()):
        number = int(article_id.removeprefix("a-"))
        item = article(number)
        expected = WordEncoder().encode([f"{item.title}. {item.text}"]).vectors[0]
        text = int(snapshot.arrays.text_of[row])
        # Expanded by its nearest, which moves it a little.
        assert snapshot.index().vector(text) @ expected > 0.8


# Sources, stores and engines


# Nights that publish nothing


@pytest.mark.parametrize(("bad", "stops"), [(1, False), (2, True)])
def test_the_limit_on_rejects_stops_before_anything_is_stored_or_published(
    newsroom: Newsroom, bad: int, stops: bool
) -> None:
    newsroom.night(article(0))
    before = newsroom.artifacts.current()
    records = [*(good(n) for n in range(1, 20 - bad + 1)), *["bad"] * bad]  # 20, of which 5 % is 1
    if not stops:
        assert newsroom.lines(*records).intake.rejected == bad
        return
    with pytest.raises(InputError, match=r"2 of 20 records are bad \(10\.0%\)") as caught:
        newsroom.lines(*records)
    assert str(newsroom.artifacts.rejects) in str(caught.value)
    (listed,) = newsroom.artifacts.rejects.iterdir()
    assert len(listed.read_text().splitlines()) == bad
    assert newsroom.artifacts.current() == before
    assert newsroom.stored_ids() == ["a-0"]
    assert newsroom.encoder.encoded == []


def test_an_empty_source_and_an_empty_store_are_an_input_error(newsroom: Newsroom) -> None:
    with pytest.raises(InputError, match="there is no article to publish"):
        newsroom.night()
    with pytest.raises(NoSnapshot):
        newsroom.artifacts.current()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("count", [1, 12])
def test_where_all_was_taken_down_an_empty_snapshot_is_published_once(
    newsroom: Newsroom, count: int
) -> None:
    before = newsroom.night(*articles(count)).snapshot
    take_down(newsroom.artifacts, *newsroom.ids())
    night = newsroom.night(*articles(count))
    assert (night.articles, night.intake.removed) == (0, count)
    assert newsroom.artifacts.current() == night.snapshot != before
    assert verify(newsroom.artifacts.snapshots / night.snapshot).manifest.articles == 0
    assert newsroom.night().unchanged
    assert newsroom.night(article(50)).articles == 1


def test_an_empty_store_that_is_forced_publishes_no_empty_snapshot(newsroom: Newsroom) -> None:
    before = newsroom.night(*articles(3)).snapshot
    newsroom.artifacts.store.unlink()
    with pytest.raises(InputError, match="there is no article to publish"):
        newsroom.night(force=True)
    assert newsroom.artifacts.current() == before


def test_a_rerun_embeds_nothing_and_serves_the_same(newsroom: Newsroom) -> None:
    first = newsroom.night(*articles(12))
    again = newsroom.night(*articles(12))
    assert again.intake == Intake(12, 0, 0, 12, 0, 0, None)
    assert (again.embedded, again.reused) == (0, 12)
    assert newsroom.encoder.encoded == []
    assert again.unchanged
    assert again.snapshot == first.snapshot
    assert newsroom.artifacts.names() == [first.snapshot]
    for count in ("articles", "contents", "texts", "topics", "stories", "search_recall"):
        assert getattr(again, count) == getattr(first, count)


def test_a_forced_rerun_publishes_the_same_groups_anew(newsroom: Newsroom) -> None:
    first = newsroom.night(*articles(12))
    before = newsroom.snapshot()
    again = newsroom.night(*articles(12), force=True)
    assert not again.unchanged
    assert newsroom.artifacts.names() == [first.snapshot, again.snapshot]
    now = newsroom.snapshot()
    assert now.topics == before.topics
    assert now.strings.story_ids[:] == before.strings.story_ids[:]
    assert again.changes == {"topics": {}, "stories": {}}


def test_a_rerun_mends_a_damaged_snapshot(newsroom: Newsroom) -> None:
    first = newsroom.night(*articles(12))
    (newsroom.artifacts.snapshots / first.snapshot / "scores.npy").write_bytes(b"torn")
    again = newsroom.night(*articles(12))
    assert not again.unchanged
    verify(newsroom.artifacts.snapshots / again.snapshot)


@pytest.mark.parametrize("pointer", [None, b"", b"garbage", b"20200101T000000Z-00000000"])
def test_a_rerun_mends_a_lost_pointer(newsroom: Newsroom, pointer: bytes | None) -> None:
    newsroom.night(*articles(12))
    newsroom.artifacts.pointer.unlink()
    if pointer is not None:
        newsroom.artifacts.pointer.write_bytes(pointer)
    again = newsroom.night(*articles(12))
    assert not again.unchanged
    assert newsroom.artifacts.current() == again.snapshot


def test_a_rerun_prunes_what_is_too_many(newsroom: Newsroom) -> None:
    for count in (10, 11, 12):
        last = newsroom.night(*articles(count))
    assert len(newsroom.artifacts.names()) == 3
    again = newsroom.night(*articles(12), overrides=["publish.keep=1"])
    assert again.unchanged
    assert newsroom.artifacts.names() == [last.snapshot]


# What is embedded


def test_only_new_and_changed_texts_are_embedded(newsroom: Newsroom) -> None:
    newsroom.night(*articles(6))
    changed = replace(article(2), text="An entirely different harbour")
    moved = replace(article(3), url="https://news.example/moved", section="sport")
    night = newsroom.night(article(0), article(1), changed, moved, article(7))
    assert night.intake == Intake(5, 1, 2, 2, 0, 0, None)
    assert (night.embedded, night.reused) == (2, 5)
    assert sorted(newsroom.encoder.encoded)[0].endswith("An entirely different harbour")
    assert len(newsroom.encoder.encoded) == 2
    # What was not delivered again is still there.
    assert newsroom.ids() == ["a-0", "a-1", "a-2", "a-3", "a-4", "a-5", "a-7"]


def test_an_article_whose_url_changed_is_served_with_it_and_not_embedded(
    newsroom: Newsroom,
) -> None:
    newsroom.night(*articles(6))
    night = newsroom.night(replace(article(3), url="https://news.example/moved"))
    assert (night.intake.changed, night.embedded) == (1, 0)
    assert newsroom.recommender().article("a-3").url == "https://news.example/moved"


def test_another_encoder_embeds_everything_again(newsroom: Newsroom) -> None:
    newsroom.night(*articles(6))
    newsroom.encoder = WordEncoder(dimension=48)
    night = newsroom.night(*articles(6))
    assert (night.intake.unchanged, night.embedded, night.reused) == (6, 6, 0)
    assert newsroom.snapshot().manifest.dimension == 48
    assert newsroom.snapshot().manifest.encoder == newsroom.encoder.spec
    # The first one's vectors were kept: going back costs nothing.
    newsroom.encoder = WordEncoder()
    assert newsroom.night(*articles(6)).embedded == 0


def test_texts_longer_than_the_encoder_reads_are_counted(newsroom: Newsroom) -> None:
    # The planted encoder says that it reads 60 words.
    texts = {"long": 90, "copy of long": 90, "just": 60, "short": 10}
    night = newsroom.lines(*({"id": i, "text": "tide " * n} for i, n in texts.items()))
    assert night.truncated == 2
    assert night.words_read_share == round((60 + 60 + 60 + 10) / 250, 4)
    assert newsroom.lines({"id": "just", "text": "tide"}).truncated == 2


# One run at a time


def test_a_run_that_finds_the_lock_held_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.night(*articles(3))
    before = newsroom.artifacts.current()
    with hold(newsroom.artifacts.lock), pytest.raises(LockHeld, match=f"pid {os.getpid()}"):
        newsroom.night(*articles(5))
    assert newsroom.artifacts.current() == before
    assert len(newsroom.stored_ids()) == 3


def test_the_lock_is_free_after_a_run_that_failed(newsroom: Newsroom) -> None:
    with pytest.raises(InputError):
        newsroom.night()
    assert newsroom.night(article(0)).articles == 1


def test_a_dead_runs_lock_is_taken_over_and_said_so(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.artifacts.root.mkdir()
    newsroom.artifacts.lock.write_text('{"pid": 999999, "started": "2026-03-01T02:00:00+00:00"}')
    with caplog.at_level(logging.WARNING, logger="recommender"):
        newsroom.night(article(0))
    (record,) = caplog.records
    assert vars(record)["holder"] == "pid 999999, started 2026-03-01T02:00:00+00:00"


# What is reported


def test_the_summary_is_one_line_of_json(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(4))
    line = night.to_json()
    assert "\n" not in line
    record = json.loads(line)
    assert record["snapshot"] == night.snapshot
    assert record["intake"]["read"] == 4
    stages = (
        "read boilerplate embed count load neighbours graph index stories topics identity "
        "keywords phrases publish"
    )
    assert [*record["seconds"]] == stages.split()
    passed = (datetime.now(UTC) - datetime.fromisoformat(record["started"])).total_seconds()
    assert 0 < sum(record["seconds"].values()) <= passed


def test_progress_adds_up_to_each_stages_total(newsroom: Newsroom) -> None:
    class Listener:
        def __init__(self) -> None:
            self.totals: dict[str, int | None] = {}
            self.done: dict[str, int] = {}

        def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
            self.totals[name], self.done[name] = total, 0

            def advance(count: int) -> None:
                self.done[name] += count
                assert total is None or self.done[name] <= total, name

            return nullcontext(advance)

    listener = Listener()
    path = write_jsonl(newsroom.root / "in.jsonl", articles(40))
    packed = newsroom.root / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(good(99)).encode() + b"\n"))
    run_night(
        [path, packed], newsroom.artifacts, settings(), encoder=newsroom.encoder, progress=listener
    )
    measured = {name: total for name, total in listener.totals.items() if total is not None}
    assert {"read", "boilerplate", "embed", "neighbours", "graph"} <= measured.keys()
    assert {name: listener.done[name] for name in measured} == measured
