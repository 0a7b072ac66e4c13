"""Writing files so that a crash leaves the old content or the new, never a mixture."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender.errors import StorageError

__all__ = ["storage_errors", "sync_folder", "write_atomically"]


@contextmanager
def storage_errors(doing: str, path: Path) -> Iterator[None]:
    """Turn errors of the system inside the block into a `StorageError` that says what to do.

    Args:
        doing: The action, for the message: "writing", "publishing to".
        path: The file or folder of the action.

    Yields:
        Nothing; the action is in the block.

    Raises:
        StorageError: The system refused something inside the block.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{doing} {path} failed: {error.strerror or error}. What was published before is "
            "untouched; free space or correct the permissions there, then run again"
        ) from error


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder survive a power cut.

    Args:
        folder: The folder.

    Raises:
        OSError: The folder cannot be opened or synced.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see all of the old content or all of the new.

    Args:
        path: The file; its folder must exist.
        content: The whole new content.

    Raises:
        StorageError: The disk is full or the folder cannot be written.
    """
    aside = path.with_name(f".{path.name}.tmp")
    with storage_errors("writing", path):
        try:
            with aside.open("wb") as file:
                if path.exists():  # whoever could read the old content can read the new one
                    os.fchmod(file.fileno(), path.stat().st_mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
