"""The commands that list, roll back and verify snapshots."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.snapshot.schema import FILES
from tests.conftest import Run
from tests.planted import (
    publish_planted,
)


def test_snapshots_are_listed_rolled_back_and_verified(run: Run, tmp_path: Path) -> None:
    first = publish_planted(tmp_path).snapshot
    second = publish_planted(tmp_path, count=44).snapshot
    listed = run("recommender", "snapshots", "--artifacts", tmp_path)
    assert [line[:2] + line[2:].split()[0] for line in listed.out.splitlines()] == [
        f"  {first}",
        f"* {second}",
    ]
    assert run("recommender", "rollback", "--artifacts", tmp_path).out.strip().endswith(first)
    assert Artifacts(tmp_path).current() == first
    assert run("recommender", "rollback", second, "--artifacts", tmp_path).code == 0
    assert run("recommender", "rollback", "elsewhere", "--artifacts", tmp_path).code == 7
    verified = run("recommender", "verify", "--artifacts", tmp_path)
    assert verified.out.startswith(f"{second} is whole: {len(FILES)} files")
    assert run("recommender", "verify", first, "--artifacts", tmp_path).code == 0
    assert run("recommender", "verify", "../..", "--artifacts", tmp_path).code == 7
    as_json = json.loads(run("recommender", "snapshots", "--artifacts", tmp_path, "--json").out)
    assert [row["articles"] for row in as_json] == [40, 44]


def test_a_damaged_snapshot_stays_in_the_list_with_its_error(run: Run, tmp_path: Path) -> None:
    publish_planted(tmp_path)
    second = publish_planted(tmp_path, count=44).snapshot
    (tmp_path / "snapshots" / second / "manifest.json").write_text("{}")
    listed = run("recommender", "snapshots", "--artifacts", tmp_path)
    assert listed.code == 0
    assert "manifest.json is not a manifest" in listed.out.splitlines()[1]


def test_snapshots_are_listed_even_where_the_pointer_is_broken(
    run: Run, published: Artifacts
) -> None:
    name = published.current()
    published.pointer.write_text("nonsense")
    listed = run("recommender", "snapshots", "--artifacts", published.root)
    assert listed.code == 0
    assert listed.out.split()[0] == name
    assert "recommender rollback NAME" in listed.err
    assert run("recommender", "rollback", name, "--artifacts", published.root).code == 0
    assert published.current() == name


def test_the_list_fits_a_terminal_of_40_columns(
    run: Run, published: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = run("recommender", "snapshots", "--artifacts", published.root).out.splitlines()
    assert lines[0] == f"* {published.current()}"
    assert lines[1].startswith("    40 articles ")
    assert max(map(len, lines)) <= 40
