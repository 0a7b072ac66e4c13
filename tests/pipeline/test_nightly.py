"""The whole nightly job: every record accounted for, nothing done twice, the same every time."""

import gzip
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from recommender.artifacts.takedowns import restore, take_down
from recommender.errors import InputError, LockHeld, NoSnapshot
from recommender.pipeline.engines.base import Engine
from recommender.pipeline.ingest import Intake
from recommender.pipeline.nightly import Night, run_night
from recommender.progress import Advance
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, STRINGS
from recommender.snapshot.verify import verify
from recommender.sources.base import Source
from recommender.sources.rejects import KEPT_FILES
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url
from recommender.types import Article
from tests.pipeline.engines.pool import PoolEngine
from tests.planted import (
    OF_NIGHTS,
    THEMES,
    RecordList,
    WordEncoder,
    article,
    as_record,
    settings,
    theme_of,
    write_jsonl,
)
from tests.store.memory import MemoryStore

# Of 40 articles, 30 neighbours are nearly all: themes show where there are fewer than a theme's.
FEW_NEIGHBOURS = ("neighbours.k=9", "related.floor=0")


class Newsroom:
    """One artifacts folder and the nights run on it."""

    def __init__(
        self, root: Path, store: Store | None = None, engine: Engine | None = None
    ) -> None:
        self.root = root
        self.artifacts = Artifacts(root / "artifacts")
        self.encoder = WordEncoder()
        self.store, self.engine = store, engine
        root.mkdir(exist_ok=True)

    def night(
        self, *articles: Article, overrides: Sequence[str] = (), force: bool = False
    ) -> Night:
        source = write_jsonl(self.root / "in.jsonl", articles)
        return self.run(source, overrides=overrides, force=force)

    def lines(self, *records: object, overrides: Sequence[str] = ()) -> Night:
        path = self.root / "in.jsonl"
        written = (r if isinstance(r, str) else json.dumps(r) for r in records)
        path.write_text("".join(f"{line}\n" for line in written))
        return self.run(path, overrides=overrides)

    def run(
        self, *sources: str | Path | Source, overrides: Sequence[str] = (), force: bool = False
    ) -> Night:
        self.encoder.encoded.clear()
        return run_night(
            sources,
            self.artifacts,
            settings(*overrides),
            force=force,
            encoder=self.encoder,
            store=self.store,
            engine=self.engine,
        )

    def snapshot(self) -> Snapshot:
        return Snapshot(self.artifacts.snapshots / self.artifacts.current())

    def recommender(self) -> Recommender:
        return Recommender.open(self.artifacts.root)

    def ids(self) -> list[str]:
        return list(self.snapshot().ids)

    def open_store(self) -> Store:
        return self.store or open_store(sqlite_url(self.artifacts.store))

    def stored_ids(self) -> list[str]:
        with self.open_store() as store:
            return [item.card.id for item in store.articles()]

    def rejects(self, night: Night) -> list[dict[str, object]]:
        file = night.intake.rejects_file
        return [json.loads(line) for line in Path(file).read_text().splitlines()] if file else []


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


def articles(count: int) -> list[Article]:
    return [article(number) for number in range(count)]


def good(number: int = 0, **fields: object) -> dict[str, object]:
    return as_record(article(number)) | fields


# Sources


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


# Stores and engines


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


def test_an_engine_that_works_out_of_order_publishes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.pipeline.new_texts.SHARD_TEXTS", 7)
    local, pool = Newsroom(tmp_path / "local"), Newsroom(tmp_path / "pool", engine=PoolEngine())
    for room in (local, pool):
        assert room.night(*articles(60)).embedded == 60
    assert files_of(pool) == files_of(local)


# Counts in = counts out


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


def test_every_record_read_is_accounted_for(newsroom: Newsroom) -> None:
    newsroom.night(*articles(4))
    take_down(newsroom.artifacts, "a-3")
    night = newsroom.lines(
        good(0),
        good(1, title="A new title"),
        good(3),
        good(4),
        good(5),
        good(4),
        "not json",
        {"id": "x"},
        overrides=["input.max_rejects=0.5"],
    )
    file = night.intake.rejects_file
    assert night.intake == Intake(8, 2, 1, 1, removed=1, rejected=3, rejects_file=file)
    assert newsroom.ids() == ["a-0", "a-1", "a-2", "a-4", "a-5"]
    assert night.articles == 5


