"""The reference says what the code does: commands, settings, exit codes, files, fields."""

import json
import re
import runpy
import tomllib
from dataclasses import fields
from importlib.metadata import metadata
from pathlib import Path

import click
import msgspec
import pytest

from recommender.cli import main as cli
from recommender.corpus.languages import LanguageCounts
from recommender.corpus.publishers import CutCounts
from recommender.pipeline.ingest import Intake
from recommender.pipeline.run_log import Night
from recommender.settings.sections import Settings
from recommender.snapshot.manifest import MANIFEST
from recommender.snapshot.schema import FILES
from tests.docs.pages import (
    DOCS,
    EVERY_PAGE,
    FENCE,
    PAGES,
    ROOT,
    code,
    every_command,
    every_setting,
    page_name,
    section,
    sections,
)


@pytest.mark.parametrize("page", EVERY_PAGE, ids=page_name)
def test_commands_options_and_variables_named_in_prose_exist(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for words in (span.split() for span in re.findall(r"`(recommend(?:er)? [^`]+)`", prose)):
        known: click.Command = getattr(cli, words[0])
        for word in words[1:]:
            if isinstance(known, click.Group):
                known = known.commands[word]
        options = {name for parameter in known.params for name in parameter.opts} | {"--help", "--"}
        assert {word for word in words if word.startswith("-") and word != "-7"} <= options, words
    environment = {f"RECOMMENDER_{s}__{k}".upper() for s, k in every_setting()}
    named = set(re.findall(r"RECOMMENDER_[A-Z_]*__[A-Z_]*[A-Z]", prose))
    assert named - {"RECOMMENDER_SECTION__KEY"} <= environment


def test_help_texts_and_files_shown_are_the_real_ones() -> None:
    refreshed = runpy.run_path(str(ROOT / "scripts/refresh_docs.py"))["refreshed"]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert refreshed(text) == text, f"{page.name}: run python scripts/refresh_docs.py"


def test_every_command_has_its_help_and_every_schedule_its_place() -> None:
    reference = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- help: (.+) -->", reference))
    assert shown == {"recommend", *every_command("recommender", cli.recommender)}
    schedules = (DOCS / "howto/schedule.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- file: scripts/deploy/(.+) -->", schedules))
    examples = {path.name for path in (ROOT / "scripts" / "deploy").iterdir()}
    assert shown == examples - {"README.md"}


def in_toml(value: object) -> str:
    return "not set" if value is None else f"`{json.dumps(value)}`"


def test_the_settings_page_has_every_setting_with_its_default() -> None:
    tables = [table for s in sections(DOCS / "settings.md") for table in s.tables]
    rows = [row for heading, *rows in tables if heading[0].startswith("setting") for row in rows]
    documented = {tuple(code(row[0]).split(".")): row[2] for row in rows}
    assert documented == {name: in_toml(default) for name, default in every_setting().items()}


def test_measured_effects_mark_the_defaults() -> None:
    tables = [table for s in sections(DOCS / "settings.md") for table in s.tables]
    measured = [table for table in tables if not table[0][0].startswith("setting")]
    assert measured
    for heading, *rows in measured:
        group, key = code(heading[0]).split(".")
        (marked,) = (row[0] for row in rows if row[0].endswith("*"))
        assert marked.removesuffix(" *") == in_toml(every_setting()[group, key])


def test_the_settings_example_is_the_defaults() -> None:
    (example,) = (
        b.content for b in section("docs/settings.md", "An example").blocks if b.language == "toml"
    )
    assert msgspec.convert(tomllib.loads(example), Settings) == Settings()
    for group, key in every_setting():
        assert re.search(rf"^(# )?{key} = ", example.partition(f"[{group}]")[2], re.MULTILINE), key


def test_the_readmes_settings_have_these_defaults() -> None:
    for row in section("README.md", "Settings").rows:
        group, key = code(row[0]).split(".")
        assert row[1] == in_toml(every_setting()[group, key])


def test_exit_codes_are_those_of_the_commands() -> None:
    in_help = dict(re.findall(r"^  (\d[\d, ]*?)  (.+)$", cli.EXIT_HELP, re.MULTILINE))
    rows = section("README.md", "Exit codes").rows
    assert {number: meaning.replace("`", "") for number, meaning in rows} == in_help
    rows = section("docs/operations.md", "Exit codes").rows
    assert [row[0] for row in rows] == list(in_help)
    documented = {name: int(row[0]) for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert documented == {error.__name__: number for error, number in cli.EXIT_CODES.items()}


def test_every_field_of_the_nightly_summary_is_explained() -> None:
    explained = [code(row[0]) for row in section("docs/reference/night.md", "Fields").rows]
    expected = []
    for field in fields(Night):
        parts = {"intake": Intake, "boilerplate": CutCounts, "languages": LanguageCounts}
        inner = parts.get(field.name)
        names = [f"{field.name}.{of.name}" for of in fields(inner)] if inner else [field.name]
        expected += names
    assert explained == expected


def test_the_snapshots_files_are_listed() -> None:
    listed = {code(row[0]) for row in section("docs/reference/snapshot.md", "Files").rows}
    assert listed == {MANIFEST, *FILES}


def test_every_dependency_has_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = {
        heading: {name.strip().lower() for row in section("docs/licences.md", heading).rows
                  for name in row[0].split(",")}
        for heading in ("What a web worker installs", "What the nightly job adds",
                        "What measuring and developing add")
    }  # fmt: skip
    extras = project["optional-dependencies"]
    rest = [name for extra in extras if extra != "build" for name in extras[extra]]
    wanted = (project["dependencies"], extras["build"], rest)
    for names, needed in zip(listed.values(), wanted, strict=True):
        assert names == {re.split(r"[\[<>=;]", name)[0].lower() for name in needed}


def test_what_a_web_worker_installs_is_free_of_the_gpl() -> None:
    for package, *_ in section("docs/licences.md", "What a web worker installs").rows:
        about = metadata(package)
        licences = [about.get("License-Expression"), about.get("License")]
        licences += about.get_all("Classifier") or []
        assert not [words for words in licences if words and re.search(r"\bA?GPL", words)], package


def test_the_licence_is_named_and_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert f"Copyright 2026 {project['authors'][0]['name']}" in text
