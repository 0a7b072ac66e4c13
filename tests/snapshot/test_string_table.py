"""String tables: read back as written, and sorted strings found as a dict finds them."""

from bisect import bisect_left
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import NewerFormat, SnapshotDamaged
from recommender.snapshot.manifest import FORMAT
from recommender.snapshot.stamp import stamp
from recommender.snapshot.string_table import SortedStringTable, StringTable

BUILD, OTHER = "0123abcd" * 4, "f" * 32
texts = st.text(st.characters(codec="utf-8"), max_size=6)


def write(path: Path, table: StringTable, build: str = BUILD) -> Path:
    with path.open("wb") as file:
        table.write(file, build)
    return path


@given(st.lists(texts, max_size=20))
def test_strings_are_read_as_they_were_given(given: list[str]) -> None:
    table = StringTable.from_strings(given)
    assert [*table] == table[:] == given
    assert len(table) == len(given)
    places = [place for place in range(len(given)) for _ in range(2)][::-1]
    assert table.take(places) == [given[place] for place in places]
    assert table[1::2] == given[1::2]
    assert [table[place - len(given)] for place in range(len(given))] == given


@given(st.lists(texts, max_size=20))
def test_strings_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, given: list[str]
) -> None:
    written = StringTable.from_strings(given)
    path = write(tmp_path_factory.mktemp("strings") / "a.strings", written)
    read = StringTable.open(path, BUILD)
    assert read[:] == given
    assert np.array_equal(read.offsets, written.offsets)
    assert read.data == written.data
    again = write(path.with_name("b.strings"), read)
    assert again.read_bytes() == path.read_bytes()
    assert path.read_bytes().endswith(stamp(BUILD))


@pytest.mark.parametrize("place", [3, -4])
def test_a_place_outside_the_table_is_an_index_error(place: int) -> None:
    with pytest.raises(IndexError, match=f"string {place} of 3"):
        StringTable.from_strings("abc")[place]


@pytest.mark.parametrize("kept", [0, 1, 23, 24, 63, 64, 88, 100, -64, -1])
def test_a_cut_file_is_refused_by_name(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path / "a.strings", StringTable.from_strings(map(str, range(99))))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SnapshotDamaged) as caught:
        StringTable.open(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.strings"
    for content in (b"", b"STRINGS", b"\x93NUMPY\x01\x00" * 9):
        path.write_bytes(content + stamp(BUILD))
        with pytest.raises(SnapshotDamaged, match="is not a file of strings") as caught:
            StringTable.open(path, BUILD)
        assert str(path) in str(caught.value)


def test_a_file_of_another_build_or_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.strings", StringTable.from_strings("ab"), OTHER)
    with pytest.raises(SnapshotDamaged, match=f"another snapshot.*{OTHER}"):
        StringTable.open(path, BUILD)
    path.write_bytes(b"whatever a later version writes" + stamp(BUILD, FORMAT + 1))
    with pytest.raises(NewerFormat, match="pip install --upgrade"):
        StringTable.open(path, BUILD)


def test_a_flipped_bit_in_the_header_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.strings", StringTable.from_strings(map(str, range(99))))
    whole = path.read_bytes()
    for position in range(24):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[position] ^= 1 << bit
            path.write_bytes(flipped)
            with pytest.raises(SnapshotDamaged) as caught:
                StringTable.open(path, BUILD)
            assert str(path) in str(caught.value)


@given(st.sets(texts, max_size=40), st.lists(texts, max_size=5))
def test_a_sorted_string_is_found_where_it_stands_and_no_other_is(
    held: set[str], others: list[str]
) -> None:
    table = SortedStringTable.from_strings(sorted(held))
    place_of = {string: place for place, string in enumerate(sorted(held))}
    # Also what begins like a string of the table, or goes on behind it.
    asked = {*held, *others, *(s[:-1] for s in held), *(s + "a" for s in held), ""}
    for string in asked:
        assert table.place_of(string) == place_of.get(string), string


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9, 10, 99, 1000, 4321])
def test_any_number_of_strings_is_searched(count: int) -> None:
    rng = Random(count)
    held = sorted({f"{rng.randrange(10**6)}" for _ in range(count)})
    table = SortedStringTable.from_strings(held)
    assert [table.place_of(string) for string in held] == [*range(len(held))]
    for string in (f"{rng.randrange(10**6)}" for _ in range(500)):
        place = bisect_left(held, string)
        there = place < len(held) and held[place] == string
        assert table.place_of(string) == (place if there else None)


def test_the_order_is_that_of_code_points_beyond_the_first_plane_too() -> None:
    held = sorted(["z", "é", "\uffff", "\U00010000", "\U0001f600", "~"])  # UTF-16 has another
    table = SortedStringTable.from_strings(held)
    assert [table.place_of(string) for string in held] == [*range(len(held))]


def test_a_lone_surrogate_is_not_there_and_another_type_is_an_error() -> None:
    table = SortedStringTable.from_strings(["a-1"])
    assert table.place_of("a-\udcff") is None  # of an undecodable byte on a command line
    for asked in (b"a-1", 1, None, ["a-1"]):
        with pytest.raises(TypeError, match="an id is a string"):
            table.place_of(asked)  # type: ignore[arg-type]
