"""Parquet: a table of typed columns; only the needed ones are read."""

from collections.abc import Iterator
from typing import Any

from recommender.errors import InputError, needs_extra
from recommender.sources.base import BadRecord, FieldNames, NumberedRow
from recommender.sources.files import FileSource

__all__ = ["ParquetSource"]

BATCH_ROWS = 1024


class ParquetSource(FileSource):
    """A Parquet file. A value that Python cannot hold is a `BadRecord` in its place."""

    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        with needs_extra("build"):
            import pyarrow as pa
            import pyarrow.parquet as pq
        try:
            with pq.ParquetFile(self.path) as file:
                self.columns = file.schema_arrow.names
                needed = frozenset(fields.check_columns(self.columns, self.name).values())
                yield from self._batches(file, [name for name in self.columns if name in needed])
        except pa.ArrowException as error:
            raise InputError(f"{self.path}: is not a readable Parquet file: {error}") from error

    def _batches(self, file: Any, columns: list[str]) -> Iterator[NumberedRow]:
        size, rows, number = self.size, max(1, file.metadata.num_rows), 0
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
            values = [_values(name, batch.column(name)) for name in columns]
            for row in zip(*values, strict=True):
                number += 1
                self.position = size * number // rows
                yield NumberedRow(number, dict(zip(columns, row, strict=True)))


def _values(name: str, column: Any) -> list[object]:
    """A column's values, with a `BadRecord` for each one that Python cannot hold."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # as pandas writes them
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError):
        values = [_value(name, value) for value in column]
    return values


def _value(name: str, value: Any) -> object:
    try:
        return value.as_py()
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        return BadRecord(name, f"invalid UTF-8: byte {found:#04x} at {error.start}")
    except (ValueError, OverflowError) as error:
        return BadRecord(name, f"cannot be read: {error}")
