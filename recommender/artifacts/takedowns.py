"""Taken-down articles: a small list beside the snapshots that every reader obeys at once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from recommender.artifacts.atomic import write_atomically
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from recommender.errors import NewerFormat, SnapshotDamaged, UnknownArticle

__all__ = ["begin", "read_removed", "remove", "restore"]

FORMAT = 1


def read_removed(artifacts: Artifacts) -> dict[str, str]:
    """Taken-down id → when, ISO 8601 in UTC. Empty when nothing was ever taken down.

    Raises:
        SnapshotDamaged: the list is unreadable. Serving on without it would show articles
            that must not be shown, so this is never taken as "none".
        NewerFormat: the list was written by a newer version.
    """
    try:
        content = artifacts.removed.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SnapshotDamaged(f"{artifacts.removed} cannot be read: {error.strerror}") from error
    try:
        record = json.loads(content)
        version, removed = record["format"], record["removed"]
        if not isinstance(version, int) or not isinstance(removed, dict):
            raise TypeError("wrong shape")  # noqa: TRY301 - one sentence for every kind of damage
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(
            f"{artifacts.removed} is not a list of removed articles ({error}); put back the file "
            "from a backup, or delete it and remove the articles again"
        ) from error
    if version > FORMAT:
        raise NewerFormat(
            f"{artifacts.removed} has format {version}, this version reads up to {FORMAT}; "
            "upgrade with: pip install --upgrade recommender"
        )
    return {str(key): str(when) for key, when in removed.items()}


def begin(artifacts: Artifacts) -> None:
    """Write an empty list where there is none.

    Every question looks whether the list has changed, and to be told that there is no such file
    takes it 8 µs longer than to be told when it was written.
    """
    if not artifacts.removed.exists():
        _rewrite(artifacts, lambda _: None)


def remove(artifacts: Artifacts, article_id: str) -> None:
    """Take `article_id` down; readers see it at their next question. Twice is the same as once."""
    try:
        article_id.encode()
    except UnicodeEncodeError:
        raise UnknownArticle(article_id, "is no id: it is not valid Unicode") from None
    when = datetime.now(UTC).isoformat(timespec="seconds")
    _rewrite(artifacts, lambda removed: removed.setdefault(article_id, when))


def restore(artifacts: Artifacts, article_id: str) -> None:
    """Let `article_id` be served again, if a snapshot holds it or a source delivers it again."""
    _rewrite(artifacts, lambda removed: removed.pop(article_id, None))


def _rewrite(artifacts: Artifacts, change: Callable[[dict[str, str]], object]) -> None:
    with hold(artifacts.removed_lock, wait=True):
        before = read_removed(artifacts)
        after = dict(before)
        change(after)
        if after != before or not artifacts.removed.exists():
            record = {"format": FORMAT, "removed": dict(sorted(after.items()))}
            write_atomically(artifacts.removed, json.dumps(record, indent=1).encode())
