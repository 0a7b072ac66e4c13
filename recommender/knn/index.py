"""The FAISS index: built, written, read from memory, searched; exact inner product of unit vectors.

A text's position in the index is its number. Search results are the same whatever the number of
threads: queries go in blocks of a fixed size, and each block is computed by one thread.
"""

import mmap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, NamedTuple

import faiss
import numpy as np

from recommender._typing import Array

__all__ = ["EXACT_UP_TO", "Found", "Index", "InvertedLists"]

BLOCK_ROWS = 512
NARROW = 8_000  # admitted texts; so many are compared one by one in a fraction of a millisecond
EXACT_UP_TO = 100_000  # texts; comparing one with all of more takes many milliseconds
RECALL = 0.97  # of the 30 nearest, which the lists that are probed must reach
JUDGED = 30


class Found(NamedTuple):
    """Search results: `texts` (queries, k) int32 and `similarities` (queries, k) float32.

    Best first, ties by text number; -1 and -inf where there were fewer than k.
    """

    texts: Array
    similarities: Array


class InvertedLists(NamedTuple):
    """Texts by their nearest centroid, over the vectors of an `Index`: the inverted file.

    `centroids` (lists, dimension) float32; `start` (lists + 1,) int64: list → its slice of `texts`
    (texts,) int32, which ascend in each; `probes`: lists that a search reads; `recall`: the share
    of the 30 nearest texts that it found of a sample.
    """

    centroids: Array
    start: Array
    texts: Array
    probes: int
    recall: float

    @classmethod
    def none(cls, dimension: int) -> "InvertedLists":
        """No lists at all: the search is exact."""
        empty = np.empty((0, dimension), dtype=np.float32)
        return cls(empty, np.zeros(1, np.int64), np.empty(0, np.int32), 0, 1.0)


