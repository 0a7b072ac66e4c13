"""Taken-down articles: a small list next to the snapshots that every reader obeys at once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from recommender.artifacts.atomic import write_atomically
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from recommender.errors import NewerFormat, SnapshotDamaged, UnknownArticle

__all__ = ["create_list", "read_takedowns", "restore", "take_down"]

FORMAT = 1


def read_takedowns(artifacts: Artifacts) -> dict[str, str]:
    """Read the list of takedowns.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The moment of each takedown by the article's id, ISO 8601 in UTC; empty without takedowns.

    Raises:
        SnapshotDamaged: The list is unreadable. Without it, articles would be shown that must not
            be shown, so an unreadable list never counts as an empty one.
        NewerFormat: A newer version wrote the list.
    """
    try:
        content = artifacts.removed.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SnapshotDamaged(f"{artifacts.removed} cannot be read: {error.strerror}") from error
    try:
        record = json.loads(content)
        version, moments = record["format"], record["removed"]
        if not isinstance(version, int) or not isinstance(moments, dict):
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
    return {str(article_id): str(moment) for article_id, moment in moments.items()}


def create_list(artifacts: Artifacts) -> None:
    """Write an empty list if there is none.

    Every query asks the system when the list was last changed. For a file that does not exist the
    answer takes 8 µs longer.

    Args:
        artifacts: The artifacts folder.

    Raises:
        StorageError: The list cannot be written.
    """
    if not artifacts.removed.exists():
        _rewrite(artifacts, lambda moments: moments)


def take_down(artifacts: Artifacts, *article_ids: str) -> None:
    """Take articles down, for all readers from their next query on; repeating it changes nothing.

    Args:
        artifacts: The folder whose readers must not show the articles.
        *article_ids: The articles' ids, whether they are published or not.

    Raises:
        UnknownArticle: An id cannot be written as UTF-8, so no article has it; none is taken down.
        SnapshotDamaged: The list is unreadable.
        NewerFormat: A newer version wrote the list.
        StorageError: The list cannot be written.
    """
    for article_id in article_ids:
        try:
            article_id.encode()
        except UnicodeEncodeError:
            raise UnknownArticle(article_id, "is no id: it is not valid Unicode") from None
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    added = dict.fromkeys(article_ids, moment)
    _rewrite(artifacts, lambda moments: added | moments)


def restore(artifacts: Artifacts, *article_ids: str) -> None:
    """Undo `take_down`: an article is shown if a snapshot holds it or a source delivers it again.

    Args:
        artifacts: The artifacts folder.
        *article_ids: The articles' ids; those that were not taken down are passed over.

    Raises:
        SnapshotDamaged: The list is unreadable.
        NewerFormat: A newer version wrote the list.
        StorageError: The list cannot be written.
    """
    gone = frozenset(article_ids)
    _rewrite(artifacts, lambda moments: {i: m for i, m in moments.items() if i not in gone})


def _rewrite(artifacts: Artifacts, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Read the list, and write what `change` makes of it if that is another one."""
    with hold(artifacts.removed_lock, wait=True):
        before = read_takedowns(artifacts)
        after = change(before)
        if after != before or not artifacts.removed.exists():
            record = {"format": FORMAT, "removed": dict(sorted(after.items()))}
            write_atomically(artifacts.removed, json.dumps(record, indent=1).encode())
