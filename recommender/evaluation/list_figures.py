"""How full the lists of a page are, and how much of what is in them is right."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recommender.pipeline.list_lengths import list_lengths
from recommender.types.related import Related

__all__ = ["ListFigures", "measure_page_lists"]


class ListFigures(NamedTuple):
    """The lists of a page with the default options.

    Attributes:
        shares: The share of lists that are "full", "filled", "short" and "empty"; see
            `list_lengths`.
        hits: How many hits pass the floor.
        precision: The share of them that are right; 0 where there are none.
        fill_hits: How many hits fill a short list from below the floor.
        fill_precision: The share of those that are right; 0 where there are none.
    """

    shares: dict[str, float]
    hits: int
    precision: float
    fill_hits: int
    fill_precision: float

    def __str__(self) -> str:
        shares = ", ".join(f"{share:.1%} {name}" for name, share in self.shares.items())
        return (
            f"lists of a page: {shares}; of {self.hits:,} hits above the floor {self.precision:.1%}"
            f" are right, of {self.fill_hits:,} below it {self.fill_precision:.1%}"
        )


def measure_page_lists(
    answers: Sequence[Sequence[Related]], right: Iterable[frozenset[str]]
) -> ListFigures:
    """Measure the lists of a page.

    Args:
        answers: Lists of at most `pipeline.list_lengths.PAGE` hits.
        right: For each list the ids of the right answers.

    Returns:
        The figures.
    """
    found: dict[bool, list[bool]] = {False: [], True: []}
    for hits, ids in zip(answers, right, strict=True):
        for hit in hits:
            found[hit.fill].append(hit.id in ids)
    above, below = found[False], found[True]
    return ListFigures(
        list_lengths(answers).shares, len(above), _share(above), len(below), _share(below)
    )


def _share(right: list[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0
