"""Where the commands print: text, tables and JSON that any terminal, pipe or file can take."""

import codecs
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from unicodedata import category, normalize

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "drop_output", "echo", "echo_json", "prepare_streams", "printable"]

PIPE_WIDTH = 120  # columns where the output is no terminal and COLUMNS does not say
MIN_WIDTH = 20

# Controls (escape sequences among them), line and paragraph separators, lone surrogates.
_UNPRINTED = frozenset(("Cc", "Zl", "Zp", "Cs"))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_STAND_IN = "recommender.stand_in"  # the name of the error handler below
# What a terminal of another encoding shows in place of the characters that our own text uses.
_STAND_INS = {
    "·": "-", "–": "-", "—": "-", "→": "->", "…": "...", "\xa0": " ",
    "‘": "'", "’": "'", "“": '"', "”": '"', "ß": "ss", "æ": "ae", "ø": "o", "ł": "l",
    **dict(zip("▁▂▃▄▅▆▇█", ".:-=+*#@", strict=True)),
}  # fmt: skip


def prepare_streams() -> None:
    """Make standard output and standard error take any text, whatever their encoding is.

    A character that the encoding lacks is shown as its nearest one, for example "e" for "é", and
    as "?" where there is none. A stream that was closed before the start goes to nowhere.
    """
    codecs.register_error(_STAND_IN, _stand_in)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # what takes its place stays open for good
            nowhere = Path(os.devnull).open("w", encoding="utf-8", errors=_STAND_IN)  # noqa: SIM115 - see above
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_STAND_IN)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """The error handler of the streams: what stands for characters that cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = []
    for character in error.object[error.start : error.end]:
        plain = _STAND_INS.get(character)
        if plain is None:
            parts = normalize("NFKD", character)
            plain = "".join(part for part in parts if part.isascii()) or (
                "" if category(character).startswith("M") else "?"
            )
        shown.append(plain)
    return "".join(shown), error.end


def drop_output(stream: TextIO) -> None:
    """Throw away what a stream could not write, so that the end of the process does not try again.

    Args:
        stream: Standard output or standard error.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # a stream in memory, or a closed one
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def console(*, stderr: bool = False) -> "Console":
    """Where tables are printed.

    Args:
        stderr: Whether that is standard error rather than standard output.

    Returns:
        A console as wide as the terminal, or as the variable COLUMNS says; without either 120
        columns wide, because a pipe has no width and 80 columns would fold ids.
    """
    from rich.console import Console

    columns = os.environ.get("COLUMNS", "")
    width = max(int(columns), MIN_WIDTH) if columns.isdecimal() and int(columns) else None
    console = Console(stderr=stderr, highlight=False, width=width)
    if width is None and not console.is_terminal:
        return Console(stderr=stderr, highlight=False, width=PIPE_WIDTH)
    return console


def echo(text: str, *, err: bool = False) -> None:
    """Print a line of text.

    Args:
        text: The line; several where it holds line ends.
        err: Print to standard error rather than standard output.
    """
    # click's `echo` writes UTF-8 also where the stream says that it takes ASCII.
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def echo_json(value: object) -> None:
    """Print one line of JSON, which is all that a command prints with `--json`.

    Args:
        value: What `json.dumps` can write.
    """
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "ascii").name
    line = json.dumps(value, ensure_ascii=encoding != "utf-8")
    # A lone surrogate, from a path or a message, becomes the escape that JSON has for it.
    echo(line.encode("utf-8", "backslashreplace").decode())


def printable(text: str) -> str:
    """A text as one line that cannot drive a terminal, because headlines come from outside.

    Args:
        text: Any text.

    Returns:
        The text with spaces in place of control and direction characters.
    """
    return "".join(" " if category(c) in _UNPRINTED or c in _BIDI else c for c in text)
