"""Labelled articles: what a set of articles must say for the product to be judged by it.

A labelled set is a source like any other whose records have two fields more: `story`, the name
of the event that the article reports, or `topic`, that of its theme, and, where only some articles
are to be asked about, `split`.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.errors import InputError
from recommender.sources.base import BadRecord, FieldNames, Row, describe_type
from recommender.sources.open import open_source
from recommender.sources.validate import FIELDS, ArticleReader, Reject
from recommender.types import Article

__all__ = ["LabelKind", "Labelled", "asked", "read_labelled"]

LabelKind = Literal["story", "topic"]
SPLIT = "split"
# What a label of each kind is, for who has to mend one.
ADVICE: dict[LabelKind, str] = {
    "story": (
        "name the event that the article reports, with one name for all articles on it (an "
        "article on its own: its id)"
    ),
    "topic": "name the theme that the article belongs to, with one name for all articles on it",
}


class Labelled(NamedTuple):
    """Articles in the file's order, the `labels` of their `kind`, and the `splits` they are in.

    `rejects` are the records that a nightly job would leave out, and so are left out here.
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
) -> Labelled:
    """Read a labelled set; `fields`, `max_characters` and `max_rejects` are settings of `input`.

    Labels of the `kind` stand in the `field`, which has its name unless another is given.

    A bad article is a reject, as it is at night, only that a headline alone is none. A bad label is
    never passed over, because it would change what is right for the others.

    Raises:
        InputError: a label is bad, or more than the share `max_rejects` of the records are (file,
            line and field are named); no two articles have one label; the file cannot be read.
    """
    reader = ArticleReader(fields, max_characters, headlines=True)
    # The reader checks articles and passes over what they do not have; a second reading of the
    # same file, in step with it, finds the labels.
    named = field or kind
    names = {name: fields.get(name, name) for name in FIELDS} | {named: named, SPLIT: SPLIT}
    found = Labelled(path, kind, [], [], [], [])
    rows = open_source(path).rows(FieldNames(names, headlines=True))
    for item, (line, row) in zip(reader.read(open_source(path)), rows, strict=True):
        if isinstance(item, Reject):
            found.rejects.append(item)
        elif not isinstance(row, BadRecord):  # which would be a reject
            found.articles.append(item)
            found.labels.append(_label(row, named, kind, f"{path}:{line}"))
            found.splits.append(_split(row, f"{path}:{line}"))
    _check(found, max_rejects)
    return found


def asked(labelled: Labelled, split: str | None) -> Array:
    """Numbers of the articles of the `split`, or of all without one.

    Raises:
        InputError: there is none; the splits that there are are named.
    """
    numbers = [n for n, of in enumerate(labelled.splits) if split is None or of == split]
    if not numbers:
        splits = Counter(of for of in labelled.splits if of is not None)
        there = ", ".join(f"{name} ({count:,})" for name, count in sorted(splits.items()))
        raise InputError(
            f"{labelled.path}: no article has the split {split!r}; "
            + (f"there are: {there}" if there else "none has any; ask without --split")
        )
    return np.array(numbers)


def _check(found: Labelled, max_rejects: float) -> None:
    read = len(found.articles) + len(found.rejects)
    if len(found.rejects) > max_rejects * read:
        raise InputError(
            f"{len(found.rejects):,} of {read:,} records are bad, more than input.max_rejects = "
            f"{max_rejects:.1%} admits; mend or delete them. The first: {found.rejects[0]}"
        )
    if max(Counter(found.labels).values(), default=0) < 2:
        one = {"story": "on one event", "topic": "of one theme"}[found.kind]
        raise InputError(
            f"{found.path}: no two of its {len(found.articles):,} articles have the same "
            f"{found.kind}, so there is nothing to find; give the articles {one} the same "
            f"{found.kind}"
        )


def _label(row: Row, field: str, kind: LabelKind, where: str) -> str:
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
    value = row.get(SPLIT)
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    raise InputError(
        f"{where}: {SPLIT}: expected a string, got {describe_type(value)}; quote it or leave it out"
    )
