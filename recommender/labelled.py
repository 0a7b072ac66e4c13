"""Labelled articles: what a set of articles must say for the product to be judged by it.

A labelled set is a source like any other whose records have two fields more: `story`, the name
of the event that the article reports, and, where only some articles are to be asked about,
`split`.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from recommender.articles import FIELDS, Reader, Reject
from recommender.errors import InputError
from recommender.sources import BadRecord, Row, Source, kind_of
from recommender.types import Article

__all__ = ["Labelled", "read_labelled"]

STORY, SPLIT = "story", "split"


class Labelled(NamedTuple):
    """Articles in the file's order, the `stories` they report, and the `splits` they are in.

    `rejects` are the records that a nightly job would leave out, and so are left out here.
    """

    path: Path
    articles: list[Article]
    stories: list[str]
    splits: list[str | None]
    rejects: list[Reject]


def read_labelled(
    path: Path, fields: Mapping[str, str], max_characters: int, max_rejects: float = 0.0
) -> Labelled:
    """Read a labelled set; `fields`, `max_characters` and `max_rejects` are settings of `input`.

    A bad article is a reject, as it is at night; a bad label is never passed over, because it
    would change what is right for the others.

    Raises:
        InputError: a label is bad, or more than the share `max_rejects` of the records are (file,
            line and field are named); no two articles report one story; the file cannot be read.
    """
    reader = Reader(fields, max_characters)
    # The reader checks articles and passes over what they do not have; a second reading of the
    # same file, in step with it, finds the labels.
    names = {field: fields.get(field, field) for field in FIELDS} | {STORY: STORY, SPLIT: SPLIT}
    found = Labelled(path, [], [], [], [])
    for item, (line, row) in zip(reader.read(path), Source(path, names).rows(), strict=True):
        if isinstance(item, Reject):
            found.rejects.append(item)
        elif not isinstance(row, BadRecord):  # which would be a reject
            found.articles.append(item)
            found.stories.append(_story(row, f"{path}:{line}"))
            found.splits.append(_split(row, f"{path}:{line}"))
    _check(found, max_rejects)
    return found


def _check(found: Labelled, max_rejects: float) -> None:
    read = len(found.articles) + len(found.rejects)
    if len(found.rejects) > max_rejects * read:
        raise InputError(
            f"{len(found.rejects):,} of {read:,} records are bad, more than input.max_rejects = "
            f"{max_rejects:.1%} admits; mend or delete them. The first: {found.rejects[0]}"
        )
    if max(Counter(found.stories).values(), default=0) < 2:
        raise InputError(
            f"{found.path}: no two of its {len(found.articles):,} articles have the same {STORY}, "
            "so no question has a right answer; give the articles on one event the same story"
        )


def _story(row: Row, where: str) -> str:
    value = row.get(STORY)
    if isinstance(value, str) and value.strip():
        return value.strip()
    came = f"got {kind_of(value)}" if value is not None and value != "" else "there is none"
    if isinstance(value, str) and value:
        came = "it is blank"
    raise InputError(
        f"{where}: {STORY}: expected a string that is not empty, {came}; name the event that the "
        "article reports, with one name for all articles on it (an article on its own: its id)"
    )


def _split(row: Row, where: str) -> str | None:
    value = row.get(SPLIT)
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    raise InputError(
        f"{where}: {SPLIT}: expected a string, got {kind_of(value)}; quote it or leave it out"
    )