def test_each_reject_stands_in_the_file_with_place_field_and_reason(newsroom: Newsroom) -> None:
    night = newsroom.lines(
        good(0),
        "not json",
        good(1, text=" "),
        good(2, published="soon"),
        good(0),
        overrides=["input.max_rejects=0.9"],
    )
    assert night.intake.rejects_file is not None
    assert Path(night.intake.rejects_file).parent == newsroom.artifacts.rejects
    rejects = newsroom.rejects(night)
    source = str(newsroom.root / "in.jsonl")
    assert [(r["file"], r["line"], r["field"], r["id"]) for r in rejects] == [
        (source, 2, "", None),
        (source, 3, "text", "a-1"),
        (source, 4, "published", "a-2"),
        (source, 5, "id", "a-0"),
    ]
    assert all(r["reason"] for r in rejects)
    assert rejects[1].keys() == {"file", "line", "field", "reason", "id"}


def test_a_night_without_rejects_leaves_no_reject_file(newsroom: Newsroom) -> None:
    assert newsroom.night(*articles(3)).intake.rejects_file is None
    assert not newsroom.artifacts.rejects.exists()


def test_old_reject_files_are_deleted(newsroom: Newsroom) -> None:
    newsroom.artifacts.rejects.mkdir(parents=True)
    for number in range(KEPT_FILES + 5):
        (newsroom.artifacts.rejects / f"2000{number:04}T000000Z.jsonl").touch()
    night = newsroom.lines(good(0), "x", overrides=["input.max_rejects=0.5"])
    left = sorted(newsroom.artifacts.rejects.iterdir())
    assert len(left) == KEPT_FILES
    assert str(left[-1]) == night.intake.rejects_file


def test_a_source_whose_name_is_no_utf_8_can_have_rejects(newsroom: Newsroom) -> None:
    path = newsroom.root / os.fsdecode(b"caf\xe9.jsonl")
    try:
        path.write_text(json.dumps(good(0)) + "\nbad\n")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    night = newsroom.run(path, overrides=["input.max_rejects=0.5"])
    assert night.intake.rejected == 1


def test_two_nights_in_one_second_keep_both_reject_files(newsroom: Newsroom) -> None:
    nights = [
        newsroom.lines(good(0), bad, overrides=["input.max_rejects=0.5"])
        for bad in ("one", "{two", "[]")
    ]
    assert len({night.intake.rejects_file for night in nights}) == 3


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


def test_the_limit_counts_over_all_sources(newsroom: Newsroom) -> None:
    bad = newsroom.root / "bad.jsonl"
    bad.write_text("bad\n")
    source = write_jsonl(newsroom.root / "good.jsonl", articles(19))
    assert newsroom.run(bad, source).intake.rejected == 1


def test_a_source_that_breaks_half_way_leaves_nothing(newsroom: Newsroom) -> None:
    newsroom.night(article(0))
    before = newsroom.artifacts.current()
    lines = "".join(json.dumps(good(n)) + "\n" for n in range(1, 2000))
    path = newsroom.root / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-9])
    source = write_jsonl(newsroom.root / "good.jsonl", [article(5000)])
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz"):
        newsroom.run(source, path)
    assert newsroom.artifacts.current() == before
    assert newsroom.stored_ids() == ["a-0"]


def test_a_missing_source_is_named_before_anything_is_read(newsroom: Newsroom) -> None:
    source = write_jsonl(newsroom.root / "in.jsonl", articles(2))
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read: No such file"):
        newsroom.run(source, newsroom.root / "none.jsonl")
    assert not newsroom.artifacts.store.exists()


def test_unknown_fields_are_warned_of_once_each(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="recommender"):
        newsroom.lines(*(good(n, tags=[], rank=n) for n in range(5)))
    warned = [vars(record)["field"] for record in caplog.records]
    assert warned == ["rank", "tags"]


def test_a_clean_night_warns_of_nothing(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="recommender"):
        newsroom.night(*articles(8))
    assert caplog.records == []


def test_two_sources_are_one_corpus(newsroom: Newsroom) -> None:
    one = write_jsonl(newsroom.root / "one.jsonl", articles(8))
    two = newsroom.root / "two.csv"
    two.write_text("guid,body\nb,harbour crane\na-1,harbour\n")
    mapped = newsroom.root / "three.csv"
    mapped.write_text("id,text\nb,harbour crane\na-1,harbour\n")
    night = newsroom.run(one, mapped, overrides=["input.max_rejects=0.2"])
    assert (night.intake.read, night.intake.new, night.intake.rejected) == (10, 9, 1)
    (reject,) = newsroom.rejects(night)
    assert (reject["file"], reject["line"], reject["id"]) == (str(mapped), 3, "a-1")
    assert reject["reason"] == f"repeats the id of {one}:2"
    with pytest.raises(InputError, match="no column 'id'"):
        newsroom.run(two)
    mapping = '{id = "guid", text = "body"}'
    night = newsroom.run(two, overrides=[f"input.fields={mapping}"])
    assert night.intake == Intake(2, 0, 1, 1, 0, 0, None)


