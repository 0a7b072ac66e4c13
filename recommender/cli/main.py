"""Entry points of `recommend` and `recommender`: the commands put together.

The commands print and nothing else; what they print comes from the other wings.
"""

import click

from recommender import __version__
from recommender.cli.boilerplate import boilerplate
from recommender.cli.evaluate import evaluate
from recommender.cli.exit_codes import EXIT_CODES, EXIT_HELP
from recommender.cli.groups import stories, topics
from recommender.cli.nightly import nightly
from recommender.cli.process import run_process
from recommender.cli.recommend import recommend
from recommender.cli.report import report
from recommender.cli.snapshots import rollback, snapshots, verify
from recommender.cli.takedowns import remove, restore

__all__ = ["EXIT_CODES", "EXIT_HELP", "main", "recommend", "recommend_main", "recommender"]


@click.group(epilog=EXIT_HELP)
@click.version_option(__version__)
def recommender() -> None:
    """Build, publish and inspect snapshots of related articles and topics."""


for command in (
    nightly, report, topics, stories, evaluate, snapshots, rollback, verify, remove, restore,
    boilerplate,
):  # fmt: skip
    recommender.add_command(command)


def recommend_main() -> None:
    """Entry point of `recommend`."""
    run_process(recommend)


def main() -> None:
    """Entry point of `recommender`."""
    run_process(recommender)
