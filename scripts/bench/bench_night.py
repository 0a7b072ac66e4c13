"""Measure a night with few new articles beside the first night, which does everything.

Usage: python scripts/bench/bench_night.py ARTICLES.jsonl [--share 0.01] [--seed 0]
                                           [--json-file FILE]

A random share of the articles is left out of the first night; the second night gets all. Both are
real nights in one process, embedding included, and each loads the encoder again. Prints the seconds
of both, and how far the groups of the second night agree with those of a rebuild from nothing.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from figures import Row, show
from replay import against_rebuild

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import Night, run_night
from recommender.settings.load import load_settings
from recommender.settings.sections import Settings


def two_nights(
    source: Path, share: float, seed: int, folder: Path, settings: Settings
) -> tuple[Night, Night]:
    """Run a night without a `share` of the articles, then a night with all of them."""
    lines = source.read_bytes().splitlines()
    late = np.random.default_rng(seed).random(len(lines)) < share
    artifacts, early = Artifacts(folder), folder / "early.jsonl"
    early.write_bytes(
        b"\n".join(line for line, is_late in zip(lines, late, strict=True) if not is_late)
    )
    return run_night([early], artifacts, settings), run_night([source], artifacts, settings)


def rows_of(first: Night, second: Night, agreement: dict[str, float]) -> list[Row]:
    """The seconds of both nights, their ratio, and the agreement of groups with a rebuild."""
    whole, update = sum(first.seconds.values()), sum(second.seconds.values())
    rows = [
        Row(f"the first night, {first.articles:,} articles", whole, "s", note=_stages(first)),
        Row(f"the night of {second.intake.new:,} new ones", update, "s", note=_stages(second)),
        Row("their ratio", update / whole, "x", "<= 0.15"),
    ]
    both = [sum(s for name, s in n.seconds.items() if name != "embed") for n in (second, first)]
    rows.append(Row("their ratio without embedding", both[0] / both[1], "x"))
    rows += [
        Row(f"{name}: ARI with a rebuild", ari, "", ">= 0.97") for name, ari in agreement.items()
    ]
    return rows


def _stages(night: Night) -> str:
    """The five longest stages of a night."""
    most = sorted(night.seconds.items(), key=lambda stage: -stage[1])[:5]
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in most)


@click.command()
@click.argument("articles", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--share", default=0.01, show_default=True, help="So much of the articles is new.")
@click.option("--seed", default=0, show_default=True)
@click.option("--json-file", type=click.Path(path_type=Path))
def main(articles: Path, share: float, seed: int, json_file: Path | None) -> None:
    """Run both nights on ARTICLES and print the table."""
    settings = load_settings(environment={})
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        nights = two_nights(articles, share, seed, folder, settings)
        agreement = against_rebuild(folder, settings)
    show(rows_of(*nights, agreement), json_file)


if __name__ == "__main__":
    main()
