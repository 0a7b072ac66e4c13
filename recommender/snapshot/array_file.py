"""Array files: plain `.npy` that ends in a stamp, so they open with `numpy.load` everywhere."""

import math
import re
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from recommender._typing import Array
from recommender.snapshot.damage import damaged
from recommender.snapshot.stamp import STAMP_BYTES, open_stamped, stamp

__all__ = ["open_array", "write_array"]

HEADER_BYTES = 1024  # NumPy's are 128; those of long shapes would be 192
# NumPy parses the header as Python code, which fails in some releases of Python 3.11 and 3.12 when
# several threads do it at once. `write_array` writes headers of this form and no other.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00.."
    rb"\{'descr': '(<[if][248]|\|[bu]1)', 'fortran_order': False, "
    rb"'shape': \((\d+,(?: \d+)?)\), \} *\n",
    re.DOTALL,
)


def write_array(file: IO[bytes], array: Array, build: str) -> None:
    """Write an array and the stamp to an open file.

    Args:
        file: Opened for binary writing.
        array: The array, of one or two dimensions.
        build: The build that the stamp names.
    """
    npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    file.write(stamp(build))


def open_array(path: Path, build: str) -> Array:
    """Map the array at `path`; no value is read before it is used.

    Args:
        path: A file that `write_array` wrote.
        build: The build that its stamp must name.

    Returns:
        The array, of one or two dimensions; it cannot be written to.

    Raises:
        SnapshotDamaged: The header is unreadable, the file's size is not that of the array, or
            the stamp is missing or another build's.
        NewerFormat: A newer version wrote the file.
    """
    mapped = open_stamped(path, build)
    header = _HEADER.match(mapped[:HEADER_BYTES])
    if not header:
        raise damaged(path, "is not an array file as this package writes them")
    dtype, shape = np.dtype(header[1].decode()), tuple(map(int, re.findall(rb"\d+", header[2])))
    if header.end() + math.prod(shape) * dtype.itemsize + STAMP_BYTES != len(mapped):
        raise damaged(path, f"has {len(mapped)} bytes, which is not its shape {shape}")
    values = np.frombuffer(mapped, dtype, math.prod(shape), header.end())
    return values.reshape(shape)
