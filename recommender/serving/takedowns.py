"""Removing and restoring many articles at once, and what becomes of each of them."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns, restore, take_down

__all__ = ["Removal", "Restoration", "remove_articles", "restore_articles"]


class Removal(NamedTuple):
    """What became of ids that were to be removed.

    Attributes:
        removed: Ids that vanished from all answers.
        already_removed: Ids that were on the list before.
        unknown: Ids of no article that is served; nothing was done about them.
    """

    removed: tuple[str, ...]
    already_removed: tuple[str, ...]
    unknown: tuple[str, ...]


class Restoration(NamedTuple):
    """What became of ids that were to be restored.

    Attributes:
        served: Ids that are answered again at once, because the published snapshot holds them.
        awaited: Ids that may be served again, and come back when a source delivers them.
        not_removed: Ids that are served and were not on the list.
        unknown: Ids that were not on the list and are not served.
    """

    served: tuple[str, ...]
    awaited: tuple[str, ...]
    not_removed: tuple[str, ...]
    unknown: tuple[str, ...]


def remove_articles(
    artifacts: Artifacts, ids: Iterable[str], known: Container[str] | None
) -> Removal:
    """Take articles down, all in one change of the list.

    Args:
        artifacts: The folder whose readers must not show them.
        ids: The articles' ids; an id that comes twice counts once.
        known: The ids of the published articles; None to bar ids that are not published, too.

    Returns:
        What became of each id, in the order given.

    Raises:
        UnknownArticle: An id cannot be written as UTF-8; nothing was done.
        SnapshotDamaged: The list is unreadable.
        StorageError: The list cannot be written.
    """
    barred, unique = read_takedowns(artifacts), tuple(dict.fromkeys(ids))
    removed = tuple(i for i in unique if i not in barred and (known is None or i in known))
    if removed:
        take_down(artifacts, *removed)
    return Removal(
        removed,
        tuple(i for i in unique if i in barred),
        tuple(i for i in unique if i not in barred and i not in removed),
    )


def restore_articles(
    artifacts: Artifacts, ids: Iterable[str], published: Container[str]
) -> Restoration:
    """Undo takedowns, all in one change of the list; repeating it changes nothing.

    Args:
        artifacts: The artifacts folder.
        ids: The articles' ids; an id that comes twice counts once.
        published: The ids of all articles of the published snapshot, the removed ones included.

    Returns:
        What became of each id, in the order given.

    Raises:
        SnapshotDamaged: The list is unreadable.
        StorageError: The list cannot be written.
    """
    barred, unique = read_takedowns(artifacts), tuple(dict.fromkeys(ids))
    listed = tuple(i for i in unique if i in barred)
    if listed:
        restore(artifacts, *listed)
    return Restoration(
        tuple(i for i in listed if i in published),
        tuple(i for i in listed if i not in published),
        tuple(i for i in unique if i not in barred and i in published),
        tuple(i for i in unique if i not in barred and i not in published),
    )
