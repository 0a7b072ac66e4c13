"""Fixtures that several rooms' tests share."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.cli import main as cli
from tests.planted import WordEncoder, publish_planted


@pytest.fixture
def published(tmp_path: Path) -> Artifacts:
    """An artifacts folder with one snapshot of 40 planted articles."""
    publish_planted(tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


@pytest.fixture(autouse=True)
def logger_as_it_was() -> Iterator[None]:
    """Commands set up the package's logger for their process; here they share one."""
    logger = logging.getLogger("recommender")
    handlers, propagate, level = logger.handlers, logger.propagate, logger.level
    yield
    logger.handlers, logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts can be imported, as each other's neighbours are."""
    for folder in ("bench", "quality", "demo"):
        monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "scripts" / folder))


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command's entry point as the shell would; embed with the planted encoder."""
    monkeypatch.setattr(
        "recommender.embedding.open.SentenceEncoder", lambda *_, **__: WordEncoder()
    )
    monkeypatch.setenv("COLUMNS", "140")

    def run(command: str, *arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", [command, *map(str, arguments)])
        entry = cli.recommend_main if command == "recommend" else cli.main
        try:
            entry()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run
