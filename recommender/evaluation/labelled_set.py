"""Labelled sets: articles whose stories or topics are known.

A labelled set is a source like any other whose records have further fields: `story`, the name of
the event that the article reports, or `topic`, the name of its theme, and, where only some of the
articles are to be measured, `split`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.counts import counted
from recommender.errors import InputError
from recommender.sources.base import (
    BadRecord,
    FieldNames,
    NumberedRow,
    Row,
    Source,
    describe_type,
)
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader, Reject
from recommender.types.article import Article

__all__ = ["LabelKind", "LabelledSet", "read_labelled", "rows_of_split"]

LabelKind = Literal["story", "topic"]
SPLIT = "split"
# What an error says about a label of each kind.
ADVICE: dict[LabelKind, str] = {
    "story": (
        "name the event that the article reports, with one name for all articles on it (an "
        "article on its own: its id)"
    ),
    "topic": "name the theme that the article belongs to, with one name for all articles on it",
}


class LabelledSet(NamedTuple):
    """Articles with their labels, in the order of the file.

    Attributes:
        path: The file of the set.
        kind: What the labels name: stories or topics.
        articles: The articles.
        labels: The label of each article.
        splits: The split of each article, None where it is in none.
        rejects: The bad records that were left out, as a nightly job leaves them out.
    """

    path: Path
    kind: LabelKind
    articles: list[Article]
    labels: list[str]
    splits: list[str | None]
    rejects: list[Reject]


def read_labelled(
    path: Path,
    fields: Mapping[str, str],
    max_characters: int,
    max_rejects: float = 0.0,
    *,
    kind: LabelKind = "story",
    field: str | None = None,
) -> LabelledSet:
    """Read a labelled set.

    A bad article is left out, as in a nightly run, except that a headline without a text is
    accepted. A bad label is an error, because it would change what is right for other articles.

    Args:
        path: A file of any kind that the nightly job reads.
        fields: The set's names of our fields, as in the setting `input.fields`.
        max_characters: The longest text, as in the setting `input.max_characters`.
        max_rejects: The largest share of bad records, as in the setting `input.max_rejects`.
        kind: What the labels name.
        field: The field with the labels; None for the one that is called like the `kind`.

    Returns:
        The good articles with their labels, and the bad records.

    Raises:
        InputError: A label is bad (the error names file, line and field), or more than the share
            `max_rejects` of the records are; no two articles have the same label; the file cannot
            be read.
    """
    label_field = field or kind
    source = _LabelledSource(open_source(path), (label_field, SPLIT))
    found = LabelledSet(path, kind, [], [], [], [])
    seen: dict[str, int] = {}
    for item in ArticleReader(fields, max_characters, headlines=True).read(source):
        if isinstance(item, Reject):
            found.rejects.append(item)
            continue
        # Which of two labels is meant is the set's to say.
        if (first := seen.setdefault(item.id, source.line)) != source.line:
            reason = f"repeats the id of {path}:{first}"
            found.rejects.append(
                Reject(str(path), source.line, fields.get("id", "id"), reason, item.id)
            )
            continue
        found.articles.append(item)
        found.labels.append(_label(source.row, label_field, kind, f"{path}:{source.line}"))
        found.splits.append(_split(source.row, f"{path}:{source.line}"))
    _check(found, max_rejects)
    return found


def rows_of_split(labelled: LabelledSet, split: str | None) -> Array:
    """The numbers of a split's articles.

    Args:
        labelled: A labelled set.
        split: The name of the split; None for all articles.

    Returns:
        Places in `labelled.articles`, ascending, (articles of the split,) int64.

    Raises:
        InputError: No article has the split; the error names the splits that exist.
    """
    rows = [row for row, name in enumerate(labelled.splits) if split is None or name == split]
    if not rows:
        splits = Counter(name for name in labelled.splits if name is not None)
        existing = ", ".join(f"{name} ({count:,})" for name, count in sorted(splits.items()))
        raise InputError(
            f"{labelled.path}: no article has the split {split!r}; "
            + (f"there are: {existing}" if existing else "none has any; ask without --split")
        )
    return np.array(rows)


class _LabelledSource:
    """A `Source` that also reads the fields of the labels and keeps the row it gave last.

    The article reader takes one row for each article or reject that it yields, so the row that is
    kept belongs to the item that was yielded last.
    """

    def __init__(self, source: Source, label_fields: Sequence[str]) -> None:
        self._source = source
        self._label_fields = {field: field for field in label_fields}
        self.line = 0
        self.row: Row = {}

    @property
    def name(self) -> str:
        """The name of the source."""
        return self._source.name

    @property
    def size(self) -> int:
        """How much there is to read."""
        return self._source.size

    @property
    def position(self) -> int:
        """How much has been read."""
        return self._source.position

    @property
    def columns(self) -> Sequence[str]:
        """The names in a table's header."""
        return self._source.columns

    def rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        """The rows of the source, with the fields of the labels."""
        fields = replace(fields, names={**fields.names, **self._label_fields})
        for numbered in self._source.rows(fields):
            self.line = numbered.line
            self.row = {} if isinstance(numbered.row, BadRecord) else numbered.row
            yield numbered


def _check(found: LabelledSet, max_rejects: float) -> None:
    """Raise where too many records are bad, or where no two articles share a label."""
    records = len(found.articles) + len(found.rejects)
    if len(found.rejects) > max_rejects * records:
        raise InputError(
            f"{len(found.rejects):,} of {counted(records, 'record')} are bad, more than "
            f"input.max_rejects = {max_rejects:.1%} admits; mend or delete them. The first: "
            f"{found.rejects[0]}"
        )
    if max(Counter(found.labels).values(), default=0) < 2:
        one = {"story": "on one event", "topic": "of one theme"}[found.kind]
        raise InputError(
            f"{found.path}: no two of its {len(found.articles):,} articles have the same "
            f"{found.kind}, so there is nothing to find; give the articles {one} the same "
            f"{found.kind}"
        )


def _label(row: Row, field: str, kind: LabelKind, where: str) -> str:
    """The label of a record, without surrounding blanks."""
    value = row.get(field)
    if isinstance(value, str) and value.strip():
        return value.strip()
    came = f"got {describe_type(value)}" if value is not None and value != "" else "there is none"
    if isinstance(value, str) and value:
        came = "it is blank"
    raise InputError(
        f"{where}: {field}: expected a string that is not empty, {came}; {ADVICE[kind]}"
    )


def _split(row: Row, where: str) -> str | None:
    """The split of a record, None where it names none."""
    value = row.get(SPLIT)
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    raise InputError(
        f"{where}: {SPLIT}: expected a string, got {describe_type(value)}; quote it or leave it out"
    )
