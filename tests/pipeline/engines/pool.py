"""Other implementations of the `Engine` protocol: threads and processes, in any order."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

from recommender.progress import Advance, ignore

AHEAD = 4  # shards that are worked on at a time


def work(function: Callable[[Any, Advance], Any], shard: Any) -> tuple[Any, int]:
    """The result of a shard, and the units of work done; it can run in another process."""
    time.sleep(random.random() / 200)  # so that later shards overtake earlier ones
    done: list[int] = []
    return function(shard, done.append), sum(done)


class PoolEngine:
    """Works in threads."""

    def pool(self) -> Executor:
        return ThreadPoolExecutor(AHEAD)

    def map(
        self,
        function: Callable[[Any, Advance], Any],
        shards: Iterable[Any],
        advance: Advance = ignore,
    ) -> Iterator[Any]:
        def finished(future: Future[tuple[Any, int]]) -> Any:
            result, done = future.result()
            advance(done)
            return result

        with self.pool() as pool:
            running: deque[Future[tuple[Any, int]]] = deque()
            for shard in shards:
                running.append(pool.submit(partial(work, function), shard))
                if len(running) == AHEAD:
                    yield finished(running.popleft())
            while running:
                yield finished(running.popleft())


class ProcessEngine(PoolEngine):
    """Works in other processes, which share nothing with this one."""

    def pool(self) -> Executor:
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"))
