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

from recommender.arrays import Array

__all__ = ["Found", "Index"]

BLOCK_ROWS = 512


class Found(NamedTuple):
    """Search results: `texts` (queries, k) int32 and `similarities` (queries, k) float32.

    Best first, ties by text number; -1 and -inf where there were fewer than k.
    """

    texts: Array
    similarities: Array


class Index:
    """An exact index over unit vectors; safe to search from several threads."""

    def __init__(self, index: "faiss.Index") -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, vectors: Array) -> "Index":
        """Index the rows of `vectors` (texts, dimension), float32 of unit length."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def from_buffer(cls, buffer: bytes | mmap.mmap) -> "Index":
        """Read an index from memory without copying its vectors; the buffer is kept alive."""
        view = np.frombuffer(buffer, dtype=np.uint8)
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size)
        index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        # FAISS points into these bytes: they must live as long as the index does.
        index.referenced_objects = [view, reader]
        return cls(index)

    def write(self, file: IO[bytes], end: bytes = b"") -> None:
        """Write the index to an open file, and `end` behind it, which readers pass over."""
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))
        file.write(end)

    def vector(self, text: int) -> Array:
        """The vector of one text, (dimension,) float32."""
        vector: Array = self._index.reconstruct(text)
        return vector

    def search(self, vector: Array, k: int, admitted: Array) -> Found:
        """The `k` most similar texts to `vector` (dimension,) among the `admitted` (texts,) bool.

        Exact: fewer than `k` come only where fewer are admitted.
        """
        k = min(k, int(admitted.sum()))
        if k == 0:
            return Found(np.empty(0, np.int32), np.empty(0, np.float32))
        bits = np.packbits(admitted, bitorder="little")
        # Parameters are made anew for each call: FAISS crashes when threads share them.
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        similarities, texts = self._index.search(vector[None, :], k, params=parameters)
        return _ordered(texts[0], similarities[0])

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
