"""`recommender evaluate`: measure the product on labelled articles."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from recommender.cli.exit_codes import EXIT_HELP
from recommender.cli.options import (
    config_option,
    json_option,
    progress_bars,
    progress_option,
    set_option,
)
from recommender.cli.output import console, echo, echo_json
from recommender.counts import counted
from recommender.errors import needs_extra

if TYPE_CHECKING:
    from collections.abc import Callable

    from recommender.evaluation.evaluate_groups import ClusteringEvaluation
    from recommender.evaluation.evaluate_related import RankingEvaluation
    from recommender.evaluation.labelled_set import LabelKind, LabelledSet
    from recommender.settings.sections import Settings

__all__ = ["evaluate"]

split_option = click.option(
    "--split", metavar="NAME", help="Measure only the articles of this split."
)


def evaluation_options(command: "Callable[..., None]") -> "Callable[..., None]":
    """Add the options that all evaluations share, in the order of the help."""
    for option in (json_option, progress_option, set_option, config_option, split_option):
        command = option(command)
    return command


@click.group()
def evaluate() -> None:
    """Measure the product on articles that you have labelled."""


@evaluate.command("related", epilog=EXIT_HELP)
@click.argument("labelled", type=click.Path(path_type=Path))
@evaluation_options
def evaluate_related(
    labelled: Path,
    split: str | None,
    config: Path | None,
    overrides: tuple[str, ...],
    progress: bool | None,
    as_json: bool,
) -> None:
    """Measure how often articles on one story are answered with each other.

    LABELLED is a source whose records also name their `story`. A snapshot of its articles is built
    in a temporary folder; the product's answers and those of plain rankings are measured side by
    side, with 95 % intervals.
    """
    with needs_extra("build"):
        from recommender.evaluation.evaluate_related import evaluate_related as run
    settings, articles = _read(labelled, "story", None, config, overrides)
    found = run(articles, settings, split=split, progress=progress_bars(progress))
    if as_json:
        echo_json(found.to_dict())
        return
    from recommender.cli.figures_table import figures_table
    from recommender.evaluation.ranking_metrics import MEASURES

    echo(_ranking_summary(found))
    _echo_rejects(articles)
    console().print(figures_table(found.rankings, MEASURES))
    echo(str(found.lists))


class _GroupOptions(TypedDict):
    """The options of the commands that evaluate groups."""

    field: str | None
    split: str | None
    config: Path | None
    overrides: tuple[str, ...]
    progress: bool | None
    as_json: bool


@evaluate.command("stories", epilog=EXIT_HELP)
@click.argument("labelled", type=click.Path(path_type=Path))
@click.option("--field", metavar="NAME", help="The field that names the story.  [default: story]")
@evaluation_options
def evaluate_stories(labelled: Path, **options: Unpack[_GroupOptions]) -> None:
    """Measure how well articles on one event are found to be one story.

    LABELLED is a source whose records also name their story. A snapshot of its articles is built in
    a temporary folder; its stories and those of plain clusterings are measured side by side by
    B-cubed, with 95 % intervals.
    """
    _evaluate_groups("story", labelled, **options)


@evaluate.command("topics", epilog=EXIT_HELP)
@click.argument("labelled", type=click.Path(path_type=Path))
@click.option("--field", metavar="NAME", help="The field that names the topic.  [default: topic]")
@evaluation_options
def evaluate_topics(labelled: Path, **options: Unpack[_GroupOptions]) -> None:
    """Measure how well the topics that are found are those of your editors.

    LABELLED is a source whose records also name their topic. A snapshot of its articles is built in
    a temporary folder; its topics and those of k-means, and of BERTopic and EVoC where they are
    installed, are measured side by side by V-measure, with 95 % intervals.
    """
    _evaluate_groups("topic", labelled, **options)


def _evaluate_groups(kind: "LabelKind", labelled: Path, **options: Unpack[_GroupOptions]) -> None:
    """Measure groups of one kind, and print them as a table or as JSON."""
    with needs_extra("build"):
        from recommender.evaluation import evaluate_groups as groups
    run = {"story": groups.evaluate_stories, "topic": groups.evaluate_topics}[kind]
    settings, articles = _read(
        labelled, kind, options["field"], options["config"], options["overrides"]
    )
    progress = progress_bars(options["progress"])
    found = run(articles, settings, split=options["split"], progress=progress)
    if options["as_json"]:
        echo_json(found.to_dict())
        return
    from recommender.cli.figures_table import groupings_table

    echo(_clustering_summary(found))
    _echo_rejects(articles)
    console().print(groupings_table(found, groups.MEASURES[kind]))
    for line in found.left_out:
        echo(line)


def _read(
    path: Path,
    kind: "LabelKind",
    field: str | None,
    config: Path | None,
    overrides: tuple[str, ...],
) -> "tuple[Settings, LabelledSet]":
    """The settings of the run, and the labelled set at `path`."""
    with needs_extra("build"):
        from recommender.evaluation.labelled_set import read_labelled
        from recommender.settings.load import load_settings
    from recommender.cli.logs import log_to_stderr

    log_to_stderr(0)
    settings = load_settings(config, overrides=overrides)
    given = settings.input
    articles = read_labelled(
        path, given.fields, given.max_characters, given.max_rejects, kind=kind, field=field
    )
    return settings, articles


def _echo_rejects(articles: "LabelledSet") -> None:
    """Say how many bad records were left out, where there are any."""
    if articles.rejects:
        echo(f"bad records left out: {len(articles.rejects):,}, the first: {articles.rejects[0]}")


def _ranking_summary(found: "RankingEvaluation") -> str:
    """The lines above the table of rankings."""
    asked = f"the split {found.split}" if found.split else "all"
    return (
        f"{found.labelled}: {counted(found.articles, 'article')} on "
        f"{counted(found.stories, 'story', 'stories')}; encoder {found.encoder}\n"
        f"{counted(len(found.queries), 'query', 'queries')} ({asked}); "
        f"{counted(found.without_answer, 'article')} left out, where no other has the same story"
    )


def _clustering_summary(found: "ClusteringEvaluation") -> str:
    """The lines above the table of clusterings."""
    measured = "all"
    if found.split:
        measured = f"{counted(len(found.ids), 'article')} of the split {found.split}"
    plural = {"story": "stories", "topic": "topics"}[found.kind]
    summary = (
        f"{found.labelled}: {counted(found.articles, 'article')}; encoder {found.encoder}\n"
        f"measured: {measured}, labelled with {counted(len(found.sizes), found.kind, plural)}, "
        f"the largest of {counted(int(found.sizes[0]), 'article')}"
    )
    if found.placed is None:
        return summary
    summary += f"\n{found.placed:.1%} of them stand in the topic where a new article would go"
    if found.npmi is None:
        return summary
    return f"{summary}\nkeywords: NPMI {found.npmi:.3f}, diversity {found.diversity:.3f}"
