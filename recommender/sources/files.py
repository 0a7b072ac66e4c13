"""The files that sources are: JSON Lines, CSV and Parquet, as rows of named values.

Files are streamed, plain or (the first two) through gzip. What is wrong with one record becomes a
`BadRecord` in its place; what is wrong with a file as a whole ends the reading of it.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from recommender.errors import InputError, needs_extra

__all__ = ["BadRecord", "Row", "Source", "kind_of"]

MAX_LINE_BYTES = 64 * 2**20

Row: TypeAlias = Mapping[str, object]


class BadRecord(Exception):
    """A record that cannot be used: the field (empty for the record as a whole) and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


Numbered: TypeAlias = tuple[int, Row | BadRecord]


class Source:
    """One file of records. `names` maps our fields to the file's; `headlines` may lack the text.

    `bytes_read` tells how far reading is, in bytes of the file as it lies on disk; `columns` are
    the names in the file's header, where its kind has one.
    """

    def __init__(self, path: Path, names: Mapping[str, str], *, headlines: bool = False) -> None:
        self.path = path
        self._needed = (("id",), ("text", "title") if headlines else ("text",))
        self.bytes_read = 0
        self.columns: list[str] = []
        self._names = names

    def rows(self) -> Iterator[Numbered]:
        """The records in the file's order, each with its line (Parquet: its row) from 1.

        Raises:
            InputError: the file is missing, of an unknown kind, or broken as a whole.
        """
        readers = {
            "jsonl": self._json_rows,
            "ndjson": self._json_rows,
            "csv": self._csv_rows,
            "parquet": self._parquet_rows,
        }
        kind = self.path.name.lower().removesuffix(".gz").rpartition(".")[2]
        if kind not in readers:
            raise InputError(
                f"{self.path}: unknown kind of source; expected .jsonl, .ndjson or .csv "
                "(each also as .gz), or .parquet"
            )
        try:
            yield from readers[kind]()
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{self.path}: cannot be read: {reason}") from error

    def _json_rows(self) -> Iterator[Numbered]:
        with self._lines() as file:
            for line, content in enumerate(file, start=1):
                if len(content) > MAX_LINE_BYTES:
                    yield line, BadRecord("", f"a line of more than {MAX_LINE_BYTES:,} bytes")
                elif content.strip():
                    yield line, _json_row(content.removeprefix(b"\xef\xbb\xbf"))

    def _csv_rows(self) -> Iterator[Numbered]:
        # The module's own limit (131,072 characters a field) is for the whole process and below
        # real articles; sizes are checked per record instead.
        csv.field_size_limit(MAX_LINE_BYTES)
        with self._lines() as binary:
            reader = csv.reader(_csv_lines(self.path, binary), strict=True)
            try:
                header = next(reader, [])
            except csv.Error as error:
                raise InputError(
                    f"{self.path}:{reader.line_num}: broken CSV header: {error}"
                ) from error
            self._require_columns(header)
            while True:
                start = reader.line_num + 1
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "unexpected end of data" in str(error):
                        raise InputError(
                            f"{self.path}:{start}: a quote is opened in this record and never "
                            "closed; is the file cut off?"
                        ) from error
                    # How many records a stray quote has swallowed cannot be known: each of its
                    # lines is listed and counts.
                    reason = f"broken CSV in lines {start} to {reader.line_num}: {error}"
                    for line in range(start, reader.line_num + 1):
                        yield line, BadRecord("", reason)
                    continue
                if not values:
                    continue  # an empty line is no record
                if len(values) != len(header):
                    reason = f"{len(values)} columns where the header has {len(header)}"
                    yield reader.line_num, BadRecord("", reason)
                else:
                    yield reader.line_num, dict(zip(header, values, strict=True))

    def _parquet_rows(self) -> Iterator[Numbered]:
        with needs_extra("build"):
            import pyarrow as pa
            import pyarrow.parquet as pq
        try:
            size = self.path.stat().st_size
            with pq.ParquetFile(self.path) as file:
                columns = file.schema_arrow.names
                self._require_columns(columns)
                ours = frozenset(self._names.values())
                known = [name for name in columns if name in ours]
                line = 0
                for batch in file.iter_batches(batch_size=1024, columns=known):
                    values = [_parquet_values(n, batch.column(n)) for n in known]
                    for row in zip(*values, strict=True):
                        line += 1
                        self.bytes_read = size * line // max(1, file.metadata.num_rows)
                        bad = next((value for value in row if isinstance(value, BadRecord)), None)
                        yield line, bad or dict(zip(known, row, strict=True))
        except pa.ArrowException as error:
            raise InputError(f"{self.path}: is not a readable Parquet file: {error}") from error

    @contextmanager
    def _lines(self) -> Iterator[Iterator[bytes]]:
        """The lines of a file, decompressed; none is longer than `MAX_LINE_BYTES` + 1."""
        with self.path.open("rb") as raw:
            file = gzip.GzipFile(fileobj=raw) if self.path.suffix.lower() == ".gz" else raw

            def lines() -> Iterator[bytes]:
                for line in _bounded_lines(file):
                    self.bytes_read = raw.tell()
                    yield line

            yield lines()

    def _require_columns(self, columns: list[str]) -> None:
        if repeated := sorted({name for name in columns if columns.count(name) > 1}):
            raise InputError(f"{self.path}: has more than one column {repeated[0]!r}")
        self.columns = columns
        for field, *others in self._needed:
            if not any(self._names[name] in columns for name in (field, *others)):
                raise InputError(
                    f"{self.path}: no column {self._names[field]!r} for the field {field!r}; "
                    f"it has {', '.join(columns) or 'none'}. Map them in the settings: "
                    f'[input.fields] {field} = "<column>"'
                )


class _Readable(Protocol):
    def readline(self, size: int = -1, /) -> bytes: ...


def _bounded_lines(file: _Readable) -> Iterator[bytes]:
    """Lines of a file; of an absurdly long one only enough to see that it is."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def _csv_lines(path: Path, lines: Iterator[bytes]) -> Iterator[str]:
    """Lines for the CSV parser, without a byte order mark; bad bytes become lone surrogates.

    Raises:
        InputError: a line is too long: what it holds of the next record cannot be known.
    """
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE_BYTES:
            raise InputError(f"{path}:{number}: a line of more than {MAX_LINE_BYTES:,} bytes")
        content = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        yield content.decode("utf-8", "surrogateescape")


def _parquet_values(name: str, column: Any) -> list[object]:
    """A column's values; a `BadRecord` in place of each one that Python cannot hold."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # as pandas writes them
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError):
        values = [_parquet_value(name, value) for value in column]
    return values


def _parquet_value(name: str, value: Any) -> object:
    try:
        return value.as_py()
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        return BadRecord(name, f"invalid UTF-8: byte {found:#04x} at {error.start}")
    except (ValueError, OverflowError) as error:
        return BadRecord(name, f"cannot be read: {error}")


def _json_row(content: bytes) -> Row | BadRecord:
    try:
        row = json.loads(content.decode("utf-8").rstrip())
    except UnicodeDecodeError as error:
        return BadRecord("", f"invalid UTF-8: byte {content[error.start]:#04x} at {error.start}")
    except json.JSONDecodeError as error:
        return BadRecord("", f"invalid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return BadRecord("", "invalid JSON: nested too deeply")
    except ValueError as error:  # a number of thousands of digits
        return BadRecord("", f"invalid JSON: {error}")
    if not isinstance(row, dict):
        return BadRecord("", f"expected an object, got {kind_of(row)}")
    return row


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), f"a {type(value).__name__}") if value is not None else "null"
