"""Other sources, stores and engines take the place of ours without a change in the job."""

from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts.takedowns import take_down
from recommender.errors import InputError
from recommender.pipeline.ingest import Intake
from recommender.snapshot.reader import Snapshot
from recommender.store.open import sqlite_url
from tests.pipeline.engines.pool import PoolEngine, ProcessEngine
from tests.pipeline.newsroom import (
    Newsroom,
    articles,
    files_of,
    many_articles,
)
from tests.planted import (
    RecordList,
    article,
    as_record,
    write_jsonl,
)
from tests.store.memory import MemoryStore


def test_a_list_of_records_is_a_source_like_a_file(tmp_path: Path) -> None:
    of_file, of_list = Newsroom(tmp_path / "file"), Newsroom(tmp_path / "list")
    of_file.night(*articles(24))
    records = [as_record(item) for item in articles(24)]
    night = of_list.run(RecordList(records[:9]), RecordList(records[9:], "rest"))
    assert night.intake == Intake(24, 24, 0, 0, 0, 0, None)
    assert files_of(of_list) == files_of(of_file)


def test_a_path_may_be_a_string_and_kinds_of_sources_may_mix(newsroom: Newsroom) -> None:
    path = write_jsonl(newsroom.root / "in.jsonl", articles(3))
    night = newsroom.run(str(path), RecordList([as_record(article(3))]))
    assert (night.intake.new, newsroom.ids()) == (4, ["a-0", "a-1", "a-2", "a-3"])


def test_an_unknown_kind_of_source_is_refused_before_anything_is_made(newsroom: Newsroom) -> None:
    with pytest.raises(InputError, match="unknown kind of source"):
        newsroom.run("mailbox.pst")
    assert not newsroom.artifacts.root.exists()


def test_a_missing_source_is_named_before_anything_is_read(newsroom: Newsroom) -> None:
    source = write_jsonl(newsroom.root / "in.jsonl", articles(2))
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read: No such file"):
        newsroom.run(source, newsroom.root / "none.jsonl")
    assert not newsroom.artifacts.store.exists()


def test_a_night_on_a_store_in_memory_publishes_the_same(tmp_path: Path) -> None:
    of_file, of_memory = Newsroom(tmp_path / "file"), Newsroom(tmp_path / "memory", MemoryStore())
    for room in (of_file, of_memory):
        room.night(*many_articles())
        take_down(room.artifacts, "a-3")
        night = room.night(replace(article(5), text="The crane is sold."), article(900))
        assert (night.intake.changed, night.intake.new, night.embedded) == (1, 1, 2)
    assert not of_memory.artifacts.store.exists()
    assert of_memory.stored_ids() == of_file.stored_ids()
    assert files_of(of_memory) == files_of(of_file)


def test_a_store_of_the_settings_takes_the_place_of_the_artifacts_file(tmp_path: Path) -> None:
    room, elsewhere = Newsroom(tmp_path), tmp_path / "elsewhere.sqlite"
    room.night(*articles(5), overrides=[f"store.url={sqlite_url(elsewhere)}"])
    assert elsewhere.is_file()
    assert not room.artifacts.store.exists()
    manifest = Snapshot(room.artifacts.snapshots / room.artifacts.current()).manifest
    assert "store" not in manifest.settings
    assert elsewhere.name not in manifest.to_bytes().decode()


@pytest.mark.parametrize("engine", [PoolEngine(), ProcessEngine()])
def test_an_engine_that_works_elsewhere_publishes_the_same(
    engine: PoolEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.pipeline.new_texts.SHARD_TEXTS", 7)
    local, pool = Newsroom(tmp_path / "local"), Newsroom(tmp_path / "pool", engine=engine)
    for room in (local, pool):
        assert room.night(*articles(60)).embedded == 60
    assert files_of(pool) == files_of(local)
