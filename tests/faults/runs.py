"""Nightly runs in processes of their own, and what must be true after a fault."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from recommender import Recommender
from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.language.prepare import embedded_text
from recommender.language.tokens import tokenise
from recommender.snapshot.manifest import MANIFEST
from recommender.snapshot.schema import FILES as DATA_FILES
from tests.nightly_process import edition

FILES = (MANIFEST, *DATA_FILES)
REPOSITORY = Path(__file__).parents[2]


class Run:
    """One job of a `Nightly`, as far as its process has reported it."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self.stages: list[str] = []
        self.steps: list[str] = []
        self.outcome: dict[str, str] = {}
        self.code: int | None = None
        self.pid = int(self._next().removeprefix("pid "))

    def wait_for(self, line: str) -> None:
        while self._next() != line:
            if self.code is not None:
                raise AssertionError(f"the run ended before {line!r}: {self.outcome}")

    def wait(self) -> "Run":
        while self.code is None:
            self._next()
        return self

    def kill(self) -> "Run":
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended in time
        return self.wait()

    def _next(self) -> str:
        line: str = self._out.readline().rstrip("\n")
        kind, _, value = line.partition(" ")
        if kind == "stage":
            self.stages.append(value)
        elif kind == "step":
            self.steps.append(value)
        elif kind == "exit":
            self.code = int(value)
        elif line.startswith("{"):
            self.outcome = json.loads(line)
        elif not line:
            raise AssertionError("the process of the runs died")
        return line


class Nightly:
    """A process that does nightly runs in children; see nightly_process.py."""

    def __init__(self, *wrapped: str) -> None:
        self.process = subprocess.Popen(
            [*wrapped, sys.executable, "-m", "tests.nightly_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        assert self.process.stdout
        if self.process.stdout.readline() != "ready\n":
            self.close()
            raise OSError("the process of the runs did not start")

    def start(self, artifacts: Artifacts, **job: Any) -> Run:
        job = {
            "artifacts": str(artifacts.root),
            "source": str(artifacts.root / "source.jsonl"),
            **job,
        }
        assert self.process.stdin
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Run(self.process.stdout)

    def close(self) -> None:
        self.process.communicate()


def check_answers(rec: Recommender, number: int, count: int) -> None:
    """Every answer is the edition's, whole, and of the article's own theme."""
    for n in (0, 1, count // 2, count - 1):
        card = rec.article(f"a-{n}")
        hits = rec.related(card.id, 5)
        assert len(hits) == 5
        assert {hit.author for hit in (card, *hits)} == {str(number)}
        assert {hit.section for hit in hits} == {card.section}


def check_store(artifacts: Artifacts, number: int, count: int) -> None:
    """The store holds the edition's articles once each, and what belongs to their texts, once."""
    database = sqlite3.connect(artifacts.store)
    try:
        ids = [row[0] for row in database.execute("SELECT id FROM articles")]
        titles = {row[0] for row in database.execute("SELECT title FROM articles")}
        texts = {row[0] for row in database.execute("SELECT content_hash FROM articles")}
        vectors = [row[0] for row in database.execute("SELECT content_hash FROM vectors")]
        features = [row[0] for row in database.execute("SELECT content_hash FROM features")]
        words = {row[0] for row in database.execute("SELECT token FROM vocabulary")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()
    wanted = edition(count, number)
    assert sorted(ids) == sorted(a.id for a in wanted)
    assert titles == {a.title for a in wanted}
    assert len(texts) == count
    assert sorted(vectors) == sorted(features) == sorted(texts)
    assert words == {w for a in wanted for w in tokenise(embedded_text(a.title, a.text))}


KEPT = {
    "CURRENT", "nights.jsonl", "nightly.lock", "removed.json", "removed.lock", "snapshots",
    "source.jsonl", "store.sqlite",
}  # fmt: skip


def check_nothing_left(artifacts: Artifacts) -> None:
    assert {p.name for p in artifacts.root.iterdir()} == KEPT
    assert [p.name for p in artifacts.snapshots.iterdir() if p.name.startswith(ASIDE_PREFIX)] == []
    for name in artifacts.names():
        assert {p.name for p in (artifacts.snapshots / name).iterdir()} == set(FILES)


def check_refused(
    artifacts: Artifacts, rec: Recommender, run: Run, before: dict[str, bytes], error: str
) -> None:
    """A run failed as it should: with our error, nothing changed, nothing left."""
    assert run.code == 0
    assert run.outcome.get("error") == error, run.outcome
    assert "run again" in run.outcome["message"]
    assert artifacts.current() == rec.health().snapshot
    for reader in (rec, Recommender.open(artifacts.root)):
        check_answers(reader, 1, 60)
    assert snapshot_bytes(artifacts) == before
    # A store whose log could not be written back keeps it for the next run.
    passing = {"ballast", "store.sqlite-wal", "store.sqlite-shm"}
    assert {p.name for p in artifacts.root.iterdir()} - passing == KEPT


def snapshot_bytes(artifacts: Artifacts) -> dict[str, bytes]:
    found = artifacts.snapshots.rglob("*")
    return {str(p): p.read_bytes() for p in found if p.is_file()}
