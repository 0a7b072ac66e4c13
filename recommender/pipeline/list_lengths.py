"""How long the related lists of a published snapshot are, as a page asks for them."""

import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.errors import RecommenderError, RemovedArticle, UnknownArticle
from recommender.serving.recommender import Recommender
from recommender.types.related import Related

__all__ = ["PAGE", "ListLengths", "list_lengths", "measure_lists"]

PAGE = 5  # hits that a page shows
ASKED = 1000  # articles; the shares of more would be the same to a percent or two

log = logging.getLogger(__name__)


class ListLengths(NamedTuple):
    """How many lists are full; the four counts add up to the number of lists.

    Attributes:
        full: Lists of `PAGE` hits that all pass the floor.
        filled: Lists that have so many because they are filled from below the floor.
        short: Lists that have fewer all the same.
        empty: Lists without any hit.
    """

    full: int
    filled: int
    short: int
    empty: int

    @property
    def shares(self) -> dict[str, float]:
        """Each count by its name, as a share of all lists; empty where there is no list."""
        total = sum(self)
        return {n: round(c / total, 4) for n, c in self._asdict().items()} if total else {}


def list_lengths(answers: Iterable[Sequence[Related]]) -> ListLengths:
    """Count lists by how full they are.

    Args:
        answers: Lists of at most `PAGE` hits.

    Returns:
        The counts.
    """
    counts = dict.fromkeys(ListLengths._fields, 0)
    for hits in answers:
        passing = sum(not hit.fill for hit in hits)
        full, length = passing >= PAGE, len(hits)
        kind = "full" if full else "filled" if length >= PAGE else "short" if length else "empty"
        counts[kind] += 1
    return ListLengths(**counts)


def measure_lists(artifacts: Artifacts) -> dict[str, float]:
    """Ask a published snapshot for the lists of up to `ASKED` of its articles, evenly chosen.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The share of lists that are "full", "filled", "short" and "empty". Nothing where the
        snapshot cannot be asked; a warning in the log says why.
    """
    try:
        recommender = Recommender.open(artifacts.root)
        ids = list(recommender.ids())
        chosen = ids[:: -(-len(ids) // ASKED) or 1]
        return list_lengths(_answers(recommender, chosen)).shares
    except RecommenderError as error:  # the snapshot is published in spite of it
        log.warning("could not measure the related lists", extra={"error": str(error)})
        return {}


def _answers(recommender: Recommender, ids: Iterable[str]) -> Iterable[Sequence[Related]]:
    for article_id in ids:
        try:
            yield recommender.related(article_id, PAGE)
        except (RemovedArticle, UnknownArticle):  # taken down while the job was running
            continue
