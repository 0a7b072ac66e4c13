"""Reading sources: every record becomes a good `Article` or a `Reject` that says why not.

JSON Lines (plain or gzip), CSV (plain or gzip) and Parquet. Files are streamed; nothing that can
be wrong with one record stops the others.
"""

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from recommender.errors import InputError, needs_extra
from recommender.types import Article

__all__ = ["FIELDS", "Reader", "Reject"]

FIELDS = tuple(field.name for field in fields(Article))
MAX_ID_CHARACTERS = 512
MAX_LINE_BYTES = 64 * 2**20

Row: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was left out: where it stands, which field, and what is wrong with it.

    `line` is the line of the file (CSV: where the record ends), or the row of a Parquet file,
    counted from 1. `id` is given where the record had a usable one.
    """

    file: str
    line: int
    field: str
    reason: str
    id: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class _Bad(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


class Reader:
    """Reads the sources of one run; remembers the ids it has seen and the fields it left out.

    `mapping` gives the publisher's name for any of our fields, e.g. {"text": "body"}.
    `unknown_fields` maps a field that is kept out to the first file it was seen in.
    """

    def __init__(self, mapping: Mapping[str, str], max_characters: int) -> None:
        self._names = {field: mapping.get(field, field) for field in FIELDS}
        self._known = frozenset(self._names.values())
        self._max_characters = max_characters
        self._seen: dict[str, tuple[str, int]] = {}
        self.unknown_fields: dict[str, str] = {}
        self.bytes_read = 0  # of the file that is being read, compressed as it lies on disk

    def read(self, path: Path) -> Iterator[Article | Reject]:
        """Read one file, in its order.

        Raises:
            InputError: the file is missing, of an unknown kind, or broken as a whole.
        """
        self.bytes_read = 0
        kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
        try:
            if kind in ("jsonl", "ndjson"):
                yield from self._checked(path, self._json_rows(path))
            elif kind == "csv":
                yield from self._checked(path, self._csv_rows(path))
            elif kind == "parquet":
                yield from self._checked(path, self._parquet_rows(path))
            else:
                raise InputError(
                    f"{path}: unknown kind of source; expected .jsonl, .ndjson or .csv "
                    "(each also as .gz), or .parquet"
                )
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{path}: cannot be read: {reason}") from error

    def _checked(
        self, path: Path, rows: Iterable[tuple[int, Row | _Bad]]
    ) -> Iterator[Article | Reject]:
        file = str(path)
        for line, row in rows:
            article_id = None
            try:
                if isinstance(row, _Bad):
                    raise row
                self._note_unknown(row, file)
                article_id = _identifier(row.get(self._names["id"]), self._names["id"])
                article = self._article(row, article_id)
                if article_id in self._seen:
                    raise _Bad(  # noqa: TRY301
                        self._names["id"], "repeats the id of {}:{}".format(*self._seen[article_id])
                    )
            except _Bad as bad:
                yield Reject(file, line, bad.field, bad.reason, article_id)
            else:
                self._seen[article_id] = (file, line)
                yield article

    def _note_unknown(self, row: Row, file: str) -> None:
        for name in row.keys() - self._known:
            self.unknown_fields.setdefault(name, file)

    def _article(self, row: Row, article_id: str) -> Article:
        names = self._names
        text = _string(row.get(names["text"]), names["text"])
        if text is None:
            raise _Bad(names["text"], "no text")
        title = _string(row.get(names["title"]), names["title"]) or ""
        for name, value in ((names["text"], text), (names["title"], title)):
            if len(value) > self._max_characters:
                raise _Bad(
                    name,
                    f"{len(value):,} characters; input.max_characters admits "
                    f"{self._max_characters:,}",
                )
        optional = ("url", "source", "section", "language", "author")
        return Article(
            article_id,
            title,
            text,
            _moment(row.get(names["published"]), names["published"]),
            **{field: _string(row.get(names[field]), names[field]) for field in optional},
        )

    def _json_rows(self, path: Path) -> Iterator[tuple[int, Row | _Bad]]:
        with self._open(path) as file:
            for line, content in enumerate(file, start=1):
                if len(content) > MAX_LINE_BYTES:
                    yield line, _Bad("", f"a line of more than {MAX_LINE_BYTES:,} bytes")
                elif content.strip():
                    yield line, _json_row(content.removeprefix(b"\xef\xbb\xbf"))

    def _csv_rows(self, path: Path) -> Iterator[tuple[int, Row | _Bad]]:
        # The module's own limit (131,072 characters a field) is for the whole process and below
        # real articles; sizes are checked per record instead.
        csv.field_size_limit(sys.maxsize)
        with self._open(path) as binary:
            reader = csv.reader(_csv_lines(path, binary), strict=True)
            try:
                header = next(reader, [])
            except csv.Error as error:
                raise InputError(f"{path}:{reader.line_num}: broken CSV header: {error}") from error
            self._require_columns(path, header)
            while True:
                start = reader.line_num + 1
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "unexpected end of data" in str(error):
                        raise InputError(
                            f"{path}:{start}: a quote is opened in this record and never closed; "
                            "is the file cut off?"
                        ) from error
                    yield reader.line_num, _Bad("", f"broken CSV: {error}")
                    continue
                if not values:
                    continue  # an empty line is no record
                if len(values) != len(header):
                    reason = f"{len(values)} columns where the header has {len(header)}"
                    yield reader.line_num, _Bad("", reason)
                else:
                    yield reader.line_num, dict(zip(header, values, strict=True))

    def _parquet_rows(self, path: Path) -> Iterator[tuple[int, Row | _Bad]]:
        with needs_extra("build"):
            import pyarrow as pa
            import pyarrow.parquet as pq
        try:
            size = path.stat().st_size
            with pq.ParquetFile(path) as file:
                columns = file.schema_arrow.names
                self._require_columns(path, columns)
                self._note_unknown(dict.fromkeys(columns), str(path))
                known = [name for name in columns if name in self._known]
                line = 0
                for batch in file.iter_batches(batch_size=1024, columns=known):
                    values = [_parquet_values(n, batch.column(n)) for n in known]
                    for row in zip(*values, strict=True):
                        line += 1
                        self.bytes_read = size * line // max(1, file.metadata.num_rows)
                        bad = next((value for value in row if isinstance(value, _Bad)), None)
                        yield line, bad or dict(zip(known, row, strict=True))
        except pa.ArrowException as error:
            raise InputError(f"{path}: is not a readable Parquet file: {error}") from error

    @contextmanager
    def _open(self, path: Path) -> Iterator[Iterator[bytes]]:
        """The lines of a file, decompressed; none is longer than `MAX_LINE_BYTES` + 1."""
        with path.open("rb") as raw:
            file = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw

            def lines() -> Iterator[bytes]:
                for line in _lines(file):
                    self.bytes_read = raw.tell()
                    yield line

            yield lines()

    def _require_columns(self, path: Path, columns: list[str]) -> None:
        if repeated := sorted({name for name in columns if columns.count(name) > 1}):
            raise InputError(f"{path}: has more than one column {repeated[0]!r}")
        for field in ("id", "text"):
            if self._names[field] not in columns:
                raise InputError(
                    f"{path}: no column {self._names[field]!r} for the field {field!r}; it has "
                    f"{', '.join(columns) or 'none'}. Map them in the settings: "
                    f'[input.fields] {field} = "<column>"'
                )


class _Lines(Protocol):
    def readline(self, size: int = -1, /) -> bytes: ...


def _lines(file: _Lines) -> Iterator[bytes]:
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
    """A column's values; a `_Bad` in place of each one that Python cannot hold."""
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
        return _Bad(name, f"invalid UTF-8: byte {found:#04x} at {error.start}")
    except (ValueError, OverflowError) as error:
        return _Bad(name, f"cannot be read: {error}")


