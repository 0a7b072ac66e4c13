"""NPMI: how much more often two terms stand in the same texts than chance would have it."""

import numpy as np

from recommender._typing import Array

__all__ = ["npmi"]


def npmi(together: Array, alone: Array, texts: int, *, smallest: float = 0.0) -> Array:
    """The normalised pointwise mutual information of all pairs of terms.

    That of a pair is log(p(a, b) / (p(a) p(b))) / -log p(a, b), with p the shares of texts (G.
    Bouma, "Normalized (pointwise) mutual information in collocation extraction", 2009, section
    3.1). It lies in [-1, 1]: -1 where no text holds both, 0 for chance, 1 where all texts hold
    both or where each of the two is only in texts that hold both.

    Args:
        together: (terms, terms), in how many texts both terms of each pair are.
        alone: (terms,), in how many texts each term is.
        texts: How many texts there are.
        smallest: What stands in place of a smaller number in `together`. Where it is not 0, terms
            that are never together differ by how often they are alone.

    Returns:
        (terms, terms) float64.

    Example:
        >>> npmi(np.array([[2, 0], [0, 2]]), np.array([2, 2]), texts=4).tolist()
        [[1.0, -1.0], [-1.0, 1.0]]
    """
    share = np.maximum(together, smallest) / texts
    independent = np.outer(alone, alone) / texts**2
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.log(share / independent) / -np.log(share)
    found[share == 0] = -1.0
    found[share == 1] = 1.0
    return found
