"""Checking records: each becomes a good `Article`, or a `Reject` that says why not.

What is wrong with one record never stops the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from recommender.sources.base import BadRecord, FieldNames, Note, Reject, Row, Source
from recommender.sources.draft import Draft, Record, Rules
from recommender.sources.identifiers import Twins
from recommender.types.article import Article

__all__ = ["FIELDS", "MAX_UNKNOWN_FIELDS", "ArticleReader", "Note", "Record", "Reject"]

FIELDS = tuple(field.name for field in fields(Article))
MAX_UNKNOWN_FIELDS = 100
MAX_KEY_SETS = 1000
# A clock that is a little fast, or a zone that is wrong, puts an article into tomorrow.
TOMORROW = timedelta(days=1)


class ArticleReader:
    """Reads the sources of one run as checked articles.

    An id may come more than once; two ids that nobody can tell apart may not.

    Args:
        mapping: The sources' names of our fields, if they differ, such as {"text": "body"}.
        max_characters: The greatest length of a title or a text.
        headlines: Whether a title alone makes an article. By default it does not, so that an
            export that has lost its texts is noticed.
        keep_markup: Whether titles and texts stay as they came, with their markup.
        strict: Whether a record is rejected where otherwise a field of it would be left out.
        now: The moment after which no article can have appeared yet; by default the clock's.

    Attributes:
        unknown_fields: The first source of each field that is not read; at most about
            `MAX_UNKNOWN_FIELDS` of them.
    """

    def __init__(
        self,
        mapping: Mapping[str, str],
        max_characters: int,
        *,
        headlines: bool = False,
        keep_markup: bool = False,
        strict: bool = False,
        now: datetime | None = None,
    ) -> None:
        self._names = FieldNames({field: mapping.get(field, field) for field in FIELDS}, headlines)
        latest = (now or datetime.now(UTC)) + TOMORROW
        self._rules = Rules(max_characters, headlines, keep_markup, strict, latest)
        self.unknown_fields: dict[str, str] = {}
        self._columns: dict[tuple[str, ...], dict[str, str]] = {}
        self._twins = Twins()

    def read(self, source: Source) -> Iterator[Article | Reject]:
        """Read and check the records of one source, in its order.

        Args:
            source: The source.

        Yields:
            An article or a reject for each record.

        Raises:
            InputError: The source is missing, broken as a whole or lacks a needed column.
        """
        for record in self.records(source):
            yield record.article if isinstance(record, Record) else record

    def records(self, source: Source) -> Iterator[Record | Reject]:
        """Read and check the records of one source, and say what was changed about each.

        Args:
            source: The source.

        Yields:
            A record with its article, or a reject, for each record of the source.

        Raises:
            InputError: The source is missing, broken as a whole or lacks a needed column.
        """
        for line, row in source.rows(self._names):
            draft = Draft(self._rules, source.name, line)
            try:
                if isinstance(row, BadRecord):
                    raise row
                columns = self._match(row)
                self._note_unknown(row, columns, source.name)
                record = draft.read(row, columns)
                record = self._without_twins(record, columns["id"], source.name, line)
            except BadRecord as bad:
                yield Reject(source.name, line, bad.field, bad.reason, draft.id)
            else:
                yield record
        # A table may leave columns that are not ours out of its rows.
        self._note_unknown(source.columns, self._names.match(source.columns), source.name)

    def _match(self, row: Row) -> dict[str, str]:
        """The key of each field in a record; most records of a source have the same keys."""
        keys = tuple(row)
        columns = self._columns.get(keys)
        if columns is None:
            columns = {**self._names.names, **self._names.match(keys)}
            if len(self._columns) < MAX_KEY_SETS:
                self._columns[keys] = columns
        return columns

    def _note_unknown(self, names: Iterable[str], columns: dict[str, str], source: str) -> None:
        if len(self.unknown_fields) >= MAX_UNKNOWN_FIELDS:
            return  # if each record has a new name, log and memory must not fill up
        for name in names:
            if name not in columns.values():
                self.unknown_fields.setdefault(name, source)

    def _without_twins(self, record: Record, name: str, file: str, line: int) -> Record:
        """The record, with a note where its id looks like another; one that is another is bad."""
        article_id = record.article.id
        twin, same = self._twins.find(article_id, file, line)
        if twin is not None:
            what = f"{article_id!a} looks like the id {twin.id!a} of {twin.file}:{twin.line}"
            if same:
                raise BadRecord(name, f"{what}, which has the same characters in another encoding")
            record.notes.append(Note(file, line, name, f"{what}; both are kept", article_id))
        return record
