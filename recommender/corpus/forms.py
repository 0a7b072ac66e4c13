"""Forms: texts of one wording about different things, such as the obituaries of two people."""

import numpy as np

from recommender._typing import Array
from recommender.corpus.compare_texts import fill_one_form
from recommender.corpus.shingles import hash_texts
from recommender.language.tokens import Tokens

__all__ = ["find_forms"]


def find_forms(neighbours: Array, asked: Array, tokens: Tokens, titles: list[str]) -> Array:
    """Which pairs of a graph are texts that fill one form.

    Such texts are near for their wording, which says nothing of an event. See
    `compare_texts.fill_one_form`.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        asked: (texts, k) bool, the pairs that are to be compared.
        tokens: The tokens of the texts.
        titles: (texts,) the titles that the texts begin with; "" where there is none.

    Returns:
        (texts, k) bool; false for pairs that were not compared.
    """
    text, column = np.nonzero((neighbours >= 0) & asked)
    other = neighbours[text, column].astype(np.int64)
    first, second = np.minimum(text, other), np.maximum(text, other)
    pairs, place = np.unique(np.stack((first, second), axis=1), axis=0, return_inverse=True)
    words = hash_texts(tokens, np.unique(pairs).tolist(), titles)
    forms = np.array([fill_one_form(words[a], words[b]) for a, b in pairs.tolist()], dtype=bool)
    found = np.zeros(neighbours.shape, dtype=bool)
    found[text, column] = forms[place.reshape(-1)]
    return found
