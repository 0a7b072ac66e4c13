"""The base of all sources that are files: path, size, position, and lines."""

import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from recommender.errors import InputError
from recommender.sources.base import FieldNames, NumberedRow

__all__ = ["MAX_LINE_BYTES", "FileSource", "is_too_long", "too_long"]

MAX_LINE_BYTES = 64 * 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class FileSource(ABC):
    """A `Source` that is one file, plain or compressed with gzip; it is streamed.

    Attributes:
        path: The path of the file.
        position: Bytes of the file on disk that were read so far.
        columns: The names in the file's header; empty before `rows` has read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.columns: list[str] = []

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
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{self.path}: cannot be read: {reason}") from error

    @abstractmethod
    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        """The records; errors of the file system become an `InputError` in `rows`."""

    def _lines(self) -> Iterator[bytes]:
        """The file's lines, decompressed, without a byte order mark; see `is_too_long`."""
        with self.path.open("rb") as raw:
            file = gzip.GzipFile(fileobj=raw) if self.path.suffix.lower() == ".gz" else raw
            for number, line in enumerate(_bounded_lines(file)):
                self.position = raw.tell()
                yield line if number else line.removeprefix(BYTE_ORDER_MARK)


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


def _bounded_lines(file: _Readable) -> Iterator[bytes]:
    """The lines of a file; one that is too long is cut after `MAX_LINE_BYTES` + 1 bytes."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line
