"""CSV with a header: one record per line, or over several lines if a value is quoted."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from recommender.errors import InputError
from recommender.sources.base import BadRecord, FieldNames, NumberedRow
from recommender.sources.csv_dialect import find_dialect
from recommender.sources.files import MAX_LINE_BYTES, FileSource, Opened, is_too_long, too_long

__all__ = ["CsvSource"]

HEADER_LINES = 50  # a header with quoted line breaks may be longer than a line
_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # as Excel writes it above the header


class CsvSource(FileSource):
    """A CSV file, whatever its separator.

    A record of the wrong width or with a stray quote is a `BadRecord`.
    """

    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        # The module's own limit (131,072 characters per field) is shorter than real articles. It
        # can only be set for the whole process; sizes are checked per record.
        csv.field_size_limit(MAX_LINE_BYTES)
        with self._opened() as opened:
            lines, before, separator = self._text_lines(opened), 0, None
            first = next(lines, "")
            while first and (not first.strip() or _SEPARATOR.fullmatch(first)):
                if found := _SEPARATOR.fullmatch(first):
                    separator = found[1]
                first, before = next(lines, ""), before + 1
            if not first:
                raise InputError(f"{self.path}: is empty; CSV begins with the names of its columns")
            head = [first, *islice(lines, HEADER_LINES)]
            dialect = find_dialect(head, fields, self.name, separator)
            self.columns = [column for column in dialect.columns if column]
            fields.check_columns(self.columns, self.name)
            reader = csv.reader(
                chain(head, lines),
                strict=True,
                delimiter=dialect.separator,
                skipinitialspace=dialect.padded,
            )
            next(reader, None)
            yield from self._records(reader, dialect.columns, before)

    def _records(self, reader: Any, columns: Sequence[str], before: int) -> Iterator[NumberedRow]:
        """The records below the header; `before` lines stand above what the reader reads."""
        while True:
            start = before + reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield from self._broken(start, before + reader.line_num, error)
                continue
            if values:  # an empty line is no record
                yield NumberedRow(before + reader.line_num, _row(columns, values))

    def _broken(self, start: int, end: int, error: csv.Error) -> Iterator[NumberedRow]:
        """A bad record for each of the lines `start` to `end`.

        It is unknown how many records a stray quote has swallowed, so each of its lines counts.
        """
        if "unexpected end of data" in str(error):
            raise InputError(
                f"{self.path}:{start}: a quote is opened in this record and never closed; is the "
                "file cut off?"
            ) from error
        reason = f"broken CSV in lines {start} to {end}: {error}"
        for line in range(start, end + 1):
            yield NumberedRow(line, BadRecord("", reason))

    def _text_lines(self, opened: Opened) -> Iterator[str]:
        """Lines for the CSV parser; bad bytes become lone surrogates, which the checks find."""
        for number, line in enumerate(self._lines(opened), start=1):
            if is_too_long(line):  # where the next record begins cannot be known
                raise InputError(f"{self.path}:{number}: {too_long()}")
            yield line.decode("utf-8", "surrogateescape")


def _row(columns: Sequence[str], values: Sequence[str]) -> dict[str, object] | BadRecord:
    if len(values) == len(columns):
        return {name: value for name, value in zip(columns, values, strict=True) if name}
    return BadRecord("", f"{len(values)} columns where the header has {len(columns)}")
