"""Spherical k-means: planted clusters are found, the same bits whatever threads there are."""

import faiss
import numpy as np
import pytest

from recommender.knn.kmeans import spherical_kmeans
from tests.knn.oracle import clustered


def test_planted_clusters_have_a_centroid_each() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(8, dtype=np.float32)[rng.permutation(8)]
    vectors = np.repeat(centres, 30, axis=0) + 0.05 * rng.standard_normal((240, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    nearness = (spherical_kmeans(vectors, 40) @ centres.T).max(axis=0)
    assert nearness.min() > 0.98


@pytest.mark.parametrize("clusters", [1, 7, 60])
def test_centroids_are_float32_of_unit_length(clusters: int) -> None:
    centroids = spherical_kmeans(clustered(60), clusters)
    assert (centroids.dtype, centroids.shape) == (np.float32, (clusters, 32))
    np.testing.assert_allclose(np.linalg.norm(centroids, axis=1), 1.0, atol=1e-6)


def test_centroids_are_the_same_bits_on_any_number_of_threads() -> None:
    vectors, before = clustered(3000), faiss.omp_get_max_threads()
    try:
        found = []
        for threads in (1, 2, 5):
            faiss.omp_set_num_threads(threads)
            found.append(spherical_kmeans(vectors, 50).tobytes())
            assert faiss.omp_get_max_threads() == threads
    finally:
        faiss.omp_set_num_threads(before)
    assert len(set(found)) == 1


def test_fewer_different_vectors_than_clusters_will_do() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1] * 20]
    centroids = spherical_kmeans(vectors, 5)
    assert np.isfinite(centroids).all()
