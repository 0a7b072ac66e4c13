r"""String tables: many strings in one mapped file, each decoded when it is asked for.

A file of strings is a header of 24 bytes, the offsets, the strings in UTF-8 without anything
between them, and the stamp. String i begins at offset i and ends at offset i + 1. All numbers are
little-endian int64:

    8 bytes             "STRINGS\n"
    8 bytes             how many strings there are
    8 bytes             how many bytes their UTF-8 takes
    8 bytes a string    the offsets, and one more that says where the last string ends
    their UTF-8
    64 bytes            the stamp; see stamp.py
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO, Self, overload

import numpy as np

from recommender._typing import Array
from recommender.snapshot.damage import damaged
from recommender.snapshot.stamp import STAMP_BYTES, open_stamped, stamp

__all__ = ["SortedStringTable", "StringTable", "checked_id"]

_MAGIC = b"STRINGS\n"
_HEADER = struct.Struct("<8sqq")


class StringTable(Sequence[str]):
    """An immutable sequence of strings.

    Args:
        data: The strings in UTF-8, one after another.
        offsets: (strings + 1,) int64; string i is `data[offsets[i]:offsets[i + 1]]`.

    Example:
        >>> table = StringTable.from_strings(["harbour", "Größe"])
        >>> len(table), table[1]
        (2, 'Größe')
    """

    def __init__(self, data: bytes | memoryview, offsets: Array) -> None:
        self.data, self.offsets = memoryview(data), offsets
        # To read a few numbers out of a view takes half as long as out of an array.
        self._offsets = offsets.data

    @classmethod
    def from_strings(cls, strings: Iterable[str]) -> Self:
        """Make a table in memory.

        Args:
            strings: The strings.

        Returns:
            The table.
        """
        encoded = [string.encode() for string in strings]
        offsets = np.array([0, *accumulate(map(len, encoded))], dtype=np.int64)
        return cls(b"".join(encoded), offsets)

    @classmethod
    def open(cls, path: Path, build: str) -> Self:
        """Map the table at `path`; no string is read before it is asked for.

        Args:
            path: A file that `write` wrote.
            build: The build that its stamp must name.

        Returns:
            The table.

        Raises:
            SnapshotDamaged: The header is unreadable, the file's size is not the one that it
                says, or the stamp is missing or another build's.
            NewerFormat: A newer version wrote the file.
        """
        mapped = open_stamped(path, build)
        if len(mapped) < _HEADER.size + 8 + STAMP_BYTES or mapped[: len(_MAGIC)] != _MAGIC:
            raise damaged(path, "is not a file of strings as this package writes them")
        _, count, size = _HEADER.unpack_from(mapped)
        start = _HEADER.size + 8 * (count + 1)
        if min(count, size) < 0 or start + size + STAMP_BYTES != len(mapped):
            raise damaged(
                path,
                f"has {len(mapped)} bytes, which is not the size of {count} strings in "
                f"{size} bytes",
            )
        offsets = np.frombuffer(mapped, "<i8", count + 1, _HEADER.size)
        return cls(memoryview(mapped)[start : start + size], offsets)

    def write(self, file: IO[bytes], build: str) -> None:
        """Write the table and the stamp to an open file.

        Args:
            file: Opened for binary writing.
            build: The build that the stamp names.
        """
        file.write(_HEADER.pack(_MAGIC, len(self), len(self.data)))
        file.write(self.offsets.astype("<i8", copy=False).tobytes())
        file.write(self.data)
        file.write(stamp(build))

    def __len__(self) -> int:
        return len(self._offsets) - 1

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
        """Decode some strings.

        Args:
            places: Their places, from 0.

        Returns:
            The strings, in the order of the places.

        Raises:
            UnicodeDecodeError: The bytes of one are no UTF-8; the file was altered.
        """
        data, offsets = self.data, self._offsets
        return [str(data[offsets[place] : offsets[place + 1]], "utf-8") for place in places]


class SortedStringTable(StringTable):
    """Strings in the order of their code points, each once, so that one is found by bisection.

    Example:
        >>> SortedStringTable.from_strings(["a-1", "a-3"]).place_of("a-3")
        1
    """

    def __init__(self, data: bytes | memoryview, offsets: Array) -> None:
        super().__init__(data, offsets)
        # Every n-th string is kept: two of three steps of a search then touch no page of the file.
        self._step = round(len(self) ** (1 / 3)) + 1
        self._sample = [self._encoded(place) for place in range(0, len(self), self._step)]

    def place_of(self, string: str) -> int | None:
        """Find a string.

        Args:
            string: The string.

        Returns:
            Its place, from 0; None if the table does not hold it.

        Raises:
            TypeError: It is no string.
        """
        try:
            wanted = checked_id(string).encode()  # UTF-8 has the order of the code points
        except UnicodeEncodeError:  # a lone surrogate: no string of the table has one
            return None
        end = bisect_right(self._sample, wanted) * self._step
        among = range(max(end - self._step, 0), min(end, len(self)))
        place = among.start + bisect_left(among, wanted, key=self._encoded)
        return place if place < among.stop and self._encoded(place) == wanted else None

    def _encoded(self, place: int) -> bytes:
        return bytes(self.data[self._offsets[place] : self._offsets[place + 1]])


def checked_id(value: str) -> str:
    """Check that an id is a string.

    Args:
        value: The id.

    Returns:
        The id itself.

    Raises:
        TypeError: It is no string.
    """
    if not isinstance(value, str):
        raise TypeError(f"an id is a string; {value!r} is of type {type(value).__name__}")
    return value
