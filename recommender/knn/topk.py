"""The best candidates of each row: lists of a fixed length that further candidates can enter."""

from typing import TYPE_CHECKING, NamedTuple

from recommender.knn.pairs import NO_SIMILARITY

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["GROUP_SIZE", "SPARE", "TopK", "topk_of_rows"]

SPARE = 14  # candidates kept beyond k, because bfloat16 may order the last ones wrongly
GROUP_SIZE = 8  # columns of a group, whose maximum is compared first


class TopK(NamedTuple):
    """The best candidates of each row so far, named as `torch.topk` names them.

    Attributes:
        values: (rows, width) float32, `NO_SIMILARITY` at empty places.
        indices: (rows, width) int32, numbers or positions of texts, -1 at empty places.
    """

    values: "Tensor"
    indices: "Tensor"

    @classmethod
    def empty(cls, rows: int, width: int) -> "TopK":
        """Make lists without any candidate.

        Args:
            rows: How many lists.
            width: The length of each.

        Returns:
            Lists that a search overwrites.
        """
        import torch

        return cls(
            torch.full((rows, width), NO_SIMILARITY),
            torch.full((rows, width), -1, dtype=torch.int32),
        )

    def of_rows(self, rows: slice) -> "TopK":
        """Some of the lists.

        Args:
            rows: Which ones.

        Returns:
            Views of them.
        """
        return TopK(self.values[rows], self.indices[rows])

    def overwrite(self, rows: slice, lists: "TopK") -> None:
        """Replace some of the lists.

        Args:
            rows: Which ones.
            lists: As many lists of the same width.
        """
        self.values[rows], self.indices[rows] = lists

    def best(self, width: int) -> "TopK":
        """Shorten the lists to their best candidates.

        Args:
            width: How many are kept of each.

        Returns:
            Lists of that width, best first.
        """
        import torch

        values, at = torch.topk(self.values, width, dim=1)
        return TopK(values, self.indices.gather(1, at))

    def extended(self, rows: "Tensor", indices: "Tensor", values: "Tensor") -> "TopK":
        """Append candidates to the lists, which become as wide as the longest of them.

        Args:
            rows: (candidates,) int64, ascending: the list that each is for.
            indices: (candidates,) int32.
            values: (candidates,) float32.

        Returns:
            New lists. They are not sorted; see `best`.
        """
        import torch

        count, width = self.values.shape
        per_row = torch.bincount(rows, minlength=count)
        column = torch.arange(len(rows)) - (per_row.cumsum(0) - per_row)[rows] + width
        wide = TopK.empty(count, width + int(per_row.max()))
        wide.values[:, :width], wide.indices[:, :width] = self
        wide.values[rows, column], wide.indices[rows, column] = values, indices
        return wide


def topk_of_rows(products: "Tensor", width: int) -> tuple["Tensor", "Tensor"]:
    """Find the greatest values of each row, faster than `torch.topk` does.

    Columns are divided into groups of `GROUP_SIZE`. The greatest `width` values of a row are in the
    `width` groups with the greatest maxima, and only the values of these are compared one by one.

    Args:
        products: (rows, columns); the number of columns is a multiple of `GROUP_SIZE`.
        width: How many values are wanted of each row.

    Returns:
        Values, float32, and their columns, int64; each (rows, width), the greatest first.
    """
    import torch

    groups = products.shape[1] // GROUP_SIZE
    maxima = products.view(len(products), GROUP_SIZE, groups).amax(dim=1)
    best = torch.topk(maxima, min(width, groups), dim=1, sorted=False).indices
    columns = (best[:, None, :] + torch.arange(0, GROUP_SIZE * groups, groups)[:, None]).flatten(1)
    values, at = torch.topk(products.gather(1, columns).float(), width, dim=1)
    return values, columns.gather(1, at)
