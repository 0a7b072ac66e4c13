"""NPMI: how much more often two terms occur in the same texts than expected by chance."""

import numpy as np

from recommender._typing import Array

__all__ = ["npmi"]


def npmi(together: Array, alone: Array, texts: int, *, smallest: float = 0.0) -> Array:
    """The normalised pointwise mutual information of all pairs of terms.

    For a pair it is log(p(a, b) / (p(a) p(b))) / -log p(a, b), where p are shares of texts (G.
    Bouma, "Normalized (pointwise) mutual information in collocation extraction", 2009, section
    3.1). It lies in [-1, 1]: -1 where no text holds both, 0 for chance, 1 where all texts hold
    both or where each of the two is only in texts that hold both.

    Args:
        together: (terms, terms), the number of texts that hold both terms of a pair.
        alone: (terms,), the number of texts that hold each term.
        texts: The number of all texts.
        smallest: Smaller numbers in `together` are raised to this. If it is positive, the values of
            terms that never occur together depend on how often each occurs.

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
