"""How the bytes of a text file are written: found by its first bytes, and turned into UTF-8."""

import codecs
import io
import re
from typing import BinaryIO

from recommender.errors import InputError

__all__ = ["AUTO", "GZIP", "LegacyLines", "encoding_of", "refuse_binary", "text_of"]

AUTO = "auto"
GZIP = b"\x1f\x8b"
# The longest marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARIES = (
    (b"PK\x03\x04", "is a zip archive or an Excel workbook; unpack it, or save it as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook; save it as CSV (UTF-8)"),
    (b"PAR1", "is Parquet; give it the ending .parquet"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it: zstd -dc FILE | … nightly -"),
    (b"BZh", "is compressed with bzip2; unpack it: bzip2 -dc FILE | … nightly -"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it: xz -dc FILE | … nightly -"),
    (b"SQLite format 3", "is a SQLite database; export its articles as JSON Lines or CSV"),
    (b"%PDF", "is a PDF; export the articles as JSON Lines or CSV"),
)
# In Western texts no word has that many letters beyond ASCII in a row, and most letters are ASCII.
_FOREIGN = re.compile(rb"[\x80-\xff]{5}")
_FEW = 2


def refuse_binary(head: bytes, name: str) -> None:
    """Refuse a file that is no text at all, or one of another kind.

    Args:
        head: The first bytes of the file.
        name: What the error calls the file.

    Raises:
        InputError: The file is known by its first bytes, or holds NUL bytes that are no UTF-16.
    """
    for mark, what in _BINARIES:
        if head.startswith(mark):
            raise InputError(f"{name}: {what}")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:16].lower()
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!doctype", b"<html")):
        raise InputError(f"{name}: is XML or HTML; write its articles as JSON Lines, one a line")
    # A stray one is a damaged text.
    if head.count(b"\0") * 20 > len(head) and encoding_of(head) == "utf-8":
        raise InputError(f"{name}: holds NUL bytes, so it is no text; is it another kind of file?")


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes of a text file show.

    Args:
        head: The first bytes.

    Returns:
        By a byte order mark or by zero bytes "utf-16", "utf-32", "utf-16-le" or "utf-16-be", and
        otherwise "utf-8".

    Example:
        >>> encoding_of("id,text".encode("utf-16-le")), encoding_of(b"id,text")
        ('utf-16-le', 'utf-8')
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # A file begins with ASCII: a quote, a bracket or the name of a column.
    even, odd = head[0:8:2], head[1:8:2]
    if len(odd) > 1 and not any(odd) and all(even):
        return "utf-16-le"
    if len(odd) > 1 and not any(even) and all(odd):
        return "utf-16-be"
    return "utf-8"


def text_of(file: BinaryIO, head: bytes, encoding: str, newline: str = "\n") -> io.TextIOWrapper:
    """The file as text.

    Args:
        file: The bytes.
        head: The first of them.
        encoding: The name of the encoding; `AUTO` for what the first bytes show.
        newline: Where a line ends.

    Returns:
        The text. Bytes that are no UTF-8 become lone surrogates, which the checks find.
    """
    if encoding == AUTO:
        encoding = encoding_of(head)
        if encoding == "utf-8":
            whole = _without_a_cut(head)
            legacy = LegacyLines(whole).convert(whole) != whole
            encoding = "cp1252" if legacy else "utf-8-sig"
    errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
    return io.TextIOWrapper(file, encoding, errors, newline)


class LegacyLines:
    """Converts the lines of a file that is no UTF-8 from Windows-1252, the old code of Windows.

    A file with any letter beyond ASCII in UTF-8 is UTF-8; what is no UTF-8 in it is damaged, and
    stays as it is. What does not look like a Western language is of another code, and stays, too.

    Args:
        head: The first bytes of the file.

    Attributes:
        count: How many lines were converted.
    """

    def __init__(self, head: bytes) -> None:
        lines = _without_a_cut(head).split(b"\n")
        self._is_utf8 = any(not line.isascii() and _decodes(line, "utf-8") for line in lines)
        self._is_western = None if head.isascii() else _is_western(_without_a_cut(head))
        self.count = 0

    def convert(self, line: bytes) -> bytes:
        """The line in UTF-8.

        Args:
            line: A line of the file.

        Returns:
            The line, converted where it is in Windows-1252.
        """
        if line.isascii():
            return line
        if _decodes(line, "utf-8"):
            self._is_utf8 = True
            return line
        western = _is_western(line) if self._is_western is None else self._is_western
        if self._is_utf8 or not western or not _decodes(line, "cp1252"):
            return line
        self.count += 1
        return line.decode("cp1252").encode()


def _is_western(text: bytes) -> bool:
    """Whether bytes look like a Western language in Windows-1252."""
    letters = [c.isascii() for c in text.decode("cp1252", "ignore") if c.isalpha()]
    few = letters.count(False) <= max(_FEW, letters.count(True) / 2)
    return few and not _FOREIGN.search(text)


def _without_a_cut(head: bytes) -> bytes:
    """The first bytes without a letter beyond ASCII at their end, which may have been cut."""
    return re.sub(rb"[\x80-\xff]{1,4}\Z", b"", head)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
