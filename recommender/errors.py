"""All errors that this package raises on purpose, as one tree.

RecommenderError
├── SettingsError        a setting is unknown, of the wrong type or out of range
├── InputError           a source cannot be read, or too many of its records are bad
├── MissingExtra         an optional dependency is not installed
├── EncoderError         the embedding model is missing, changed or unusable
├── LockHeld             another nightly run is working on the same artifacts
├── StorageError         a file could not be written (full disk, no permission)
├── PublishRefused       the new snapshot failed its checks; the old one is still served
├── SnapshotError
│   ├── NoSnapshot       nothing has been published here
│   ├── SnapshotDamaged  a snapshot's file is missing, truncated, swapped or altered
│   ├── OlderFormat      written by an older version, whose format is not read any more
│   └── NewerFormat      written by a newer version of this package
├── UnknownArticle       no such id in the snapshot (a KeyError too)
│   └── RemovedArticle   taken down
└── UnknownGroup         no such story or topic, nor one that succeeded it (a KeyError too)
"""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "EncoderError",
    "InputError",
    "LockHeld",
    "MissingExtra",
    "NewerFormat",
    "NoSnapshot",
    "OlderFormat",
    "PublishRefused",
    "RecommenderError",
    "RemovedArticle",
    "SettingsError",
    "SnapshotDamaged",
    "SnapshotError",
    "StorageError",
    "UnknownArticle",
    "UnknownGroup",
    "needs_extra",
]


class RecommenderError(Exception):
    """Base of every error this package raises on purpose."""


class SettingsError(RecommenderError):
    """A setting is unknown, of the wrong type or out of range."""


class InputError(RecommenderError):
    """A source cannot be read, or too large a share of its records was rejected."""


class MissingExtra(RecommenderError):
    """An optional dependency is not installed; the message names the command that installs it."""


class EncoderError(RecommenderError):
    """The embedding model is missing, does not match its hash, or cannot be used."""


class LockHeld(RecommenderError):
    """Another process holds the lock; the message names its pid and start."""


class StorageError(RecommenderError):
    """A file could not be written; nothing that was being served has changed."""


class PublishRefused(RecommenderError):
    """The new snapshot failed its checks or a gate; the old one is still served."""


class SnapshotError(RecommenderError):
    """Base of all errors of published snapshots."""


class NoSnapshot(SnapshotError):
    """The artifacts folder holds no published snapshot."""


class SnapshotDamaged(SnapshotError):
    """A file of the snapshot is missing, truncated, another snapshot's, or altered."""


class OlderFormat(SnapshotError):
    """A file was written by an older version of this package, in a format that is not read now."""


class NewerFormat(SnapshotError):
    """A file was written by a newer version of this package than the one reading it."""


class UnknownArticle(RecommenderError, KeyError):
    """No article of this id is served.

    Attributes:
        article_id: The id that was asked for.
        reason: Why it is not served, as the end of the sentence "article ... ".
    """

    def __init__(self, article_id: str, reason: str = "is not in the published snapshot") -> None:
        self.article_id = article_id
        self.reason = reason
        super().__init__(article_id)

    def __str__(self) -> str:
        return f"article {self.article_id!r} {self.reason}"

    def __reduce__(self) -> tuple[type["UnknownArticle"], tuple[str, str]]:
        return type(self), (self.article_id, self.reason)


class RemovedArticle(UnknownArticle):
    """The article was taken down; a page may answer "410 Gone" instead of "404 Not Found"."""

    def __init__(self, article_id: str, reason: str = "was removed") -> None:
        super().__init__(article_id, reason)


class UnknownGroup(RecommenderError, KeyError):
    """There is no story or topic of this id, and none that succeeded it.

    Attributes:
        group_id: The id that was asked for.
    """

    def __init__(self, group_id: str) -> None:
        self.group_id = group_id
        super().__init__(group_id)

    def __str__(self) -> str:
        return (
            f"there is no story or topic {self.group_id!r} that can be shown, and none that took "
            "over from it"
        )


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Turn a failed import inside the block into `MissingExtra`.

    A module of this package that cannot be found is a bug, so that error is not turned.

    Args:
        extra: The extra that installs the imported package, for the command in the message.

    Yields:
        Nothing; the imports are made in the block.

    Raises:
        MissingExtra: A package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "recommender"):
            raise
        raise MissingExtra(
            f"this needs the package {missing!r}, which is not installed; "
            f"run: pip install 'recommender[{extra}]'"
        ) from error
