"""The stamp that ends a file of a snapshot: the format's version, and the build it belongs to.

A file of another snapshot is noticed by it without reading the file. Readers of the data in front
of it pass over it: NumPy and FAISS both ignore what follows their data.
"""

import mmap
import re
from pathlib import Path

from recommender.errors import SnapshotDamaged
from recommender.snapshot.damage import damaged, newer_format
from recommender.snapshot.manifest import FORMAT

__all__ = ["STAMP_BYTES", "open_stamped", "stamp"]

STAMP_BYTES = 64
_STAMP = re.compile(rb"\nrecommender format (\d{3}) build ([0-9a-f]{32})\n *\n?")


def stamp(build: str, version: int = FORMAT) -> bytes:
    """The bytes that end a file of a snapshot.

    Args:
        build: The build that the file belongs to, 32 hexadecimal digits.
        version: The format of the file.

    Returns:
        `STAMP_BYTES` bytes.
    """
    text = f"\nrecommender format {version:03d} build {build}\n"
    return text.ljust(STAMP_BYTES).encode()


def open_stamped(path: Path, build: str) -> mmap.mmap:
    """Map the file at `path` read-only, after its stamp was checked.

    Nothing but the stamp is read before it is used.

    Args:
        path: The file.
        build: The build that the stamp must name.

    Returns:
        All bytes of the file, the stamp included.

    Raises:
        SnapshotDamaged: There is no stamp, or it names another build.
        NewerFormat: A newer version wrote the file.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file cannot be mapped
            raise _without_stamp(path) from None
    found = _STAMP.fullmatch(mapped[-STAMP_BYTES:])
    if not found:
        raise _without_stamp(path)
    if int(found[1]) > FORMAT:
        raise newer_format(path, int(found[1]), FORMAT)
    if found[2].decode() != build:
        raise damaged(path, f"belongs to another snapshot (build {found[2].decode()})")
    return mapped


def _without_stamp(path: Path) -> SnapshotDamaged:
    return damaged(path, "does not end in a stamp: it was cut, or is no file of a snapshot")
