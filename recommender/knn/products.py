"""Blocks of vectors as tensors, ready to be multiplied.

Products may be of bfloat16, which is fast and rounds to 8 bits: they propose candidates. What is
answered are the float32 similarities of `pairs`.
"""

from typing import TYPE_CHECKING

import numpy as np

from recommender._cpu import uses_bfloat16
from recommender._typing import Array

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["BLOCK", "COPIED", "pad_rows", "product_dtype", "rows_as_tensor"]

BLOCK = 256  # texts that are compared at once with many others
COPIED = 4096  # texts that are copied or sorted at once


def product_dtype(bfloat16: bool | None) -> "torch.dtype":
    """Choose the type that products are computed in.

    Args:
        bfloat16: whether to use it; None uses it where the processor has the instructions.

    Returns:
        `torch.bfloat16` or `torch.float32`.
    """
    import torch

    bfloat16 = uses_bfloat16() if bfloat16 is None else bfloat16
    return torch.bfloat16 if bfloat16 else torch.float32


def rows_as_tensor(vectors: Array, rows: Array | slice, dtype: "torch.dtype") -> "Tensor":
    """Copy some rows of an array, which may be read-only, into a tensor.

    Args:
        vectors: (texts, dimension) float32.
        rows: which rows, as a slice or as integers.
        dtype: the type of the tensor.

    Returns:
        (rows, dimension).
    """
    import torch

    return torch.from_numpy(np.array(vectors[rows])).to(dtype)


def pad_rows(rows: "Tensor", count: int) -> "Tensor":
    """Append rows of zeros.

    Args:
        rows: (rows, dimension).
        count: how many rows there are afterwards. The library generates code for each new shape, so
            few different shapes are faster than many exact ones.

    Returns:
        (count, dimension).
    """
    import torch

    return torch.nn.functional.pad(rows, (0, 0, 0, count - len(rows)))
