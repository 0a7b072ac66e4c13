"""Threads that each compute alone, so that results are the same bits on any number of them.

FAISS, torch and BLAS would split one operation among threads of their own, and round differently
with their number. Here work is cut into blocks of a fixed size, and one thread computes each block.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

__all__ = ["faiss_pool", "one_blas_thread", "torch_pool"]


def faiss_pool(threads: int) -> ThreadPoolExecutor:
    """Open a pool in whose threads FAISS does not start threads of its own.

    Args:
        threads: the size of the pool.

    Returns:
        The pool, to be closed by the caller.
    """
    import faiss

    return ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,))


@contextmanager
def torch_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Open a pool in whose threads neither torch nor FAISS starts threads of its own.

    Args:
        threads: the size of the pool.

    Yields:
        The pool. While it is open torch computes by one thread in the whole process.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with faiss_pool(threads) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let BLAS, which FAISS multiplies matrices with, compute by the calling thread alone."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
