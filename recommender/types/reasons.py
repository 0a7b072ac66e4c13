"""Why an article is in an answer, and how a page says it."""

from dataclasses import dataclass

from recommender.counts import counted
from recommender.types.value import JsonObject, Value

__all__ = ["Reasons", "explain"]


@dataclass(frozen=True, slots=True)
class Reasons(Value):
    """Why an article is in an answer: what it shares with the article that was asked about.

    Attributes:
        names: Names that occur in both texts, the most distinctive first.
        phrases: Other phrases that occur in both texts, the most distinctive first.
        same_story: Whether both are about the same event.
        duplicate: Whether both have nearly the same text.
        hours_apart: Hours from the article that was asked about to this one, negative where this
            one is older; None where one of them has no date.
        pinned: Whether a rule of the publisher put it there.
        filler: "section" or "topic" where it is not related at all, and only the newest article of
            that section or topic, which fills a short list; None otherwise.
    """

    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    same_story: bool = False
    duplicate: bool = False
    hours_apart: float | None = None
    pinned: bool = False
    filler: str | None = None

    def to_dict(self) -> JsonObject:
        """The reasons as plain JSON values; see `Value.to_dict`.

        Returns:
            Its fields by name, and its words as `text`; see `explain`.
        """
        return Value.to_dict(self) | {"text": explain(self)}


def explain(reasons: Reasons) -> str:
    """The reasons of a hit in words that a page can print.

    Args:
        reasons: Why an article is in an answer: the `reasons` of a `Related`.

    Returns:
        The reasons with " · " between them; "" where there are none.

    Example:
        >>> from recommender import Reasons, explain
        >>> explain(Reasons(names=("Poipet",), phrases=("cyber-scam",), same_story=True))
        'same story · also about: Poipet, cyber-scam'
        >>> explain(Reasons(hours_apart=-50.0))
        '2 days earlier'
        >>> explain(Reasons(filler="section"))
        'newest of the section'
    """
    parts = []
    if reasons.filler is not None:
        return f"newest of the {reasons.filler}"
    if reasons.pinned:
        parts.append("chosen by the editors")
    if reasons.duplicate:
        parts.append("the same text")
    elif reasons.same_story:
        parts.append("same story")
    if about := reasons.names + reasons.phrases:
        parts.append(f"also about: {', '.join(about)}")
    if reasons.hours_apart is not None:
        parts.append(_time_apart(reasons.hours_apart))
    return " · ".join(parts)


def _time_apart(hours: float) -> str:
    size = abs(hours)
    if size == 0:  # common where articles have a date without a time
        return "the same day"
    if size < 1:
        return "within the hour"
    count, unit = (round(size / 24), "day") if size >= 24 else (round(size), "hour")
    return f"{counted(count, unit)} {'later' if hours > 0 else 'earlier'}"
