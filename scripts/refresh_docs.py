"""Rewrite the parts of docs/ that repeat the code: help texts, files, the snapshot's schema.

The block behind `<!-- help: COMMAND -->` is what `COMMAND --help` prints, the one behind
`<!-- file: PATH -->` is that file, the table behind `<!-- snapshot files -->` is that of the
snapshot's schema, and the tables behind `<!-- json shapes -->` are those of the JSON Schemas.
Usage: python scripts/refresh_docs.py
"""

import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from recommender.cli import main as cli
from recommender.serving.schemas import json_schemas
from recommender.snapshot.files_table import files_table

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"<!-- (help|file): (.+?) -->\n```(\w+)\n.*?\n```", re.DOTALL)

_SHAPES = re.compile(r"(<!-- json shapes -->\n\n)(?:## (?!Functions).*\n|\|.*\n|[A-Z].*\n|\n)*")
_FILES = re.compile(r"(<!-- snapshot files -->\n\n)(?:\|.*\n)*")


def refreshed(page: str) -> str:
    """The page with every marked block as it should read."""
    page = _FILES.sub(lambda marked: f"{marked[1]}{files_table()}\n", page)
    page = _SHAPES.sub(lambda marked: f"{marked[1]}{shapes()}\n", page)
    return _BLOCK.sub(_block, page)


def shapes() -> str:
    """A section for each JSON object: its fields, their types and what they hold."""
    written = []
    for name, schema in json_schemas().items():
        if schema["type"] == "object":
            rows = [
                f"| `{field}` | {type_of(shape)} | {shape.get('description', '–')} |"
                for field, shape in schema["properties"].items()
            ]
            head = [f"## {name}", "", schema["description"], "", "| field | type | holds |"]
            written += [*head, "|---|---|---|", *rows, ""]
    return "\n".join(written)


def type_of(shape: dict[str, Any]) -> str:
    """The type of a field in words; the name of another shape is a link to it."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in shape:
        return " or ".join(type_of(other) for other in shape["anyOf"])
    if "enum" in shape:
        return " or ".join(f'`"{value}"`' if value else "null" for value in shape["enum"])
    if shape["type"] == "array":
        return f"list of {type_of(shape['items'])}"
    if "additionalProperties" in shape:
        return f"object, a name → {type_of(shape['additionalProperties'])}"
    kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    named = f", {shape['format']}" if "format" in shape else ""
    return " or ".join(kinds) + named


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