def test_more_records_than_are_stored_at_a_time(newsroom: Newsroom) -> None:
    records = [{"id": f"{n:05}", "text": f"harbour number {n % 50}"} for n in range(2_345)]
    night = newsroom.lines(*records, overrides=["gates.largest_topic=1"])
    assert (night.intake.new, night.articles, night.texts) == (2345, 2345, 50)
    assert newsroom.ids() == [r["id"] for r in records]


# What is embedded


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


def test_articles_of_one_text_share_a_vector_and_are_both_answerable(newsroom: Newsroom) -> None:
    copy = replace(article(0), id="copy", source="Courier", url="https://other.example/")
    night = newsroom.night(*articles(8), copy)
    assert (night.articles, night.texts, night.embedded) == (9, 8, 8)
    recommender = newsroom.recommender()
    assert recommender.article("copy").source == "Courier"
    assert recommender.article("a-0").source == article(0).source
    of_one, of_copy = (recommender.related(i, k=20) for i in ("a-0", "copy"))
    assert of_one == of_copy
    assert not {"a-0", "copy"} & {hit.id for hit in of_one}
    assert recommender.topic_of("a-0") == recommender.topic_of("copy")

    # Another article is shown one of the two, and the other where the first is excluded.
    def shown(**filters: object) -> set[str]:
        return {hit.id for hit in recommender.related("a-4", k=20, **filters)} & {"a-0", "copy"}  # type: ignore[arg-type]

    assert len(shown()) == 1
    assert shown(exclude=["a-0"]) == {"copy"}
    assert shown(exclude=["copy"]) == {"a-0"}


def test_the_size_of_a_topic_counts_articles_not_texts(newsroom: Newsroom) -> None:
    copies = [replace(article(0), id=f"copy-{n}") for n in range(5)]
    newsroom.night(*articles(40), *copies, overrides=FEW_NEIGHBOURS)
    topic = newsroom.recommender().topic_of("copy-3")
    assert topic is not None
    assert topic.size == 10 + 5


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_articles_go_without_a_topic_up_to_a_share(newsroom: Newsroom, share: float) -> None:
    overrides = (f"topics.unassigned={share}", "neighbours.k=12")
    for count in (40, 44):  # the second night knows the groups of the first
        night = newsroom.night(*articles(count), overrides=overrides)
        assert 0 < night.without_topic <= share * count
        rec, snapshot = newsroom.recommender(), verify(newsroom.snapshot().folder)
        topics = {i: rec.topic_of(i) for i in snapshot.ids}
        without = [i for i, topic in topics.items() if topic is None]
        assert len(without) == night.without_topic
        assert sum(topic.size for topic in rec.topics()) == count - len(without)
        for article_id in without:
            assert rec.related(article_id, mode="background") == []
            assert rec.related(article_id, floor=0)


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


def test_vectors_finished_before_an_encoder_failed_are_not_computed_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.pipeline.new_texts.SHARD_TEXTS", 4)
    encode = newsroom.encoder.encode
    calls = iter(range(100))

    def fails_at_the_third(texts: Sequence[str], advance: object) -> object:
        if next(calls) == 2:
            raise MemoryError
        return encode(texts, advance)  # type: ignore[arg-type]

    monkeypatch.setattr(newsroom.encoder, "encode", fails_at_the_third)
    with pytest.raises(MemoryError):
        newsroom.night(*articles(12))
    with pytest.raises(NoSnapshot):
        newsroom.artifacts.current()
    night = newsroom.night(*articles(12))
    assert (night.intake.unchanged, night.embedded, night.reused) == (12, 4, 8)


def test_texts_longer_than_the_encoder_reads_are_counted(newsroom: Newsroom) -> None:
    # The planted encoder says that it reads 60 words.
    texts = {"long": 90, "copy of long": 90, "just": 60, "short": 10}
    night = newsroom.lines(*({"id": i, "text": "tide " * n} for i, n in texts.items()))
    assert night.truncated == 2
    assert night.words_read_share == round((60 + 60 + 60 + 10) / 250, 4)
    assert newsroom.lines({"id": "just", "text": "tide"}).truncated == 2


# Takedowns


