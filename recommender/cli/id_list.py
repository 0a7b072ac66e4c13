"""Lists of ids on the command line: as arguments, from a file or from standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from recommender.errors import InputError

__all__ = ["from_option", "read_ids"]

from_option = click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A file of ids, one a line; - reads standard input.",
)


def read_ids(arguments: Sequence[str], file: Path | None) -> list[str]:
    """The ids that a command was given.

    Args:
        arguments: The ids among its arguments.
        file: A file of more ids, one a line; "-" for standard input. Blank lines and blanks around
            an id are passed over.

    Returns:
        All ids, those of the arguments first.

    Raises:
        InputError: The file cannot be read, is not UTF-8, or holds no id.
        click.UsageError: Neither ids nor a file were given, or an id is empty.
    """
    if any(not argument.strip() for argument in arguments):
        raise click.UsageError("an id is empty; a variable of a script may have no value")
    if file is None:
        if not arguments:
            raise click.UsageError("name the articles by their ids, or a file of ids with --from")
        return [*arguments]
    name = "standard input" if str(file) == "-" else str(file)
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from error
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: is not UTF-8; save the list as UTF-8") from error
    ids = [line.strip() for line in lines if line.strip()]
    if not ids:
        raise InputError(f"{name}: holds no id; write one id a line")
    return [*arguments, *ids]
