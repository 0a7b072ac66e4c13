"""Read sources into the store: each record is stored, rejected, or left out as taken down."""

import logging
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns
from recommender.errors import InputError
from recommender.progress import Advance, Timed
from recommender.settings.sections import Input
from recommender.sources.base import Source
from recommender.sources.rejects import RejectFile
from recommender.sources.validate import MAX_UNKNOWN_FIELDS, ArticleReader, Reject
from recommender.store.base import Store
from recommender.types.article import Article

__all__ = ["Intake", "ingest_sources"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """Counts of the records: `read` = new + changed + unchanged + removed + rejected.

    Attributes:
        read: All records of the sources.
        new: Articles that were not stored before.
        changed: Stored articles of which any field changed.
        unchanged: Stored articles that were the same in each field.
        removed: Records of articles that were taken down, which are left out.
        rejected: Records that could not be used.
        rejects_file: The file that lists the rejected records; None if there are none.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    rejects_file: str | None


def ingest_sources(
    store: Store,
    sources: Sequence[Source],
    artifacts: Artifacts,
    settings: Input,
    timed: Timed,
) -> Intake:
    """Read all sources into the store, in one transaction that is undone by too many rejects.

    Args:
        store: Takes the articles. Those that were taken down are deleted from it.
        sources: All sources of the night; an id must not repeat in them.
        artifacts: Holds the list of takedowns and the folder of reject files.
        settings: How records are read, and how many of them may be bad.
        timed: Shows and times the stage "read".

    Returns:
        What became of the records.

    Raises:
        InputError: A source cannot be read, or too many records are bad; nothing was stored.
        StorageError: The store or the reject file cannot be written.
    """
    reader = ArticleReader(settings.fields, settings.max_characters, headlines=settings.headlines)
    removed = read_takedowns(artifacts)
    rejects = RejectFile(artifacts.rejects)
    size = sum(source.size for source in sources)
    with timed.stage("read", size, "B") as advance, store.transaction(), rejects:
        good = _Admitted(_records(reader, sources, advance), removed, rejects)
        counts = store.ingest(good)
        _warn_of_unknown_fields(reader)
        _check_rejects(rejects, good.read, settings.max_rejects)
        store.delete(removed)
    if good.read == 0:
        log.warning("the sources hold no record", extra={"sources": [s.name for s in sources]})
    intake = Intake(
        good.read,
        *counts,
        good.removed,
        rejects.count,
        str(rejects.path) if rejects.count else None,
    )
    if good.read != sum(counts) + good.removed + rejects.count:
        raise RuntimeError(f"records were lost between reading and storing: {intake}")
    return intake


def _records(
    reader: ArticleReader, sources: Iterable[Source], advance: Advance
) -> Iterator[Article | Reject]:
    """All records of all sources; the progress advances as they are read."""
    for source in sources:
        position = 0
        for record in reader.read(source):
            advance(source.position - position)
            position = source.position
            yield record
        advance(source.size - position)


class _Admitted:
    """The records that are to be stored; the others are written to the reject file or counted."""

    def __init__(
        self, records: Iterable[Article | Reject], removed: Container[str], rejects: RejectFile
    ) -> None:
        self._records, self._removed, self._rejects = records, removed, rejects
        self.read = self.removed = 0

    def __iter__(self) -> Iterator[Article]:
        for record in self._records:
            self.read += 1
            if isinstance(record, Reject):
                self._rejects.add(record)
            elif record.id in self._removed:
                self.removed += 1
            else:
                yield record


def _check_rejects(rejects: RejectFile, read: int, limit: float) -> None:
    if rejects.count > limit * read:
        raise InputError(
            f"{rejects.count:,} of {read:,} records are bad ({rejects.count / read:.1%}), more "
            f"than input.max_rejects = {limit:.1%} admits; nothing was stored or published. All "
            f"are listed in {rejects.path}; the first: {rejects.first}"
        )


def _warn_of_unknown_fields(reader: ArticleReader) -> None:
    for name, file in sorted(reader.unknown_fields.items()):
        log.warning("a field is unknown and kept out", extra={"field": name, "file": file})
    if len(reader.unknown_fields) >= MAX_UNKNOWN_FIELDS:
        log.warning("more unknown fields may have been kept out; no more are named")
