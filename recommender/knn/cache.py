"""Last night's candidates, kept beside the store so that a night compares only what is new.

One file: a digest, then plain arrays. It is a cache: one that is missing, damaged or another
encoder's costs a full search and nothing else.
"""

import hashlib
import logging
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from recommender._typing import Array
from recommender.artifacts.atomic import write_atomically
from recommender.knn.neighbours import Nearest

__all__ = ["PreviousNeighbours", "keep", "read"]

DIGEST_BYTES = 32  # SHA-256, in front of what it is of

log = logging.getLogger(__name__)


class PreviousNeighbours(NamedTuple):
    """The candidates of a previous night, and what is needed to read them tonight.

    `hashes` (texts, 16) uint8 are the content hashes of the texts; `digest` is of all there is.
    """

    nearest: Nearest
    hashes: Array
    digest: str

    def numbers(self, hashes: Sequence[bytes]) -> Array:
        """Each previous text's number among tonight's `hashes`, -1 where it is gone."""
        number = {content: place for place, content in enumerate(hashes)}
        previous = self.hashes.tobytes()
        size = self.hashes.shape[1]
        return np.array(
            [number.get(previous[at : at + size], -1) for at in range(0, len(previous), size)],
            dtype=np.int64,
        )


def keep(path: Path, nearest: Nearest, hashes: Sequence[bytes], encoder: str) -> None:
    """Keep tonight's candidates; `hashes` are the content hashes of the texts, in their order.

    Raises:
        StorageError: the file cannot be written.
    """
    names = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), -1)
    file = BytesIO()
    for array in (*nearest, names):
        npy.write_array(file, array, allow_pickle=False)
    content = file.getbuffer()
    write_atomically(path, b"".join((_digest(content, encoder), content)))


def read(path: Path, encoder: str) -> PreviousNeighbours | None:
    """The candidates that were kept for the encoder of this fingerprint, if they are whole."""
    try:
        content = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("last night's candidates are unreadable", extra={"error": str(error)})
        return None
    digest, content = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if _digest(content, encoder) != digest:
        log.info("last night's candidates are another encoder's, or damaged: all are searched")
        return None
    file = BytesIO(content)
    candidates, similarities, hashes = (npy.read_array(file, allow_pickle=False) for _ in range(3))
    return PreviousNeighbours(Nearest(candidates, similarities), hashes, digest.hex())


def _digest(content: memoryview, encoder: str) -> bytes:
    digest = hashlib.sha256(encoder.encode())
    digest.update(content)
    return digest.digest()
