"""One record on its way to an article: its fields are read, and what had to be mended is noted.

What is wrong with a field that an article can do without never costs the article, unless that is
asked for.
"""

from datetime import datetime
from typing import NamedTuple

from recommender.sources.base import BadRecord, Note, Row
from recommender.sources.identifiers import read_identifier
from recommender.sources.markup import strip_markup
from recommender.sources.moments import EARLIEST, NoMoment, read_moment
from recommender.sources.strings import (
    Reader,
    read_author,
    read_label,
    read_name,
    read_text,
    read_title,
)
from recommender.sources.words import has_word, is_placeholder
from recommender.types.article import Article

__all__ = ["Draft", "Record", "Rules"]

# How each label is read; the seam for one that needs more than a string.
_READERS: dict[str, Reader] = {
    "url": read_label,
    "source": read_name,
    "section": read_name,
    "language": read_label,
    "author": read_author,
}


class Rules(NamedTuple):
    """What makes a record an article.

    Attributes:
        max_characters: The greatest length of a title or a text.
        headlines: Whether a title alone makes an article.
        keep_markup: Whether titles and texts stay as they came, with their markup.
        strict: Whether a record is rejected where otherwise a field of it would be left out.
        latest: The last moment at which an article can have appeared.
    """

    max_characters: int
    headlines: bool
    keep_markup: bool
    strict: bool
    latest: datetime


class Record(NamedTuple):
    """A record that became an article.

    Attributes:
        article: The article.
        notes: What was left out of it or changed in it.
        cleaned: Whether it had markup or invisible characters, which were taken out.
    """

    article: Article
    notes: list[Note]
    cleaned: bool


class Draft:
    """Reads one record; what it mends on the way is kept for the list of notes.

    Args:
        rules: What makes a record an article.
        file: The name of the record's source.
        line: Where the record is in it.

    Attributes:
        id: The record's id, once it has been read.
    """

    def __init__(self, rules: Rules, file: str, line: int) -> None:
        self._rules, self._file, self._line = rules, file, line
        self._notes: list[Note] = []
        self._cleaned = False
        self.id: str | None = None

    def read(self, row: Row, columns: dict[str, str]) -> Record:
        """Read the record.

        Args:
            row: Its values.
            columns: The row's own name of each field.

        Returns:
            The article, and what was mended.

        Raises:
            BadRecord: The record has no usable id, or no text, or is too long.
        """
        article_id, changed = read_identifier(row.get(columns["id"]), columns["id"])
        self.id = article_id
        if changed:
            self.mend(columns["id"], changed)
        title = self._title(row.get(columns["title"]), columns["title"])
        text = self._text(row.get(columns["text"]), columns["text"], title)
        labels = {
            field: self._label(read, row.get(columns[field]), columns[field])
            for field, read in _READERS.items()
        }
        published, updated = (
            self._moment(row.get(columns[field]), columns[field])
            for field in ("published", "updated")
        )
        article = Article(article_id, title, text, published, updated=updated, **labels)
        return Record(article, self._notes, self._cleaned)

    def mend(self, name: str, reason: str) -> None:
        """Note that a value is left out or changed; where the rules are strict, refuse the record.

        Args:
            name: The source's name of the field.
            reason: What is wrong with the value.

        Raises:
            BadRecord: The rules are strict.
        """
        if self._rules.strict:
            raise BadRecord(name, reason)
        self._notes.append(Note(self._file, self._line, name, reason, self.id))

    def _title(self, value: object, name: str) -> str:
        try:
            title, note = read_title(value, name)
        except BadRecord as bad:
            title, note = None, bad.reason
        if note:
            self.mend(name, note)
        if title is None:
            return ""
        plain = self._plain(title, lines=False)
        shown = title if self._rules.keep_markup else plain
        self._check_length(shown, name)
        # A title such as "9/11" or "1984" says something, unlike a single digit.
        if has_word(plain) or sum(map(str.isdecimal, plain)) > 1:
            return shown
        if not is_placeholder(plain) and plain.strip():
            self.mend(name, f"{plain[:60]!r} has no word, so it is no title")
        return ""

    def _text(self, value: object, name: str, title: str) -> str:
        text, note = read_text(value, name)
        if note:
            self.mend(name, note)
        plain = self._plain(text or "", lines=True)
        shown = text if text and self._rules.keep_markup else plain
        self._check_length(shown, name)
        if has_word(plain):
            return shown
        if self._rules.headlines and has_word(title):
            return ""
        if text is None:
            raise BadRecord(name, "no text")
        raise BadRecord(name, f"no word: {text.strip()[:60]!a} is no text")

    def _plain(self, text: str, *, lines: bool) -> str:
        """The text without markup, even where the markup is kept: words are looked for in it."""
        plain = strip_markup(text, lines=lines)
        self._cleaned |= plain != text and not self._rules.keep_markup
        return plain

    def _check_length(self, text: str, name: str) -> None:
        if len(text) > self._rules.max_characters:
            raise BadRecord(
                name,
                f"{len(text):,} characters; input.max_characters admits "
                f"{self._rules.max_characters:,}",
            )

    def _label(self, read: Reader, value: object, name: str) -> str | None:
        try:
            label, note = read(value, name)
        except BadRecord as bad:
            label, note = None, bad.reason
        if note:
            self.mend(name, note)
        if label is None or is_placeholder(label):
            return None
        return label if self._rules.keep_markup else self._plain(label, lines=False) or None

    def _moment(self, value: object, name: str) -> datetime | None:
        """The moment; none where it cannot be read or no article can have appeared then."""
        if isinstance(value, str):
            value = strip_markup(value)
            if is_placeholder(value):
                return None
        if isinstance(value, BadRecord):  # what a table holds and Python cannot
            self.mend(name, value.reason)
            return None
        try:
            moment = read_moment(value)
        except NoMoment as bad:
            self.mend(name, str(bad))
            return None
        if moment and not EARLIEST <= moment <= self._rules.latest:
            when = "before newspapers" if moment < EARLIEST else "later than tomorrow"
            self.mend(name, f"{moment.date()} lies {when}")
            return None
        return moment
