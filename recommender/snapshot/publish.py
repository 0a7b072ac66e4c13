"""Publishing a snapshot, returning to an earlier one, and deleting old ones.

To publish is to write aside, sync, verify, rename, replace the pointer, and delete what is too old.
"""

import logging
import os
import shutil
from datetime import UTC, datetime, timedelta

from recommender.artifacts.atomic import storage_errors, sync_folder
from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.artifacts.takedowns import create_list
from recommender.errors import NoSnapshot, PublishRefused, SnapshotError, StorageError
from recommender.progress import Advance, ignore
from recommender.snapshot.verify import verify
from recommender.snapshot.writer import Content, write_snapshot

__all__ = ["clean", "prune", "publish", "rollback"]

log = logging.getLogger(__name__)

_NAME_TIME = "%Y%m%dT%H%M%SZ"


def publish(artifacts: Artifacts, content: Content, keep: int, advance: Advance = ignore) -> str:
    """Write `content` as a new snapshot, verify it and make it current.

    If an error is raised, nothing has changed for readers.

    Args:
        artifacts: Where to publish.
        content: What to publish.
        keep: So many of the newest snapshots stay, and the current one; the others are deleted.
        advance: Called with 1 after each file of `schema.FILES` is written.

    Returns:
        The name of the new snapshot.

    Raises:
        StorageError: The disk is full or not writable.
        PublishRefused: What was written did not verify.
    """
    create_list(artifacts)
    name = _next_name(artifacts, content.build)
    aside = artifacts.snapshots / f"{ASIDE_PREFIX}{os.getpid()}" / name
    final = artifacts.snapshots / name
    with storage_errors("publishing to", artifacts.snapshots):
        try:
            aside.mkdir(parents=True)
            write_snapshot(aside, content, advance)
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
        # It was never current. On a full disk, each night would leave another one.
        shutil.rmtree(final, ignore_errors=True)
        raise
    prune(artifacts, keep)
    return name


def rollback(artifacts: Artifacts, name: str | None = None) -> str:
    """Verify an earlier snapshot and make it current.

    Args:
        artifacts: Where it lies.
        name: Its name; None for the one before the current.

    Returns:
        Its name.

    Raises:
        NoSnapshot: There is no such snapshot, or none before the current one.
        SnapshotDamaged: It cannot be served; nothing has changed.
        NewerFormat: A newer version wrote it; nothing has changed.
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
    """Delete all snapshots except the newest ones and the current one.

    If one cannot be deleted, that is only a warning in the log, because it does no harm.

    Args:
        artifacts: The artifacts folder.
        keep: How many of the newest snapshots stay.

    Returns:
        The names of the deleted ones.
    """
    kept = {*artifacts.names()[-keep:], artifacts.current()}
    pruned = []
    for name in artifacts.names():
        if name in kept:
            continue
        # Renamed first: if the run is killed here, no half snapshot has a snapshot's name.
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
    """Delete the half-written snapshots of killed runs. The caller must hold the lock.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The names of the deleted folders.
    """
    if not artifacts.snapshots.is_dir():
        return []
    left = [p for p in artifacts.snapshots.iterdir() if p.name.startswith(ASIDE_PREFIX)]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return sorted(folder.name for folder in left)


def _next_name(artifacts: Artifacts, build: str) -> str:
    """A name that sorts after all others, even if the clock stood still or went back."""
    moment = datetime.now(UTC)
    if names := artifacts.names():
        last = datetime.strptime(names[-1].partition("-")[0], _NAME_TIME).replace(tzinfo=UTC)
        moment = max(moment, last + timedelta(seconds=1))
    return f"{moment.strftime(_NAME_TIME)}-{build[:8]}"
