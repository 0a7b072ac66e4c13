"""The look-up file: read back as written, in threads, without the file, and never half-believed."""

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import NewerFormat, SnapshotDamaged, SnapshotError
from recommender.lookup import Lookup, write_lookup
from recommender.manifest import FORMAT

BUILD = "0123abcd" * 4
texts = st.text(st.characters(codec="utf-8"))


def text_hash(number: int) -> bytes:
    return number.to_bytes(16, "big")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lookup.sqlite"
    # Two hashes a text: of near-duplicates each has its own.
    write_lookup(
        path, BUILD, [f"a-{n}" for n in range(100)], {text_hash(n): n // 2 for n in range(50)}
    )
    return path


@given(st.lists(texts, max_size=5, unique=True))
def test_rows_are_read_as_written(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    path = tmp_path_factory.mktemp("lookup") / "lookup.sqlite"
    write_lookup(path, BUILD, ids, {})
    reader = Lookup(path, BUILD)
    assert [reader.row_of(article_id) for article_id in ids] == list(range(len(ids)))
    assert reader.articles() == len(ids)


def test_rows_ids_and_hashes_that_are_not_there(path: Path) -> None:
    lookup = Lookup(path, BUILD)
    assert lookup.row_of("A-1") is None
    assert lookup.row_of("a-1 ") is None
    assert lookup.row_of("a-1\0") is None
    assert [lookup.text_of(text_hash(n)) for n in (0, 1, 2, 48, 49)] == [0, 0, 1, 24, 24]
    assert lookup.text_of(text_hash(50)) is None


def test_an_id_that_no_utf8_spells_is_not_there(path: Path) -> None:
    # What Python makes of an undecodable byte on a command line.
    lookup = Lookup(path, BUILD)
    for ask in (lookup.row_of, lookup.story_of, lookup.heir_of):
        assert ask("a-\udcff") is None


def test_one_id_twice_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write_lookup(tmp_path / "lookup.sqlite", BUILD, ["a-1", "a-1"], {})


@pytest.mark.parametrize("name", ["a b", "c?mode=rwc", "d#e", "f%20g", "é'\"", "h&i;j"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    path = tmp_path / name / "lookup.sqlite"
    write_lookup(path, BUILD, ["a-1"], {})
    assert Lookup(path, BUILD).row_of("a-1") == 0
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_reader_writes_nothing_into_its_folder(path: Path) -> None:
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    lookup = Lookup(path, BUILD)
    lookup.check()
    assert path.stat().st_mtime_ns == before
    assert [p.name for p in path.parent.iterdir()] == ["lookup.sqlite"]


def hammer(lookup: Lookup, threads: int, questions: int) -> list[str]:
    """Ask from many threads at the same moment; return what was answered wrongly."""
    wrong: list[str] = []
    start = threading.Barrier(threads)

    def ask(thread: int) -> None:
        start.wait()
        for n in range(questions):
            row, text = (thread * 7 + n) % 100, (thread * 3 + n) % 50
            if lookup.row_of(f"a-{row}") != row:
                wrong.append(f"row of {row}")
            if lookup.text_of(text_hash(text)) != text // 2:
                wrong.append(f"text of {text}")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(threads)))
    return wrong


def test_threads_answer_rightly_together(path: Path) -> None:
    assert hammer(Lookup(path, BUILD), threads=16, questions=100) == []


def test_threads_answer_rightly_from_a_deleted_file(path: Path) -> None:
    # No second connection can be opened any more: all threads live on the first.
    lookup = Lookup(path, BUILD)
    path.unlink()
    assert hammer(lookup, threads=16, questions=100) == []


def test_connections_are_kept_and_not_one_a_question(path: Path) -> None:
    lookup = Lookup(path, BUILD)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for n in range(100):
        lookup.row_of(f"a-{n}")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def rewritten(path: Path, *statements: str) -> None:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_a_newer_file_says_to_upgrade_whatever_its_tables(path: Path) -> None:
    rewritten(path, f"PRAGMA user_version = {FORMAT + 1}", "DROP TABLE meta")
    with pytest.raises(NewerFormat, match=rf"format {FORMAT + 1}.*pip install --upgrade"):
        Lookup(path, BUILD)


def test_another_builds_file_is_refused_by_name(path: Path) -> None:
    with pytest.raises(SnapshotDamaged, match=r"lookup\.sqlite belongs to another snapshot"):
        Lookup(path, "f" * 32)


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: p.write_bytes(b""),
        lambda p: p.write_bytes(b"no database at all " * 300),
        lambda p: p.write_bytes(p.read_bytes()[:100]),
        lambda p: p.write_bytes(p.read_bytes()[:4096]),
        lambda p: rewritten(p, "DROP TABLE meta"),
        lambda p: rewritten(p, "DELETE FROM meta"),
        lambda p: rewritten(p, "UPDATE meta SET build = CAST(x'ff' AS TEXT)"),
    ],
)  # fmt: skip
def test_what_is_no_lookup_file_is_refused_by_name(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    with pytest.raises(SnapshotDamaged) as caught:
        Lookup(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_flipped_bit_in_the_first_page_is_refused_by_an_error_of_ours_or_not_met(
    path: Path,
) -> None:
    whole = path.read_bytes()
    used = [position for position in range(4096) if whole[position]]
    told = []
    for number, position in enumerate(used):
        for bit in {7, number % 7}:
            flipped = bytearray(whole)
            flipped[position] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                Lookup(path, BUILD)
            except SnapshotError as error:
                told.append(str(error))
    assert len(told) > 50
    assert all(str(path) in sentence for sentence in told)


def test_the_integrity_check_finds_a_damaged_page(path: Path) -> None:
    lookup = Lookup(path, BUILD)
    lookup.check()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    with pytest.raises(SnapshotDamaged, match=r"lookup\.sqlite is damaged"):
        Lookup(path, BUILD).check()