class Index:
    """An index over unit vectors; safe to search from several threads.

    Exact, or by `lists` where it was given some.
    """

    def __init__(self, index: "faiss.Index", lists: InvertedLists | None = None) -> None:
        self._index = index
        self._lists = lists

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, vectors: Array) -> "Index":
        """Index the rows of `vectors` (texts, dimension), float32 of unit length."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def from_buffer(cls, buffer: bytes | mmap.mmap, lists: InvertedLists | None = None) -> "Index":
        """Read an index from memory without copying its vectors; the buffer is kept alive."""
        view = np.frombuffer(buffer, dtype=np.uint8)
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size)
        index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        # FAISS points into these bytes: they must live as long as the index does.
        index.referenced_objects = [view, reader]
        return cls(index, lists)

    def write(self, file: IO[bytes], end: bytes = b"") -> None:
        """Write the index to an open file, and `end` behind it, which readers pass over."""
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))
        file.write(end)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def vector(self, text: int) -> Array:
        """The vector of one text, (dimension,) float32."""
        vector: Array = self._index.reconstruct(text)
        return vector

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> Found:
        """The `k` most similar texts to `vector` (dimension,) among the `admitted` (None: all).

        `admitted` (texts,) bool. Fewer than `k` come only where fewer are admitted. Without lists
        it is exact.
        """
        if self._lists is not None:
            return self.search_lists(vector, k, self._lists, admitted)
        if admitted is None:
            admitted = np.ones(len(self), dtype=bool)
        count = np.count_nonzero(admitted)
        if count <= NARROW:
            return self._best_of(vector, np.flatnonzero(admitted), k)
        bits = np.packbits(admitted, bitorder="little")
        # Parameters are made anew for each call: FAISS crashes when threads share them.
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        similarities, texts = self._index.search(vector[None, :], min(k, count), params=parameters)
        return _ordered(texts[0], similarities[0])

    def lists(self, threads: int, seed: int = 0) -> InvertedLists:
        """Inverted lists for `search_lists`, about √texts of them; the same on any threads.

        The fewest `probes` (a power of two) are chosen that reach `RECALL` on 500 texts.
        """
        vectors, rng = self._vectors(), np.random.default_rng(seed)
        number = max(1, min(round(len(self) ** 0.5), len(self) // 4))
        sample = np.sort(rng.choice(len(self), min(len(self), 48 * number), replace=False))
        with _single_threaded_blas(), _one_thread():
            means = faiss.Kmeans(
                vectors.shape[1], number, niter=8, spherical=True, seed=seed + 1,
                min_points_per_centroid=1, max_points_per_centroid=48,
            )  # fmt: skip
            means.train(vectors[sample])
        centroids = np.ascontiguousarray(means.centroids)
        nearest = Index.build(centroids).search_blocks(vectors, 1, threads, lambda _: None)
        of = nearest.texts[:, 0]
        start = np.searchsorted(np.sort(of), np.arange(number + 1))
        texts = np.argsort(of, kind="stable").astype(np.int32)
        return self._judged(InvertedLists(centroids, start, texts, 8, 0.0), threads, rng)

    def _judged(
        self, lists: InvertedLists, threads: int, rng: np.random.Generator
    ) -> InvertedLists:
        sample = np.sort(rng.choice(len(self), min(len(self), 500), replace=False))
        vectors = self._vectors()[sample]
        exact = self.search_blocks(vectors, JUDGED, threads, lambda _: None).texts
        while True:
            found = [self.search_lists(v, JUDGED, lists, None).texts for v in vectors]
            both = sum(len(np.intersect1d(a, b)) for a, b in zip(found, exact, strict=True))
            lists = lists._replace(recall=both / exact.size)
            if lists.recall >= RECALL or lists.probes >= len(lists.centroids):
                return lists
            lists = lists._replace(probes=2 * lists.probes)

    def search_lists(
        self, vector: Array, k: int, lists: InvertedLists, admitted: Array | None
    ) -> Found:
        """As `search`, of the texts in the lists nearest to `vector`; nearly all are found.

        Where few texts are `admitted`, or the lists hold too few of them, all that are admitted
        are compared: fewer than `k` come only where fewer are admitted.
        """
        if k == 0:
            return _nothing()
        count = len(self) if admitted is None else np.count_nonzero(admitted)
        if count <= NARROW:
            return self._best_of(vector, _places(admitted, len(self)), k)
        share = count / len(self)
        # Where only some are admitted more lists are read, for each may hold few of them.
        widened = round(lists.probes * min(4.0, share**-0.5))
        probes = min(len(lists.centroids), widened)
        vector = np.ascontiguousarray(vector, dtype=np.float32)
        nearness = np.empty(len(lists.centroids), dtype=np.float32)
        # Not by BLAS, whose threads would wait for each other longer than this takes.
        faiss.fvec_inner_products_ny(
            faiss.swig_ptr(nearness),
            faiss.swig_ptr(vector),
            faiss.swig_ptr(lists.centroids),
            len(vector),
            len(nearness),
        )
        chosen = np.argpartition(-nearness, probes - 1)[:probes]
        start, end = lists.start[chosen], lists.start[chosen + 1]
        spans = zip(start.tolist(), end.tolist(), strict=True)
        texts = np.concatenate([lists.texts[a:b] for a, b in spans])
        if admitted is not None:
            texts = texts.compress(admitted.take(texts))
        if len(texts) < k:
            texts = _places(admitted, len(self))
        return self._best_of(vector, texts, k)

    def _best_of(self, vector: Array, texts: Array, k: int) -> Found:
        """The `k` best of `texts`, exactly, read where they lie: nothing is gathered."""
        k = min(k, len(texts))
        if k == 0:
            return _nothing()
        texts = texts.astype(np.int64, copy=False)
        vector = np.ascontiguousarray(vector, dtype=np.float32)
        found = np.empty(len(texts), dtype=np.float32)
        with _one_thread():
            faiss.fvec_inner_products_by_idx(
                faiss.swig_ptr(found),
                faiss.swig_ptr(vector),
                self._index.get_xb(),
                faiss.swig_ptr(texts),
                len(vector),
                1,
                len(texts),
            )
        # All that equal the last one are kept until they are ordered by number.
        last = np.partition(found, len(found) - k)[len(found) - k]
        best = np.flatnonzero(found >= last)
        ordered = _ordered(texts[best], found[best])
        return Found(ordered.texts[:k], ordered.similarities[:k])

    def _vectors(self) -> Array:
        """All vectors, (texts, dimension) float32, as they lie in the index."""
        flat = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self._index.d)
        vectors: Array = flat.reshape(len(self), self._index.d)
        return vectors

    def search_blocks(
        self, vectors: Array, k: int, threads: int, advance: Callable[[int], None]
    ) -> Found:
        """The `k` most similar texts to each of `vectors` (queries, dimension); bit-reproducible.

        `advance` is told the number of queries done as blocks finish.
        """
        k = min(k, len(self))

        def search(start: int) -> Found:
            faiss.omp_set_num_threads(1)  # holds for this thread alone
            similarities, texts = self._index.search(vectors[start : start + BLOCK_ROWS], k)
            return _ordered(texts, similarities)

        parts = []
        starts = range(0, len(vectors), BLOCK_ROWS)
        with _single_threaded_blas(), ThreadPoolExecutor(threads) as pool:
            for start, part in zip(starts, pool.map(search, starts), strict=True):
                parts.append(part)
                advance(min(BLOCK_ROWS, len(vectors) - start))
        return Found(
            np.concatenate([part.texts for part in parts]),
            np.concatenate([part.similarities for part in parts]),
        )


def _places(admitted: Array | None, texts: int) -> Array:
    return np.arange(texts) if admitted is None else np.flatnonzero(admitted)


def _nothing() -> Found:
    return Found(np.empty(0, np.int32), np.empty(0, np.float32))


def _ordered(texts: Array, similarities: Array) -> Found:
    """Order each row by similarity, then by number, which FAISS leaves open for ties."""
    order = np.lexsort((texts, -similarities), axis=-1)
    return Found(
        np.take_along_axis(texts, order, axis=-1).astype(np.int32),
        np.take_along_axis(similarities, order, axis=-1).astype(np.float32, copy=False),
    )


@contextmanager
def _single_threaded_blas() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS computes by the calling thread alone: no results that depend on others, no waiting."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
