"""Snapshots of the same articles are equal, and a change is named by its file."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from recommender.artifacts.folder import Artifacts
from tests.planted import publish_planted


def snapshot(root: Path, *overrides: str) -> str:
    publish_planted(root, overrides=overrides)
    artifacts = Artifacts(root)
    return str(artifacts.snapshots / artifacts.current())


def test_files_are_compared_without_their_stamps(scripts: None, tmp_path: Path) -> None:
    main = pytest.importorskip("compare_snapshots").main
    one, other = (snapshot(tmp_path / name) for name in ("one", "other"))
    same = CliRunner().invoke(main, [one, other])
    assert (same.exit_code, same.output.endswith("files are equal, 0 are not\n")) == (0, True)
    fewer = snapshot(tmp_path / "fewer", "neighbours.k=5")
    differs = CliRunner().invoke(main, [one, fewer])
    assert differs.exit_code == 1
    assert {"neighbours.npy differs", "scores.npy differs"} <= set(differs.output.splitlines())


def test_a_file_of_only_one_snapshot_is_named(scripts: None, tmp_path: Path) -> None:
    main = pytest.importorskip("compare_snapshots").main
    one, other = (snapshot(tmp_path / name) for name in ("one", "other"))
    (Path(other) / "hubness.npy").unlink()
    result = CliRunner().invoke(main, [one, other])
    assert result.exit_code == 1
    assert f"hubness.npy is only in {one}" in result.output
