"""The engine that works in this process, one shard after another."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from recommender.progress import Advance, ignore

__all__ = ["LocalEngine"]

Shard = TypeVar("Shard")
Result = TypeVar("Result")


class LocalEngine:
    """An `Engine` in this process. A function that can use many cores starts its own threads."""

    def map(
        self,
        function: Callable[[Shard, Advance], Result],
        shards: Iterable[Shard],
        advance: Advance = ignore,
    ) -> Iterator[Result]:
        """Compute each result when it is asked for; see `Engine.map`."""
        return (function(shard, advance) for shard in shards)
