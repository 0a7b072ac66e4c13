"""The FAISS index: built, written, read from memory, and searched with one vector at a time.

It finds texts by the inner product of unit vectors, which is their cosine. A text's position in the
index is its number. Of this wing, serving imports this file alone, so it must stay light.
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

import faiss
import numpy as np

from recommender._typing import Array

__all__ = ["Found", "Index", "InvertedLists", "one_faiss_thread", "sorted_found"]

FEW = 8_000  # admitted texts; comparing up to this many takes a fraction of a millisecond
MAX_WIDENING = 4.0  # how many times as many lists are probed at most if few texts are admitted


class Found(NamedTuple):
    """Search results, best first, ties by text number.

    Attributes:
        texts: (queries, k) int32, -1 where fewer than k texts were found.
        similarities: (queries, k) float32, -inf where `texts` is -1.

    The result of a single query is one row: (k,).
    """

    texts: Array
    similarities: Array


class InvertedLists(NamedTuple):
    """An inverted file (IVF): each text is in the list of its nearest centroid.

    A search probes the lists of the centroids nearest to the query and compares it with their texts
    only. The idea is Sivic and Zisserman's (Video Google, ICCV 2003), brought to dense vectors by
    Jégou, Douze and Schmid (Product quantization for nearest neighbor search, TPAMI 2011).

    Attributes:
        centroids: (lists, dimension) float32, of unit length.
        start: (lists + 1,) int64; list i holds `texts[start[i]:start[i + 1]]`.
        texts: (texts,) int32, ascending within each list.
        probes: How many lists a search reads.
        recall: The share of the exact 30 nearest texts that searches of a sample found.
    """

    centroids: Array
    start: Array
    texts: Array
    probes: int
    recall: float

    @classmethod
    def none(cls, dimension: int) -> "InvertedLists":
        """No lists, for an index that is searched exactly.

        Args:
            dimension: The length of the vectors.

        Returns:
            Zero lists, with a recall of 1.
        """
        empty = np.empty((0, dimension), dtype=np.float32)
        return cls(empty, np.zeros(1, np.int64), np.empty(0, np.int32), 0, 1.0)


class Index:
    """A flat FAISS index of unit vectors, which several threads may search at once.

    Searches are exact, or probe inverted lists if the index has some.

    Args:
        index: A FAISS index that holds its vectors uncompressed, by inner product.
        lists: Inverted lists over the same vectors.

    Example:
        >>> index = Index.build(np.eye(3, dtype=np.float32))
        >>> index.search(np.array([0.6, 0.8, 0], dtype=np.float32), k=2).texts.tolist()
        [1, 0]
    """

    def __init__(self, index: "faiss.Index", lists: InvertedLists | None = None) -> None:
        self._index = index
        self._lists = lists

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, vectors: Array) -> "Index":
        """Index the rows of an array, which are copied.

        Args:
            vectors: (texts, dimension) float32, of unit length.

        Returns:
            An index without inverted lists.
        """
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def from_buffer(cls, buffer: bytes | mmap.mmap, lists: InvertedLists | None = None) -> "Index":
        """Read a written index from memory without copying its vectors.

        Args:
            buffer: What `write` wrote; it is kept alive as long as the index.
            lists: Inverted lists over the same vectors.

        Returns:
            The index, whose vectors stay in the buffer.
        """
        view = np.frombuffer(buffer, dtype=np.uint8)
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size)
        index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        # FAISS points into these bytes: they must live as long as the index does.
        index.referenced_objects = [view, reader]
        return cls(index, lists)

    def write(self, file: IO[bytes], end: bytes = b"") -> None:
        """Write the index to an open file.

        Args:
            file: Opened for binary writing.
            end: Bytes to write after the index; readers of the index ignore them.
        """
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))
        file.write(end)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    @property
    def vectors(self) -> Array:
        """All vectors, (texts, dimension) float32: a view into the index, valid while it lives."""
        flat: Array = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dimension)
        return flat.reshape(len(self), self.dimension)

    def vector(self, text: int) -> Array:
        """The vector of one text.

        Args:
            text: Its number.

        Returns:
            (dimension,) float32, a copy.
        """
        vector: Array = self._index.reconstruct(text)
        return vector

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> Found:
        """Find the texts most similar to a vector.

        Without inverted lists the search is exact. With them nearly all of the best are found.

        Args:
            vector: (dimension,) float32, of unit length.
            k: How many texts are wanted.
            admitted: (texts,) bool, which texts may be found; None for all.

        Returns:
            One row of at most `k` texts; fewer only where fewer are admitted.
        """
        if k == 0:
            return _nothing()
        if self._lists is not None:
            return self.search_lists(vector, k, self._lists, admitted)
        if admitted is None:
            admitted = np.ones(len(self), dtype=bool)
        count = np.count_nonzero(admitted)
        if count <= FEW:
            return self._best_of(vector, np.flatnonzero(admitted), k)
        bits = np.packbits(admitted, bitorder="little")
        # Parameters are made anew for each call: FAISS crashes when threads share them.
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        similarities, texts = self._index.search(vector[None, :], min(k, count), params=parameters)
        return sorted_found(texts[0], similarities[0])

    def search_lists(
        self, vector: Array, k: int, lists: InvertedLists, admitted: Array | None = None
    ) -> Found:
        """Find the texts most similar to a vector among those of the inverted lists nearest to it.

        If few texts are admitted, or the probed lists hold too few of them, all admitted texts are
        compared.

        Args:
            vector: (dimension,) float32, of unit length.
            k: How many texts are wanted.
            lists: Inverted lists over the vectors of this index.
            admitted: (texts,) bool, which texts may be found; None for all.

        Returns:
            One row of at most `k` texts; fewer only where fewer are admitted.
        """
        if k == 0:
            return _nothing()
        count = len(self) if admitted is None else np.count_nonzero(admitted)
        if count <= FEW:
            return self._best_of(vector, _admitted_texts(admitted, len(self)), k)
        # If only some texts are admitted, a list holds few of them, so more lists are probed.
        widening = min(MAX_WIDENING, (count / len(self)) ** -0.5)
        texts = _probe(vector, lists, round(lists.probes * widening))
        if admitted is not None:
            texts = texts.compress(admitted.take(texts))
        if len(texts) < k:
            texts = _admitted_texts(admitted, len(self))
        return self._best_of(vector, texts, k)

    def _best_of(self, vector: Array, texts: Array, k: int) -> Found:
        """The `k` best of `texts`, exactly; no vector is copied."""
        k = min(k, len(texts))
        if k == 0:
            return _nothing()
        texts = texts.astype(np.int64, copy=False)
        vector = np.ascontiguousarray(vector, dtype=np.float32)
        similarities = np.empty(len(texts), dtype=np.float32)
        with one_faiss_thread():
            faiss.fvec_inner_products_by_idx(
                faiss.swig_ptr(similarities),
                faiss.swig_ptr(vector),
                self._index.get_xb(),
                faiss.swig_ptr(texts),
                len(vector),
                1,
                len(texts),
            )
        # All texts that tie with the k-th are kept until ties are ordered by number.
        kth = np.partition(similarities, len(texts) - k)[len(texts) - k]
        best = np.flatnonzero(similarities >= kth)
        return sorted_found(texts[best], similarities[best], k)


def sorted_found(texts: Array, similarities: Array, k: int | None = None) -> Found:
    """Sort each row by similarity, the greatest first, and equal ones by text number.

    FAISS and torch do not define the order of ties; with this order results are reproducible.

    Args:
        texts: (..., candidates), integers.
        similarities: (..., candidates), float32.
        k: How many are kept of each row; None for all.

    Returns:
        (..., k), int32 and float32.
    """
    order = np.lexsort((texts, -similarities), axis=-1)[..., :k]
    return Found(
        np.take_along_axis(texts, order, axis=-1).astype(np.int32),
        np.take_along_axis(similarities, order, axis=-1).astype(np.float32, copy=False),
    )


@contextmanager
def one_faiss_thread() -> Iterator[None]:
    """Let FAISS compute in the calling thread alone, so that results don't depend on its threads.

    Yields:
        Nothing; the previous number of threads is restored after the `with` block.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _probe(vector: Array, lists: InvertedLists, probes: int) -> Array:
    """The texts in the `probes` lists whose centroids are nearest to `vector`."""
    probes = min(len(lists.centroids), probes)
    vector = np.ascontiguousarray(vector, dtype=np.float32)
    nearness = np.empty(len(lists.centroids), dtype=np.float32)
    # Not by BLAS, whose threads would wait for each other longer than the computation takes.
    faiss.fvec_inner_products_ny(
        faiss.swig_ptr(nearness),
        faiss.swig_ptr(vector),
        faiss.swig_ptr(lists.centroids),
        len(vector),
        len(nearness),
    )
    nearest = np.argpartition(-nearness, probes - 1)[:probes]
    start, end = lists.start[nearest], lists.start[nearest + 1]
    spans = zip(start.tolist(), end.tolist(), strict=True)
    return np.concatenate([lists.texts[a:b] for a, b in spans])


def _admitted_texts(admitted: Array | None, count: int) -> Array:
    return np.arange(count) if admitted is None else np.flatnonzero(admitted)


def _nothing() -> Found:
    return Found(np.empty(0, np.int32), np.empty(0, np.float32))
