"""Groupings that the product is compared with: linkage, k-means, BERTopic and EVoC.

None is the product's own code. `vectors` (articles, dimension) float32 are of unit length;
groupings are (articles,) int64, numbers of groups, -1 for an article that is in none. BERTopic and
EVoC are no dependency: who has them installed sees them compared.
"""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.errors import needs_extra

__all__ = ["bertopic", "evoc", "k_means", "linkage", "linked"]

STARTS = 10  # of k-means, of which the best is taken, as scikit-learn long had it
SEED = 0


def linkage(vectors: Array, method: str) -> Array:
    """Which groups join at which distance, the rows of `scipy.cluster.hierarchy.linkage`.

    By `method` "average" two groups join at the mean cosine of their pairs (agglomerative
    clustering with average linkage), by "single" at the greatest (connected components). All pairs
    are held: 8 bytes each.
    """
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import pdist

    joins: Array = hierarchy.linkage(pdist(vectors, "cosine"), method)
    return joins


def linked(joins: Array, cosine: float) -> Array:
    """The groups that joins of the `cosine` or more make."""
    from scipy.cluster import hierarchy

    groups: Array = hierarchy.fcluster(joins, 1 - cosine, "distance")
    return groups.astype(np.int64)


def k_means(vectors: Array, count: int) -> Array:
    """So many groups by k-means, which is told their number.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    with needs_extra("evaluate"):
        from sklearn.cluster import KMeans
    found = KMeans(count, n_init=STARTS, random_state=SEED).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)


def bertopic(vectors: Array, texts: Sequence[str]) -> Array:
    """BERTopic with its defaults on the vectors given (Grootendorst 2022).

    UMAP is as BERTopic sets it up, with a seed so that a run repeated gives the same.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    from bertopic import BERTopic
    from umap import UMAP

    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    topics, _ = BERTopic(umap_model=reduce).fit_transform(list(texts), vectors)
    return np.asarray(topics, dtype=np.int64)


def evoc(vectors: Array, texts: Sequence[str]) -> Array:  # noqa: ARG001 - as BERTopic is called
    """EVoC with its defaults (McInnes 2024): the layer of clusters that it thinks best.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    from evoc import EVoC

    found = EVoC(random_state=SEED).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)
