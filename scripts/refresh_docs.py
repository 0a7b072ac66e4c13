"""Rewrite the parts of docs/ that repeat the code: help texts, files, the snapshot's schema.

The block behind `<!-- help: COMMAND -->` is what `COMMAND --help` prints, the one behind
`<!-- file: PATH -->` is that file, the table behind `<!-- snapshot files -->` is that of the
snapshot's schema. Usage: python scripts/refresh_docs.py
"""

import re
from pathlib import Path

from click.testing import CliRunner

from recommender.cli import main as cli
from recommender.snapshot.schema import files_table

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"<!-- (help|file): (.+?) -->\n```(\w+)\n.*?\n```", re.DOTALL)

_FILES = re.compile(r"(<!-- snapshot files -->\n\n)(?:\|.*\n)*")


def refreshed(page: str) -> str:
    """The page with every marked block as it should read."""
    page = _FILES.sub(lambda marked: f"{marked[1]}{files_table()}\n", page)
    return _BLOCK.sub(_block, page)


def help_text(command: str) -> str:
    """What `command --help` prints on a terminal of 80 columns."""
    program, *words = command.split()
    result = CliRunner().invoke(
        getattr(cli, program), [*words, "--help"], prog_name=program, terminal_width=78
    )
    return f"$ {command} --help\n{result.output.rstrip()}"


def _block(match: re.Match[str]) -> str:
    kind, name, language = match.groups()
    content = help_text(name) if kind == "help" else (ROOT / name).read_text(encoding="utf-8")
    return f"<!-- {kind}: {name} -->\n```{language}\n{content.rstrip()}\n```"


def main() -> None:
    """Rewrite what has changed, and say so."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = refreshed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"rewrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
