"""One holder at a time: a kernel file lock whose file says who holds it.

The kernel releases the lock when its holder dies, however it dies. So the lock file of a killed run
stops nobody, and another process that got the same pid is not mistaken for the holder.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from recommender.artifacts.atomic import make_folder, storage_errors
from recommender.errors import LockHeld

__all__ = ["Holder", "hold"]


class Holder(NamedTuple):
    """Who wrote a lock file.

    Attributes:
        pid: The process id.
        started: When it took the lock, ISO 8601 in UTC.
    """

    pid: int
    started: str

    def __str__(self) -> str:
        return f"pid {self.pid}, started {self.started}"


@contextmanager
def hold(path: Path, *, wait: bool = False) -> Iterator[Holder | None]:
    """Hold a lock for the block.

    Args:
        path: The lock file; its folder is created if it is missing.
        wait: Whether to wait until the lock is free instead of raising at once.

    Yields:
        The holder that died without releasing the lock, or None.

    Raises:
        LockHeld: Another living process holds it; the message names its pid and start.
        StorageError: The lock file cannot be created.
    """
    with storage_errors("locking", path):
        make_folder(path.parent)
        # Unbuffered, so that a write that a full disk refused is not repeated at closing.
        file = path.open("a+b", buffering=0)
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            holder = _holder(file)
            raise LockHeld(
                f"{path} is held by {holder or 'another process'}; one run works on these "
                "artifacts at a time. Wait for it to end, or end it and run again"
            ) from None
        stale = _holder(file)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        with storage_errors("writing", path):
            _write(file, json.dumps({"pid": os.getpid(), "started": started}))
        try:
            yield stale
        finally:
            # An empty file means that the lock was released; if it names a holder, the holder died.
            # The work is done, so an error while the file is emptied must not make it fail.
            try:
                _write(file, "")
            except OSError:
                pass


def _holder(file: IO[bytes]) -> Holder | None:
    file.seek(0)
    try:
        record = json.loads(file.read(1024))
        return Holder(int(record["pid"]), str(record["started"]))
    except (ValueError, KeyError, TypeError):
        return None


def _write(file: IO[bytes], content: str) -> None:
    file.truncate(0)
    encoded = content.encode()
    if file.write(encoded) != len(encoded):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
