"""How long work tells how far it is: a protocol, and the listener that stays silent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Protocol

__all__ = ["Advance", "Progress", "Silent", "Timed", "ignore"]

Advance = Callable[[int], None]


class Progress(Protocol):
    """Is told of each stage as it starts, and inside of each how many units are done."""

    def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
        """Open a stage of `total` units (None where unknown); the callable advances it."""
        ...


class Silent:
    """A `Progress` that shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:  # noqa: ARG002
        """Yield a callable that does nothing."""
        yield ignore


class Timed:
    """Passes stages on to another `Progress` and keeps each one's `seconds` by name."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        """Time the block and pass it on."""
        start = perf_counter()
        try:
            with self._listener.stage(name, total, unit) as advance:
                yield advance
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


def ignore(_: int) -> None:
    """Advance nothing."""
