"""Say whether two snapshots hold the same arrays, strings and records.

Usage: python scripts/quality/compare_snapshots.py SNAPSHOT OTHER

Both are folders in ARTIFACTS/snapshots, of format 5 or later. Prints the name of each part that
differs or that only one of them has, and how many are equal. Exit codes: 0 where all are equal,
else 1.

Nothing of the package is imported, so snapshots of different versions can be compared. The stamps
that tie a file to its snapshot are left out, and so is the manifest, which holds times and digests.
Until format 5 a table of strings was a pair of arrays; it is compared under the name that its file
has had since.
"""

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

STAMP_BYTES = 64  # end a binary file: the format and the build
STAMP_FIELDS = ("format", "build")  # begin a JSON file
MANIFEST = "manifest.json"
STRINGS_HEADER = struct.Struct("<8sqq")  # what it is, how many strings, how many bytes
# Of each table of strings the two arrays that it was until format 5: its bytes and its offsets.
PAIRS = {
    "ids.strings": ("ids.npy", "ids_start.npy"),
    "cards.strings": ("cards.npy", "cards_start.npy"),
    "lexicon.strings": ("lexicon.npy", "lexicon_start.npy"),
    "phrase_texts.strings": ("phrase_texts.npy", "phrase_start.npy"),
    "story_ids.strings": ("story_ids.npy", "story_ids_start.npy"),
    "story_keywords.strings": ("story_keywords.npy", "story_keywords_start.npy"),
    "retired_ids.strings": ("dead.npy", "dead_start.npy"),
    "successors.strings": ("heirs.npy", "heirs_start.npy"),
}

Parts = dict[str, Callable[[], Any]]


def compare(one: Path, other: Path) -> tuple[list[str], list[str]]:
    """The names of parts that are equal, and a line for each that is not."""
    own, others = parts(one), parts(other)
    equal, lines = [], []
    for name in sorted(own.keys() & others.keys()):
        if own[name]() == others[name]():
            equal.append(name)
        else:
            lines.append(f"{name} differs")
    for folder, only in ((one, own.keys() - others.keys()), (other, others.keys() - own.keys())):
        lines += [f"{name} is only in {folder}" for name in sorted(only)]
    return equal, lines


def parts(folder: Path) -> Parts:
    """What a snapshot holds, by the names of its files today; each call reads one part."""
    found: Parts = {path.name: lambda path=path: _content(path) for path in folder.iterdir()}
    found.pop(MANIFEST, None)
    for name, (data, offsets) in PAIRS.items():
        if offsets in found:
            found[name] = lambda data=data, offsets=offsets: _strings_of_pair(
                folder / data, folder / offsets
            )
            del found[data], found[offsets]
    return found


def _content(path: Path) -> Any:
    if path.suffix == ".npy":
        array = np.load(path, mmap_mode="r")
        return array.dtype, array.shape, array.tobytes()
    if path.suffix == ".strings":
        return _strings_of_file(path.read_bytes())
    if path.suffix == ".json":
        record = json.loads(path.read_bytes())
        return {name: value for name, value in record.items() if name not in STAMP_FIELDS}
    return path.read_bytes()[:-STAMP_BYTES]


def _strings_of_pair(data: Path, offsets: Path) -> list[bytes]:
    return _cut(np.load(data).tobytes(), np.load(offsets).tolist())


def _strings_of_file(content: bytes) -> list[bytes]:
    _, count, _ = STRINGS_HEADER.unpack_from(content)
    offsets = np.frombuffer(content, "<i8", count + 1, STRINGS_HEADER.size)
    return _cut(content[STRINGS_HEADER.size + offsets.nbytes :], offsets.tolist())


def _cut(data: bytes, offsets: list[int]) -> list[bytes]:
    return [data[offsets[place] : offsets[place + 1]] for place in range(len(offsets) - 1)]


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
