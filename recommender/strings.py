"""Many strings in two arrays: read one by one out of a mapped file, none before it is asked for."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import overload

import numpy as np

from recommender.arrays import Array

__all__ = ["Strings", "pack"]


class Strings(Sequence[str]):
    """The strings of a `blob` of UTF-8, (bytes,) uint8; string i ends where i + 1 starts.

    `start` (strings + 1,) int64.
    """

    def __init__(self, blob: Array, start: Array) -> None:
        self._bytes, self._start = memoryview(blob.data), start

    def __len__(self) -> int:
        return len(self._start) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return self.take(range(len(self))[place])
        if not -len(self) <= place < len(self):
            raise IndexError(f"string {place} of {len(self)}")
        return self.take([place % len(self)])[0]

    def take(self, places: Sequence[int]) -> list[str]:
        """The strings at `places`, in their order."""
        begins = self._start.take(places).tolist()
        ends = self._start[1:].take(places).tolist()
        return [str(self._bytes[a:b], "utf-8") for a, b in zip(begins, ends, strict=True)]


def pack(strings: Iterable[str]) -> tuple[Array, Array]:
    """`strings` as blob and start: see `Strings`."""
    encoded = [string.encode() for string in strings]
    start = np.array([0, *accumulate(map(len, encoded))], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), start
