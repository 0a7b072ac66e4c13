"""Clusterings that ours is compared with: linkage, k-means, BERTopic and EVoC.

None of them is our own code. BERTopic and EVoC are no dependencies: whoever has them installed sees
them in the comparison.
"""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.errors import needs_extra

__all__ = ["bertopic", "cut", "evoc", "k_means", "linkage"]

N_INIT = 10  # starts of k-means; the best is kept. This was scikit-learn's default until 1.4.
SEED = 0


def linkage(vectors: Array, method: str) -> Array:
    """The tree of agglomerative clustering by cosine, as `scipy.cluster.hierarchy.linkage` has it.

    The distances of all pairs are held in memory, 8 bytes each.

    Args:
        vectors: Embeddings of unit length, (articles, dimension) float32.
        method: "average" joins two groups at the mean cosine of their pairs, "single" at the
            greatest, which gives connected components.

    Returns:
        SciPy's linkage matrix, (articles - 1, 4) float64.
    """
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import pdist

    tree: Array = hierarchy.linkage(pdist(vectors, "cosine"), method)
    return tree


def cut(tree: Array, cosine: float) -> Array:
    """The groups of a linkage tree that were joined at this cosine or above.

    Args:
        tree: SciPy's linkage matrix, from `linkage`.
        cosine: The least cosine of a join, in [-1, 1].

    Returns:
        The number of each article's group, (articles,) int64.
    """
    from scipy.cluster import hierarchy

    groups: Array = hierarchy.fcluster(tree, 1 - cosine, "distance")
    return groups.astype(np.int64)


def k_means(vectors: Array, clusters: int) -> Array:
    """K-means with a given number of clusters (scikit-learn's `KMeans`).

    Args:
        vectors: Embeddings of unit length, (articles, dimension) float32.
        clusters: How many clusters to find.

    Returns:
        The number of each article's cluster, (articles,) int64.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    with needs_extra("evaluate"):
        from sklearn.cluster import KMeans
    found = KMeans(clusters, n_init=N_INIT, random_state=SEED).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)


def bertopic(vectors: Array, texts: Sequence[str]) -> Array:
    """BERTopic (Grootendorst 2022) with its defaults, on the vectors that are passed.

    UMAP has the parameters that BERTopic gives it, and a seed, so that a second run finds the same.

    Args:
        vectors: Embeddings of unit length, (articles, dimension) float32.
        texts: The text of each article.

    Returns:
        The number of each article's topic, -1 for an outlier, (articles,) int64.

    Raises:
        ModuleNotFoundError: BERTopic is not installed.
    """
    from bertopic import BERTopic
    from umap import UMAP

    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    topics, _ = BERTopic(umap_model=reduce).fit_transform(list(texts), vectors)
    return np.asarray(topics, dtype=np.int64)


def evoc(vectors: Array, texts: Sequence[str]) -> Array:  # noqa: ARG001 - called like bertopic
    """EVoC (McInnes 2024) with its defaults: the layer of clusters that it prefers.

    Args:
        vectors: Embeddings of unit length, (articles, dimension) float32.
        texts: Not used; `bertopic` takes them too.

    Returns:
        The number of each article's cluster, -1 for an outlier, (articles,) int64.

    Raises:
        ModuleNotFoundError: EVoC is not installed.
    """
    from evoc import EVoC

    found = EVoC(random_state=SEED).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)
