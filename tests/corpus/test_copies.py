"""Articles that share a text: grouped without loss, led by the one of the lowest rank."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.copies import Copies, group_copies


def group(*articles: tuple[int, int]) -> Copies:
    ranks = np.array([rank for _, rank in articles], dtype=np.int64)
    return group_copies(np.array([key for key, _ in articles], dtype=np.int64), ranks)


def groups_of(copies: Copies) -> list[list[int]]:
    start = copies.copies_start.tolist()
    return [copies.copies[a:b].tolist() for a, b in pairwise(start)]


def test_articles_with_different_texts_stand_alone() -> None:
    copies = group((7, 3), (8, 2), (9, 1))
    assert copies.text_of.tolist() == [0, 1, 2]
    assert groups_of(copies) == [[0], [1], [2]]


def test_the_copy_of_the_lowest_rank_leads() -> None:
    copies = group((7, 30), (8, 1), (7, 10), (7, 20))
    assert groups_of(copies) == [[2, 3, 0], [1]]
    assert copies.leads.tolist() == [2, 1]


def test_texts_are_numbered_by_their_first_row_not_by_rank_or_key() -> None:
    copies = group((9, 5), (0, 0), (9, 1), (4, 2))
    assert copies.text_of.tolist() == [0, 1, 0, 2]
    assert copies.leads.tolist() == [2, 1, 3]


def test_no_articles_make_no_groups() -> None:
    copies = group()
    assert (len(copies.text_of), copies.copies_start.tolist(), len(copies.leads)) == (0, [0], 0)


@given(st.data(), st.lists(st.integers(-1, 3), max_size=30))
def test_grouping_against_the_definition(data: st.DataObject, keys: list[int]) -> None:
    ranks = data.draw(st.permutations(range(len(keys))))
    copies = group(*zip(keys, ranks, strict=True))
    texts = list(dict.fromkeys(keys))
    assert copies.text_of.tolist() == [texts.index(key) for key in keys]
    assert groups_of(copies) == [
        sorted((row for row, key in enumerate(keys) if key == text), key=ranks.__getitem__)
        for text in texts
    ]
    assert [array.dtype for array in copies] == [np.int32, np.int32, np.int64]
