"""A second implementation of the `Engine` protocol: threads that finish in any order."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from recommender.progress import Advance, ignore

AHEAD = 4  # shards that are worked on at a time


class PoolEngine:
    def map(
        self,
        function: Callable[[Any, Advance], Any],
        shards: Iterable[Any],
        advance: Advance = ignore,
    ) -> Iterator[Any]:
        def work(shard: Any) -> tuple[Any, int]:
            time.sleep(random.random() / 200)  # so that later shards overtake earlier ones
            done: list[int] = []
            return function(shard, done.append), sum(done)

        def finished(future: Future[tuple[Any, int]]) -> Any:
            result, done = future.result()
            advance(done)
            return result

        with ThreadPoolExecutor(AHEAD) as pool:
            running: deque[Future[tuple[Any, int]]] = deque()
            for shard in shards:
                running.append(pool.submit(work, shard))
                if len(running) == AHEAD:
                    yield finished(running.popleft())
            while running:
                yield finished(running.popleft())
