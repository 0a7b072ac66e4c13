"""The protocol of all engines, which map a function over parts of the work."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from recommender.progress import Advance, ignore

__all__ = ["Engine"]

Shard = TypeVar("Shard")
Result = TypeVar("Result")


class Engine(Protocol):
    """Anything that computes the results of many shards: here, in a pool, on other machines.

    The nightly job embeds new texts and cuts them into tokens by an engine. Functions, shards and
    results can be pickled, so an engine may send them to other processes. The nightly job does not
    close an engine: whoever made it does.
    """

    def map(
        self,
        function: Callable[[Shard, Advance], Result],
        shards: Iterable[Shard],
        advance: Advance = ignore,
    ) -> Iterator[Result]:
        """Compute the result of each shard.

        Args:
            function: Computes a shard's result, which depends on the shard alone, so it may be
                computed anywhere and any number of times. It calls its second argument with the
                units of work that it has done; an engine whose workers cannot call `advance` adds
                them up and calls it itself.
            shards: The parts of the work. They are taken in the caller's thread and as results are
                asked for; a few may be computed ahead.
            advance: Called in the thread of the caller with the units of work done.

        Returns:
            The results in the order of the shards.
        """
        ...
