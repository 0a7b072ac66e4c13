"""What is published before a night begins: the current snapshot's articles and settings."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotError
from recommender.snapshot.reader import Snapshot

__all__ = ["NOTHING_PUBLISHED", "Published", "read_published"]


class Published(NamedTuple):
    """The snapshot that readers see while a night runs.

    Attributes:
        name: Its name; "" where nothing is published.
        ids: The ids of its articles; None where the snapshot cannot be read.
        settings: The settings that it was made with; empty where it cannot be read.
        dimension: Numbers of a vector; 0 where it cannot be read.
    """

    name: str
    ids: Sequence[str] | None
    settings: Mapping[str, Any]
    dimension: int = 0


NOTHING_PUBLISHED = Published("", (), {})


def read_published(artifacts: Artifacts) -> Published:
    """Read what is published, without checking the files through.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The current snapshot. Where the pointer is lost, the newest one; `NOTHING_PUBLISHED` where
        there is no snapshot.
    """
    names = artifacts.names()
    try:
        name = artifacts.current()
    except SnapshotError:
        name = ""
    if name not in names:
        name = names[-1] if names else ""
    if not name:
        return NOTHING_PUBLISHED
    try:
        snapshot = Snapshot(artifacts.snapshots / name)
    except SnapshotError:
        return Published(name, None, {})
    manifest = snapshot.manifest
    return Published(name, snapshot.ids[:], manifest.settings, manifest.dimension)
