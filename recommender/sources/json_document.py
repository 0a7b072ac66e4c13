"""JSON that is no JSON Lines: one array of records, records over several lines, or a wrapper.

It is read piece by piece, so that a large array never lies in memory as a whole.
"""

import json
from collections.abc import Container, Iterator
from typing import TextIO

from recommender.errors import InputError

__all__ = ["WRAPPERS", "is_document", "read_document", "records_path"]

# The keys under which a single object holds the list of records.
WRAPPERS = frozenset(
    ("articles", "data", "docs", "documents", "entries", "items", "news", "posts", "records",
     "results", "rows", "stories")
)  # fmt: skip
MAX_CHARACTERS = 64 * 2**20
PIECE = 2**20
_BLANKS = " \t\r\n"
_decoder = json.JSONDecoder()


def is_document(head: str, record_names: Container[str]) -> bool:
    """Whether a file is one JSON document or records over several lines, not JSON Lines.

    Args:
        head: The beginning of the file.
        record_names: Names of fields that a record has and a wrapper has not.

    Returns:
        True for an array of objects, a wrapper, or an object that goes on in the next line.
    """
    head = head.lstrip(_BLANKS + "\ufeff")
    if head.startswith("["):
        return head[1:].lstrip(_BLANKS)[:1] in ("", "{", "]")
    if not head.startswith("{"):
        return False
    if _wrapped(head, 0, record_names) is not None:
        return True
    line, end, rest = head.partition("\n")
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        goes_on = error.pos >= len(line.rstrip())
        return bool(end) and goes_on and not rest.lstrip(_BLANKS).startswith("{")
    except (ValueError, RecursionError):
        pass
    return False


def read_document(text: TextIO, name: str, record_names: Container[str]) -> Iterator[object]:
    """Read the values of an array, of a wrapper, or of a file of values one after the other.

    Args:
        text: The file.
        name: What errors call it.
        record_names: Names of fields that a record has and a wrapper has not.

    Yields:
        Each value, which should be an object.

    Raises:
        InputError: The JSON is broken; where the next record begins is then unknown.
    """
    pieces = _Pieces(text, name)
    pieces.skip(_BLANKS + "\ufeff")
    if (start := _wrapped(pieces.buffer, pieces.place, record_names)) is not None:
        pieces.place = start
        yield from _until_the_end(pieces, in_list=True)
    elif pieces.next == "[":
        pieces.place += 1
        yield from _until_the_end(pieces, in_list=True)
    else:
        yield from _until_the_end(pieces, in_list=False)


def _until_the_end(pieces: "_Pieces", *, in_list: bool) -> Iterator[object]:
    """The values up to the end of the list, or of the file where there is no list."""
    while True:
        pieces.skip(_BLANKS + ",")
        if not pieces.next:
            if in_list:
                raise InputError(f"{pieces.name}: its list of records never ends; is it cut off?")
            return
        if in_list and pieces.next == "]":
            return
        yield pieces.value()


class _Pieces:
    """A text of which only the part around the current place is in memory.

    Attributes:
        buffer: The part in memory.
        place: The current place in it.
    """

    def __init__(self, text: TextIO, name: str) -> None:
        self._text, self.name = text, name
        self.buffer, self.place = text.read(PIECE), 0
        self._lines = 1  # lines before the buffer, and the first of it

    @property
    def next(self) -> str:
        """The next character; "" at the end of the text."""
        if self.place >= len(self.buffer):
            self._more()
        return self.buffer[self.place : self.place + 1]

    def skip(self, characters: str) -> None:
        """Go on to the next character that is none of these."""
        while self.next and self.next in characters:
            self.place += 1

    def value(self) -> object:
        """The value at the current place, which then is behind it."""
        while True:
            try:
                value, end = _decoder.raw_decode(self.buffer, self.place)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self.buffer) - 16
                if cut and self._more():
                    continue
                line = self._lines + self.buffer.count("\n", 0, error.pos)
                raise InputError(
                    f"{self.name}:{line}: invalid JSON: {error.msg}. One error makes a whole JSON "
                    "document unreadable; in JSON Lines, one record a line, it costs one record"
                ) from error
            except (RecursionError, ValueError) as error:
                raise InputError(f"{self.name}: invalid JSON: {error}") from error
            if end < len(self.buffer) or isinstance(value, dict | list | str) or not self._more():
                self.place = end
                return value

    def _more(self) -> bool:
        """Read on; each time as much as there is of the value, so that time stays linear."""
        rest = self.buffer[self.place :]
        if len(rest) > MAX_CHARACTERS:
            return False
        piece = self._text.read(max(PIECE, len(rest)))
        if not piece:
            return False
        self._lines += self.buffer.count("\n", 0, self.place)
        self.buffer, self.place = rest + piece, 0
        return True


def _wrapped(text: str, place: int, record_names: Container[str]) -> int | None:
    """Where the first record begins in an object that only wraps a list; None if it does not."""
    if text[place : place + 1] != "{":
        return None
    place += 1
    try:
        while True:
            place = _skipped(text, place, _BLANKS + ",")
            key, place = _decoder.raw_decode(text, place)
            place = _skipped(text, place, _BLANKS + ":")
            if not isinstance(key, str) or key.strip().casefold() in record_names:
                return None
            if key.casefold() in WRAPPERS and text[place : place + 1] == "[":
                first = _skipped(text, place + 1, _BLANKS)
                return place + 1 if text[first : first + 1] in ("{", "]") else None
            _, place = _decoder.raw_decode(text, place)
    except (ValueError, RecursionError):  # the object ends, or its beginning is not all here
        return None


def _skipped(text: str, place: int, characters: str) -> int:
    while place < len(text) and text[place] in characters:
        place += 1
    return place


def records_path(value: object, depth: int = 3) -> str | None:
    """Where in an object a list of objects lies, for the advice how to get at it.

    Args:
        value: An object that is no record.
        depth: How deep to look.

    Returns:
        The path, such as ".response.docs[]"; None if there is none.
    """
    if not isinstance(value, dict) or not depth:
        return None
    for key, member in value.items():
        if isinstance(member, list) and member and isinstance(member[0], dict):
            return f".{key}[]"
        if (path := records_path(member, depth - 1)) is not None:
            return f".{key}{path}"
    return None
