"""A disk that loses what was not synced: what a folder holds after the power fails.

The model is that of POSIX at its worst. Of a file survives what it held at its last fsync; of a
file that was never synced nothing survives but its name. A name survives if the folder was synced
since, or, on file systems that write names early, at once. Whoever wants to rely on neither has to
write, sync the file, rename it, and sync the folder.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

__all__ = ["LossyDisk", "Step", "lossy_disk"]

# SQLite syncs its files in C, where no Python sees it; they survive as they lie.
_SYNCED_ELSEWHERE = ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm")


class Step(NamedTuple):
    """One change of the disk: what was called, and on which path below the root."""

    call: str
    path: str


class LossyDisk:
    """Follows what is synced in a folder; all that it holds at first counts as synced.

    Args:
        root: The folder, which need not exist; the one above it must.

    Attributes:
        steps: What was done so far, in order.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._contents: dict[int, bytes] = {}  # of files, by inode
        self._names: dict[int, dict[str, int]] = {}  # of folders, by inode
        self._folders: set[int] = set()
        self._held: list[int] = []  # open, so that no inode number is given out twice
        self.steps: list[Step] = []
        self._sync(self._root.parent)
        for path in [self._root, *self._root.rglob("*")] if self._root.exists() else []:
            self._sync(path)

    def survivors(self, target: Path, *, names_early: bool) -> Path:
        """Write what the root would hold if the power failed now.

        Args:
            target: A folder that does not exist yet.
            names_early: Whether the disk holds all names already, also those not synced.

        Returns:
            `target`, or a folder without content if the root's own name was lost.
        """
        above = self._root.parent.stat().st_ino
        target.mkdir()
        if names_early or self._root.name in self._names[above]:
            self._write(self._root.stat().st_ino, self._root, target, names_early)
        return target

    def _write(self, folder: int, path: Path, target: Path, names_early: bool) -> None:
        names = _entries(path) if names_early else self._names.get(folder, {})
        for name, inode in names.items():
            if name in _SYNCED_ELSEWHERE:
                shutil.copy(path / name, target / name)
            elif inode in self._folders or (names_early and (path / name).is_dir()):
                (target / name).mkdir()
                self._write(inode, path / name, target / name, names_early)
            else:
                (target / name).write_bytes(self._contents.get(inode, b""))

    def _sync(self, path: Path) -> None:
        """Note that a file or folder was synced with what it holds."""
        self._held.append(os.open(path, os.O_RDONLY))
        inode = path.stat().st_ino
        if path.is_file():
            self._contents[inode] = path.read_bytes()
            return
        self._names[inode] = _entries(path)
        for name, below in self._names[inode].items():
            self._held.append(os.open(path / name, os.O_RDONLY))
            if (path / name).is_dir():
                self._folders.add(below)

    def step(self, call: str, path: Path, *, synced: bool = False) -> None:
        """Note one call, if it is about the root or the folder above it."""
        if path == self._root.parent or path.is_relative_to(self._root):
            name = os.path.relpath(path, self._root)
            self.steps.append(Step(call, name))
            if synced:
                self._sync(path)

    def close(self) -> None:
        """Close what is held open."""
        for descriptor in self._held:
            os.close(descriptor)
        self._held.clear()


@contextmanager
def lossy_disk(
    root: Path, before_step: Callable[[LossyDisk], None] = lambda _: None
) -> Iterator[LossyDisk]:
    """Follow what is synced below `root` inside the block.

    Args:
        root: The folder.
        before_step: Called before each sync, rename and replacement: there the power may fail.

    Yields:
        The disk.
    """
    disk = LossyDisk(root)
    real_fsync, real_rename, real_replace = os.fsync, os.rename, os.replace

    def fsync(descriptor: int) -> None:
        before_step(disk)
        real_fsync(descriptor)
        disk.step("fsync", Path(f"/proc/self/fd/{descriptor}").readlink(), synced=True)

    def renamed(call: str, real: Callable[..., None]) -> Callable[..., None]:
        def move(source: Any, target: Any, **options: Any) -> None:
            before_step(disk)
            real(source, target, **options)
            disk.step(call, Path(target).absolute())

        return move

    try:
        with (
            patch("os.fsync", fsync),
            patch("os.rename", renamed("rename", real_rename)),
            patch("os.replace", renamed("replace", real_replace)),
        ):
            yield disk
    finally:
        disk.close()


def _entries(folder: Path) -> dict[str, int]:
    return {entry.name: entry.inode() for entry in os.scandir(folder)}