def _json_row(content: bytes) -> Row | _Bad:
    try:
        row = json.loads(content.decode("utf-8").rstrip())
    except UnicodeDecodeError as error:
        return _Bad("", f"invalid UTF-8: byte {content[error.start]:#04x} at {error.start}")
    except json.JSONDecodeError as error:
        return _Bad("", f"invalid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return _Bad("", "invalid JSON: nested too deeply")
    except ValueError as error:  # a number of thousands of digits
        return _Bad("", f"invalid JSON: {error}")
    if not isinstance(row, dict):
        return _Bad("", f"expected an object, got {_kind(row)}")
    return row


def _identifier(value: object, name: str) -> str:
    if value is None or value == "":
        raise _Bad(name, "no id")
    if not isinstance(value, str):
        raise _Bad(name, f"expected a string, got {_kind(value)}; ids are strings: write it quoted")
    _check_unicode(value, name)
    if not value.strip():
        raise _Bad(name, "no id")
    if len(value) > MAX_ID_CHARACTERS:
        raise _Bad(name, f"{len(value):,} characters; an id has at most {MAX_ID_CHARACTERS}")
    if not value.isprintable():
        raise _Bad(name, "an id holds printable characters only, no line breaks")
    return value


def _string(value: object, name: str) -> str | None:
    """A string as it is, None where it is absent or blank."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Bad(name, f"expected a string, got {_kind(value)}")
    _check_unicode(value, name)
    return value if value.strip() else None


def _check_unicode(value: str, name: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        # What surrogateescape made of a bad byte, or a lone surrogate written as an escape.
        what = f"byte {code - 0xDC00:#04x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
        raise _Bad(name, f"invalid UTF-8: {what} at character {error.start}") from None


def _moment(value: object, name: str) -> datetime | None:
    """An ISO 8601 moment in UTC; without an offset it is taken to be in UTC."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        _check_unicode(value, name)
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise _Bad(
                name, f"{value[:60]!r} is no ISO 8601 date; expected e.g. 2026-03-01T09:30:00+01:00"
            ) from None
    elif isinstance(value, datetime):  # Parquet's timestamps
        moment = value
    elif isinstance(value, date):  # Parquet's dates
        moment = datetime.combine(value, time())
    else:
        raise _Bad(name, f"expected an ISO 8601 string, got {_kind(value)}")
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise _Bad(name, f"{value!r} lies outside the years 1 to 9999") from None


def _kind(value: Any) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), f"a {type(value).__name__}") if value is not None else "null"
