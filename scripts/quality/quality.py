"""Measure the product on labelled sets and compare with floors: `make quality`.

Usage: python scripts/quality/quality.py [--data DIR] [--floors FILE] [--json-file FILE]
                                         [--only NAME ...] [--update-floors [--lower-floors]]

The labelled sets are shared among developers and lie beside the repository, not in it; without them
nothing is measured and nothing fails. A floor belongs to the bytes of its set: another set under
the same name is refused. Prints a table for each task. Exit codes: 0 where all figures are at their
floors or above, or the sets are absent; else 1.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import click
from copies import Report, duplicates, headline_groups, planted
from floors import complaints, digest, raised, read_floors, write_floors
from rich.console import Console, Group
from stream import read_stream

from recommender.cli.figures_table import figures_table, groupings_table
from recommender.errors import RecommenderError
from recommender.evaluation.clustering_metrics import B_CUBED, PARTITION
from recommender.evaluation.evaluate_groups import evaluate_stories, evaluate_topics
from recommender.evaluation.evaluate_related import evaluate_related
from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.evaluation.ranking_metrics import MEASURES
from recommender.settings.load import load_settings
from recommender.settings.sections import Settings

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
FLOORS = Path(__file__).with_name("quality_floors.json")


class Task(NamedTuple):
    """One thing to measure: `run` is called with the paths of `files` in the data folder."""

    files: tuple[str, ...]
    run: Callable[..., Report]


def related(split: str | None = None) -> Callable[[Path], Report]:
    """Related articles on a set labelled with stories.

    The floors are for relevance alone; for nDCG as shipped, filled hits included; and for the share
    of a page's lists that are full or filled.
    """

    def run(labelled: Path) -> Report:
        # Defaults and nothing else: a developer's environment must not change a figure.
        settings = load_settings(environment={})
        articles = read_labelled(labelled, {}, settings.input.max_characters)
        found = evaluate_related(articles, settings, split=split)
        product = next(ranking for ranking in found.rankings if ranking.key == "relevance")
        figures = dict(zip(MEASURES, product.figures.mean.tolist(), strict=True))
        shipped = next(ranking for ranking in found.rankings if ranking.key == "default")
        figures["nDCG@5 as shipped"] = float(shipped.figures.mean[MEASURES.index("nDCG@5")])
        figures["full or filled"] = found.lists.shares["full"] + found.lists.shares["filled"]
        shown = Group(figures_table(found.rankings, MEASURES), str(found.lists))
        return Report(figures, shown, found.to_dict())

    return run


def stories(labelled: Path) -> Report:
    """Stories on a set labelled with them; the floors are for our B-cubed."""
    settings = load_settings(environment={})
    return _stories(read_labelled(labelled, {}, settings.input.max_characters), settings)


def stream(labelled: Path) -> Report:
    """Stories of short texts: the lines of a set, labelled with the subjects in its `label`."""
    return _stories(read_stream(labelled, "label"), load_settings(environment={}))


def _stories(articles: LabelledSet, settings: Settings) -> Report:
    found = evaluate_stories(articles, settings)
    figures = dict(zip(B_CUBED, found.groupings[0].figures.mean.tolist(), strict=True))
    return Report(figures, groupings_table(found, B_CUBED), found.to_dict())


def topics(labelled: Path) -> Report:
    """Broad topics on a set whose `label` names them.

    The floors are for our V-measure, the share of articles with a topic, the share in the topic
    that a new article with the same neighbours would get, and the keywords' NPMI and diversity.
    """
    settings = load_settings(environment={})
    given = settings.input.max_characters
    articles = read_labelled(labelled, {}, given, kind="topic", field="label")
    found = evaluate_topics(articles, settings)
    product = found.groupings[0]
    figures = {
        "V-measure": float(product.figures.mean[PARTITION.index("V-measure")]),
        "assigned": 1 - product.unassigned,
        "placed": float(found.placed or 0),
        "NPMI": float(found.npmi or 0),
        "diversity": float(found.diversity or 0),
    }
    return Report(figures, groupings_table(found, PARTITION), found.to_dict())


# To add a task, write a function from paths to a Report, and a line here.
TASKS = {
    "related: allsides": Task(("allsides_stories.jsonl",), related("val")),
    "related: ecbplus": Task(("ecbplus_stories.jsonl",), related()),
    "related: basil": Task(("basil_stories.jsonl",), related()),
    "related: dated": Task(("dated_stories.jsonl",), related()),
    "stories: allsides": Task(("allsides_stories.jsonl",), stories),
    "stories: ecbplus": Task(("ecbplus_stories.jsonl",), stories),
    "stories: basil": Task(("basil_stories.jsonl",), stories),
    "stories: lines of ecbplus": Task(("ecbplus_stories.jsonl",), stream),
    "topics: bbc": Task(("bbc_topics.jsonl",), topics),
    "topics: reuters": Task(("reuters_topics.jsonl",), topics),
    "topics: agnews": Task(("agnews_topics.jsonl",), topics),
    "duplicates: planted": Task(("neardup_articles.jsonl", "neardup_truth.jsonl"), duplicates),
    "duplicates: bbc": Task(("bbc_topics.jsonl",), duplicates),
    "copies: planted in bbc": Task(("bbc_topics.jsonl",), planted),
    "copies: planted in basil": Task(("basil_stories.jsonl",), planted),
    "copies: planted in ecbplus": Task(("ecbplus_stories.jsonl",), planted),
    "copies: planted in reuters": Task(("reuters_topics.jsonl",), planted),
    "copies: headlines": Task(("headline_stories.jsonl",), headline_groups),
}


def measure_all(names: Iterable[str], data: Path) -> dict[str, tuple[dict[str, str], Report]]:
    """Run the tasks and print their tables; the digests of each one's files, and its report."""
    console, found = Console(width=120, highlight=False), {}
    wanted = {name: [data / file for file in TASKS[name].files] for name in names}
    for name, paths in wanted.items():
        if missing := [path for path in paths if not path.is_file()]:
            sys.exit(f"{name}: there is no {missing[0]}; name tasks that have their sets: --only")
    for name, paths in wanted.items():
        digests = {path.name: digest(path) for path in paths}
        report = TASKS[name].run(*paths)
        console.print(name, style="bold")
        console.print(report.shown, "\n")
        found[name] = (digests, report)
    return found


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="The labelled sets.")
@click.option("--floors", "file", type=click.Path(path_type=Path), default=FLOORS)
@click.option("--json-file", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(list(TASKS)))
@click.option("--update-floors", "update", is_flag=True, help="Raise floors to the figures.")
@click.option(
    "--lower-floors", "lower", is_flag=True, help="With --update-floors: lower them, too."
)
def main(
    data: Path, file: Path, json_file: Path | None, only: tuple[str, ...], update: bool, lower: bool
) -> None:
    """Measure all tasks, or the named ones, and compare with their floors."""
    if lower and not update:
        raise click.UsageError("--lower-floors goes with --update-floors")
    if not data.is_dir():
        click.echo(f"skipped: there are no labelled sets in {data}; name their folder with --data")
        return
    found = measure_all(only or TASKS, data)
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        measured = {name: {"files": files} | report.data for name, (files, report) in found.items()}
        json_file.write_text(json.dumps(measured, ensure_ascii=False), encoding="utf-8")
    stored = read_floors(file)
    wrong = []
    for name, (files, report) in found.items():
        if name in stored:
            wrong += complaints(name, report.figures, files, stored[name])
        elif not update:
            wrong.append(f"{name} has no floors in {file}; take them with --update-floors")
    if wrong and not lower:
        click.echo("\n".join(wrong), err=True)
        if update:
            click.echo("no floor was changed; --lower-floors lowers them, too", err=True)
        sys.exit(1)
    if update:
        for name, (files, report) in found.items():
            stored[name] = raised(report.figures, files, stored.get(name), lower)
        write_floors(file, stored)
        click.echo(f"floors written to {file}")
    else:
        click.echo(f"every figure is at its floor or above ({file})")


if __name__ == "__main__":
    try:
        main()
    except RecommenderError as error:
        sys.exit(f"Error: {error}")
