"""Errors about a snapshot's files, each with the commands that mend it."""

import errno
from pathlib import Path

from recommender.errors import NewerFormat, OlderFormat, SnapshotDamaged

__all__ = ["altered", "damaged", "newer_format", "older_format", "unreadable"]

# The file may be whole, so another snapshot is no cure.
_NOT_DAMAGE = {
    errno.EACCES: "correct the permissions",
    errno.EMFILE: "let the process open more files, for example with ulimit -n 1024",
}


def damaged(path: Path, what: str) -> SnapshotDamaged:
    """The error for a file that is not as it was published.

    Args:
        path: The file, or the folder of the snapshot.
        what: What is wrong with it, as the end of a sentence that begins with the path.

    Returns:
        The error, to be raised.
    """
    folder = _artifacts(path)
    return SnapshotDamaged(
        f"{path} {what}; return to an earlier snapshot with: recommender rollback{folder}, or "
        f"publish again with: recommender nightly SOURCE{folder}"
    )


def altered(path: Path) -> SnapshotDamaged:
    """The error for a file whose bytes are not those that were published.

    Args:
        path: The file.

    Returns:
        The error, to be raised.
    """
    return damaged(path, "was altered: its SHA-256 is not the manifest's")


def unreadable(path: Path, error: OSError) -> SnapshotDamaged:
    """The error for a file that the operating system cannot read.

    Args:
        path: The file or folder that was to be read, if `error` names none.
        error: What the operating system said.

    Returns:
        The error, to be raised.
    """
    named = Path(error.filename or path)
    if cure := _NOT_DAMAGE.get(error.errno or 0):
        return SnapshotDamaged(f"{named} cannot be read: {error.strerror}; {cure}")
    return damaged(named, f"cannot be read: {error.strerror}")


def older_format(path: Path, version: int, oldest: int) -> OlderFormat:
    """The error for a file of a format that is not read any more.

    Args:
        path: The file.
        version: Its format.
        oldest: The oldest format that is read.

    Returns:
        The error, to be raised.
    """
    return OlderFormat(
        f"{path} has format {version}, and this version reads format {oldest} and later; publish "
        f"the articles again with: recommender nightly SOURCE{_artifacts(path)}"
    )


def newer_format(path: Path, version: int, newest: int) -> NewerFormat:
    """The error for a file of a newer format.

    Args:
        path: The file.
        version: Its format.
        newest: The newest format that is read.

    Returns:
        The error, to be raised.
    """
    return NewerFormat(
        f"{path} has format {version}, this version reads up to {newest}; upgrade with "
        "'pip install --upgrade recommender', or publish again with this version"
    )


def _artifacts(path: Path) -> str:
    """The option that names the artifacts folder of a snapshot's file; "" where it is in none."""
    for parent in (path, *path.parents):
        if parent.parent.name == "snapshots":
            return f" --artifacts {parent.parent.parent}"
    return ""
