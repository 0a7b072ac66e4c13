"""Array files: plain `.npy` with a stamp behind the data, so that a swapped file is noticed.

NumPy ignores what follows the data, so the files open with `numpy.load` everywhere. The stamp is
64 bytes: the format's version and the `build` digest of the snapshot the file belongs to.
"""

import math
import mmap
import os
import re
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.manifest import FORMAT, newer_format

__all__ = ["check_stamp", "open_array", "stamp", "write_array"]

STAMP_BYTES = 64
HEADER_BYTES = 1024  # NumPy's are 128; those of long shapes would be 192
# NumPy reads the header as Python's syntax, which in some releases of Python 3.11 and 3.12 fails
# where threads do so at once. What `write_array` writes is this and nothing else.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00.."
    rb"\{'descr': '(<[if][248]|\|[bu]1)', 'fortran_order': False, "
    rb"'shape': \((\d+,(?: \d+)?)\), \} *\n",
    re.DOTALL,
)
_STAMP = re.compile(rb"\nrecommender format (\d{3}) build ([0-9a-f]{32})\n *\n?")


def stamp(build: str, version: int = FORMAT) -> bytes:
    """The 64 bytes that end a file of the build `build` (32 hexadecimal digits)."""
    text = f"\nrecommender format {version:03d} build {build}\n"
    return text.ljust(STAMP_BYTES).encode()


def check_stamp(path: Path, build: str) -> None:
    """Check that the file at `path` ends in the stamp of `build`.

    Raises:
        SnapshotDamaged: no stamp, or another build's.
        NewerFormat: a newer version wrote the file.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - STAMP_BYTES))
        found = _STAMP.fullmatch(file.read())
    if not found:
        raise SnapshotDamaged(f"{path} does not end in a stamp: it was cut, or is no such file")
    if int(found[1]) > FORMAT:
        raise newer_format(path, int(found[1]))
    if found[2].decode() != build:
        raise SnapshotDamaged(f"{path} belongs to another snapshot (build {found[2].decode()})")


def write_array(file: IO[bytes], array: Array, build: str) -> None:
    """Write `array` and its stamp."""
    npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    file.write(stamp(build))


def open_array(path: Path, build: str) -> Array:
    """Map the array at `path` read-only; nothing is read before it is used.

    Raises:
        SnapshotDamaged, NewerFormat: as `check_stamp`, or the header is unreadable.
    """
    check_stamp(path, build)
    with path.open("rb") as file:
        header = _HEADER.match(file.read(HEADER_BYTES))
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if not header:
        raise SnapshotDamaged(f"{path} is not an array file as this package writes them")
    dtype, shape = np.dtype(header[1].decode()), tuple(map(int, re.findall(rb"\d+", header[2])))
    if header.end() + math.prod(shape) * dtype.itemsize + STAMP_BYTES != len(mapped):
        raise SnapshotDamaged(f"{path} has {len(mapped)} bytes, which is not its shape {shape}")
    values = np.frombuffer(mapped, dtype, math.prod(shape), header.end())
    return values.reshape(shape)
