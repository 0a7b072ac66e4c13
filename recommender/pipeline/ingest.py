"""Read sources into the store: each record is stored, rejected, or left out as taken down."""

import logging
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns
from recommender.counts import counted
from recommender.errors import InputError, PublishRefused
from recommender.pipeline.delivery import Delivery
from recommender.pipeline.notices import Notice
from recommender.pipeline.published import NOTHING_PUBLISHED, Published
from recommender.pipeline.store_guard import lost_store
from recommender.pipeline.withdrawals import Withdrawals, find_withdrawals
from recommender.progress import Advance, Timed
from recommender.settings.sections import Input
from recommender.sources.base import Source
from recommender.sources.rejects import RejectFile
from recommender.sources.validate import MAX_UNKNOWN_FIELDS, ArticleReader, Record, Reject
from recommender.store.base import IngestCounts, Store
from recommender.types.article import Article

__all__ = ["Ingested", "Intake", "ingest_sources"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """Counts: `read` = new + changed + unchanged + replaced + removed + rejected.

    Attributes:
        read: All records of the sources.
        new: Articles that were not stored before.
        changed: Stored articles of which any field changed.
        unchanged: Stored articles that were the same in each field.
        removed: Records of articles that were taken down, which are left out.
        rejected: Records that could not be used.
        rejects_file: The file that lists the rejected records; None if there are none.
        cleaned: Records out of which markup or invisible characters were taken.
        noted: How many values were left out of articles or changed, by the source's name of their
            field.
        notes_file: The file that lists them; None if there are none.
        replaced: Records in whose place a newer record of the same id was kept.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    rejects_file: str | None
    cleaned: int = 0
    noted: dict[str, int] = field(default_factory=dict)
    notes_file: str | None = None
    replaced: int = 0


class Ingested(NamedTuple):
    """What reading the sources did to the store.

    Attributes:
        intake: What became of the records.
        removed: The ids of the articles that were taken down.
        withdrawn: How many articles were deleted because complete sources no longer hold them.
        not_delivered: How many other stored articles no record of tonight named.
        notices: What was counted that a person may want to act on.
        forced: Why the night would have been refused without `force`; empty for nothing.
    """

    intake: Intake
    removed: frozenset[str]
    withdrawn: int
    not_delivered: int
    notices: list[Notice]
    forced: list[str]


def ingest_sources(
    store: Store,
    sources: Sequence[Source],
    artifacts: Artifacts,
    settings: Input,
    timed: Timed,
    *,
    published: Published = NOTHING_PUBLISHED,
    most_lost: float = 1.0,
    force: bool = False,
    now: datetime | None = None,
) -> Ingested:
    """Read all sources into the store, in one transaction that is undone by too many rejects.

    Args:
        store: Takes the articles. Those that were taken down are deleted from it.
        sources: All sources of the night.
        artifacts: Holds the list of takedowns and the folder of reject files.
        settings: How records are read, and how many of them may be bad.
        timed: Shows and times the stage "read".
        published: The snapshot that readers see, which the store must hold the articles of.
        most_lost: The share of its articles that a complete source may lose in a night.
        force: Whether to go on with a store that does not hold them, and with any loss.
        now: The moment of the run, by which dates are judged; by default the clock's.

    Returns:
        What became of the records.

    Raises:
        InputError: A source cannot be read, or too many records are bad; nothing was stored.
        PublishRefused: The store is not that of the published snapshot, or a complete source has
            lost too many articles; nothing was stored.
        StorageError: The store or the reject file cannot be written.
    """
    reader = _reader(settings, now)
    removed = frozenset(read_takedowns(artifacts))
    rejects, notes = RejectFile(artifacts.rejects), RejectFile(artifacts.notes)
    delivery = Delivery()
    size = sum(source.size for source in sources)
    with timed.stage("read", size, "B") as advance, store.transaction(), rejects, notes:
        stored = store.source_labels()
        records = _records(reader, sources, advance, delivery)
        good = _Admitted(records, removed, rejects, notes, delivery)
        counts = store.ingest(good)
        _warn_of_unknown_fields(reader)
        _check_rejects(rejects, good.read, settings.max_rejects)
        lost = lost_store(published, stored, delivery, removed)
        stored = {i: label for i, label in stored.items() if i not in removed}
        withdrawn = find_withdrawals(stored, delivery, settings.complete, most_lost)
        refused = _refused(lost, withdrawn, force=force)
        store.delete(removed | withdrawn.ids)
    if good.read == 0:
        log.warning("the sources hold no record", extra={"sources": [s.name for s in sources]})
    _warn_of_notes(notes)
    intake = _intake(good, counts, rejects, notes)
    missing = sum(not delivery.named(i) for i in stored) - len(withdrawn.ids)
    notices = [*_notices(intake), *withdrawn.notices]
    return Ingested(intake, removed, len(withdrawn.ids), missing, notices, refused)


def _intake(
    good: "_Admitted", counts: IngestCounts, rejects: RejectFile, notes: RejectFile
) -> Intake:
    """What became of the records, once all are stored."""
    intake = Intake(
        good.read,
        counts.new,
        counts.changed,
        counts.unchanged,
        good.removed,
        rejects.count,
        str(rejects.path) if rejects.count else None,
        cleaned=good.cleaned,
        noted=dict(notes.by_field),
        notes_file=str(notes.path) if notes.count else None,
        replaced=counts.replaced,
    )
    if good.read != sum(counts) + good.removed + rejects.count:
        raise RuntimeError(f"records were lost between reading and storing: {intake}")
    return intake


def _refused(lost: str, withdrawn: Withdrawals, *, force: bool) -> list[str]:
    """Why the night is refused; it goes on with these reasons only if it is forced."""
    reasons = [*filter(None, [lost]), *withdrawn.refusals]
    if reasons and not force:
        raise PublishRefused(
            f"nothing was stored or published: {'; '.join(reasons)}. If it is as it should be, run "
            "again with --force"
        )
    return reasons


def _reader(settings: Input, now: datetime | None) -> ArticleReader:
    return ArticleReader(
        settings.fields,
        settings.max_characters,
        headlines=settings.headlines,
        keep_markup=settings.markup == "keep",
        strict=settings.strict,
        now=now,
    )


def _records(
    reader: ArticleReader, sources: Iterable[Source], advance: Advance, delivery: Delivery
) -> Iterator[Record | Reject]:
    """All records of all sources; the progress advances as they are read."""
    for source in sources:
        position, empty = 0, True
        for record in reader.records(source):
            empty = False
            advance(source.position - position)
            position = source.position
            yield record
        advance(source.size - position)
        if empty:
            delivery.empty.append(source.name)


class _Admitted:
    """The records that are to be stored; the others are written to the reject file or counted."""

    def __init__(
        self,
        records: Iterable[Record | Reject],
        removed: Container[str],
        rejects: RejectFile,
        notes: RejectFile,
        delivery: Delivery,
    ) -> None:
        self._records, self._removed = records, removed
        self._rejects, self._notes, self._delivery = rejects, notes, delivery
        self.read = self.removed = self.cleaned = 0

    def __iter__(self) -> Iterator[Article]:
        for record in self._records:
            self.read += 1
            if isinstance(record, Reject):
                self._rejects.add(record)
                if record.id is None:
                    self._delivery.unread += 1
                else:
                    self._delivery.left_out.add(record.id)
            elif record.article.id in self._removed:
                self.removed += 1
                self._delivery.left_out.add(record.article.id)
            else:
                self.cleaned += record.cleaned
                for note in record.notes:
                    self._notes.add(note)
                self._delivery.articles[record.article.id] = record.article.source
                yield record.article


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


def _notices(intake: Intake) -> list[Notice]:
    """What the night's report says about values that did not come in as they were."""
    found = []
    if intake.cleaned:
        records = counted(intake.cleaned, "record")
        text = f"markup or invisible characters were taken out of {records}"
        found.append(Notice("cleaned", intake.cleaned, text))
    if count := sum(intake.noted.values()):
        fields = ", ".join(f"{number:,} of {name}" for name, number in intake.noted.items())
        text = f"values that were left out of articles or changed: {fields}"
        advice = f"mend the export; all are listed in {intake.notes_file}"
        found.append(Notice("values_noted", count, text, advice))
    return found


def _warn_of_notes(notes: RejectFile) -> None:
    for name, count in notes.by_field.items():
        log.warning(
            "values of a field were left out or changed",
            extra={"field": name, "count": count, "first": str(notes.first_of[name])},
        )
