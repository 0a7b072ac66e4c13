"""What the pages point to is there: links and their anchors, decisions, files of the code."""

import re
from pathlib import Path

import pytest

import recommender
from tests.docs.pages import DECISIONS, DOCS, EVERY_PAGE, FENCE, PAGES, ROOT, page_name, section


@pytest.mark.parametrize("page", EVERY_PAGE, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        aim = (page.parent / file).resolve() if file else page
        assert aim.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {*re.findall(r"^::: (.+)$", aim.read_text(encoding="utf-8"), re.MULTILINE)}
            slugs |= {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
            assert anchor in slugs, target


def test_decisions_are_numbered_and_dated() -> None:
    index = (DOCS / "decisions/index.md").read_text(encoding="utf-8")
    numbers = [int(note.name.partition("-")[0]) for note in DECISIONS]
    assert numbers == sorted(set(numbers))
    for number, note in zip(numbers, DECISIONS, strict=True):
        heading, date = note.read_text(encoding="utf-8").split("\n\n", 2)[:2]
        assert note.name.startswith(f"{number:04d}-")
        assert heading.startswith(f"# {number:04d}: ")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", date)
        assert f"| {number:04d} | {date} | [" in index
        assert f"]({note.name}) |" in index


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{recommender.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_files_that_pages_name_are_there(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    adding = section("docs/architecture.md", "Where to add").text
    for named in re.findall(r"`((?:recommender|scripts|tests|notebooks)/[\w./]*)`", prose):
        if "/CODE/" in named or named == "recommender/web/":
            continue
        new = f"| `{named}`" in adding  # a reader is told to write it
        assert (ROOT / named).exists() or (new and (ROOT / named).parent.is_dir()), named


def test_the_wings_are_all_on_the_map() -> None:
    listed = {name for row in section("docs/architecture.md", "Wings").rows
              for name in re.findall(r"`(\w+)`", row[0])}  # fmt: skip
    folders = {init.parent.name for init in (ROOT / "recommender").glob("*/__init__.py")}
    assert listed == folders
