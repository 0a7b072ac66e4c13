"""Pools: FAISS, torch and BLAS compute by one thread in them, and as before afterwards."""

import faiss
import torch
from threadpoolctl import threadpool_info

from recommender.knn.parallel import faiss_pool, one_blas_thread, torch_pool


def test_torch_computes_by_as_many_threads_afterwards_as_before() -> None:
    before = torch.get_num_threads()
    with torch_pool(2) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1
    assert torch.get_num_threads() == before


def test_faiss_computes_by_one_thread_in_a_pool() -> None:
    before = faiss.omp_get_max_threads()
    with faiss_pool(2) as pool:
        assert pool.submit(faiss.omp_get_max_threads).result() == 1
    assert faiss.omp_get_max_threads() == before


def blas_threads() -> list[int]:
    return [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]


def test_blas_computes_by_as_many_threads_afterwards_as_before() -> None:
    before = blas_threads()
    with one_blas_thread():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
