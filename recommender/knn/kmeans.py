"""Spherical k-means: centroids of unit length, for the cells of a search and for inverted lists.

Dhillon and Modha: Concept decompositions for large sparse text data using clustering, Machine
Learning 2001. The implementation is that of FAISS.
"""

import faiss
import numpy as np

from recommender._typing import Array
from recommender.knn.index import one_faiss_thread
from recommender.knn.parallel import one_blas_thread

__all__ = ["spherical_kmeans"]

SAMPLED = 48  # texts per cluster from which centroids are learned; more hardly change them
ITERATIONS = 8
SEED = 0


def spherical_kmeans(vectors: Array, clusters: int) -> Array:
    """Learn centroids from a sample of vectors.

    One thread computes them, so that they have the same bits on any machine with these libraries.

    Args:
        vectors: (texts, dimension) float32, of unit length.
        clusters: How many centroids to learn, at most the number of texts.

    Returns:
        (clusters, dimension) float32, of unit length.
    """
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(vectors), min(len(vectors), SAMPLED * clusters), replace=False)
    sample = np.ascontiguousarray(vectors[np.sort(chosen)], dtype=np.float32)
    kmeans = faiss.Kmeans(
        vectors.shape[1],
        clusters,
        niter=ITERATIONS,
        spherical=True,
        seed=SEED + 1,
        min_points_per_centroid=1,  # otherwise FAISS warns of clusters with few points
        max_points_per_centroid=SAMPLED,
    )
    with one_blas_thread(), one_faiss_thread():
        kmeans.train(sample)
    centroids: Array = kmeans.centroids
    return centroids
