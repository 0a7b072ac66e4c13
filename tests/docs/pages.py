"""The pages of the documentation, cut into sections, blocks and tables."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from recommender.settings.sections import Settings

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(set(DOCS.rglob("*.md")) - {*DECISIONS}),
]
EVERY_PAGE = [*PAGES, ROOT / "CHANGELOG.md", *DECISIONS]

FENCE = re.compile(r"^```(\w+)\n(.*?)\n?^```$", re.DOTALL | re.MULTILINE)


def page_name(page: Path) -> str:
    """The page as the tests' names give it."""
    return page.relative_to(ROOT).as_posix()


class Block(NamedTuple):
    language: str
    content: str


class Section(NamedTuple):
    page: Path
    heading: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        return [Block(*found) for found in FENCE.findall(self.text)]

    @property
    def rows(self) -> list[list[str]]:
        """Cells of all of the section's tables, without their headings."""
        return [row for _, *rows in self.tables for row in rows]

    @property
    def tables(self) -> list[list[list[str]]]:
        """The section's tables: rows of cells, the heading first."""
        found: list[list[list[str]]] = []
        before = ""
        for line in FENCE.sub("", self.text).splitlines():
            if line.startswith("|"):
                if not before.startswith("|"):
                    found.append([])
                if not line.startswith("|--"):
                    found[-1].append([cell.strip() for cell in line.strip("|").split(" | ")])
            before = line
        return found


def sections(page: Path) -> list[Section]:
    """The page by its headings of the first and second level, those in blocks left out."""
    found: list[list[str]] = []
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        if not fenced and (heading := re.fullmatch(r"##? (.+)", line)):
            found.append([heading[1]])
        else:
            found[-1].append(line)
    return [Section(page, heading, "\n".join(lines)) for heading, *lines in found]


def section(page: str, heading: str) -> Section:
    return next(s for s in sections(ROOT / page) if s.heading == heading)


def code(cell: str) -> str:
    """What stands between the first pair of backticks."""
    found = re.search(r"`([^`]+)`", cell)
    assert found, cell
    return found[1]


def every_command(name: str, command: click.Command) -> Iterator[str]:
    """The command and all commands below it."""
    yield name
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from every_command(f"{name} {below.name}", below)


def every_setting() -> dict[tuple[str, str], object]:
    """(section, key) → default."""
    return {
        (group, key): default
        for group, values in Settings().to_dict().items()
        for key, default in values.items()
    }
