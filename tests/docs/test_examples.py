"""The documentation is run: every block of every page.

Each section of a page gets a newsroom of its own. Its blocks run there from top to bottom. What a
block shows is compared with what was printed by shape, because the numbers are the demo's: same
sentences, same columns, same keys.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import recommender.settings.load as config
from recommender.cli import main as cli
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader
from recommender.types.article import Article
from tests.docs.pages import PAGES, Section, code, page_name, section, sections
from tests.docs.shell import NAME, Shell


def transcript(block: str) -> Iterator[tuple[str, str]]:
    """Commands of a console block, each with what is shown below it."""
    assert block.startswith("$ "), f"a console block begins with a command: {block[:60]}"
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.strip()


# A table is as its heading is; its rows are the demo's.
HEADINGS = (
    ["rank", "score"], ["topic", "articles"], ["ranking", "nDCG@5"], ["grouping", "F1"],
    ["grouping", "V-measure"],
)  # fmt: skip


# How the lines of a night's report begin that the made-up newsroom gives no cause for.
NOT_EVERY_NIGHT = "N words of boilerplate |N articles? (?:is|are) superseded |markup or invisible "


def shape(text: str) -> object:
    """What stays the same when the corpus is another."""
    text = text.strip()
    if text.startswith(("{", "[")):
        return keys(json.loads(text))
    for line in text.splitlines():
        if line.split()[:2] in HEADINGS:
            return line.split()
    text = NAME.sub("NAME", text)
    text = re.sub(r"\d{8}T\d{6}Z", "TIME", text)
    text = re.sub(r"\d+(?:[.,]\d+)*%?", "N", text)
    text = re.sub(r"NAME(?:, NAME)+", "NAME", text)
    text = re.sub(r"^(topics|stories|gates): .*", r"\1: COUNTS", text, flags=re.MULTILINE)
    text = re.sub(rf"^(?:{NOT_EVERY_NIGHT}).*\n", "", text, flags=re.MULTILINE)
    lines = {" ".join(line.removeprefix("*").split()) for line in text.splitlines()}
    return lines - {f"{part}: COUNTS" for part in ("topics", "stories", "gates")}  # not every night


def keys(value: object) -> object:
    if isinstance(value, dict):
        depends = ("changes", "gates", "by_publisher", "notices")  # on the night
        return {key: ... if key in depends else keys(inner) for key, inner in value.items()}
    return [*map(keys, value[:1])] if isinstance(value, list) else ...


RUNNABLE = [s for page in PAGES for s in sections(page) if s.blocks]


@pytest.mark.parametrize("part", RUNNABLE, ids=lambda s: f"{page_name(s.page)}#{s.heading}")
def test_examples_run_and_print_what_is_shown(part: Section, shell: Shell) -> None:
    names: dict[str, object] = {}
    for block in part.blocks:
        if block.language == "python":
            exec(compile(block.content, part.page.name, "exec"), names)  # noqa: S102 - our own page
        elif block.language == "toml":
            assert config.load_settings(Path("recommender.toml"), environment={})
        elif block.language == "json":
            assert isinstance(json.loads(block.content), dict)
        elif block.language == "console":
            for command, shown in transcript(block.content):
                printed = shell.run(command)
                if printed is None or "--help" in command:
                    continue
                if shown:
                    assert shape(printed) == shape(shown), command
                if command != "echo $?":
                    assert (shell.code != 0) == shown.startswith("Error:"), f"{command}: {printed}"


def test_the_readmes_table_shows_every_command_and_each_runs(shell: Shell) -> None:
    examples = [code(row[0]) for row in section("README.md", "Commands").rows]
    commands = {example.split()[1] for example in examples if example.startswith("recommender ")}
    assert commands == set(cli.recommender.commands)
    for example in examples:
        shell.run(example)
        assert shell.code == 0, example


def test_the_record_shown_is_a_good_article(tmp_path: Path) -> None:
    (block,) = (b for b in section("README.md", "Every night").blocks if b.language == "json")
    source = tmp_path / "one.jsonl"
    source.write_text(block.content + "\n", encoding="utf-8")
    reader = ArticleReader({}, 1000)
    assert [type(item) for item in reader.read(open_source(source))] == [Article]
    assert not reader.unknown_fields
