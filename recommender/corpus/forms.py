"""Forms: texts of one wording about different things, such as the obituaries of two people."""

import numpy as np

from recommender._typing import Array
from recommender.corpus.compare_texts import fill_one_form
from recommender.corpus.shingles import hash_texts
from recommender.language.tokens import Tokens

__all__ = ["without_forms"]


def without_forms(neighbours: Array, scores: Array, tokens: Tokens, titles: list[str]) -> Array:
    """The scores of a graph, 0 for pairs of texts that fill one form.

    Such texts are near for their wording, which says nothing of an event. See
    `compare_texts.fill_one_form`.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours; pairs of score 0 are not compared.
        tokens: The tokens of the texts.
        titles: (texts,) the titles that the texts begin with; "" where there is none.

    Returns:
        (texts, k) float32, the scores, or 0.
    """
    text, column = np.nonzero((neighbours >= 0) & (scores > 0))
    other = neighbours[text, column].astype(np.int64)
    first, second = np.minimum(text, other), np.maximum(text, other)
    pairs, place = np.unique(np.stack((first, second), axis=1), axis=0, return_inverse=True)
    words = hash_texts(tokens, np.unique(pairs).tolist(), titles)
    forms = np.array([fill_one_form(words[a], words[b]) for a, b in pairs.tolist()], dtype=bool)
    kept = scores.copy()
    if len(forms):
        found = forms[place.reshape(-1)]
        kept[text[found], column[found]] = 0.0
    return kept
