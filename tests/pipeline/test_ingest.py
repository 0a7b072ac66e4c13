"""Intake: every record is stored, left out or rejected, or nothing is."""

import gzip
import json
import logging
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import take_down
from recommender.errors import InputError
from recommender.pipeline.ingest import Intake, ingest_sources
from recommender.progress import Silent, Timed
from recommender.settings.sections import Settings
from recommender.sources.open import open_source
from recommender.store import sql
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url
from tests.planted import article, as_record, settings, write_jsonl


class Desk:
    """A store, and what takes records in."""

    def __init__(self, root: Path) -> None:
        self.root, self.artifacts = root, Artifacts(root / "artifacts")
        self.artifacts.root.mkdir()

    def store(self) -> Store:
        return open_store(sqlite_url(self.artifacts.store))

    def take(
        self, *sources: Path, chosen: Settings | None = None, now: datetime | None = None
    ) -> Intake:
        with self.store() as store:
            return ingest_sources(
                store,
                [open_source(path) for path in sources],
                self.artifacts,
                (chosen or settings()).input,
                Timed(Silent()),
                now=now,
            ).intake

    def text(self, article_id: str) -> str:
        with self.store() as store:
            (text,) = store.prepared_texts([article_id])
        return text.partition(". ")[2]

    def ids(self) -> list[str]:
        with self.store() as store:
            return [item.card.id for item in store.articles()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_each_record_is_counted_by_what_became_of_it(desk: Desk, tmp_path: Path) -> None:
    items = [article(n) for n in range(6)]
    first = desk.take(write_jsonl(tmp_path / "a.jsonl", items[:4]))
    assert first == Intake(
        4, new=4, changed=0, unchanged=0, removed=0, rejected=0, rejects_file=None
    )
    take_down(desk.artifacts, items[5].id)
    changed = replace(items[1], text="Another text.")
    path = write_jsonl(tmp_path / "b.jsonl", [items[0], changed, items[4], items[5]])
    with path.open("a") as file:
        file.write('{"id": "bad"}\n')
    second = desk.take(path, chosen=settings("input.max_rejects=0.5"))
    file_name = str(second.rejects_file)
    assert second == Intake(5, 1, 1, 1, removed=1, rejected=1, rejects_file=file_name)
    assert Path(file_name).exists()
    assert desk.ids() == sorted(item.id for item in items[:5])


def test_too_many_rejects_undo_all_and_name_the_first(desk: Desk, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [article(n) for n in range(3)])
    with path.open("a") as file:
        file.write("no json\n")
    with pytest.raises(InputError, match=r"1 of 4 records are bad \(25.0%\)") as refused:
        desk.take(path, chosen=settings("input.max_rejects=0.2"))
    assert f"{path}" in str(refused.value)
    assert desk.ids() == []
    assert desk.take(path, chosen=settings("input.max_rejects=0.25")).rejected == 1


@pytest.mark.parametrize("records", [0, 2000])
def test_a_source_that_breaks_undoes_those_before_it(
    desk: Desk, tmp_path: Path, records: int
) -> None:
    whole = write_jsonl(tmp_path / "a.jsonl", [article(0)])
    lines = "".join(f"{json.dumps(as_record(article(n)))}\n" for n in range(1, records))
    broken = tmp_path / "b.jsonl.gz"
    broken.write_bytes(gzip.compress(lines.encode())[:-9])
    with pytest.raises(InputError, match=r"b\.jsonl\.gz: cannot be read"):
        desk.take(whole, broken)
    assert desk.ids() == []


def test_the_limit_on_rejects_counts_over_all_sources(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("bad\n")
    good = write_jsonl(tmp_path / "good.jsonl", [article(n) for n in range(19)])
    assert desk.take(bad, good).rejected == 1


def test_each_reject_stands_in_the_file_with_its_place_field_and_reason(
    desk: Desk, tmp_path: Path
) -> None:
    records = [
        as_record(article(0)),
        as_record(article(1)) | {"text": " "},
        as_record(article(2)) | {"id": True},
        as_record(article(0)) | {"text": "…"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("not json\n" + "".join(json.dumps(r) + "\n" for r in records))
    taken = desk.take(path, chosen=settings("input.max_rejects=0.9"))
    assert taken.rejects_file is not None
    file = Path(taken.rejects_file)
    assert file.parent == desk.artifacts.rejects
    rejects = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(r["file"], r["line"], r["field"], r["id"]) for r in rejects] == [
        (str(path), 1, "", None),
        (str(path), 3, "text", "a-1"),
        (str(path), 4, "id", None),
        (str(path), 5, "text", "a-0"),
    ]
    assert all(r["reason"] for r in rejects)
    assert rejects[1].keys() == {"file", "line", "field", "reason", "id"}


def version(text: str, updated: str | None = None) -> dict[str, object]:
    return as_record(article(0)) | {"text": text} | ({"updated": updated} if updated else {})


def test_the_last_record_of_an_id_is_kept_also_across_files(desk: Desk, tmp_path: Path) -> None:
    for name, records in (("one", [version("First."), version("First."), version("Second.")]),
                          ("two", [version("Third.")])):  # fmt: skip
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    taken = desk.take(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
    assert (taken.read, taken.new, taken.changed, taken.replaced) == (4, 1, 0, 3)
    assert desk.text("a-0") == "Third."
    again = desk.take(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
    assert (again.new, again.changed, again.unchanged, again.replaced) == (0, 0, 1, 3)


def test_a_record_that_was_updated_later_is_kept_whatever_the_order(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"

    def take(*records: dict[str, object]) -> tuple[int, int, int, int]:
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
        taken = desk.take(path)
        return taken.new, taken.changed, taken.unchanged, taken.replaced

    newer, older = version("New.", "2026-03-02"), version("Old.", "2026-03-01T23:59:59Z")
    assert take(newer, older) == (1, 0, 0, 1)
    assert desk.text("a-0") == "New."
    assert take(older) == (0, 0, 0, 1)  # also where the newer one is of another night
    assert take(older, newer) == (0, 0, 1, 1)
    assert desk.text("a-0") == "New."
    assert take(version("Undated.")) == (0, 1, 0, 0)  # without a moment the order decides
    assert desk.text("a-0") == "Undated."


def test_values_left_out_are_counted_listed_and_warned_of(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = [
        as_record(article(n)) | bad
        for n, bad in enumerate(({"published": "soon"}, {"published": "0000-00-00", "url": []},
                                 {"author": True, "text": "<p>Tide</p>"}, {"title": "R&amp;D"}))
    ]  # fmt: skip
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    with caplog.at_level(logging.WARNING, logger="recommender"):
        taken = desk.take(path)
    assert (taken.new, taken.rejected, taken.rejects_file) == (4, 0, None)
    assert (taken.cleaned, taken.noted) == (2, {"published": 2, "author": 1})
    notes = [json.loads(line) for line in Path(str(taken.notes_file)).read_text().splitlines()]
    assert [(n["line"], n["field"], n["id"]) for n in notes] == [
        (1, "published", "a-0"), (2, "published", "a-1"), (3, "author", "a-2"),
    ]  # fmt: skip
    assert Path(str(taken.notes_file)).parent == desk.artifacts.notes
    assert [(vars(r)["field"], vars(r)["count"]) for r in caplog.records] == [
        ("published", 2), ("author", 1),
    ]  # fmt: skip
    assert vars(caplog.records[0])["first"].startswith(f"{path}:1: published: 'soon' is no date")
    strict = settings("input.strict=true", "input.max_rejects=1")
    assert desk.take(path, chosen=strict).rejected == 3


def test_dates_are_judged_by_the_moment_of_the_run(desk: Desk, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [article(0)])
    assert desk.take(path, now=article(0).published - timedelta(days=2)).noted == {"published": 1}
    assert desk.take(path, now=article(0).published).noted == {}


def test_a_source_whose_name_is_no_utf_8_can_have_rejects(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
    try:
        path.write_text(json.dumps(as_record(article(0))) + "\nbad\n")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    assert desk.take(path, chosen=settings("input.max_rejects=0.5")).rejected == 1


def test_sources_of_different_kinds_and_names_are_one_corpus(desk: Desk, tmp_path: Path) -> None:
    one = write_jsonl(tmp_path / "one.jsonl", [article(n) for n in range(8)])
    two, mapped = tmp_path / "two.csv", tmp_path / "mapped.csv"
    two.write_text("id,text\nb,harbour crane\na-1,harbour\n")
    mapped.write_text("guid,body\nb,harbour crane\na-1,harbour\n")
    taken = desk.take(one, two)
    assert (taken.read, taken.new, taken.replaced) == (10, 9, 1)
    with pytest.raises(InputError, match="no column 'id'"):
        desk.take(mapped)
    names = settings('input.fields={id = "guid", text = "body"}')
    assert desk.take(mapped, chosen=names) == Intake(2, 0, 0, 2, 0, 0, None)


def test_unknown_fields_are_warned_of_once_each(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = [as_record(article(n)) | {"tags": [], "rank": n} for n in range(5)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    with caplog.at_level(logging.WARNING, logger="recommender"):
        desk.take(path)
    assert [vars(record)["field"] for record in caplog.records] == ["rank", "tags"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_however_many_are_stored_at_a_time_none_is_lost(
    desk: Desk, tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "CHUNK", chunk)
    items = [article(n) for n in range(6)]
    sources = [write_jsonl(tmp_path / f"{n}.jsonl", items[n : n + 3]) for n in (0, 3)]
    assert desk.take(*sources).new == 6
    assert desk.ids() == sorted(item.id for item in items)


def test_what_is_taken_down_leaves_the_store(desk: Desk, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [article(n) for n in range(3)])
    desk.take(path)
    take_down(desk.artifacts, article(1).id)
    assert desk.take(path).removed == 1
    assert article(1).id not in desk.ids()


def test_sources_without_a_record_are_warned_of(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [])
    with caplog.at_level(logging.WARNING, "recommender"):
        assert desk.take(path).read == 0
    assert [record.message for record in caplog.records] == ["the sources hold no record"]
