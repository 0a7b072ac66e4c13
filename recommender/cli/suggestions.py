"""Suggestions for mistyped ids and labels: the nearest ids, and the labels that there are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from recommender.errors import RemovedArticle, UnknownArticle
from recommender.language.labels import language_of
from recommender.types.rules import labels_of

if TYPE_CHECKING:
    from recommender.serving.query import Options
    from recommender.serving.recommender import Recommender
    from recommender.types.article import Card

__all__ = ["TitlesMatch", "suggest_ids", "unknown_labels"]

LABELS_SHOWN = 12


class TitlesMatch(UnknownArticle):
    """What was asked for is no id, but there are articles whose titles have its words.

    Attributes:
        details: Those articles, for the JSON of the failure.
    """

    def __init__(self, query: str, matches: "Sequence[Card]") -> None:
        super().__init__(query, "is no id; choose one of the articles whose titles match")
        self.details = {"matches": [card.to_dict() for card in matches]}


@contextmanager
def suggest_ids(rec: "Recommender") -> Iterator[None]:
    """Add the nearest ids to the message of an `UnknownArticle` that the block raises.

    Args:
        rec: The recommender that is asked in the block.
    """
    try:
        yield
    except RemovedArticle:
        raise
    except UnknownArticle as error:
        if nearest := rec.nearest_ids(error.article_id):
            error.reason += f"; the nearest ids are {', '.join(nearest)}"
        raise


def unknown_labels(rec: "Recommender", options: "Options") -> str:
    """Name the labels among the filters that no article has, and the labels that there are.

    Args:
        rec: The recommender that was asked.
        options: The options of the question.

    Returns:
        A sentence for each such label, each after a space; "" if all labels are known.
    """
    from recommender.cli.output import printable

    sentences = []
    wanted = {
        "section": options.get("section"),
        "language": options.get("language"),
        "source": options.get("source"),
    }
    for facet, labels in wanted.items():
        known = rec.labels(facet)
        for label in labels_of(labels) or ():
            code = language_of(label) if facet == "language" else None
            if (code or label) not in known:
                some = printable(", ".join(known[:LABELS_SHOWN])) or "none"
                sentences.append(f" No article has the {facet} {label!r}; there are: {some}.")
    return "".join(sentences)
