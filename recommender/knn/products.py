"""Blocks of vectors as tensors, ready to be multiplied.

Products may be computed in bfloat16, which is fast and rounds to 8 bits, so they only propose
candidates. The final similarities are those of `pairs`, in float32.
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
    """Choose the dtype that products are computed in.

    Args:
        bfloat16: Whether to use bfloat16; None if the processor has the instructions.

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
        rows: Which rows, as a slice or as integers.
        dtype: The dtype of the tensor.

    Returns:
        (rows, dimension).
    """
    import torch

    return torch.from_numpy(np.array(vectors[rows])).to(dtype)


def pad_rows(rows: "Tensor", count: int) -> "Tensor":
    """Append rows of zeros.

    Args:
        rows: (rows, dimension).
        count: How many rows there are afterwards. Torch generates code for each new shape, so few
            padded shapes are faster than many exact ones.

    Returns:
        (count, dimension).
    """
    import torch

    return torch.nn.functional.pad(rows, (0, 0, 0, count - len(rows)))
