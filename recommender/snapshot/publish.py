"""Publishing: write aside → sync → verify → rename → repoint; then prune. And the way back."""

import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from recommender.artifacts.atomic import storage_errors, sync_folder
from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.artifacts.takedowns import begin
from recommender.embedding.base import EncoderSpec
from recommender.errors import NoSnapshot, PublishRefused, SnapshotError, StorageError
from recommender.knn.index import Index
from recommender.progress import Advance, ignore
from recommender.snapshot.array_file import stamp, write_array
from recommender.snapshot.manifest import FORMAT, MANIFEST, FileEntry, Manifest
from recommender.snapshot.reader import (
    ARRAYS,
    FACETS,
    INDEX,
    LINEAGE,
    RULES,
    SCORING,
    TOPICS,
    Arrays,
    Scoring,
)
from recommender.snapshot.verify import verify
from recommender.types import Change, Rules, Topic

__all__ = ["FILES", "Content", "clean", "publish", "rollback"]

log = logging.getLogger(__name__)

FILES = len(ARRAYS) + 6  # the index and five JSON files; the manifest goes last, in no time
_NAME_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a snapshot holds, before it is written; see snapshot.py for the shapes.

    `facets` gives the labels behind the codes of the facet arrays, `changes` are those of "topics"
    and of "stories"; see `Manifest` for `inputs` and `forced`.
    """

    build: str
    inputs: str
    version: str
    encoder: EncoderSpec
    dimension: int
    settings: dict[str, Any]
    arrays: Arrays
    index: Index
    topics: Sequence[Topic]
    changes: Mapping[str, Sequence[Change]]
    facets: Mapping[str, Sequence[str]]
    rules: Rules
    scoring: Scoring
    forced: Sequence[str] = ()


def publish(artifacts: Artifacts, content: Content, keep: int, advance: Advance = ignore) -> str:
    """Write `content` as a new snapshot, verify it, make it current; return its name.

    Of the snapshots, the newest `keep` and the current one stay. `advance` is told of each of the
    `FILES` files as it is written.

    Raises:
        StorageError: the disk is full or not writable.
        PublishRefused: what was written did not verify.
        In both cases nothing has changed for readers.
    """
    begin(artifacts)
    name = _next_name(artifacts, content.build)
    aside = artifacts.snapshots / f"{ASIDE_PREFIX}{os.getpid()}" / name
    final = artifacts.snapshots / name
    with storage_errors("publishing to", artifacts.snapshots):
        try:
            aside.mkdir(parents=True)
            _write(aside, name, content, advance)
            try:
                verify(aside)
            except SnapshotError as error:
                raise PublishRefused(
                    f"the new snapshot failed its checks and was not published: {error}"
                ) from error
            aside.rename(final)
        finally:
            shutil.rmtree(aside.parent, ignore_errors=True)
        sync_folder(artifacts.snapshots)
    try:
        artifacts.point_to(name)
    except StorageError:
        # Never current, and night after night of a full disk must not pile such up.
        shutil.rmtree(final, ignore_errors=True)
        raise
    prune(artifacts, keep)
    return name


def rollback(artifacts: Artifacts, name: str | None = None) -> str:
    """Verify the snapshot `name` (None: the one before the current) and make it current.

    Raises:
        NoSnapshot: there is no such snapshot, or none before the current one.
        SnapshotDamaged, NewerFormat: it cannot be served; nothing has changed.
    """
    if name is None:
        current = artifacts.current()
        earlier = [other for other in artifacts.names() if other < current]
        if not earlier:
            raise NoSnapshot(f"{artifacts.snapshots} holds no snapshot older than {current}")
        name = earlier[-1]
    verify(artifacts.snapshot(name))
    artifacts.point_to(name)
    return name


def prune(artifacts: Artifacts, keep: int) -> list[str]:
    """Delete all snapshots but the newest `keep` and the current one; return their names.

    What cannot be deleted is said in the log: what serves is whole all the same.
    """
    kept = {*artifacts.names()[-keep:], artifacts.current()}
    pruned = []
    for name in artifacts.names():
        if name in kept:
            continue
        # Renamed first: a run killed here leaves no half snapshot under a snapshot's name.
        doomed = artifacts.snapshots / f"{ASIDE_PREFIX}{name}"
        try:
            (artifacts.snapshots / name).rename(doomed)
        except OSError as error:
            log.warning("could not prune", extra={"snapshot": name, "error": str(error)})
            continue
        shutil.rmtree(doomed, ignore_errors=True)
        pruned.append(name)
    return pruned


def clean(artifacts: Artifacts) -> list[str]:
    """Delete what killed runs left half-written; return the names. The caller holds the lock."""
    if not artifacts.snapshots.is_dir():
        return []
    left = [p for p in artifacts.snapshots.iterdir() if p.name.startswith(ASIDE_PREFIX)]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return sorted(folder.name for folder in left)


def _next_name(artifacts: Artifacts, build: str) -> str:
    """A name that sorts behind all there are, also where the clock stood still or went back."""
    moment = datetime.now(UTC)
    if names := artifacts.names():
        last = datetime.strptime(names[-1].partition("-")[0], _NAME_TIME).replace(tzinfo=UTC)
        moment = max(moment, last + timedelta(seconds=1))
    return f"{moment.strftime(_NAME_TIME)}-{build[:8]}"


def _write(folder: Path, name: str, content: Content, advance: Advance) -> None:
    entries: dict[str, FileEntry] = {}

    def add(file_name: str, write: Callable[[IO[bytes]], object]) -> None:
        with (folder / file_name).open("w+b") as file:
            write(file)
            entries[file_name] = _finish(file)
        advance(1)

    for array_name, array in content.arrays._asdict().items():
        add(f"{array_name}.npy", partial(write_array, array=array, build=content.build))
    add(INDEX, partial(content.index.write, end=stamp(content.build)))
    topics = [_without_asked(topic) for topic in content.topics]
    add(TOPICS, lambda file: file.write(_json(content.build, topics=topics)))
    changes = {kind: [c._asdict() for c in found] for kind, found in content.changes.items()}
    add(LINEAGE, lambda file: file.write(_json(content.build, **changes)))
    add(FACETS, lambda file: file.write(_json(content.build, facets=content.facets)))
    add(RULES, lambda file: file.write(_json(content.build, rules=_plain(content.rules))))
    scoring = content.scoring._asdict()
    add(SCORING, lambda file: file.write(_json(content.build, scoring=scoring)))
    manifest = Manifest(
        name=name,
        build=content.build,
        inputs=content.inputs,
        created=datetime.now(UTC).replace(microsecond=0),
        version=content.version,
        articles=len(content.arrays.text_of),
        texts=len(content.arrays.neighbours),
        dimension=content.dimension,
        encoder=content.encoder,
        settings=content.settings,
        forced=[*content.forced],
        files=entries,
    )
    with (folder / MANIFEST).open("w+b") as file:
        file.write(manifest.to_bytes())
        _finish(file)
    sync_folder(folder)


def _finish(file: IO[bytes]) -> FileEntry:
    """Sync an open file and take its size and SHA-256."""
    file.flush()
    os.fsync(file.fileno())
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return FileEntry(size, file_digest(file, "sha256").hexdigest())  # type: ignore[arg-type]


def _without_asked(topic: Topic) -> dict[str, object]:
    record = asdict(topic)
    del record["asked"]  # of an answer, not of the topic
    return record


def _plain(rules: Rules) -> dict[str, object]:
    embargo = [(article_id, moment.isoformat()) for article_id, moment in rules.embargo]
    return asdict(rules) | {"embargo": embargo}


def _json(build: str, **values: object) -> bytes:
    record = {"format": FORMAT, "build": build, **values}
    return json.dumps(record, ensure_ascii=False, indent=1).encode()
