"""Types that all wings share."""

from typing import Any, TypeAlias

from numpy.typing import NDArray

__all__ = ["Array"]

# An array of any shape and dtype; docstrings say which.
Array: TypeAlias = NDArray[Any]
