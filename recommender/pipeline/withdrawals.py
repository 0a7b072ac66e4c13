"""Withdrawals: stored articles that a complete source no longer holds.

A source may deliver only what is new, so an article that is not delivered stays by default. The
setting `input.complete` says where that is otherwise. An export that broke looks like one that no
longer holds its articles, so what is missing is only believed where all else is in order.
"""

from collections.abc import Mapping
from typing import NamedTuple

from recommender.counts import counted
from recommender.pipeline.delivery import Delivery
from recommender.pipeline.gates import surely_above
from recommender.pipeline.notices import Notice

__all__ = ["Withdrawals", "find_withdrawals"]


class Withdrawals(NamedTuple):
    """What complete sources no longer hold.

    Attributes:
        ids: The articles to be deleted from the store.
        notices: What was withdrawn, and what stays although it was not delivered.
        refusals: Why the night must be refused: a source lost too many articles at once.
    """

    ids: frozenset[str]
    notices: list[Notice]
    refusals: list[str]


class _Scope(NamedTuple):
    """The articles that one statement of completeness is about.

    Attributes:
        name: What holds them all, as the beginning of a sentence.
        stored: The ids of the stored ones before tonight.
        delivered: How many were delivered tonight, those that were left out included.
        trouble: Why nothing that is missing can be believed; "" where it can.
    """

    name: str
    stored: list[str]
    delivered: int
    trouble: str


def find_withdrawals(
    stored: Mapping[str, str | None],
    delivery: Delivery,
    complete: bool | tuple[str, ...],
    most_lost: float,
) -> Withdrawals:
    """Find the stored articles that the complete sources of a night no longer hold.

    Nothing is withdrawn from a source that delivered nothing, and nothing at all where a record's
    id could not be read, because it may be the missing one's.

    Args:
        stored: The source's label of each stored article before tonight, without those that were
            taken down.
        delivery: What was delivered tonight.
        complete: True where tonight's sources together hold everything; else the labels of the
            sources that do.
        most_lost: The share of a source's articles that it may lose in a night, net of new ones.

    Returns:
        What is to be deleted, what is to be said, and what the night is refused for.
    """
    ids: set[str] = set()
    notices, refusals = [], []
    for scope in _scopes(stored, delivery, complete):
        missing = [i for i in scope.stored if not delivery.named(i)]
        lost = len(scope.stored) - scope.delivered
        if scope.trouble:
            if missing or not scope.stored:
                notices.append(_kept(scope, len(missing)))
        elif surely_above(lost, len(scope.stored), most_lost):
            refusals.append(
                f"{scope.name} held {counted(len(scope.stored), 'article')} and now "
                f"{scope.delivered:,}, {lost / len(scope.stored):.1%} fewer, and "
                f"gates.articles_lost admits {most_lost:.1%} (its export may have broken off)"
            )
        ids.update(() if scope.trouble else missing)
    if ids:
        notices.insert(0, _withdrawn(len(ids)))
    return Withdrawals(frozenset(ids), notices, refusals)


def _scopes(
    stored: Mapping[str, str | None], delivery: Delivery, complete: bool | tuple[str, ...]
) -> list[_Scope]:
    unread = (
        f"{counted(delivery.unread, 'record of tonight has', 'records of tonight have')} no "
        "readable id and may be of its articles"
        if delivery.unread
        else ""
    )
    left_out = {i: stored.get(i) for i in delivery.left_out}
    if complete is True:
        empty = f"{', '.join(delivery.empty)} delivered no record" if delivery.empty else ""
        delivered = len(delivery.articles) + len(left_out.keys() & stored.keys())
        return [_Scope("the complete delivery", [*stored], delivered, empty or unread)]
    scopes = []
    for label in complete or ():
        ids = [i for i, other in stored.items() if other == label]
        delivered = sum(other == label for other in delivery.articles.values())
        kept = sum(other == label for other in left_out.values())
        nothing = "" if delivered else "it delivered no article tonight"
        unknown = "" if delivered or ids else "no article names it as its source"
        scopes.append(_Scope(label, ids, delivered + kept, unknown or nothing or unread))
    return scopes


def _withdrawn(count: int) -> Notice:
    text = counted(count, "article was", "articles were")
    return Notice(
        "withdrawn", count, f"{text} withdrawn: complete sources no longer hold them"
    )  # fmt: skip


def _kept(scope: _Scope, count: int) -> Notice:
    if not scope.stored:
        advice = "look at how input.complete spells it"
        return Notice("unknown_source", 1, f"{scope.name}: {scope.trouble}", advice)
    return Notice(
        "not_withdrawn",
        count,
        f"{scope.name}: {counted(count, 'article')} not delivered stay, because {scope.trouble}",
        "look at the export; what shall go in spite of that goes with recommender remove",
    )
