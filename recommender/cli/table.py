"""A table that fits every terminal: columns where there is room, else one line for each field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from recommender.cli.output import printable

__all__ = ["DATE", "DIM", "FOLD", "NUMBER", "UNTITLED", "WHOLE", "WIDE", "Column", "RowTable"]

UNTITLED = "(untitled)"
MIN_FOLDED = 12  # columns of the terminal that a text which is folded gets at least
GAP = 2  # between two columns

# How a column is laid out, as arguments of rich's `add_column`.
FOLD: dict[str, Any] = {"overflow": "fold"}
WIDE: dict[str, Any] = {"overflow": "fold", "ratio": 1}
WHOLE: dict[str, Any] = {"no_wrap": True}
NUMBER: dict[str, Any] = {"justify": "right", "no_wrap": True}
DATE: dict[str, Any] = {"justify": "right", "no_wrap": True}
DIM: dict[str, Any] = {"style": "dim"}


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        heading: What stands above it.
        cell: What it shows of a row.
        layout: Arguments of rich's `Table.add_column`.
    """

    heading: str
    cell: Callable[[Any], str]
    layout: Mapping[str, Any]


class RowTable:
    """Rows under headings. Where the terminal is too narrow for that, one field stands on a line.

    Nothing in it can drive a terminal or is read as markup; see `printable`.

    Args:
        columns: The columns, from left to right.
        rows: What each row shows, from top to bottom.
        title: Lines above the table.
    """

    def __init__(
        self, columns: Sequence[Column], rows: Iterable[Any], title: Sequence[str] = ()
    ) -> None:
        self._columns, self._title = columns, title
        self._cells = [[printable(column.cell(row)) for column in columns] for row in rows]

    def min_width(self) -> int:
        """How many columns of the terminal the table needs.

        Returns:
            The width in which no word that must stay whole is cut, and texts that are folded have
            `MIN_FOLDED`.
        """
        widths = []
        for place, column in enumerate(self._columns):
            cells = [column.heading, *(row[place] for row in self._cells)]
            if column.layout.get("no_wrap"):
                widths.append(max(map(cell_len, cells)))
            else:
                words = (word for cell in cells for word in cell.split())
                widths.append(min(max(map(cell_len, words), default=0), MIN_FOLDED))
        return sum(widths) + GAP * (len(widths) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table as rich prints it."""
        if self._title:
            yield Text("\n".join(map(printable, self._title)), style="bold")
        yield self._rows() if self.min_width() <= options.max_width else self._records()

    def _rows(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in self._columns:
            table.add_column(column.heading, **column.layout)
        for row in self._cells:
            table.add_row(*map(Text, row))
        return table

    def _records(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for number, row in enumerate(self._cells):
            if number:
                table.add_row()
            for column, cell in zip(self._columns, row, strict=True):
                if cell:
                    table.add_row(Text(column.heading), Text(cell))
        return table
