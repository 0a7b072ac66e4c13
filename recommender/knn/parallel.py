"""Thread pools whose results have the same bits for any number of threads.

FAISS, torch and BLAS would split one operation among threads of their own, and rounding would
depend on their number. Here work is cut into blocks of a fixed size, and one thread computes each.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

__all__ = ["faiss_pool", "one_blas_thread", "torch_pool"]


def faiss_pool(threads: int) -> ThreadPoolExecutor:
    """Open a pool in whose threads FAISS does not start threads of its own.

    Args:
        threads: The size of the pool.

    Returns:
        The pool, to be closed by the caller.
    """
    import faiss

    return ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,))


@contextmanager
def torch_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Open a pool in whose threads neither torch nor FAISS starts threads of its own.

    Args:
        threads: The size of the pool.

    Yields:
        The pool. While it is open, torch uses one thread per operation in the whole process.
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
    """Let BLAS, which multiplies matrices for FAISS, compute in the calling thread alone.

    Yields:
        Nothing; the limit ends with the `with` block.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
