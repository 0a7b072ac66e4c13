"""Runs what a page's console block holds: our commands for real, others as far as we can say."""

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.cli import main as cli
from tests.docs.pages import ROOT

# Programs that the pages name and this test does not start; their arguments are checked.
FOREIGN = {"sudo", "systemctl", "journalctl", "kubectl", "rsync", "sqlite3"}
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


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
        assert rest[0] == "-m" or (ROOT / rest[0]).is_file(), rest
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
