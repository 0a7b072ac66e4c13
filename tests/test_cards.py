"""The cards file: read back as written, in threads, without the file, and never half-believed."""

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.cards import Cards, from_microseconds, to_microseconds, write_cards
from recommender.errors import NewerFormat, SnapshotDamaged, SnapshotError
from recommender.manifest import FORMAT
from recommender.types import Card

BUILD = "0123abcd" * 4
texts = st.text(st.characters(codec="utf-8"))
moments = st.datetimes(timezones=st.just(UTC))


def card(number: int) -> Card:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
    return Card(f"a-{number}", f"title {number}", None, "Gazette", None, "en", None, moment)


def text_hash(number: int) -> bytes:
    return number.to_bytes(16, "big")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cards.sqlite"
    # Two hashes a text: of near-duplicates each has its own.
    write_cards(path, BUILD, map(card, range(100)), {text_hash(n): n // 2 for n in range(50)})
    return path


@given(
    st.datetimes(timezones=st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=14))))
)
def test_a_moment_in_microseconds_is_exact(moment: datetime) -> None:
    value = to_microseconds(moment)
    assert timedelta(microseconds=value) == moment - datetime(1970, 1, 1, tzinfo=UTC)


@given(moments)
def test_every_moment_in_utc_survives(moment: datetime) -> None:
    again = from_microseconds(to_microseconds(moment))
    assert again == moment
    assert again.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", [datetime.min, datetime.max, datetime(1969, 12, 31, 23, 59, 59, 1)]
)
def test_the_first_and_last_moments_survive(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    assert from_microseconds(to_microseconds(moment)) == moment


@given(
    st.lists(
        st.builds(Card, texts, texts, *[st.none() | texts] * 5, st.none() | moments),
        max_size=5,
        unique_by=lambda c: c.id,
    )
)
def test_cards_are_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, cards: list[Card]
) -> None:
    path = tmp_path_factory.mktemp("cards") / "cards.sqlite"
    write_cards(path, BUILD, cards, {})
    reader = Cards(path, BUILD)
    assert reader.of(range(len(cards))) == cards
    assert [reader.row_of(c.id) for c in cards] == list(range(len(cards)))
    assert list(reader.ids()) == [c.id for c in cards]


def test_cards_come_in_the_order_asked_for(path: Path) -> None:
    rows = [7, 3, 99, 0, 3]
    assert [c.id for c in Cards(path, BUILD).of(rows)] == [f"a-{row}" for row in rows]
    assert Cards(path, BUILD).of([]) == []


def test_more_rows_than_a_statement_takes_parameters_are_answered(path: Path) -> None:
    # SQLite admits 32,766 in most builds, 250,000 in some; `k` may be larger than either.
    assert len(Cards(path, BUILD).of([0, 1] * 130_000)) == 260_000


def test_rows_ids_and_hashes_that_are_not_there(path: Path) -> None:
    cards = Cards(path, BUILD)
    assert cards.row_of("A-1") is None
    assert cards.row_of("a-1 ") is None
    assert cards.row_of("a-1\0") is None
    assert [cards.text_of(text_hash(n)) for n in (0, 1, 2, 48, 49)] == [0, 0, 1, 24, 24]
    assert cards.text_of(text_hash(50)) is None
    with pytest.raises(SnapshotDamaged, match=r"cards\.sqlite has no article for row 100"):
        cards.of([1, 100])


def test_an_id_that_no_utf8_spells_is_not_there(path: Path) -> None:
    # What Python makes of an undecodable byte on a command line.
    assert Cards(path, BUILD).row_of("a-\udcff") is None


def test_one_id_twice_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write_cards(tmp_path / "cards.sqlite", BUILD, [card(1), card(1)], {})


@pytest.mark.parametrize("name", ["a b", "c?mode=rwc", "d#e", "f%20g", "é'\"", "h&i;j"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    path = tmp_path / name / "cards.sqlite"
    write_cards(path, BUILD, [card(1)], {})
    assert Cards(path, BUILD).row_of("a-1") == 0
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_reader_writes_nothing_into_its_folder(path: Path) -> None:
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    cards = Cards(path, BUILD)
    cards.check()
    assert path.stat().st_mtime_ns == before
    assert [p.name for p in path.parent.iterdir()] == ["cards.sqlite"]


def hammer(cards: Cards, threads: int, questions: int) -> list[str]:
    """Ask from many threads at the same moment; return what was answered wrongly."""
    wrong: list[str] = []
    start = threading.Barrier(threads)

    def ask(thread: int) -> None:
        start.wait()
        for n in range(questions):
            rows = [(thread * 7 + n + i) % 100 for i in range(10)]
            if [c.id for c in cards.of(rows)] != [f"a-{row}" for row in rows]:
                wrong.append(f"cards of {rows}")
            if cards.row_of(f"a-{rows[0]}") != rows[0]:
                wrong.append(f"row of {rows[0]}")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(threads)))
    return wrong


def test_threads_answer_rightly_together(path: Path) -> None:
    assert hammer(Cards(path, BUILD), threads=16, questions=100) == []


def test_threads_answer_rightly_from_a_deleted_file(path: Path) -> None:
    # No second connection can be opened any more: all threads live on the first.
    cards = Cards(path, BUILD)
    path.unlink()
    assert hammer(cards, threads=16, questions=100) == []


def test_connections_are_kept_and_not_one_a_question(path: Path) -> None:
    cards = Cards(path, BUILD)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for n in range(100):
        cards.row_of(f"a-{n}")
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
        Cards(path, BUILD)


def test_another_builds_file_is_refused_by_name(path: Path) -> None:
    with pytest.raises(SnapshotDamaged, match=r"cards\.sqlite belongs to another snapshot"):
        Cards(path, "f" * 32)


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
def test_what_is_no_cards_file_is_refused_by_name(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    with pytest.raises(SnapshotDamaged) as caught:
        Cards(path, BUILD)
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
                Cards(path, BUILD)
            except SnapshotError as error:
                told.append(str(error))
    assert len(told) > 50
    assert all(str(path) in sentence for sentence in told)


def test_the_integrity_check_finds_a_damaged_page(path: Path) -> None:
    cards = Cards(path, BUILD)
    cards.check()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    with pytest.raises(SnapshotDamaged, match=r"cards\.sqlite is damaged"):
        Cards(path, BUILD).check()
