"""The commands about stories and topics: lists, the changes of the last night, and trends."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from recommender.cli.options import Moment, artifacts_option, json_option
from recommender.cli.output import console, echo, echo_json
from recommender.counts import counted

if TYPE_CHECKING:
    from recommender.serving.groups import GroupKind
    from recommender.serving.recommender import Recommender
    from recommender.types.groups import Story, Topic

__all__ = ["stories", "topics"]

STORIES = 20  # how many are shown by default
NEWEST = 10  # articles of one topic that are shown by default

_changes_option = click.option(
    "--changes", is_flag=True, help="What the last night did to them, instead of the list."
)
_trending_option = click.option(
    "--trending", is_flag=True, help="Those with far more articles than usual, instead of all."
)


@click.command()
@click.argument("topic_id", required=False)
@artifacts_option
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=1),
    help="At most so many, the largest first; of one topic the newest articles.",
)
@click.option(
    "--level",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="1 are the broad topics, 2 and 3 the finer ones within them.",
)
@click.option(
    "--words",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Keywords of each topic.",
)
@_changes_option
@_trending_option
@json_option
def topics(
    topic_id: str | None,
    artifacts: Path,
    count: int | None,
    level: int,
    words: int,
    changes: bool,
    trending: bool,
    as_json: bool,
) -> None:
    """Print the topics of one level, largest first, with their keywords.

    With TOPIC_ID, print that topic: what it is part of, the topics within it, the articles that
    best show what it is about, and its newest articles.
    """
    if changes:
        _refuse_with("--changes", "trending", "topic_id", "level", "words")
        _print_changes(artifacts, "topics", count, as_json=as_json)
        return
    if trending:
        _refuse_with("--trending", "topic_id", "words")
        _print_trends(artifacts, "topics", level, count, as_json=as_json)
        return
    if topic_id is not None:
        _refuse_with(topic_id, "level")
        _print_topic(artifacts, topic_id, count, words, as_json=as_json)
        return
    rec = _opened(artifacts)
    found = rec.topics(level)[:count]
    if as_json:
        echo_json([replace(t, keywords=t.keywords[:words]).to_dict() for t in found])
        return
    from recommender.cli.group_tables import topics_table

    console().print(topics_table(found, words))
    if not found:
        depth = max((topic.level for topic in rec.topics(None)), default=0)
        deep = f"The topics have {counted(depth, 'level')}; none is cut as fine as {level}."
        echo(deep if depth else "There is no topic that can be shown.", err=True)


@click.command()
@click.argument("story_id", required=False)
@artifacts_option
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=1),
    help="At most so many, the largest first.  [default: 20; all with --changes or --trending]",
)
@click.option(
    "--since",
    type=Moment(),
    help="Only stories with an article since then: ISO 8601, or 12h, 7d ago.",
)
@click.option(
    "--min-size",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Only stories of so many articles or more.",
)
@_changes_option
@_trending_option
@json_option
def stories(
    story_id: str | None,
    artifacts: Path,
    count: int | None,
    since: datetime | None,
    min_size: int,
    changes: bool,
    trending: bool,
    as_json: bool,
) -> None:
    """Print stories, the largest first; or the articles of STORY_ID in the order of their dates."""
    if changes:
        _refuse_with("--changes", "trending", "story_id", "since", "min_size")
        _print_changes(artifacts, "stories", count, as_json=as_json)
        return
    if trending:
        _refuse_with("--trending", "story_id", "since", "min_size")
        _print_trends(artifacts, "stories", 1, count, as_json=as_json)
        return
    if story_id is not None:
        _refuse_with(story_id, "since", "min_size", "count")
    rec = _opened(artifacts)
    found = (
        rec.stories(since, min_size, count or STORIES)
        if story_id is None
        else (rec.story(story_id),)
    )
    if as_json:
        stories = [story.to_dict() for story in found]
        echo_json(stories if story_id is None else stories[0])
        return
    from recommender.cli.group_tables import stories_table, story_table

    now = datetime.now(UTC)
    _report_successors(found)
    screen = console()
    if story_id is None:
        screen.print(stories_table(found, now))
    else:
        screen.print(story_table(found[0], now))


def _print_topic(
    artifacts: Path, topic_id: str, count: int | None, words: int, *, as_json: bool
) -> None:
    page = _opened(artifacts).topic_page(topic_id, count or NEWEST)
    if as_json:
        echo_json(page.to_dict())
        return
    from recommender.cli.group_tables import topic_tables

    _report_successors((page.topic,))
    for table in topic_tables(page, words, datetime.now(UTC)):
        console().print(table)


def _refuse_with(flag: str, *others: str) -> None:
    """Refuse each of the `others`, parameters that `flag` would ignore, if it was given."""
    context = click.get_current_context()
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name in others and source is not ParameterSource.DEFAULT:
            name = parameter.human_readable_name if isinstance(parameter, click.Argument) else None
            other = name or parameter.opts[-1]
            raise click.UsageError(f"{flag} cannot be combined with {other}")


def _opened(artifacts: Path) -> "Recommender":
    from recommender.serving.recommender import Recommender

    return Recommender.open(artifacts)


def _print_changes(artifacts: Path, kind: "GroupKind", count: int | None, *, as_json: bool) -> None:
    from recommender.cli.group_tables import changes_table

    changes = _opened(artifacts).changes(kind)
    if count is not None:
        largest = sorted(changes, key=lambda change: -max(change.size, change.previous_size))
        changes = tuple(sorted(largest[:count], key=lambda change: change.id))
    if as_json:
        echo_json([change.to_dict() for change in changes])
    elif changes:
        console().print(changes_table(changes))
    else:
        echo(f"The last night left all {kind} as they were.")


def _print_trends(
    artifacts: Path, kind: "GroupKind", level: int, count: int | None, *, as_json: bool
) -> None:
    from recommender.cli.group_tables import trends_table

    trends = _opened(artifacts).trending(kind, level)[:count]
    if as_json:
        echo_json([trend.to_dict() for trend in trends])
    elif trends:
        console().print(trends_table(trends))
    else:
        echo(f"No {kind} have far more articles than usual.")


def _report_successors(found: "tuple[Topic | Story, ...]") -> None:
    """Print a line for each group that took over from the one that was asked for."""
    for group in found:
        if group.asked is not None:
            echo(
                f"{group.asked} no longer exists; most of its articles are now in {group.id}.",
                err=True,
            )
