"""A scan finds what comparing all finds, and which texts a new one is near to."""

import numpy as np
import pytest

from recommender.knn.index import Found
from recommender.knn.pairs import unpack_pairs
from recommender.knn.parallel import torch_pool
from recommender.knn.products import product_dtype
from recommender.knn.scan import NewTexts, fill_short_lists, scan
from tests.knn.oracle import clustered, oracle


@pytest.mark.parametrize("bfloat16", [False, True])
def test_a_scan_finds_the_nearest_and_what_a_new_text_is_near_to(bfloat16: bool) -> None:
    vectors, k = clustered(700), 8
    lists = Found(np.full((700, k), -1, np.int32), np.full((700, k), -np.inf, np.float32))
    queries, is_new = np.array([3, 300, 699]), np.zeros(700, dtype=bool)
    is_new[300] = True
    new = NewTexts(is_new, np.full(700, np.float32(0.5)))
    with torch_pool(2) as pool:
        keys = scan(vectors, queries, lists, new, product_dtype(bfloat16), pool)
    exact = oracle(vectors, k)
    assert lists.texts[queries].tolist() == exact.texts[queries].tolist()
    np.testing.assert_allclose(lists.similarities[queries], exact.similarities[queries], atol=1e-6)
    assert (np.delete(lists.texts, queries, axis=0) == -1).all()
    near = set(zip(*(side.tolist() for side in unpack_pairs(keys)), strict=True))
    products = vectors @ vectors[300]
    products[300] = 0
    assert {300} == {new for _, new in near}
    sure = {text for text in range(700) if products[text] > 0.51}
    assert sure <= {text for text, _ in near} <= {t for t in range(700) if products[t] > 0.49}


def test_only_lists_that_are_short_are_filled() -> None:
    vectors = clustered(60)
    exact = oracle(vectors, 5)
    found = Found(exact.texts.astype(np.int32), exact.similarities.astype(np.float32))
    found.texts[7, 3:], found.similarities[7, 3:] = -1, -np.inf
    found.similarities[8] = 0.125  # whole, and so left alone
    with torch_pool(1) as pool:
        fill_short_lists(vectors, found, product_dtype(False), pool)
    assert found.texts.tolist() == exact.texts.tolist()
    assert found.similarities[8].tolist() == [0.125] * 5
