"""Articles that share a text: grouped without loss, led by the earliest published."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.copies import Copies, group_copies
from recommender.snapshot import NO_DATE


def group(*articles: tuple[str, int]) -> Copies:
    hashes = [text.encode() for text, _ in articles]
    return group_copies(hashes, np.array([when for _, when in articles], dtype=np.int64))


def groups_of(copies: Copies) -> list[list[int]]:
    start = copies.copies_start.tolist()
    return [copies.copies[a:b].tolist() for a, b in pairwise(start)]


def test_articles_with_different_texts_stand_alone() -> None:
    copies = group(("x", 3), ("y", 2), ("z", 1))
    assert copies.text_of.tolist() == [0, 1, 2]
    assert groups_of(copies) == [[0], [1], [2]]


def test_the_earliest_published_copy_leads() -> None:
    copies = group(("x", 30), ("y", 1), ("x", 10), ("x", 20))
    assert groups_of(copies) == [[2, 3, 0], [1]]
    assert copies.leads.tolist() == [2, 1]


def test_a_copy_without_a_date_leads_only_where_none_has_one() -> None:
    before_1970 = -5
    assert groups_of(group(("x", NO_DATE), ("x", 9), ("x", before_1970))) == [[2, 1, 0]]
    assert groups_of(group(("x", NO_DATE), ("x", NO_DATE))) == [[0, 1]]


def test_copies_of_one_moment_keep_the_order_of_rows() -> None:
    assert groups_of(group(("y", 1), ("x", 5), ("x", 5), ("x", 5))) == [[0], [1, 2, 3]]


def test_no_articles_make_no_groups() -> None:
    copies = group()
    assert (len(copies.text_of), copies.copies_start.tolist(), len(copies.leads)) == (0, [0], 0)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from([NO_DATE, -1, 0, 1, 2**62])),
        max_size=30,
    )
)
def test_grouping_against_the_definition(articles: list[tuple[str, int]]) -> None:
    copies = group(*articles)
    texts = list(dict.fromkeys(text for text, _ in articles))
    assert copies.text_of.tolist() == [texts.index(text) for text, _ in articles]
    expected = [
        sorted(
            (row for row, (other, _) in enumerate(articles) if other == text),
            key=lambda row: (articles[row][1] == NO_DATE, articles[row][1], row),
        )
        for text in texts
    ]
    assert groups_of(copies) == expected
    assert [array.dtype for array in copies] == [np.int32, np.int32, np.int64]
