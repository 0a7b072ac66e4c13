"""What a CSV file is like: its separator and its columns, found by its first lines."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from recommender.errors import InputError
from recommender.sources.base import FieldNames
from recommender.sources.moments import NoMoment, read_moment

__all__ = ["SEPARATORS", "CsvDialect", "find_dialect"]

SEPARATORS = (",", ";", "\t", "|")


class CsvDialect(NamedTuple):
    """How a CSV file is written.

    Attributes:
        separator: What stands between two values.
        padded: Whether a blank follows each separator.
        columns: The names in the header, without blanks around them; "" for a column without one.
    """

    separator: str
    padded: bool
    columns: list[str]


def find_dialect(
    lines: Sequence[str], fields: FieldNames, name: str, separator: str | None = None
) -> CsvDialect:
    """Find the separator that gives a header with the most of our fields.

    Args:
        lines: The first lines of the file, from its header on.
        fields: The names of the fields that are needed.
        name: What errors call the file.
        separator: The separator, if the file names it itself.

    Returns:
        The dialect.

    Raises:
        InputError: The header is broken, or there is none.
    """
    found, broken = [], None
    for candidate in [separator] if separator else SEPARATORS:
        try:
            cells = next(csv.reader(iter(lines), delimiter=candidate, strict=True), [])
        except csv.Error as error:
            broken = broken or error
            continue
        padded = any(cell.startswith(" ") for cell in cells[1:])
        found.append(CsvDialect(candidate, padded, [_name(cell) for cell in cells]))
    if not found:
        raise InputError(f"{name}:1: broken CSV header: {broken}") from broken
    best = max(found, key=lambda d: (len(fields.match(d.columns)), len(d.columns)))
    if lines and not fields.match(best.columns) and any(map(_is_value, best.columns)):
        line = lines[0].strip()
        shown = line if line.isprintable() else ascii(line)[1:-1]
        raise InputError(
            f"{name}: has no header: its first line is {shown[:60]!r}. Put the names of the "
            f"columns above it, for example: {best.separator.join(('id', 'title', 'text'))}"
        )
    return best


def _name(cell: str) -> str:
    return cell.strip(" \t\r\n\ufeff\u00a0")


def _is_value(cell: str) -> bool:
    """Whether a cell of the first line is a value, which no name of a column looks like."""
    if cell.isdecimal() or len(cell) > 60 or cell.startswith(("http://", "https://")):
        return True
    try:
        return read_moment(cell) is not None
    except NoMoment:
        return False
