"""Pairs of texts: their exact similarities, and pairs packed into integers, which sort quickly."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from recommender._typing import Array

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "MAX_TEXTS",
    "NO_SIMILARITY",
    "check_count",
    "pack_pairs",
    "pack_scored_pairs",
    "pair_similarities",
    "row_starts",
    "unpack_pairs",
    "unpack_scored_pairs",
]

NUMBER_BITS, SCORE_BITS = 23, 16  # two numbers and a score fit into an int64
MAX_TEXTS = 1 << NUMBER_BITS
SCORE_SCALE = 32767.0  # similarities from -1 to 1 become integers from 0 to twice that
NO_SIMILARITY = -2.0  # the value where there is no text, less than any cosine

Integers = TypeVar("Integers", Array, "Tensor")


def check_count(texts: int) -> None:
    """Refuse more texts than pairs can be packed for.

    Args:
        texts: The number of texts.

    Raises:
        ValueError: There are more than `MAX_TEXTS` texts.
    """
    if texts > MAX_TEXTS:
        raise ValueError(
            f"{texts:,} texts; at most {MAX_TEXTS:,} can be searched by cells or updated"
        )


def pair_similarities(vectors: Array, texts: Array, others: Array) -> Array:
    """Compute the similarities of pairs of texts, in float32.

    The bits of a similarity depend neither on the order of the pair nor on the other pairs that are
    computed with it. A matrix product does not promise that, so equal texts might not tie.

    Args:
        vectors: (all texts, dimension) float32, C-contiguous, of unit length.
        texts: (pairs,) integers.
        others: (pairs,) integers, -1 for none.

    Returns:
        (pairs,) float32, `NO_SIMILARITY` where `others` is -1.
    """
    import faiss

    texts, others = (np.ascontiguousarray(side, dtype=np.int64) for side in (texts, others))
    similarities = np.empty(len(texts), dtype=np.float32)
    valid = np.maximum(others, 0)
    faiss.pairwise_indexed_inner_product(
        vectors.shape[1],
        len(texts),
        faiss.swig_ptr(vectors),
        faiss.swig_ptr(texts),
        faiss.swig_ptr(vectors),
        faiss.swig_ptr(valid),
        faiss.swig_ptr(similarities),
    )
    similarities[others < 0] = NO_SIMILARITY
    return similarities


def pack_pairs(rows: Integers, others: Integers) -> Integers:
    """Pack pairs into integers that sort by `rows`, then by `others`.

    Args:
        rows: (pairs,) int64, from 0 to `MAX_TEXTS` - 1.
        others: The same.

    Returns:
        (pairs,) int64.
    """
    return (rows << NUMBER_BITS) | others


def unpack_pairs(keys: Integers) -> tuple[Integers, Integers]:
    """Undo `pack_pairs`.

    Args:
        keys: (pairs,) int64.

    Returns:
        The rows and the others, each (pairs,) int64.
    """
    return keys >> NUMBER_BITS, keys & (MAX_TEXTS - 1)


def pack_scored_pairs(rows: "Tensor", others: "Tensor", similarities: "Tensor") -> Array:
    """Pack pairs and their similarities into integers that sort by `rows`, then by `others`.

    Args:
        rows: (pairs,) int64, from 0 to `MAX_TEXTS` - 1.
        others: The same.
        similarities: (pairs,) float, from -1 to 1; they are rounded to steps of 1 / `SCORE_SCALE`.

    Returns:
        (pairs,) int64.
    """
    scores = ((similarities.float().clamp(-1.0, 1.0) + 1.0) * SCORE_SCALE).long()
    keys: Array = ((pack_pairs(rows, others) << SCORE_BITS) | scores).numpy()
    return keys


def unpack_scored_pairs(keys: "Tensor") -> tuple["Tensor", "Tensor", "Tensor"]:
    """Undo `pack_scored_pairs`.

    Args:
        keys: (pairs,) int64.

    Returns:
        The rows and the others, int64, and the similarities, float32; each (pairs,).
    """
    rows, others = unpack_pairs(keys >> SCORE_BITS)
    return rows, others, (keys & ((1 << SCORE_BITS) - 1)).float() / SCORE_SCALE - 1.0


def row_starts(keys: Array, rows: Array) -> Array:
    """Find where the pairs of some rows start.

    Args:
        keys: (pairs,) int64 of `pack_scored_pairs`, sorted.
        rows: (rows,) int64.

    Returns:
        (rows,) int64, positions in `keys`.
    """
    return np.searchsorted(keys, rows << (NUMBER_BITS + SCORE_BITS))
