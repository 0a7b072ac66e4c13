"""Many strings in two arrays: read one by one out of a mapped file, none before it is asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import overload

import numpy as np

from recommender._typing import Array

__all__ = ["SortedStrings", "Strings", "an_id", "pack"]


class Strings(Sequence[str]):
    """The strings of a `blob` of UTF-8, (bytes,) uint8; string i ends where i + 1 starts.

    `start` (strings + 1,) int64.
    """

    def __init__(self, blob: Array, start: Array) -> None:
        # Views, for to read a few numbers out of these takes half as long as out of an array.
        self._bytes, self._start = blob.data, start.data

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

    def take(self, places: Iterable[int]) -> list[str]:
        """The strings at `places`, in their order."""
        held, start = self._bytes, self._start
        return [str(held[start[place] : start[place + 1]], "utf-8") for place in places]


class SortedStrings(Strings):
    """Strings in the order of their code points, each once, so that one is found by bisection."""

    def __init__(self, blob: Array, start: Array) -> None:
        super().__init__(blob, start)
        # Some are held in memory: two of three steps of a search then touch no page of the file.
        self._apart = round(len(self) ** (1 / 3)) + 1
        self._held = [self._encoded(place) for place in range(0, len(self), self._apart)]

    def place_of(self, string: str) -> int | None:
        """Where `string` stands, or None where it is none of these.

        Raises:
            TypeError: it is no string.
        """
        try:
            wanted = an_id(string).encode()  # UTF-8 has the order of the code points
        except UnicodeEncodeError:  # a lone surrogate: nothing that is held has one
            return None
        end = bisect_right(self._held, wanted) * self._apart
        among = range(max(end - self._apart, 0), min(end, len(self)))
        place = among.start + bisect_left(among, wanted, key=self._encoded)
        return place if place < among.stop and self._encoded(place) == wanted else None

    def _encoded(self, place: int) -> bytes:
        return bytes(self._bytes[self._start[place] : self._start[place + 1]])


def an_id(value: str) -> str:
    """The `value` itself.

    Raises:
        TypeError: it is no string.
    """
    if not isinstance(value, str):
        raise TypeError(f"an id is a string, and {value!r} is none")
    return value


def pack(strings: Iterable[str]) -> tuple[Array, Array]:
    """`strings` as blob and start: see `Strings`."""
    encoded = [string.encode() for string in strings]
    start = np.array([0, *accumulate(map(len, encoded))], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), start