def test_a_removed_article_is_gone_from_store_snapshot_keywords_and_topics(
    newsroom: Newsroom,
) -> None:
    word = "zeppelin"
    # What a single text says is no keyword of a group of several.
    secrets = [
        replace(article(0), id=f"secret-{place}", text=f"{place}. {word}. " * 30, title=word)
        for place in ("above", "behind", "across", "under", "near")
    ]
    newsroom.night(*articles(8), *secrets)
    recommender = newsroom.recommender()
    assert any(word in k.term for topic in recommender.topics() for k in topic.keywords)
    sizes = sum(topic.size for topic in recommender.topics())
    for secret in secrets:
        take_down(newsroom.artifacts, secret.id)
    night = newsroom.night(*articles(8), *secrets)
    assert (night.intake.removed, night.intake.new, night.articles) == (5, 0, 8)
    assert "secret-near" not in newsroom.ids()
    assert "secret-near" not in newsroom.stored_ids()
    recommender = newsroom.recommender()
    with pytest.raises(UnknownArticle):
        recommender.related("secret-near")
    assert not any(word in k.term for topic in recommender.topics() for k in topic.keywords)
    assert sum(topic.size for topic in recommender.topics()) == sizes - 5
    folder = newsroom.artifacts.snapshots / night.snapshot
    for file in folder.iterdir():
        assert word.encode() not in file.read_bytes(), file.name
    assert word.encode() not in newsroom.artifacts.store.read_bytes()


def test_a_removed_article_goes_also_when_no_source_delivers_it(newsroom: Newsroom) -> None:
    newsroom.night(*articles(8))
    take_down(newsroom.artifacts, "a-5")
    night = newsroom.night(article(0))
    assert (night.intake.removed, night.articles) == (0, 7)
    assert "a-5" not in newsroom.ids()


def test_a_restored_article_comes_back_as_new(newsroom: Newsroom) -> None:
    newsroom.night(*articles(8))
    take_down(newsroom.artifacts, "a-5")
    newsroom.night(*articles(8))
    restore(newsroom.artifacts, "a-5")
    night = newsroom.night(*articles(8))
    assert (night.intake.new, night.embedded) == (1, 1)
    assert "a-5" in newsroom.ids()


# Small and odd corpora


def test_an_empty_source_and_an_empty_store_are_an_input_error(newsroom: Newsroom) -> None:
    with pytest.raises(InputError, match="there is no article to publish"):
        newsroom.night()
    with pytest.raises(NoSnapshot):
        newsroom.artifacts.current()


def test_an_empty_source_publishes_what_is_stored(newsroom: Newsroom) -> None:
    newsroom.night(*articles(5))
    night = newsroom.night()
    assert night.intake == Intake(0, 0, 0, 0, 0, 0, None)
    assert (night.articles, night.reused) == (5, 5)


def test_an_empty_source_beside_a_full_one_is_fine(newsroom: Newsroom) -> None:
    (newsroom.root / "empty.csv").write_text("id,text\n")
    (newsroom.root / "empty.jsonl").touch()
    full = write_jsonl(newsroom.root / "full.jsonl", articles(3))
    night = newsroom.run(newsroom.root / "empty.csv", newsroom.root / "empty.jsonl", full)
    assert night.intake.new == 3


def test_a_store_of_removed_articles_only_is_an_input_error(newsroom: Newsroom) -> None:
    newsroom.night(article(0))
    before = newsroom.artifacts.current()
    take_down(newsroom.artifacts, "a-0")
    with pytest.raises(InputError, match="there is no article to publish"):
        newsroom.night(article(0))
    assert newsroom.artifacts.current() == before


def test_a_single_article_has_no_related_ones_and_a_topic(newsroom: Newsroom) -> None:
    night = newsroom.night(article(0))
    assert (night.articles, night.topics) == (1, 1)
    recommender = newsroom.recommender()
    assert recommender.related("a-0") == []
    topic = recommender.topic_of("a-0")
    assert topic is not None
    assert topic.size == 1


def test_two_articles_are_related_to_each_other(newsroom: Newsroom) -> None:
    newsroom.night(article(0), article(4))
    recommender = newsroom.recommender()
    assert [hit.id for hit in recommender.related("a-0")] == ["a-4"]
    assert [hit.id for hit in recommender.related("a-4")] == ["a-0"]


def test_articles_of_one_text_only_have_no_related_ones(newsroom: Newsroom) -> None:
    same = [replace(article(0), id=f"same-{n}") for n in range(20)]
    night = newsroom.night(*same)
    assert (night.articles, night.texts, night.embedded, night.topics) == (20, 1, 1, 1)
    recommender = newsroom.recommender()
    assert all(recommender.related(item.id) == [] for item in same)
    assert recommender.topics()[0].size == 20


