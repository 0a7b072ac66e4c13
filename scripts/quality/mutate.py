"""Change the code at random and see whether the tests notice: `make mutate`.

Usage: python scripts/quality/mutate.py [--count 100] [--seed N] [--jobs 2] [--only FOLDER ...]
                                        [--least 0.95] [--json-file FILE]

Draws `count` changes (`mutations.py`) from all that are possible in recommender/, each equally
likely, and makes each alone in a copy of the repository. A change is tried against the tests of
its own file first, then of its wing, then all others, and stops at the first that fails. A test
that takes five times as long as the suite counts as failed. Prints each change with the tests that
noticed it, the survivors, and the shares. The seed is printed, so that a run can be repeated.
Without --seed it is drawn anew, so that no sample can be learned by heart.
Exit codes: 0 where at least `least` of the changes were noticed, else 1.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

import click
from mutations import Mutation, apply, mutations

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("recommender", "tests", "scripts", "docs", "notebooks", "pyproject.toml", "README.md",
          "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "mkdocs.yml")  # fmt: skip
# What looks at the text of the code and would notice a change that no answer shows.
NOT_RUN = ("tests/test_architecture.py", "tests/docs")
TIMEOUT = 1500  # seconds: five times the suite


def draw(root: Path, count: int, seed: int, only: Sequence[str] = ()) -> list[Mutation]:
    """Draw changes of the package, each equally likely.

    Args:
        root: The repository.
        count: How many to draw.
        seed: The seed of the draw.
        only: Folders or files below the repository, for changes of these alone.

    Returns:
        The changes, in the order in which they were drawn.
    """
    files = sorted((root / "recommender").rglob("*.py"))
    chosen = [f for f in files if not only or any(f.is_relative_to(root / o) for o in only)]
    everything = [
        mutation
        for file in chosen
        for mutation in mutations(file.relative_to(root), file.read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(everything, min(count, len(everything)))


def stages(mutation: Mutation, root: Path) -> list[tuple[str, list[str]]]:
    """The tests to try a change against, the nearest first.

    Args:
        mutation: The change.
        root: The repository.

    Returns:
        The name of each stage and its arguments for pytest.
    """
    place = mutation.file.relative_to("recommender")
    own, wing = f"tests/{place.parent}/test_{place.name}", f"tests/{place.parent}"
    skipped = [f"--ignore={path}" for path in NOT_RUN]
    found = [("its file's tests", [own])] if (root / own).is_file() else []
    if str(place.parent) != ".":
        found.append(("its wing's tests", [wing, f"--ignore={own}"]))
        skipped.append(f"--ignore={wing}")
    return [*found, ("other tests", ["tests", *skipped, f"--ignore={own}"])]


def noticed_by(mutation: Mutation, copy: Path) -> str | None:
    """Make a change in a copy of the repository, and undo it after the tests.

    Args:
        mutation: The change.
        copy: The copy.

    Returns:
        The first stage whose tests fail; None if none does.
    """
    path = copy / mutation.file
    source = path.read_text(encoding="utf-8")
    path.write_text(apply(mutation, source), encoding="utf-8")
    try:
        for name, arguments in stages(mutation, copy):
            if not passes(copy, arguments):
                return name
        return None
    finally:
        path.write_text(source, encoding="utf-8")


def passes(copy: Path, arguments: Sequence[str]) -> bool:
    """Whether the tests pass in a copy of the repository.

    Args:
        copy: The copy.
        arguments: Which tests, as arguments of pytest.

    Returns:
        Whether all pass in time. No test at all passes, too.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, 5)  # 5: no test was collected


def try_all(drawn: Sequence[Mutation], jobs: int) -> list[str | None]:
    """Try each change, some at a time, and print the verdicts as they come.

    Args:
        drawn: The changes.
        jobs: How many copies of the repository are worked on at a time.

    Returns:
        What noticed each change, in the order of `drawn`.
    """
    copies: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        for job in range(jobs):
            copies.put(copy_repository(Path(folder) / f"copy-{job}" / "repository"))

        def run(mutation: Mutation) -> str | None:
            copy = copies.get()
            try:
                found = noticed_by(mutation, copy)
            finally:
                copies.put(copy)
            click.echo(f"{found or 'NOT NOTICED':18} {mutation}")
            return found

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(run, drawn))


def copy_repository(target: Path) -> Path:
    """Copy what the tests need.

    Args:
        target: The copy, which does not exist yet.

    Returns:
        `target`.
    """
    target.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target / name)
    return target


@click.command(help=__doc__)
@click.option("--count", default=100, show_default=True, help="How many changes to draw.")
@click.option("--seed", type=int, help="The seed of the draw; by default another each time.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many at a time.")
@click.option("--only", multiple=True, help="A folder or file below the repository.")
@click.option("--least", default=0.95, show_default=True, help="The share that must be noticed.")
@click.option("--json-file", type=click.Path(path_type=Path), help="Where the verdicts go.")
def main(
    count: int,
    seed: int | None,
    jobs: int,
    only: tuple[str, ...],
    least: float,
    json_file: Path | None,
) -> None:
    """Draw changes, try them, and print the survivors and the shares."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    drawn = draw(ROOT, count, seed, only)
    click.echo(f"seed {seed}: {len(drawn)} changes")
    found = try_all(drawn, jobs)
    survivors = [m for m, stage in zip(drawn, found, strict=True) if stage is None]
    click.echo(f"\nseed {seed}: {len(survivors)} of {len(drawn)} changes were not noticed")
    for mutation in survivors:
        click.echo(f"  {mutation}")
    for stage in dict.fromkeys(stage for stage in found if stage):
        click.echo(f"{found.count(stage) / len(found):6.1%} noticed by {stage}")
    noticed = 1 - len(survivors) / max(len(drawn), 1)
    click.echo(f"{noticed:6.1%} noticed; at least {least:.0%} are wanted")
    if json_file:
        record = [
            {**asdict(mutation), "file": str(mutation.file), "noticed_by": stage}
            for mutation, stage in zip(drawn, found, strict=True)
        ]
        json_file.write_text(json.dumps({"seed": seed, "mutations": record}, indent=1) + "\n")
    sys.exit(noticed < least)


if __name__ == "__main__":
    main()
