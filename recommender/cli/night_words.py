"""A night in plain words: what needs attention, what is in the news, and the nights before."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from recommender.artifacts.folder import Artifacts
from recommender.cli.night_report import night_report
from recommender.counts import counted
from recommender.errors import RecommenderError
from recommender.types.groups import CHANGE_KINDS

if TYPE_CHECKING:
    from recommender.serving.recommender import Recommender

__all__ = ["history_lines", "report_lines"]

STORIES = 5
CHANGES = 12
SOURCES = 3
# What became of a topic, as an editor says it.
_KINDS = {
    "born": "new", "merged": "merged into another", "split": "split", "grown": "grew",
    "gone": "ended",
}  # fmt: skip


def report_lines(artifacts: Artifacts, night: Mapping[str, Any]) -> list[str]:
    """The report of one night.

    Args:
        artifacts: The folder, whose published snapshot has the stories and topics.
        night: The record of the night.

    Returns:
        The lines; those of a section are indented below its heading.
    """
    first, *counts = night_report({**night, "notices": []}).splitlines()
    attention = [f"  {line}" for line in _attention(night)]
    lines = [
        f"{first} (the run of {_moment(night['started'])})",
        "What needs attention" if attention else "Nothing needs attention",
        *attention,
    ]
    if changed := night.get("changed_settings"):
        lines += ["Settings that changed since the snapshot before"]
        lines += [f"  {c['name']} {c['before']} → {c['after']}: {c['effect']}" for c in changed]
    lines += _news(artifacts, night)
    return [*lines, "What was done", *(f"  {line}" for line in counts)]


def history_lines(nights: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each night.

    Args:
        nights: Their records, the newest first.

    Returns:
        The lines.
    """
    return [
        f"{_moment(night['started'])}: {_outcome(night)}; {counted(night['articles'], 'article')}, "
        f"{night['intake']['new']:,} new, {night['intake']['rejected']:,} rejected; "
        f"{counted(night['topics'], 'topic')}, {counted(night['stories'], 'story', 'stories')}; "
        f"{sum(night['seconds'].values()):.0f} s"
        for night in nights
    ]


def _outcome(night: Mapping[str, Any]) -> str:
    if night["refused"]:
        return "refused"
    if night["unchanged"]:
        return "nothing had changed"
    return "forced" if night["forced"] else "published"


def _attention(night: Mapping[str, Any]) -> Iterator[str]:
    """What a person may want to act on, each with what to do."""
    intake = night["intake"]
    for gate in night["refused"]:
        yield f"not published, because {gate}: look at the sources, then run with --force"
    for gate in night["forced"]:
        yield f"published although {gate}"
    if intake["rejected"]:
        yield (
            f"{counted(intake['rejected'], 'record')} could not be used: mend the export; "
            f"{intake['rejects_file']} says what is wrong with each"
        )
    if not night["articles"]:
        yield "the snapshot is empty, because every article was taken down: recommender restore"
    if not intake["read"]:
        yield "the sources held no record: look at the export"
    for notice in night.get("notices", ()):
        yield ": ".join(filter(None, (notice["text"], notice["advice"])))
    if night.get("not_delivered") and not intake["new"] and intake["read"]:
        yield (
            f"{counted(night['not_delivered'], 'stored article was', 'stored articles were')} not "
            "delivered, and none was new: look whether the export still runs"
        )


def _news(artifacts: Artifacts, night: Mapping[str, Any]) -> list[str]:
    """The largest stories and what became of the topics, while the night's snapshot is served."""
    from recommender.serving.recommender import Recommender

    try:
        rec = Recommender.open(artifacts.root)
        if rec.health().snapshot != night["snapshot"]:
            return ["Another snapshot is served now; recommender snapshots lists them"]
        return [*_stories(rec), *_changes(rec)]
    except RecommenderError as error:
        return [f"Stories and topics cannot be read: {error}"]


def _stories(rec: "Recommender") -> Iterator[str]:
    stories = rec.stories(count=STORIES)
    if stories:
        yield "The largest stories"
    for story in stories:
        sources = ", ".join(story.sources[:SOURCES])
        more = f" and {len(story.sources) - SOURCES} more" if len(story.sources) > SOURCES else ""
        told = f" ({sources}{more})" if sources else ""
        yield f"  {counted(story.size, 'article')}: {story.headline or '(untitled)'}{told}"


def _changes(rec: "Recommender") -> Iterator[str]:
    order = {kind: place for place, kind in enumerate(CHANGE_KINDS)}
    changes = sorted(
        rec.changes(), key=lambda c: (order[c.kind], -max(c.size, c.previous_size), c.id)
    )
    if changes and len(changes) == len(rec.topics(None)) and changes[-1].kind == "born":
        yield (
            f"All topics are new, {len(changes):,} on all levels: recommender topics shows them, "
            "finer ones with --level"
        )
        return
    if changes:
        yield "Topics that changed"
    for change in changes[:CHANGES]:
        size = counted(change.size or change.previous_size, "article")
        yield f"  {_KINDS[change.kind]}: {change.label or '(no label)'} ({change.id}, {size})"
    if len(changes) > CHANGES:
        yield f"  {len(changes) - CHANGES:,} more: recommender topics --changes"


def _moment(started: str) -> str:
    return f"{datetime.fromisoformat(started):%-d %b %Y, %H:%M} UTC"
