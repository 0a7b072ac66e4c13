"""Reasons: the names and phrases that two texts share, for a page to print beside a hit."""

import math
import re
from collections.abc import Mapping, Sequence

from recommender._typing import Array
from recommender.language.writing_systems import UNSPACED
from recommender.types import Reasons

__all__ = ["best", "explain", "lone_weight", "shared"]

# Scripts without spaces between words: there a phrase may lie anywhere inside another.
_SIGN = re.compile(f"[{UNSPACED}]")
# Endings up to this long make another form of the same word, "Korea" and "Korean".
_ENDING = 3
_STEM = 4
# What more texts hold, a country or "bank", tells nothing when it is all that two texts share.
_LONE_SHARE, _LONE_TEXTS = 0.01, 10


def shared(of_text: Array, own: int, others: Sequence[int] | Array) -> list[list[int]]:
    """The phrases that text `own` shares with each of `others`, in rising order.

    `of_text` (texts, P) int32 holds the phrases of each text in rising order, -1 behind them.
    """
    row = of_text[own]
    row = row[row >= 0]
    if not row.size:
        return [[] for _ in others]
    candidates = of_text.take(others, axis=0)
    both = row.take(row.searchsorted(candidates), mode="clip") == candidates
    found = candidates[both].tolist()
    result, begin = [], 0
    for count in both.sum(axis=1).tolist():
        result.append(found[begin : begin + count])
        begin += count
    return result


def lone_weight(texts: int) -> float:
    """The least weight of a phrase that may be the only reason, in a corpus of so many `texts`."""
    return math.log(texts / max(_LONE_SHARE * texts, _LONE_TEXTS))


def best(
    phrases: Sequence[int],
    weights: Mapping[int, float],
    texts: Mapping[int, str],
    count: int = 3,
    alone: float = 0.0,
) -> list[int]:
    """The `count` of `phrases` that weigh most, none inside a better one or a form of it.

    `weights` and `texts` are those of the phrases, at least. Ties fall to their order. A single
    one must weigh `alone`.
    """
    chosen: list[int] = []
    said: list[str] = []
    for phrase in sorted(phrases, key=weights.__getitem__, reverse=True):
        if len(chosen) == count:
            break
        text = texts[phrase].casefold()
        for other in said:
            # Said here for hardly any two pass, and a call of each takes longer than to say it.
            if (text in other or other in text) and _repeats(text, other):
                break
        else:
            chosen.append(phrase)
            said.append(text)
    return chosen if len(chosen) != 1 or weights[chosen[0]] >= alone else []


def _repeats(text: str, other: str) -> bool:
    """Whether the words of `text` lie side by side in `other`, or one is a form of the other.

    Both are casefolded. Where neither text is part of the other, it is not so.
    """
    inside = text in other if _SIGN.match(text) else f" {text} " in f" {other} "
    short, long = sorted((text, other), key=len)
    ending = len(short) >= _STEM and len(long) <= len(short) + _ENDING
    return inside or (ending and long.startswith(short))


def explain(reasons: Reasons) -> str:
    """The reasons in words that a page can print: "same story · also about: Poipet, cyber-scam"."""
    said = []
    if reasons.filler is not None:
        return f"newest of the {reasons.filler}"
    if reasons.pinned:
        said.append("chosen by the editors")
    if reasons.duplicate:
        said.append("the same text")
    elif reasons.same_story:
        said.append("same story")
    if about := reasons.names + reasons.phrases:
        said.append(f"also about: {', '.join(about)}")
    if reasons.hours_apart is not None:
        said.append(_apart(reasons.hours_apart))
    return " · ".join(said)


def _apart(hours: float) -> str:
    size = abs(hours)
    if size == 0:  # as it is everywhere where articles have a date and no time
        return "the same day"
    if size < 1:
        return "within the hour"
    count, unit = (round(size / 24), "day") if size >= 24 else (round(size), "hour")
    return f"{count:,} {unit}{'' if count == 1 else 's'} {'later' if hours > 0 else 'earlier'}"
