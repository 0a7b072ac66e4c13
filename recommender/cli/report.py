"""The report for editors and operators: the last night in plain words, and the nights before it."""

from pathlib import Path
from textwrap import wrap

import click

from recommender.cli.options import artifacts_option, existing_folder, json_option
from recommender.cli.output import console, echo, echo_json, printable

__all__ = ["report"]


@click.command()
@click.option(
    "--history",
    type=click.IntRange(min=1),
    metavar="N",
    help="Print the last N nights instead, one a line, the newest first.",
)
@artifacts_option
@json_option
def report(history: int | None, artifacts: Path, as_json: bool) -> None:
    """Print what the last nightly run did, what to do about it, and what is in the news.

    It names what needs attention, the largest stories, the topics that changed, and all counts.
    """
    from recommender.cli.night_words import history_lines, report_lines
    from recommender.pipeline.run_log import last_nights

    folder = existing_folder(artifacts)
    nights = last_nights(folder, history or 1)
    if as_json:
        echo_json(nights if history else nights[0])
        return
    lines = history_lines(nights) if history else report_lines(folder, nights[0])
    width = console().width
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        folded = wrap(
            printable(line), width, subsequent_indent=f"{indent}  ", drop_whitespace=True,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        echo("\n".join(folded))