def test_texts_without_a_word_are_articles_too(newsroom: Newsroom) -> None:
    night = newsroom.lines(*({"id": str(n), "text": f"{n} %"} for n in range(5)))
    assert night.articles == 5
    assert all(topic.keywords == () for topic in newsroom.recommender().topics())


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


# The same every time


def files_of(newsroom: Newsroom) -> dict[str, str]:
    """SHA-256 of each file of the published snapshot but its manifest, which holds the time."""
    folder = newsroom.artifacts.snapshots / newsroom.artifacts.current()
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name != "manifest.json"
    }


def many_articles() -> list[Article]:
    """More than one block of the search, with copies, ties, and articles without dates."""
    found = [replace(article(n), published=None) if n % 7 == 0 else article(n) for n in range(700)]
    return [*found, *(replace(found[n], id=f"copy-{n}") for n in range(0, 700, 50))]


def test_one_store_gives_the_same_bytes_on_any_number_of_threads_and_anywhere(
    tmp_path: Path,
) -> None:
    first = Newsroom(tmp_path / "first")
    first.night(*many_articles(), overrides=["run.threads=1"])
    expected = files_of(first)
    assert len(expected) >= 18
    first.artifacts.pointer.unlink()
    shutil.rmtree(first.artifacts.snapshots)
    first.night(overrides=["run.threads=2"])
    assert files_of(first) == expected
    second = Newsroom(tmp_path / "second")
    second.artifacts.root.mkdir()
    shutil.copy(first.artifacts.store, second.artifacts.store)
    second.night(overrides=["run.threads=2"])
    assert files_of(second) == expected


def test_the_order_of_the_articles_does_not_matter(tmp_path: Path) -> None:
    one, other = Newsroom(tmp_path / "one"), Newsroom(tmp_path / "other")
    one.night(*articles(60))
    other.night(*articles(60)[::-1])
    assert files_of(one) == files_of(other)


def test_the_order_of_the_nights_matters_to_ids_alone(tmp_path: Path) -> None:
    together, apart = Newsroom(tmp_path / "together"), Newsroom(tmp_path / "apart")
    together.night(*articles(60))
    apart.night(*articles(60)[:25:-1])
    apart.night(*articles(26))
    one, other = together.snapshot(), apart.snapshot()
    for name in set(ARRAYS) - OF_NIGHTS:
        assert np.array_equal(getattr(one.arrays, name), getattr(other.arrays, name)), name
    for name in set(STRINGS) - OF_NIGHTS:
        assert getattr(one.strings, name)[:] == getattr(other.strings, name)[:], name


def test_the_build_digest_changes_with_what_is_served(newsroom: Newsroom) -> None:
    def build(*changed: Article, overrides: Sequence[str] = ()) -> str:
        newsroom.night(*changed, overrides=overrides)
        return newsroom.snapshot().manifest.build

    first = build(*articles(6))
    assert build() == first
    assert build(overrides=["run.threads=1", "publish.keep=9"]) == first
    assert build(overrides=["gates.ids_lost=1"]) == first
    assert build(overrides=["topics.seed=1"]) != first
    assert build(replace(article(3), url="https://news.example/moved")) != first


# What is reported


def test_the_summary_is_one_line_of_json(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(4))
    line = night.to_json()
    assert "\n" not in line
    record = json.loads(line)
    assert record["snapshot"] == night.snapshot
    assert record["intake"]["read"] == 4
    stages = (
        "read embed count load neighbours graph index stories topics identity keywords phrases "
        "publish"
    )
    assert [*record["seconds"]] == stages.split()
    assert all(seconds >= 0 for seconds in record["seconds"].values())


def test_progress_adds_up_to_each_stages_total(newsroom: Newsroom) -> None:
    class Listener:
        def __init__(self) -> None:
            self.totals: dict[str, int | None] = {}
            self.done: dict[str, int] = {}

        def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
            self.totals[name], self.done[name] = total, 0

            def advance(count: int) -> None:
                assert count >= 0
                self.done[name] += count

            return nullcontext(advance)

    listener = Listener()
    path = write_jsonl(newsroom.root / "in.jsonl", articles(40))
    packed = newsroom.root / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(good(99)).encode() + b"\n"))
    run_night(
        [path, packed], newsroom.artifacts, settings(), encoder=newsroom.encoder, progress=listener
    )
    measured = {name: total for name, total in listener.totals.items() if total is not None}
    assert {"read", "embed", "neighbours", "graph"} <= measured.keys()
    assert {name: listener.done[name] for name in measured} == measured


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
