"""The protocol of all sources of records, and the values that it returns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from recommender.errors import InputError

__all__ = [
    "BadRecord",
    "FieldNames",
    "Note",
    "NumberedRow",
    "Reject",
    "Row",
    "Source",
    "describe_type",
]

Row: TypeAlias = Mapping[str, object]


class BadRecord(Exception):
    """A record that cannot be used.

    Attributes:
        field: The source's name of the bad field; empty if the record as a whole is bad.
        reason: What is wrong with it, for the reject file.
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was rejected, and why.

    Attributes:
        file: The name of its source.
        line: Where it is, counted from 1; see `NumberedRow.line`.
        field: The source's name of the bad field; empty if the whole record is bad.
        reason: What is wrong with it.
        id: Its id, if it had a usable one.
    """

    file: str
    line: int
    field: str
    reason: str
    id: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class Note(Reject):
    """What was left out of an article or changed in it, and why, in the form of a `Reject`."""


class NumberedRow(NamedTuple):
    """One record of a source.

    Attributes:
        line: Where the record is, counted from 1: the line of a text file (the last line of a CSV
            record), otherwise the number of the record.
        row: The record's values by the source's own names, or what is wrong with it. A value can
            be a `BadRecord`, too.
    """

    line: int
    row: Row | BadRecord


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The names by which a source calls the fields that are read.

    Attributes:
        names: The source's name of each field, for example {"text": "body"}.
        headlines: Whether a title can stand in for a missing text.
    """

    names: Mapping[str, str]
    headlines: bool = False

    def match(self, columns: Iterable[str]) -> dict[str, str]:
        """Find the column of each field, by its exact name or without case and blanks around it.

        Args:
            columns: The names in a table's header, or the keys of a record.

        Returns:
            The column of each field that has one.
        """
        exact = frozenset(columns)
        folded: dict[str, str] = {}
        for column in columns:
            folded.setdefault(_folded(column), column)
        found = {
            field: name if name in exact else folded.get(_folded(name))
            for field, name in self.names.items()
        }
        return {field: column for field, column in found.items() if column is not None}

    def check_columns(self, columns: Sequence[str], where: str) -> dict[str, str]:
        """Check that a table has each needed column, and no column twice.

        Args:
            columns: The names in the table's header.
            where: The table's name, for the error.

        Returns:
            The column of each field that has one.

        Raises:
            InputError: A needed column is missing, or the header names a column twice.
        """
        if repeated := sorted({name for name in columns if name and columns.count(name) > 1}):
            raise InputError(f"{where}: has more than one column {repeated[0]!r}")
        found = self.match(columns)
        texts = ("text", "title") if self.headlines else ("text",)
        for field, *instead in (("id",), texts):
            if not any(name in found for name in (field, *instead)):
                raise InputError(
                    f"{where}: no column {self.names[field]!r} for the field {field!r}; "
                    f"it has {_listed(columns)}. Map them in the settings: "
                    f'[input.fields] {field} = "<column>"'
                )
        return found


def _folded(name: str) -> str:
    return name.strip(" \t\r\n\ufeff\u00a0").casefold()


def _listed(columns: Sequence[str]) -> str:
    """The names of columns, short and printable."""
    shown = [name if name.isprintable() else ascii(name) for name in columns[:20]]
    more = [f"{len(columns) - 20:,} more"] if len(columns) > 20 else []
    return (
        ", ".join([name if len(name) <= 40 else f"{name[:40]}…" for name in shown] + more) or "none"
    )


class Source(Protocol):
    """Anything that yields records, one after the other."""

    @property
    def name(self) -> str:
        """What rejects and errors call it, for example its path."""
        ...

    @property
    def size(self) -> int:
        """How much there is to read, in the unit of `position`.

        Raises:
            InputError: The source is missing or cannot be read.
        """
        ...

    @property
    def position(self) -> int:
        """How much has been read so far; bytes of a file as it lies on disk."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """The names in a table's header, once it is read; empty where there is no header."""
        ...

    def rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        """Read the records in the source's order.

        Args:
            fields: The names of the fields that are needed. A table checks its columns with it,
                and may leave out all others.

        Yields:
            Each record, also a bad one.

        Raises:
            InputError: The source as a whole is missing, broken or lacks a needed column.
        """
        ...


def describe_type(value: object) -> str:
    """Describe the type of a JSON value in words.

    Args:
        value: The value.

    Returns:
        For example "a number".
    """
    if value is None:
        return "null"
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), f"a {type(value).__name__}")
