"""Hold the product to what it has reached: `make quality` measures, prints, and compares to floors.

Usage: python scripts/quality/quality.py [--data DIR] [--floors FILE] [--json-file FILE]
                                         [--only NAME ...] [--update-floors [--lower-floors]]

The labelled sets are shared among developers and lie beside the repository, not in it: where they
are absent, nothing is measured and nothing fails. A floor belongs to the bytes of its set: another
set under the same name is refused, not compared. Exit codes: 0 all floors hold, or skipped; 1 not.
"""

import hashlib
import json
import math
import sys
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from rich.console import Console, RenderableType
from stream import read_stream

from recommender.cli.tables import figures_table, groupings_table
from recommender.corpus.near_duplicates import group_duplicates
from recommender.corpus.signatures import signature, unpack_signatures
from recommender.errors import RecommenderError
from recommender.evaluation.clustering_metrics import B_CUBED, PARTITION
from recommender.evaluation.evaluate_groups import evaluate_stories, evaluate_topics
from recommender.evaluation.evaluate_related import evaluate_related
from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.evaluation.ranking_metrics import MEASURES
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens, tokenise
from recommender.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
FLOORS = Path(__file__).with_name("quality_floors.json")
# What a floor stays below the figure it was taken from. Another processor embeds in another
# precision (bfloat16 or float32), which turns over single queries: of 300, one is 0.0033.
SLACK = 0.005
# What is promised stands, whatever is measured.
PROMISED = {"assigned": 1.0, "placed": 0.99}


class Report(NamedTuple):
    """What a task found: the `figures` that have floors, and how people and machines see it all."""

    figures: dict[str, float]
    shown: RenderableType
    data: dict[str, Any]


class Task(NamedTuple):
    """One thing that is measured, from `files` of the data folder, by `run`(their paths)."""

    files: tuple[str, ...]
    run: Callable[..., Report]


def related(split: str | None = None) -> Callable[[Path], Report]:
    """Related articles on a set labelled with stories; floors hold the product's pure relevance."""

    def run(labelled: Path) -> Report:
        # The environment of the developer must not move a figure: defaults and nothing else.
        settings = load_settings(environment={})
        articles = read_labelled(labelled, {}, settings.input.max_characters)
        found = evaluate_related(articles, settings, split=split)
        product = next(ranking for ranking in found.rankings if ranking.key == "relevance")
        figures = dict(zip(MEASURES, product.figures.mean.tolist(), strict=True))
        return Report(figures, figures_table(found.rankings, MEASURES), found.to_dict())

    return run


def stories(labelled: Path) -> Report:
    """Stories on a set labelled with them; floors hold the product's B-cubed."""
    settings = load_settings(environment={})
    return _stories(read_labelled(labelled, {}, settings.input.max_characters), settings)


def stream(labelled: Path) -> Report:
    """Stories of a stream of short texts: the lines of a set, by the subjects of its `label`."""
    return _stories(read_stream(labelled, "label"), load_settings(environment={}))


def _stories(articles: LabelledSet, settings: Settings) -> Report:
    found = evaluate_stories(articles, settings)
    figures = dict(zip(B_CUBED, found.groupings[0].figures.mean.tolist(), strict=True))
    return Report(figures, groupings_table(found, B_CUBED), found.to_dict())


