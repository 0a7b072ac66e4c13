"""Progress of the work: a protocol for showing it, a silent one, and one that times the stages."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Protocol

__all__ = ["Advance", "Progress", "Silent", "Timed", "ignore"]

Advance = Callable[[int], None]

log = logging.getLogger(__name__)


class Progress(Protocol):
    """Anything that shows each stage of the work, and how much of it is done."""

    def stage(self, name: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
        """Open a stage, which lasts as long as the block.

        Args:
            name: What is done, for example "embed".
            total: How many units there are to do; None if that is unknown.
            unit: What is counted, for example "texts".

        Returns:
            A context manager. It yields a function, to be called with the number of units that were
            done since its last call.
        """
        ...


class Silent:
    """A `Progress` that shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:  # noqa: ARG002
        """Yield a function that does nothing; see `Progress.stage`."""
        yield ignore


class Timed:
    """A `Progress` that passes each stage on to another one and measures how long it takes.

    Args:
        listener: Shows the stages.

    Attributes:
        seconds: Wall-clock seconds by name. While one clock runs inside another, only the inner one
            advances, so the seconds add up to the time that all took together.
    """

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        """Show the block as a stage, and time it under its name; see `Progress.stage`."""
        log.info("a stage begins", extra={"stage": name, "total": total, "unit": unit})
        with self.clock(name), self._listener.stage(name, total, unit) as advance:
            yield advance

    @contextmanager
    def clock(self, name: str) -> Iterator[None]:
        """Time the block without showing it.

        Args:
            name: The name in `seconds`; blocks of one name are added up.

        Yields:
            Nothing.
        """
        self._add_elapsed()
        self._running.append(name)
        self.seconds.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._add_elapsed()
            self._running.pop()

    def _add_elapsed(self) -> None:
        now = perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def ignore(_: int) -> None:
    """An `Advance` that does nothing."""
