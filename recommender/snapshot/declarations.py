"""What the schema can say of a file: its type, its shape, and what its values must keep to."""

from typing import NamedTuple

__all__ = ["ArrayFile", "StringsFile"]


class ArrayFile(NamedTuple):
    """An array of numbers, in a `.npy` file.

    Attributes:
        holds: What it holds, in a few words.
        dtype: NumPy's name of the type.
        shape: Dimensions by name, or by number where that never varies.
        optional: The first dimension may be 0 instead.
        points_to: The dimension whose members the values number, from 0.
        none: -1 stands for "none".
        bounds: Least and greatest value.
        each_once: No value comes twice.
        in_rows: How each row is ordered. "ascending": strictly, with all -1 on one side;
            "descending": equal values may follow each other.
        sorted_rows: Rows ascend as strings of bytes, each once.
        sorts: The table of strings that the values bring into order.
        cuts: The array that these offsets cut into one slice for each member of their dimension.
            The first is 0; a last one, which no member has, is the length of that array.
        empty_slices: Slices may be empty.
        groups: The array that says of each value in the slices which slice it is in.
    """

    holds: str
    dtype: str
    shape: tuple[str | int, ...]
    optional: bool = False
    points_to: str = ""
    none: bool = False
    bounds: tuple[float, float] | None = None
    each_once: bool = False
    in_rows: str = ""
    sorted_rows: bool = False
    sorts: str = ""
    cuts: str = ""
    empty_slices: bool = False
    groups: str = ""

    def describe_shape(self) -> str:
        """The shape in words: "texts × K", "stories + 1"."""
        first, *others = map(str, self.shape)
        first += " + 1" if self.cuts else " or none" if self.optional else ""
        return " × ".join([first, *others])


class StringsFile(NamedTuple):
    """A table of strings, in a `.strings` file.

    Attributes:
        holds: What it holds, in a few words.
        dimension: What has one string each.
        empty: Strings may be empty.
        in_order: Strings ascend by code point, each once.
    """

    holds: str
    dimension: str
    empty: bool = False
    in_order: bool = False