def topics(labelled: Path) -> Report:
    """Broad topics on a set whose `label` names them; floors hold the product's V-measure.

    And that every article has a topic, and stands where a new article like it would be placed.
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


def duplicates(articles: Path, truth: Path | None = None) -> Report:
    """Near-duplicates: the pairs that are grouped, against those of `truth` or of equal dup_key.

    The key marks equal texts alone, so a new headline over the same article counts as wrong there.
    """
    records = [json.loads(line) for line in articles.read_text(encoding="utf-8").splitlines()]
    texts = [embedded_text(record["title"], record["text"]) for record in records]
    lead_of = group_duplicates(
        unpack_signatures([signature(tokenise(text)) for text in texts]),
        np.arange(len(texts)),
        read_tokens(texts),
    )
    found = _pairs(lead_of.tolist())
    if truth is None:
        right = _pairs([record["dup_key"] for record in records])
    else:
        place = {record["id"]: number for number, record in enumerate(records)}
        lines = map(json.loads, truth.read_text(encoding="utf-8").splitlines())
        right = {frozenset((place[pair["a"]], place[pair["b"]])) for pair in lines}
    both = len(found & right)
    figures = {"precision": both / len(found), "recall": both / len(right)}
    shown = f"{len(found)} pairs found, {both} of the {len(right)} right ones; " + ", ".join(
        f"{name} {figure:.3f}" for name, figure in figures.items()
    )
    return Report(figures, shown, {"figures": figures, "pairs": len(found)})


def _pairs(groups: list[Any]) -> set[frozenset[int]]:
    """All pairs of places that hold one group."""
    members: dict[Any, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    return {frozenset(pair) for of in members.values() for pair in combinations(of, 2)}


# A new task is a function from paths to a Report, and a line here.
TASKS = {
    "related: allsides": Task(("allsides_stories.jsonl",), related("val")),
    "related: ecbplus": Task(("ecbplus_stories.jsonl",), related()),
    "related: basil": Task(("basil_stories.jsonl",), related()),
    "stories: allsides": Task(("allsides_stories.jsonl",), stories),
    "stories: ecbplus": Task(("ecbplus_stories.jsonl",), stories),
    "stories: basil": Task(("basil_stories.jsonl",), stories),
    "stories: lines of ecbplus": Task(("ecbplus_stories.jsonl",), stream),
    "topics: bbc": Task(("bbc_topics.jsonl",), topics),
    "topics: reuters": Task(("reuters_topics.jsonl",), topics),
    "topics: agnews": Task(("agnews_topics.jsonl",), topics),
    "duplicates: planted": Task(("neardup_articles.jsonl", "neardup_truth.jsonl"), duplicates),
    "duplicates: bbc": Task(("bbc_topics.jsonl",), duplicates),
}


class Floors(NamedTuple):
    """What one task is held to: the SHA-256 of each of its files, and a floor for each figure."""

    files: dict[str, str]
    floors: dict[str, float]


def read_floors(path: Path) -> dict[str, Floors]:
    """All tasks' floors; none where there is no file yet."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: Floors(**floors) for name, floors in stored.items()}


def write_floors(path: Path, floors: dict[str, Floors]) -> None:
    """Write them so that a change reads well in a diff."""
    stored = {name: found._asdict() for name, found in sorted(floors.items())}
    path.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def complaints(
    name: str, figures: dict[str, float], files: dict[str, str], held: Floors
) -> list[str]:
    """A sentence for each file that is another, and for each figure below its floor."""
    if files != held.files:
        return [
            f"{name}: {file} is not the set that its floors were taken from (SHA-256 "
            f"{files.get(file)}, expected {held.files.get(file)}); figures of two sets cannot be "
            "compared"
            for file in sorted(files | held.files)
            if files.get(file) != held.files.get(file)
        ]
    found = []
    for measure, floor in held.floors.items():
        if measure not in figures:
            found.append(f"{name}: {measure} has a floor and is not measured any more")
        elif figures[measure] < floor:
            found.append(
                f"{name}: {measure} is {figures[measure]:.4f}, below its floor {floor:.4f}"
            )
    return found


def raised(
    figures: dict[str, float], files: dict[str, str], held: Floors | None, lower: bool
) -> Floors:
    """Floors a little below the `figures`; where one is higher already it stays, unless `lower`."""
    before = {} if held is None or lower else held.floors
    below = {m: math.floor((value - SLACK) * 1e4) / 1e4 for m, value in figures.items()}
    floors = {m: max(floor, before.get(m, 0.0)) for m, floor in below.items()}
    return Floors(files, floors | {m: PROMISED[m] for m in PROMISED if m in figures})


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure_all(names: Iterable[str], data: Path) -> dict[str, tuple[dict[str, str], Report]]:
    """Run the tasks and print each one's table; the digests of its files and its report."""
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
    """Measure all tasks, or the ones named, and hold them to their floors."""
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
    held = read_floors(file)
    wrong = []
    for name, (files, report) in found.items():
        if name in held:
            wrong += complaints(name, report.figures, files, held[name])
        elif not update:
            wrong.append(f"{name} has no floors in {file}; take them with --update-floors")
    if wrong and not lower:
        click.echo("\n".join(wrong), err=True)
        if update:
            click.echo("no floor was changed; --lower-floors lowers them, too", err=True)
        sys.exit(1)
    if update:
        for name, (files, report) in found.items():
            held[name] = raised(report.figures, files, held.get(name), lower)
        write_floors(file, held)
        click.echo(f"floors written to {file}")
    else:
        click.echo(f"every figure is at its floor or above ({file})")


if __name__ == "__main__":
    try:
        main()
    except RecommenderError as error:
        sys.exit(f"Error: {error}")
