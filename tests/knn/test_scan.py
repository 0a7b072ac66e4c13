"""A scan finds what comparing all finds, and tells what new texts are near to."""

import numpy as np
import pytest

from recommender.knn.blocks import kind_of, workers
from recommender.knn.index import Found
from recommender.knn.scan import fill, scan
from tests.knn.test_cells import clustered, oracle


@pytest.mark.parametrize("bfloat16", [False, True])
def test_scanned_texts_have_their_nearest_and_new_ones_are_told(bfloat16: bool) -> None:
    vectors, k = clustered(700), 8
    lists = Found(np.full((700, k), -1, np.int32), np.full((700, k), -np.inf, np.float32))
    asked, fresh = np.array([3, 300, 699]), np.zeros(700, dtype=bool)
    fresh[300] = True
    bar = np.full(700, np.float32(0.5))
    with workers(2) as pool:
        keys = scan(vectors, asked, lists, bar, fresh, kind_of(bfloat16), pool)
    exact = oracle(vectors, k)
    assert lists.texts[asked].tolist() == exact.texts[asked].tolist()
    np.testing.assert_allclose(lists.similarities[asked], exact.similarities[asked], atol=1e-6)
    assert (np.delete(lists.texts, asked, axis=0) == -1).all()
    told = {(int(key >> 23), int(key & ((1 << 23) - 1))) for key in keys}
    products = vectors @ vectors[300]
    products[300] = 0
    assert {300} == {new for _, new in told}
    sure = {text for text in range(700) if products[text] > 0.51}
    assert sure <= {text for text, _ in told} <= {t for t in range(700) if products[t] > 0.49}


def test_only_lists_that_are_short_are_filled() -> None:
    vectors = clustered(60)
    exact = oracle(vectors, 5)
    found = Found(exact.texts.astype(np.int32), exact.similarities.astype(np.float32))
    found.texts[7, 3:], found.similarities[7, 3:] = -1, -np.inf
    found.similarities[8] = 0.125  # whole, and so left alone
    with workers(1) as pool:
        fill(vectors, found, kind_of(False), pool)
    assert found.texts.tolist() == exact.texts.tolist()
    assert found.similarities[8].tolist() == [0.125] * 5
