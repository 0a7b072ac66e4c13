"""A table fits its terminal: columns where there is room, else one field on a line."""

import pytest
from rich.cells import cell_len
from rich.console import Console

from recommender.cli.table import DATE, FOLD, NUMBER, WHOLE, WIDE, Column, RowTable

ROWS = [
    {"id": "s-0123456789", "title": "A ferry runs aground " * 3, "source": "Gazette", "n": 1200},
    {"id": "s-9", "title": "渡輪" * 30, "source": "", "n": 3},
]


def table(title: tuple[str, ...] = ()) -> RowTable:
    layouts = {"id": WHOLE, "n": NUMBER, "title": WIDE, "source": FOLD}
    columns = [Column(name, lambda row, n=name: str(row[n]), how) for name, how in layouts.items()]
    return RowTable(columns, ROWS, title)


def printed(table: RowTable, width: int) -> list[str]:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize("width", [20, 40, 50, 80, 120, 300])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(width: int) -> None:
    lines = printed(table(), width)
    assert max(map(cell_len, lines)) <= width
    text = "".join("".join(lines).split())
    for row in ROWS:
        assert str(row["id"]) in text
        assert text.count("渡") == 30
    assert "…" not in text


def test_a_narrow_terminal_shows_a_field_a_line_and_leaves_out_empty_ones() -> None:
    assert table().min_width() == 41
    wide, narrow = printed(table(), 41), printed(table(), 40)
    assert wide[0].split() == ["id", "n", "title", "source"]
    assert [line.split()[0] for line in narrow[:1]] == ["id"]
    assert [line[:6].strip() for line in narrow if line[:6].strip()] == [
        "id", "n", "title", "source", "id", "n", "title",
    ]  # fmt: skip
    assert narrow.count("") == 1  # between the records


def test_a_title_stands_above_and_cannot_drive_the_terminal() -> None:
    lines = printed(table(("s-1 \x1b[2J[bold]", "ferry, hull")), 100)
    assert lines[:2] == ["s-1  [2J[bold]", "ferry, hull"]


def test_a_table_without_rows_is_its_headings() -> None:
    empty = RowTable([Column("day", str, DATE), Column("label", str, WIDE)], [])
    assert printed(empty, 40) == ["day  label"]
