"""The base of all sources that are files: path, size, position, encoding, and lines."""

import gzip
import io
import logging
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from recommender.errors import InputError
from recommender.sources.base import FieldNames, NumberedRow
from recommender.sources.encodings import (
    AUTO,
    GZIP,
    LegacyLines,
    encoding_of,
    refuse_binary,
    text_of,
)

__all__ = ["MAX_LINE_BYTES", "FileSource", "Opened", "is_too_long", "too_long"]

MAX_LINE_BYTES = 64 * 2**20
HEAD_BYTES = 2**16
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A file that is open, decompressed where it is compressed.

    Attributes:
        file: Its bytes, from the first.
        head: The first of them.
    """

    file: BinaryIO
    head: bytes


class FileSource(ABC):
    """A `Source` that is one file, plain or compressed with gzip; it is streamed.

    Args:
        path: The path of the file.
        encoding: How its text is written; by default that is found by its bytes.

    Attributes:
        path: The path of the file.
        position: Bytes of the file on disk that were read so far; 0 for a pipe.
        columns: The names in the file's header; empty before `rows` has read it.
    """

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        self.path, self.encoding = path, encoding
        self.position = 0
        self.columns: list[str] = []
        self._raw: BinaryIO | None = None

    @property
    def name(self) -> str:
        """The path, as it was given."""
        return str(self.path)

    @property
    def size(self) -> int:
        """Bytes of the file.

        Raises:
            InputError: The file is missing or cannot be read.
        """
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {error.strerror}") from error

    def rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        """Read the records in the file's order; see `Source.rows`.

        Raises:
            InputError: The file is missing, broken as a whole or lacks a needed column.
        """
        try:
            yield from self._rows(fields)
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.path}: is not the text in {error.encoding} that it begins as: "
                f"{error.reason}; name its encoding: --set input.encoding=NAME"
            ) from error
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{self.path}: cannot be read: {reason}") from error

    @abstractmethod
    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        """The records; errors of the file system become an `InputError` in `rows`."""

    def _open(self) -> BinaryIO:
        return self.path.open("rb", buffering=HEAD_BYTES)

    @contextmanager
    def _opened(self) -> Iterator[Opened]:
        """The file's bytes, decompressed where its first bytes or its name say so."""
        with self._open() as raw:
            self._raw = raw
            file = cast("io.BufferedReader", raw)
            head = file.peek(HEAD_BYTES)[:HEAD_BYTES]
            if self.path.suffix.lower() == ".gz" or head.startswith(GZIP):
                file = io.BufferedReader(
                    cast("io.RawIOBase", gzip.GzipFile(fileobj=raw)), HEAD_BYTES
                )
                head = file.peek(HEAD_BYTES)[:HEAD_BYTES]
            refuse_binary(head, self.name)
            yield Opened(cast("BinaryIO", file), head)

    def _note_position(self) -> None:
        if self._raw is not None and self._raw.seekable():
            self.position = self._raw.tell()

    def _lines(self, opened: Opened) -> Iterator[bytes]:
        """The lines in UTF-8, without a byte order mark; see `is_too_long`."""
        file, head = opened
        found = encoding_of(head) if self.encoding == AUTO else self.encoding
        legacy = LegacyLines(head) if self.encoding == AUTO and found == "utf-8" else None
        text = None
        if legacy is None:
            text = text_of(file, head, found)
        elif b"\r" in head and b"\n" not in head:  # as old spreadsheets end lines
            text = text_of(file, head, AUTO, "\r")
        with text or nullcontext():
            for number, line in enumerate(_bounded_lines(_InUtf8(text) if text else file)):
                self._note_position()
                plain = legacy.convert(line) if legacy else line
                yield plain if number else plain.removeprefix(BYTE_ORDER_MARK)
        if legacy and legacy.count:
            log.warning(
                "lines that are no UTF-8 were read as Windows-1252; if that is wrong, name the "
                "encoding: --set input.encoding=NAME",
                extra={"file": self.name, "lines": legacy.count},
            )


def is_too_long(line: bytes) -> bool:
    """Whether a line is longer than `MAX_LINE_BYTES`, so that only its beginning was read.

    Args:
        line: A line of `FileSource._lines`.

    Returns:
        True if it was cut.
    """
    return len(line) > MAX_LINE_BYTES


def too_long() -> str:
    """Say what is wrong with a line that is too long.

    Returns:
        The reason, for a reject or an error.
    """
    return f"a line of more than {MAX_LINE_BYTES:,} bytes"


class _Readable(Protocol):
    def readline(self, size: int = -1, /) -> bytes: ...


class _InUtf8:
    """The lines of a text in UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readline(self, size: int = -1, /) -> bytes:
        line = self._text.readline(size).encode("utf-8", "surrogateescape")
        return line[:-1] + b"\n" if line.endswith(b"\r") else line


def _bounded_lines(file: _Readable) -> Iterator[bytes]:
    """The lines of a file; one that is too long is cut after `MAX_LINE_BYTES` + 1 bytes."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line
