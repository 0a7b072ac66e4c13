"""JSON Lines: one JSON object per line."""

import json
from collections.abc import Iterator

from recommender.sources.base import BadRecord, FieldNames, NumberedRow, Row, describe_type
from recommender.sources.files import BYTE_ORDER_MARK, FileSource, is_too_long, too_long

__all__ = ["JsonLinesSource"]


class JsonLinesSource(FileSource):
    """A file of JSON Lines. Blank lines are skipped, a bad line is a `BadRecord`."""

    def _rows(self, fields: FieldNames) -> Iterator[NumberedRow]:  # noqa: ARG002 - no header
        for number, line in enumerate(self._lines(), start=1):
            if is_too_long(line):
                yield NumberedRow(number, BadRecord("", too_long()))
            elif line.strip():
                # Files that were concatenated may have a byte order mark on any line.
                yield NumberedRow(number, _parse(line.removeprefix(BYTE_ORDER_MARK)))


def _parse(line: bytes) -> Row | BadRecord:
    try:
        row = json.loads(line.decode("utf-8").rstrip())
    except UnicodeDecodeError as error:
        return BadRecord("", f"invalid UTF-8: byte {line[error.start]:#04x} at {error.start}")
    except json.JSONDecodeError as error:
        return BadRecord("", f"invalid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return BadRecord("", "invalid JSON: nested too deeply")
    except ValueError as error:  # a number with thousands of digits
        return BadRecord("", f"invalid JSON: {error}")
    if not isinstance(row, dict):
        return BadRecord("", f"expected an object, got {describe_type(row)}")
    return row
