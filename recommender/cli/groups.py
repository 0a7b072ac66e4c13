"""The commands about stories and topics: what there is, what changed, what bursts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from recommender.cli.options import Moment, artifacts_option, console, echo_json, json_option

if TYPE_CHECKING:
    from rich.table import Table

    from recommender.serving.groups import GroupKind
    from recommender.serving.recommender import Recommender
    from recommender.types import Change, Story, Topic, Trend

__all__ = ["stories", "topics"]

News = TypeVar("News", "Change", "Trend")
STORIES = 20  # shown where nothing else is said

_changes_option = click.option(
    "--changes", is_flag=True, help="What the last night did to them, in place of the list."
)
_trending_option = click.option(
    "--trending", is_flag=True, help="Those with far more articles than usual, in place of all."
)


@click.command()
@click.argument("topic_id", required=False)
@artifacts_option
@click.option("-n", "--count", type=click.IntRange(min=1), help="Only so many, the largest first.")
@click.option(
    "--level",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="1 are the broad topics, 2 and 3 the finer ones within them.",
)
@click.option(
    "--words", type=click.IntRange(min=1), default=10, show_default=True, help="Keywords a topic."
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
    """Print the topics of one level, largest first, with their keywords; or the one of TOPIC_ID."""
    if changes:
        _refuse_beside("--changes", "trending", "topic_id", "level", "words")
        _print_changes(artifacts, "topics", count, as_json=as_json)
        return
    if trending:
        _refuse_beside("--trending", "topic_id", "words")
        _print_trends(artifacts, "topics", level, count, as_json=as_json)
        return
    rec = _opened(artifacts)
    found = rec.topics(level)[:count] if topic_id is None else (rec.topic(topic_id),)
    if as_json:
        echo_json([_topic(topic, words) for topic in found])
        return
    from recommender.cli.tables import topics_table

    _say_heirs(found)
    console().print(topics_table(found, words))
    if not found:
        depth = max((topic.level for topic in rec.topics(None)), default=0)
        click.echo(f"The topics have {depth} levels; none is cut as fine as {level}.", err=True)


@click.command()
@click.argument("story_id", required=False)
@artifacts_option
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=1),
    help="Only so many, the largest first.  [default: 20; of --changes and --trending all]",
)
@click.option("--since", type=Moment(), help="With an article since then: ISO 8601, or 12h, 7d.")
@click.option(
    "--min-size", type=click.IntRange(min=1), default=2, show_default=True, help="Articles."
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
        _refuse_beside("--changes", "trending", "story_id", "since", "min_size")
        _print_changes(artifacts, "stories", count, as_json=as_json)
        return
    if trending:
        _refuse_beside("--trending", "story_id", "since", "min_size")
        _print_trends(artifacts, "stories", 1, count, as_json=as_json)
        return
    rec = _opened(artifacts)
    found = (
        rec.stories(since, min_size, count or STORIES)
        if story_id is None
        else (rec.story(story_id),)
    )
    if as_json:
        echo_json([_story(story) for story in found])
        return
    from recommender.cli.tables import stories_table, story_table

    now = datetime.now(UTC)
    _say_heirs(found)
    screen = console()
    if story_id is None:
        screen.print(stories_table(found, now))
    else:
        screen.print(story_table(found[0], now))


def _refuse_beside(flag: str, *others: str) -> None:
    """Refuse `others`, parameters of this command, where one was given that `flag` would ignore."""
    context = click.get_current_context()
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name in others and source is not ParameterSource.DEFAULT:
            name = parameter.human_readable_name if isinstance(parameter, click.Argument) else None
            raise click.UsageError(f"{flag} goes without {name or parameter.opts[-1]}")


def _opened(artifacts: Path) -> "Recommender":
    from recommender.serving.recommender import Recommender

    return Recommender.open(artifacts)


def _print_changes(artifacts: Path, kind: "GroupKind", count: int | None, *, as_json: bool) -> None:
    from recommender.cli.tables import changes_table

    changed = _opened(artifacts).changes(kind)
    if count is not None:
        largest = sorted(changed, key=lambda change: -max(change.size, change.previous_size))
        changed = tuple(sorted(largest[:count], key=lambda change: change.id))
    _print_news(changed, changes_table, f"The last night left all {kind} as they were.", as_json)


def _print_trends(
    artifacts: Path, kind: "GroupKind", level: int, count: int | None, *, as_json: bool
) -> None:
    from recommender.cli.tables import trends_table

    bursting = _opened(artifacts).trending(kind, level)[:count]
    _print_news(bursting, trends_table, f"No {kind} have far more articles than usual.", as_json)


def _print_news(
    news: Sequence[News],
    table: "Callable[[Sequence[News]], Table]",
    nothing: str,
    as_json: bool,
) -> None:
    """Print `news` as JSON or in a `table`, or that there is `nothing`."""
    if as_json:
        echo_json([item._asdict() for item in news])
    elif news:
        console().print(table(news))
    else:
        click.echo(nothing)


def _topic(topic: "Topic", words: int) -> dict[str, Any]:
    return {
        "id": topic.id,
        "label": topic.label,
        "size": topic.size,
        "level": topic.level,
        "parent": topic.parent,
        "keywords": [keyword._asdict() for keyword in topic.keywords[:words]],
        "representatives": topic.representatives,
        "asked": topic.asked,
    }


def _story(story: "Story") -> dict[str, Any]:
    return {
        "id": story.id,
        "headline": story.headline,
        "size": story.size,
        "first": story.first,
        "last": story.last,
        "sources": story.sources,
        "keywords": [keyword._asdict() for keyword in story.keywords],
        "lead": story.lead.id,
        "articles": [card._asdict() for card in story.articles],
        "asked": story.asked,
    }


def _say_heirs(found: "tuple[Topic | Story, ...]") -> None:
    for group in found:
        if group.asked is not None:
            click.echo(f"{group.asked} is no more; most of it went to {group.id}.", err=True)
