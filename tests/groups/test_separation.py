"""Leakage: near 1 where groups are cut out of what passes into each other, 0 where they part."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.groups.separation import cut_ratio

SIDE = 5  # spots in a row


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Any lists, some of them short, falling scores, and any groups."""
    texts, width = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    neighbours = np.full((texts, width), -1, dtype=np.int32)
    for text in range(texts):
        others = rng.permutation(np.delete(np.arange(texts), text))
        count = int(rng.integers(0, min(width, texts - 1) + 1))
        neighbours[text, :count] = others[:count]
    scores = np.where(neighbours < 0, 0.0, -np.sort(-rng.random((texts, width)), axis=1))
    groups = np.unique(rng.integers(0, draw(st.integers(1, texts)), texts), return_inverse=True)[1]
    return neighbours, scores.astype(np.float32), groups.astype(np.int32)


@given(worlds(), st.integers(1, 5))
def test_it_is_what_counting_finds(world: tuple[Array, Array, Array], ends: int) -> None:
    neighbours, scores, groups = (column.tolist() for column in world)
    every, leaving, near, far = 0.0, 0.0, 0.0, 0.0
    for own, row, listed in zip(groups, neighbours, scores, strict=True):
        every += sum(score**2 for score in listed)
        leaving += sum(
            score**2 for other, score in zip(row, listed, strict=True) if groups[other] != own
        )
        near += sum(listed[:ends])
        far += sum(listed[-ends:])
    found = cut_ratio(*world, ends)
    if near <= far:
        assert found == math.inf
    else:
        assert found == pytest.approx(leaving / every / ((near - far) / near), rel=1e-4)


def plane(spots: Array, width: int) -> tuple[Array, Array]:
    """The graph of texts around the `spots` (texts,) of a plane, which lie far from each other."""
    scattered = np.random.default_rng(0).uniform(0, 1, (len(spots), 2))
    places = np.column_stack((spots % SIDE, spots // SIDE)) + 0.15 * scattered
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    neighbours = np.argsort(apart, axis=1)[:, :width].astype(np.int32)
    near = np.take_along_axis(apart, neighbours, axis=1)
    scores = np.exp(-near / near[:, -1:]).astype(np.float32)
    return neighbours, scores


@pytest.mark.parametrize("width", [10, 20, 40])
@pytest.mark.parametrize("texts", [400, 1600])
def test_it_tells_groups_that_stand_apart_from_cuts_at_any_size(texts: int, width: int) -> None:
    numbers, count = np.arange(texts), SIDE**2
    spots = numbers % count
    neighbours, scores = plane(spots, width)
    if width < texts / count:
        assert cut_ratio(neighbours, scores, spots, 5) == 0
    halves = spots + count * (numbers // count % 2)
    assert cut_ratio(neighbours, scores, halves, 5) > 0.7


@pytest.mark.parametrize(("texts", "width"), [(0, 0), (0, 5), (1, 0), (1, 5), (2, 1), (5, 9)])
def test_where_nothing_is_near_nothing_can_be_told(texts: int, width: int) -> None:
    neighbours = np.full((texts, width), -1, dtype=np.int32)
    scores, groups = np.zeros((texts, width), np.float32), np.arange(texts, dtype=np.int32)
    assert cut_ratio(neighbours, scores, groups, 5) == math.inf
