"""Signatures: a sample of each text's shingles, by which candidates for near-duplicates are found.

All texts are sampled in the same way, so what two samples share estimates what the texts share
(bottom-k sketch: A. Broder, "On the resemblance and containment of documents", 1997, section 3).
"""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.corpus.shingles import hash_words, shingles

__all__ = [
    "EMPTY",
    "SAMPLE",
    "SIGNATURE_VERSION",
    "signature",
    "unpack_signatures",
]

# A change in how signatures are computed must raise this number; stored ones are then replaced.
SIGNATURE_VERSION = 4
SAMPLE = 64  # shingles of a text
EMPTY = np.uint32(0xFFFFFFFF)  # fills the signature of a text with fewer shingles than the sample


def signature(tokens: Sequence[str]) -> bytes:
    """The signature of one text.

    Args:
        tokens: The text's tokens, as `language.tokens.tokenise` returns them.

    Returns:
        1 + `SAMPLE` little-endian uint32: the number of words, then the smallest hashes of the
        text's distinct shingles in ascending order, filled up with `EMPTY`.
    """
    words = hash_words(tokens)
    sample = np.unique((shingles(words.hashes) >> np.uint64(32)).astype(np.uint32))[:SAMPLE]
    packed = np.full(1 + SAMPLE, EMPTY, dtype="<u4")
    packed[0] = len(words.hashes)
    packed[1 : len(sample) + 1] = sample
    return packed.tobytes()


def unpack_signatures(packed: Sequence[bytes]) -> Array:
    """Stack the signatures of many texts.

    Args:
        packed: The signature of each text, as `signature` returns it.

    Returns:
        (texts, 1 + SAMPLE) uint32: the number of words, then the sampled hashes.
    """
    return np.frombuffer(b"".join(packed), dtype="<u4").reshape(len(packed), 1 + SAMPLE)
