"""Nameless candidates: those that share no name or phrase with the article that was asked about.

Near the floor, a hit without a reason that a reader can be told is mostly wrong, so it must score
clearly more than the floor.
"""

import numpy as np

from recommender._typing import Array
from recommender.serving.explain import are_among, phrases_of
from recommender.serving.request import Request

__all__ = ["NAMELESS_FACTOR", "are_nameless"]

# How many times the floor a nameless candidate must score.
NAMELESS_FACTOR = 1.1


def are_nameless(request: Request, texts: Array) -> Array:
    """Which candidates give a reader no reason, though both texts have names or phrases.

    Args:
        request: The request.
        texts: Numbers of the candidates' texts, (n,).

    Returns:
        (n,) bool. False for texts of the item's own story, which is a reason, and wherever one of
        the two texts has no phrases, as short ones and those of some languages.
    """
    item, arrays = request.item, request.snapshot.arrays
    if item.text is None or not len(texts):
        return np.zeros(len(texts), dtype=bool)
    own = phrases_of(arrays.phrases, item.text)
    if not own.size:
        return np.zeros(len(texts), dtype=bool)
    theirs = arrays.phrases.take(texts, axis=0)
    # A row is padded behind its phrases, so its first place tells whether it has one.
    nameless: Array = (theirs[:, 0] >= 0) & ~are_among(theirs, own).any(axis=1)
    if nameless.any():
        nameless &= arrays.story_of.take(texts) != arrays.story_of.data[item.text]
    return nameless
