"""Last night's neighbours in a file, so that a night searches only for what is new.

The file holds a digest, then plain arrays. It is a cache: if it is missing, damaged or of another
encoder, all neighbours are searched for.
"""

import hashlib
import logging
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from recommender._typing import Array
from recommender.artifacts.atomic import write_atomically
from recommender.knn.index import Found
from recommender.knn.neighbours import PreviousNearest

__all__ = ["load_neighbours", "save_neighbours"]

DIGEST_BYTES = 32  # of SHA-256, at the start of the file

log = logging.getLogger(__name__)


def save_neighbours(path: Path, lists: Found, hashes: Sequence[bytes], encoder: str) -> None:
    """Save tonight's neighbours for the next night.

    Args:
        path: The file, which is replaced.
        lists: (texts, k), the neighbours of each text.
        hashes: The content hashes of the texts, 16 bytes each, in the order of the texts.
        encoder: The fingerprint of the encoder that the texts were embedded with.

    Raises:
        StorageError: The file cannot be written.
    """
    names = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), -1)
    file = BytesIO()
    for array in (*lists, names):
        npy.write_array(file, array, allow_pickle=False)
    content = file.getbuffer()
    write_atomically(path, b"".join((_digest(content, encoder), content)))


def load_neighbours(path: Path, hashes: Sequence[bytes], encoder: str) -> PreviousNearest | None:
    """Load the neighbours that were saved, with tonight's numbers of their texts.

    Args:
        path: The file.
        hashes: The content hashes of tonight's texts, in their order.
        encoder: The fingerprint of tonight's encoder.

    Returns:
        The neighbours; None where there is no file, or one that is damaged or another encoder's.
    """
    try:
        content = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("last night's neighbours cannot be read", extra={"error": str(error)})
        return None
    digest, content = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if _digest(content, encoder) != digest:
        log.info("last night's neighbours are damaged or of another encoder; a full search follows")
        return None
    file = BytesIO(content)
    *lists, names = (npy.read_array(file, allow_pickle=False) for _ in range(3))
    return PreviousNearest(Found(*lists), _numbers(names, hashes), digest.hex())


def _numbers(previous: Array, hashes: Sequence[bytes]) -> Array:
    """Each previous text's place in `hashes`, -1 where it is gone; `previous` (texts, 16) uint8."""
    number = {content: place for place, content in enumerate(hashes)}
    names, size = previous.tobytes(), previous.shape[1]
    starts = range(0, len(names), size)
    return np.array([number.get(names[at : at + size], -1) for at in starts], dtype=np.int64)


def _digest(content: memoryview, encoder: str) -> bytes:
    digest = hashlib.sha256(encoder.encode())
    digest.update(content)
    return digest.digest()
