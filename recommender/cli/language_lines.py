"""The lines of a night's report that say in which languages its articles are."""

from collections.abc import Mapping
from typing import Any

from recommender.counts import counted
from recommender.language.labels import name_of

__all__ = ["language_lines"]

_NAMED = 5  # so many languages or labels are named, the others counted


def language_lines(night: Mapping[str, Any]) -> list[str]:
    """In which languages the articles are, and how that is known.

    Args:
        night: The record of a night; one of an earlier version says nothing of languages.

    Returns:
        Lines for a reader.
    """
    found = night.get("languages")
    if not found:
        return []
    lines = [f"languages: {_listed(found['articles'], name_of) or 'none is known'}"]
    detected, undetected = found["detected"], found["undetected"]
    if unlabelled := sum(detected.values()) + undetected:
        parts = [f"detected {_listed(detected, name_of)}"] if detected else []
        parts += [f"{undetected:,} unclear, taken as their source's usual"] if undetected else []
        noun = counted(unlabelled, "article names", "articles name")
        lines.append(f"{noun} no language: {'; '.join(parts)}")
    return lines


def _listed(counts: Mapping[str, int], named: Any) -> str:
    """The most frequent with their numbers, and how many others there are."""
    parts = [f"{named(key)} {count:,}" for key, count in [*counts.items()][:_NAMED]]
    if len(counts) > _NAMED:
        parts.append(f"{len(counts) - _NAMED:,} more")
    return ", ".join(parts)
