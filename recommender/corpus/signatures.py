"""Signatures: a sample of each text's shingles, by which candidates for near-duplicates are found.

All texts are sampled alike, so what two samples share shows what the texts share (bottom-k sketch:
A. Broder, "On the resemblance and containment of documents", 1997, section 3).
"""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.corpus.shingles import hash_words, shingles

__all__ = [
    "EMPTY",
    "SAMPLE",
    "SIGNATURE_BYTES",
    "SIGNATURE_VERSION",
    "signature",
    "unpack_signatures",
]

# Whatever changes a signature raises this number; stored ones are then computed anew.
SIGNATURE_VERSION = 2
SAMPLE = 64  # shingles of a text
SIGNATURE_BYTES = 4 * (SAMPLE + 1)
EMPTY = np.uint32(0xFFFFFFFF)  # fills the signature of a text with fewer shingles than the sample


def signature(tokens: Sequence[str]) -> bytes:
    """The signature of one text.

    Args:
        tokens: The text's tokens as `language.tokens.tokenise` cuts them.

    Returns:
        `SIGNATURE_BYTES` bytes: the number of words, then the `SAMPLE` smallest hashes of the
        text's distinct shingles in ascending order, filled up with `EMPTY`; little-endian uint32.
    """
    words = hash_words(tokens)
    sample = np.unique((shingles(words.hashes) >> np.uint64(32)).astype(np.uint32))[:SAMPLE]
    packed = np.full(1 + SAMPLE, EMPTY, dtype="<u4")
    packed[0] = len(words.hashes)
    packed[1 : len(sample) + 1] = sample
    return packed.tobytes()


def unpack_signatures(packed: Sequence[bytes]) -> Array:
    """The signatures of many texts as rows: (texts, 1 + SAMPLE) uint32."""
    return np.frombuffer(b"".join(packed), dtype="<u4").reshape(len(packed), 1 + SAMPLE)
