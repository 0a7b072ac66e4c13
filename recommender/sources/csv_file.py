"""CSV with a header: one record per line, or over several lines if a value is quoted."""

import csv
from collections.abc import Iterator, Sequence

from recommender.errors import InputError
from recommender.sources.base import BadRecord, FieldNames, NumberedRow
from recommender.sources.files import MAX_LINE_BYTES, FileSource, is_too_long, too_long

__all__ = ["CsvSource"]


class CsvSource(FileSource):
    """A CSV file. A record of the wrong width or with a stray quote is a `BadRecord`."""

    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        # The module's own limit (131,072 characters per field) is shorter than real articles. It
        # can only be set for the whole process; sizes are checked per record.
        csv.field_size_limit(MAX_LINE_BYTES)
        reader = csv.reader(self._text_lines(), strict=True)
        try:
            self.columns = next(reader, [])
        except csv.Error as error:
            raise InputError(
                f"{self.path}:{reader.line_num}: broken CSV header: {error}"
            ) from error
        fields.check_columns(self.columns, self.name)
        while True:
            start = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield from self._broken(start, reader.line_num, error)
                continue
            if values:  # an empty line is no record
                yield NumberedRow(reader.line_num, self._row(values))

    def _row(self, values: Sequence[str]) -> dict[str, object] | BadRecord:
        if len(values) == len(self.columns):
            return dict(zip(self.columns, values, strict=True))
        return BadRecord("", f"{len(values)} columns where the header has {len(self.columns)}")

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

    def _text_lines(self) -> Iterator[str]:
        """Lines for the CSV parser; bad bytes become lone surrogates, which the checks find."""
        for number, line in enumerate(self._lines(), start=1):
            if is_too_long(line):  # where the next record begins cannot be known
                raise InputError(f"{self.path}:{number}: {too_long()}")
            yield line.decode("utf-8", "surrogateescape")
