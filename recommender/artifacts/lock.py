"""One holder at a time: a kernel file lock whose file says who holds it.

The kernel drops the lock when its holder dies, however it dies, so a lock file left by a killed
run is stale by definition and a reused pid cannot be mistaken for a holder.
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

from recommender.artifacts.atomic import storage_errors
from recommender.errors import LockHeld

__all__ = ["Holder", "hold"]


class Holder(NamedTuple):
    """Who wrote the lock file: process id and start in ISO 8601, UTC."""

    pid: int
    started: str

    def __str__(self) -> str:
        return f"pid {self.pid}, started {self.started}"


@contextmanager
def hold(path: Path, *, wait: bool = False) -> Iterator[Holder | None]:
    """Hold the lock at `path` for the block; yield the dead holder whose lock was stale, if any.

    With `wait` the call blocks until the lock is free, otherwise it raises at once.

    Raises:
        LockHeld: another living process holds it; the message names its pid and start.
        StorageError: the lock file cannot be created.
    """
    with storage_errors("locking", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what a full disk refused must not be tried again when the file is closed.
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
            # An emptied file says "released"; one with a holder says "died". Releasing must not
            # fail the work it protected, so a disk too full to truncate is ignored here.
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
