"""Checking records: each becomes a good `Article`, or a `Reject` that says why not.

What is wrong with one record never stops the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from unicodedata import category

from recommender.sources.base import BadRecord, FieldNames, Row, Source, describe_type
from recommender.types.article import Article

__all__ = ["FIELDS", "MAX_UNKNOWN_FIELDS", "ArticleReader", "Reject"]

FIELDS = tuple(field.name for field in fields(Article))
MAX_ID_CHARACTERS = 512
MAX_UNKNOWN_FIELDS = 100
# Controls, line and paragraph separators: an id is one line.
_NOT_IN_IDS = frozenset(("Cc", "Zl", "Zp"))


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was rejected, and why.

    Attributes:
        file: The name of its source.
        line: Where it is, counted from 1; see `NumberedRow.line`.
        field: The source's name of the bad field; empty if the whole record is bad.
        reason: What is wrong with it.
        id: Its id, if it had a usable one.
    """

    file: str
    line: int
    field: str
    reason: str
    id: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class ArticleReader:
    """Reads the sources of one run as checked articles.

    An id may occur only once in all sources that one reader reads.

    Args:
        mapping: The sources' names of our fields, if they differ, such as {"text": "body"}.
        max_characters: The greatest length of a title or a text.
        headlines: Whether a title alone makes an article. By default it does not, so that an
            export that has lost its texts is noticed.

    Attributes:
        unknown_fields: The first source of each field that is not read; at most about
            `MAX_UNKNOWN_FIELDS` of them.
    """

    def __init__(
        self, mapping: Mapping[str, str], max_characters: int, *, headlines: bool = False
    ) -> None:
        self._names = {field: mapping.get(field, field) for field in FIELDS}
        self._known = frozenset(self._names.values())
        self._max_characters = max_characters
        self._headlines = headlines
        self._seen: dict[str, tuple[str, int]] = {}
        self.unknown_fields: dict[str, str] = {}

    def read(self, source: Source) -> Iterator[Article | Reject]:
        """Read and check the records of one source, in its order.

        Args:
            source: The source.

        Yields:
            An article or a reject for each record.

        Raises:
            InputError: The source is missing, broken as a whole or lacks a needed column.
        """
        for line, row in source.rows(FieldNames(self._names, self._headlines)):
            article_id = None
            try:
                if isinstance(row, BadRecord):
                    raise row
                self._note_unknown(row, source.name)
                article_id = _identifier(row.get(self._names["id"]), self._names["id"])
                article = self._article(row, article_id)
                if article_id in self._seen:
                    raise BadRecord(  # noqa: TRY301
                        self._names["id"], "repeats the id of {}:{}".format(*self._seen[article_id])
                    )
            except BadRecord as bad:
                yield Reject(source.name, line, bad.field, bad.reason, article_id)
            else:
                self._seen[article_id] = (source.name, line)
                yield article
        # A table may leave columns that are not ours out of its rows.
        self._note_unknown(source.columns, source.name)

    def _note_unknown(self, names: Iterable[str], source: str) -> None:
        if len(self.unknown_fields) >= MAX_UNKNOWN_FIELDS:
            return  # if each record has a new name, log and memory must not fill up
        for name in names:
            if name not in self._known:
                self.unknown_fields.setdefault(name, source)

    def _article(self, row: Row, article_id: str) -> Article:
        names = self._names
        text = _string(row.get(names["text"]), names["text"])
        title = _string(row.get(names["title"]), names["title"]) or ""
        if text is None and not (self._headlines and title):
            raise BadRecord(names["text"], "no text")
        text = text or ""
        for name, value in ((names["text"], text), (names["title"], title)):
            if len(value) > self._max_characters:
                raise BadRecord(
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


def _identifier(value: object, name: str) -> str:
    if value is None or value == "":
        raise BadRecord(name, "no id")
    if not isinstance(value, str):
        raise BadRecord(
            name, f"expected a string, got {describe_type(value)}; ids are strings: write it quoted"
        )
    _check_unicode(value, name)
    if not value.strip():
        raise BadRecord(name, "no id")
    if len(value) > MAX_ID_CHARACTERS:
        raise BadRecord(name, f"{len(value):,} characters; an id has at most {MAX_ID_CHARACTERS}")
    if not _NOT_IN_IDS.isdisjoint(map(category, value)):
        raise BadRecord(name, "an id holds no line breaks or control characters")
    return value


def _string(value: object, name: str) -> str | None:
    """The string, unchanged; None if it is absent or blank."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRecord(name, f"expected a string, got {describe_type(value)}")
    _check_unicode(value, name)
    return value if value.strip() else None


def _check_unicode(value: str, name: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        # Either a bad byte that surrogateescape kept, or a lone surrogate written as an escape.
        what = f"byte {code - 0xDC00:#04x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
        raise BadRecord(name, f"invalid UTF-8: {what} at character {error.start}") from None


def _moment(value: object, name: str) -> datetime | None:
    """A moment in UTC from ISO 8601; without an offset it is taken as UTC."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        _check_unicode(value, name)
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadRecord(
                name, f"{value[:60]!r} is no ISO 8601 date; expected e.g. 2026-03-01T09:30:00+01:00"
            ) from None
    elif isinstance(value, datetime):  # Parquet's timestamps
        moment = value
    elif isinstance(value, date):  # Parquet's dates
        moment = datetime.combine(value, time())
    else:
        raise BadRecord(name, f"expected an ISO 8601 string, got {describe_type(value)}")
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise BadRecord(name, f"{value!r} lies outside the years 1 to 9999") from None
