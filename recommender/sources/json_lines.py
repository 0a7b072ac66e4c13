"""JSON: one object per line, or a whole document of them."""

import json
from collections.abc import Iterator

from recommender.sources.base import BadRecord, FieldNames, NumberedRow, Row, describe_type
from recommender.sources.encodings import encoding_of, text_of
from recommender.sources.files import BYTE_ORDER_MARK, FileSource, Opened, is_too_long, too_long
from recommender.sources.json_document import is_document, read_document, records_path

__all__ = ["JsonSource"]


_ADVICE = "write them one a line, for example with: jq -c PLACE FILE | recommender nightly -"


class JsonSource(FileSource):
    """A file of JSON Lines, an array of objects, or objects over several lines.

    Blank lines are skipped, and a bad line is a `BadRecord`. In a document, the line of a record is
    its number.
    """

    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        names = frozenset(fields.names[name].casefold() for name in ("id", "text"))
        with self._opened() as opened:
            head = opened.head.decode(encoding_of(opened.head), "replace")
            if is_document(head, names):
                yield from self._document(opened, fields, names)
            else:
                yield from self._json_lines(opened, fields)

    def _json_lines(self, opened: Opened, fields: FieldNames) -> Iterator[NumberedRow]:
        for number, line in enumerate(self._lines(opened), start=1):
            if is_too_long(line):
                yield NumberedRow(number, BadRecord("", too_long()))
            elif line.strip():
                yield NumberedRow(number, _parse(line, fields))

    def _document(
        self, opened: Opened, fields: FieldNames, names: frozenset[str]
    ) -> Iterator[NumberedRow]:
        with text_of(opened.file, opened.head, self.encoding) as text:
            for number, value in enumerate(read_document(text, self.name, names), start=1):
                self._note_position()
                yield NumberedRow(number, _row(value, fields))


def _parse(line: bytes, fields: FieldNames) -> Row | BadRecord:
    # Files that were concatenated may have a byte order mark on any line, lines that were cut out
    # of an array have a comma, and JSON text sequences begin each record with a mark of their own.
    line = line.removeprefix(BYTE_ORDER_MARK).strip(b" \t\r\n\x1e")
    if line.endswith(b"},"):
        line = line[:-1]
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte = f"{line[error.start]:#04x} at {error.start}"
        return BadRecord("", f"invalid UTF-8: byte {byte}; see the setting input.encoding")
    except json.JSONDecodeError as error:
        return BadRecord("", f"invalid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return BadRecord("", "invalid JSON: nested too deeply")
    except ValueError as error:  # a number with thousands of digits
        return BadRecord("", f"invalid JSON: {error}")
    return _row(row, fields)


def _row(value: object, fields: FieldNames) -> Row | BadRecord:
    """The record; an object that only holds records is bad, with the way to them."""
    if not isinstance(value, dict):
        return BadRecord("", f"expected an object, got {describe_type(value)}")
    if not fields.match(value) and (path := records_path(value)):
        return BadRecord("", f"holds records at {path}; {_ADVICE}")
    return value
