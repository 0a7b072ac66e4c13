"""Successors: the group that took over most articles of one whose id was retired."""

from collections.abc import Mapping

__all__ = ["compact_successors", "latest_successor"]


def latest_successor(id: str, successors: Mapping[str, str]) -> str:  # noqa: A002 - it is the id
    """The last of the chain of successors of an id.

    Args:
        id: The id of a group.
        successors: The successor of each retired id that has one.

    Returns:
        The successor's successor and so on, or `id` itself if it has none. The last one may be
        retired, too. `id` itself if the successors form a circle, which no lineage produces.

    Example:
        >>> latest_successor("t-a", {"t-a": "t-b", "t-b": "t-c"})
        't-c'
    """
    seen, last = {id}, id
    while (following := successors.get(last)) is not None:
        if following in seen:
            return id
        seen.add(following)
        last = following
    return last


def compact_successors(successors: Mapping[str, str], newer: Mapping[str, str]) -> dict[str, str]:
    """Add tonight's successors, and let each id lead to the last of its chain in one step.

    Args:
        successors: The successor of each id that was retired before.
        newer: The successor of each id that was retired tonight.

    Returns:
        The latest successor of each of these ids.

    Example:
        >>> compact_successors({"t-a": "t-b"}, {"t-b": "t-c"})
        {'t-a': 't-c', 't-b': 't-c'}
    """
    both = {**successors, **newer}
    last = {retired: latest_successor(retired, both) for retired in both}
    return {retired: successor for retired, successor in last.items() if successor != retired}
