"""Say whether two snapshots hold the same arrays, strings and records.

Usage: python scripts/quality/compare_snapshots.py SNAPSHOT OTHER

Both are folders in ARTIFACTS/snapshots. Prints the name of each file that differs or that only one
of them has, and how many are equal. Exit codes: 0 where all files are equal, else 1.

Nothing of the package is imported, so snapshots of different versions can be compared. The stamps
that tie a file to its snapshot are left out, and so is the manifest, which holds times and digests.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

STAMP_BYTES = 64  # end a binary file: the format and the build
STAMP_FIELDS = ("format", "build")  # begin a JSON file
MANIFEST = "manifest.json"


def compare(one: Path, other: Path) -> tuple[list[str], list[str]]:
    """The names of files that are equal, and a line for each that is not."""
    names = [{path.name for path in folder.iterdir()} - {MANIFEST} for folder in (one, other)]
    equal, lines = [], []
    for name in sorted(names[0] & names[1]):
        if _same(one / name, other / name):
            equal.append(name)
        else:
            lines.append(f"{name} differs")
    for folder, only in ((one, names[0] - names[1]), (other, names[1] - names[0])):
        lines += [f"{name} is only in {folder}" for name in sorted(only)]
    return equal, lines


def _same(one: Path, other: Path) -> bool:
    """Whether two files of one name hold the same, stamps left out."""
    if one.suffix == ".npy":
        arrays = [np.load(path, mmap_mode="r") for path in (one, other)]
        kinds = {(array.dtype, array.shape) for array in arrays}
        return len(kinds) == 1 and arrays[0].tobytes() == arrays[1].tobytes()
    if one.suffix == ".json":
        return _record(one) == _record(other)
    return one.read_bytes()[:-STAMP_BYTES] == other.read_bytes()[:-STAMP_BYTES]


def _record(path: Path) -> dict[str, Any]:
    """A JSON file's record without its stamp."""
    record: dict[str, Any] = json.loads(path.read_bytes())
    return {name: value for name, value in record.items() if name not in STAMP_FIELDS}


@click.command()
@click.argument("snapshot", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("other", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(snapshot: Path, other: Path) -> None:
    """Compare SNAPSHOT with OTHER, file by file."""
    equal, lines = compare(snapshot, other)
    click.echo("\n".join([*lines, f"{len(equal)} files are equal, {len(lines)} are not"]))
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
