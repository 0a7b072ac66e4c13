"""Writing files so that a crash leaves the old content or the new, never a mixture."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender.errors import StorageError

__all__ = ["make_folder", "storage_errors", "sync_folder", "write_atomically"]


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


def make_folder(folder: Path) -> None:
    """Create a folder and those above it that are missing, so that they survive a power cut.

    A new folder is lost with all that it holds if the folder above it was not synced.

    Args:
        folder: The folder; it may exist.

    Raises:
        OSError: A folder cannot be created or synced.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


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
