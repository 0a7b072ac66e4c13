"""The sizes of a snapshot's dimensions, learned file by file, which must all agree."""

from pathlib import Path

from recommender.snapshot.damage import damaged

__all__ = ["Dimensions"]


class Dimensions:
    """How many members each dimension has, by its name in the schema.

    Example:
        >>> dimensions = Dimensions()
        >>> dimensions.bind("texts", 12, Path("hubness.npy"))
        >>> dimensions["texts"]
        12
    """

    def __init__(self) -> None:
        self._bound: dict[str, tuple[int, Path]] = {}

    def bind(self, name: str, size: int, path: Path) -> None:
        """Note the size of a dimension in one file, and compare it with that in earlier files.

        Args:
            name: The dimension's name in the schema.
            size: How many members it has in this file.
            path: The file, for messages.

        Raises:
            SnapshotDamaged: A file that was read before holds another number of them.
        """
        known, where = self._bound.setdefault(name, (size, path))
        if size != known:
            raise damaged(
                path, f"does not match {where.name}: {name} are {size} here and {known} there"
            )

    def __getitem__(self, name: str) -> int:
        return self._bound[name][0]
