"""The documentation is run: its commands, its examples, its tables, its links.

Each section of a page gets a newsroom of its own: two snapshots in `artifacts`, sources with
something new beside them. Its blocks run there from top to bottom. What a block shows is
compared with what was printed by shape, for the numbers are the demo's: same sentences, same
columns, same keys.
"""

import configparser
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
import pytest

import recommender
from recommender import settings as config
from recommender.artifacts.folder import Artifacts
from recommender.cli import main as cli
from recommender.embedding.base import Encoder
from recommender.pipeline.ingest import Intake
from recommender.pipeline.nightly import Night, run_night
from recommender.snapshot.manifest import MANIFEST
from recommender.snapshot.schema import FILES
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader
from recommender.types import Article
from tests.planted import WordEncoder, article, settings, write_jsonl, write_labelled

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EVERY_PAGE = [*PAGES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs/decisions").glob("*.md"))]
OUTLETS = ("ABC News", "BBC", "CNN")

# Programs that the pages name and this test does not start; what they are given is looked at.
FOREIGN = {"sudo", "systemctl", "journalctl", "kubectl", "rsync", "sqlite3"}
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
FENCE = re.compile(r"^```(\w+)\n(.*?)\n?^```$", re.DOTALL | re.MULTILINE)


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
        """Cells of the section's tables, without their headings."""
        found = []
        in_body = False
        for line in FENCE.sub("", self.text).splitlines():
            if line.startswith("|--"):
                in_body = True
            elif not line.startswith("|"):
                in_body = False
            elif in_body:
                found.append([cell.strip() for cell in line.strip("|").split(" | ")])
        return found


def sections(page: Path) -> list[Section]:
    """The page by its headings of the first and second level; "#" in a block is none."""
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


def news(numbers: range) -> list[Article]:
    """Planted articles under the ids and outlets that the pages speak of."""
    return [
        replace(article(number), id=f"na-{number}", source=OUTLETS[number % len(OUTLETS)])
        for number in numbers
    ]


@pytest.fixture(scope="module")
def printed_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the pages' examples take for granted."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("newsroom")
    source = write_jsonl(folder / "articles.jsonl", news(range(1, 231)))
    for force in (False, True):  # a snapshot to roll back from
        artifacts = Artifacts(folder / "artifacts")
        run_night([source], artifacts, settings(), force=force, encoder=WordEncoder())
    write_jsonl(source, news(range(1, 241)))
    with source.open("a", encoding="utf-8") as file:
        file.write('{"id": "na-999", "title": "Nothing to read", "text": ""}\n')
    archive = [{"id": a.id, "title": a.title, "text": a.text} for a in news(range(241, 251))]
    pq.write_table(pa.Table.from_pylist(archive), folder / "archive.parquet")
    write_labelled(folder / "labelled.jsonl")
    example = next(b.content for b in section("docs/settings.md", "An example").blocks)
    (folder / "recommender.toml").write_text(example, encoding="utf-8")
    return folder


class Shell:
    """Runs the commands of the pages: ours for real, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.code = 0

    def run(self, command: str) -> str | None:
        """What the command prints; None where it is not run but looked at."""
        words = shlex.split(self._here(command))
        if words == ["echo", "$?"]:
            return str(self.code)
        if words[0] not in ("recommend", "recommender"):
            look_at(words)
            return None
        words, target = self._redirected(words)
        self._monkeypatch.setattr(sys, "argv", words[: words.index("|")] if "|" in words else words)
        self._capsys.readouterr()
        try:
            (cli.recommend_main if words[0] == "recommend" else cli.main)()
        except SystemExit as stop:
            self.code = int(stop.code or 0)
        printed = self._capsys.readouterr()
        if target:
            Path(target).write_text(printed.out, encoding="utf-8")
            return printed.err
        return printed.out + printed.err

    @staticmethod
    def _redirected(words: list[str]) -> tuple[list[str], str | None]:
        """The command without `> FILE`, and the file."""
        return (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)

    @staticmethod
    def _here(command: str) -> str:
        """The command with this folder's paths and with a snapshot that lies here."""
        oldest = Artifacts(Path("artifacts")).names()[0]
        for elsewhere in ("/var/lib/recommender/", "/etc/recommender/", "/opt/recommender/bin/"):
            command = command.replace(elsewhere, "")
        return NAME.sub(oldest, command)


def look_at(words: list[str]) -> None:
    """Check a command of another program as far as this repository has a say in it."""
    program, *rest = words
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for target in rest:
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    elif program == "pip":
        check_pip(rest)
    elif program == "python":
        assert (ROOT / rest[0]).is_file(), rest
    else:
        assert program in FOREIGN, f"{program}: is this example right? Then add it to FOREIGN"
    for word in rest:
        if word.startswith("scripts/"):
            assert (ROOT / word).is_file(), word


def check_pip(words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (ROOT / "scripts" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert words[0] == "install"
    for word in words[1:]:
        if wanted := re.fullmatch(r"recommender(?:\[(.+)\])?", word):
            extras = wanted[1].split(",") if wanted[1] else []
            assert set(extras) <= set(project["optional-dependencies"])
        elif "==" in word:
            assert word in pinned
        else:
            assert word == "-c" or (ROOT / word).is_file(), word


@pytest.fixture
def newsroom(printed_edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the newsroom as the current folder, with an encoder that needs no model."""
    shutil.copytree(printed_edition, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECOMMENDER_ARTIFACTS", raising=False)

    def planted(*_: object, **__: object) -> Encoder:
        return WordEncoder()

    monkeypatch.setattr("recommender.embedding.open.SentenceEncoder", planted)
    return tmp_path


@pytest.fixture
def shell(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return Shell(monkeypatch, capsys)


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
    lines = {" ".join(line.removeprefix("*").split()) for line in text.splitlines()}
    return lines - {f"{part}: COUNTS" for part in ("topics", "stories", "gates")}  # not every night


def keys(value: object) -> object:
    if isinstance(value, dict):
        depends = ("changes", "gates")  # on the night
        return {key: ... if key in depends else keys(inner) for key, inner in value.items()}
    return [*map(keys, value[:1])] if isinstance(value, list) else ...


RUNNABLE = [s for page in PAGES for s in sections(page) if s.blocks]


@pytest.mark.parametrize("part", RUNNABLE, ids=lambda s: f"{s.page.name}#{s.heading}")
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


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda p: p.name)
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
    refreshed: Callable[[str], str] = runpy.run_path(str(ROOT / "scripts/refresh_docs.py"))[
        "refreshed"
    ]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert refreshed(text) == text, f"{page.name}: run python scripts/refresh_docs.py"


def every_command(name: str, command: click.Command) -> Iterator[str]:
    """The command and all commands below it."""
    yield name
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from every_command(f"{name} {below.name}", below)


def test_every_command_has_its_help_and_every_schedule_its_place() -> None:
    reference = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- help: (.+) -->", reference))
    assert shown == {"recommend", *every_command("recommender", cli.recommender)}
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- file: scripts/deploy/(.+) -->", operations))
    assert shown == {path.name for path in (ROOT / "scripts" / "deploy").iterdir()}


def every_setting() -> dict[tuple[str, str], object]:
    """(section, key) → default."""
    return {
        (group, key): default
        for group, values in config.Settings().to_dict().items()
        for key, default in values.items()
    }


def in_toml(value: object) -> str:
    return "not set" if value is None else f"`{json.dumps(value)}`"


def test_the_settings_page_has_every_setting_with_its_default() -> None:
    rows = [row for s in sections(ROOT / "docs/settings.md") for row in s.rows]
    documented = {tuple(code(row[0]).split(".")): (row[2], code(row[3])) for row in rows}
    assert documented == {
        (group, key): (in_toml(default), f"RECOMMENDER_{group}__{key}".upper())
        for (group, key), default in every_setting().items()
    }


def test_the_settings_example_is_the_defaults() -> None:
    (example,) = (
        b.content for b in section("docs/settings.md", "An example").blocks if b.language == "toml"
    )
    assert msgspec.convert(tomllib.loads(example), config.Settings) == config.Settings()
    for group, key in every_setting():
        assert re.search(rf"^(# )?{key} = ", example.partition(f"[{group}]")[2], re.MULTILINE), key


def test_the_readmes_settings_have_these_defaults() -> None:
    for row in section("README.md", "Settings").rows:
        group, key = code(row[0]).split(".")
        assert row[1] == in_toml(every_setting()[group, key])


def test_exit_codes_are_those_of_the_commands() -> None:
    in_help = dict(re.findall(r"^  (\d)  (.+)$", cli.EXIT_HELP, re.MULTILINE))
    rows = section("README.md", "Exit codes").rows
    assert {number: meaning.replace("`", "") for number, meaning in rows} == in_help
    rows = section("docs/operations.md", "Exit codes").rows
    assert [row[0] for row in rows] == sorted(in_help)
    documented = {name: int(row[0]) for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert documented == {error.__name__: number for error, number in cli.EXIT_CODES.items()}


def test_every_field_of_the_nightly_summary_is_explained() -> None:
    explained = [code(row[0]) for row in section("docs/operations.md", "First night, by hand").rows]
    expected = []
    for field in fields(Night):
        if field.name == "intake":
            expected += [f"intake.{inner.name}" for inner in fields(Intake)]
        else:
            expected.append(field.name)
    assert explained == expected


def test_the_snapshots_files_are_listed() -> None:
    listed = {code(row[0]) for row in section("docs/architecture.md", "The snapshot's files").rows}
    assert listed == {MANIFEST, *FILES}


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda p: p.name)
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
            slugs = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
            assert anchor in slugs, target


def test_decisions_are_numbered_and_dated() -> None:
    notes = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, note in enumerate(notes, start=1):
        heading, date = note.read_text(encoding="utf-8").split("\n\n", 2)[:2]
        assert note.name.startswith(f"{number:04d}-")
        assert heading.startswith(f"# {number:04d}: ")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", date)


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{recommender.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string((ROOT / "scripts" / "deploy" / name).read_text(encoding="utf-8"))
    return parser


def test_the_systemd_units_run_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    service, timer = unit("recommender-nightly.service"), unit("recommender-nightly.timer")
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Timer"]["OnCalendar"]
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["Environment"].startswith("RECOMMENDER_ARTIFACTS=")
    assert (
        published_by(shell, service["Service"]["ExecStart"])
        == Artifacts(newsroom / "artifacts").current()
    )


def test_the_cron_line_runs_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    lines = (ROOT / "scripts/deploy/cron.example").read_text(encoding="utf-8").splitlines()
    (line,) = (text for text in lines if re.match(r"[\d*]", text))
    minute, hour, *days, user, command = line.split(maxsplit=6)
    assert int(minute) < 60
    assert int(hour) < 24
    assert days == ["*", "*", "*"]
    assert user == "recommender"
    assert "%" not in command, "cron turns a percent sign into a line break"
    command, _, streams = command.partition(" >> ")
    assert "2>> " in streams
    assert published_by(shell, command) == Artifacts(newsroom / "artifacts").current()


def test_the_kubernetes_job_runs_the_nightly_job(shell: Shell, newsroom: Path) -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((ROOT / "scripts/deploy/cronjob.yaml").read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    run = job["spec"]["jobTemplate"]["spec"]
    (rule,) = run["podFailurePolicy"]["rules"]
    assert set(rule["onExitCodes"]["values"]) <= set(cli.EXIT_CODES.values())
    pod = run["template"]["spec"]
    (container,) = pod["containers"]
    assert container["name"] == rule["onExitCodes"]["containerName"]
    assert pod["restartPolicy"] == "Never"  # a failure policy needs it
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    words = " ".join([*container["command"], *container["args"]])
    for mount in ("/articles/", "/settings/", "/artifacts"):
        words = words.replace(mount, mount.strip("/") if mount == "/artifacts" else "")
    assert published_by(shell, words) == Artifacts(newsroom / "artifacts").current()


def published_by(shell: Shell, command: str) -> str:
    """Run a nightly command as a scheduler's file gives it; the name of what it published."""
    printed = shell.run(command)
    assert printed is not None
    assert shell.code == 0, printed
    name: str = json.loads(printed)["snapshot"]
    return name


def test_the_makefile_installs_under_the_pins() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", "demo"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    installs = [line for line in shown.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--constraint scripts/constraints.txt" in line for line in installs)
