"""Snapshots of the same articles are equal, and a change is named by its file."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from recommender.artifacts.folder import Artifacts
from tests.planted import publish_planted

GOLDEN = Path(__file__).parents[2] / "golden"


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


def test_tables_of_strings_are_compared_across_formats(scripts: None, tmp_path: Path) -> None:
    module = pytest.importorskip("compare_snapshots")
    five, six = (next((GOLDEN / f"format-{version}" / "snapshots").iterdir()) for version in (5, 6))
    equal, lines = module.compare(five, six)
    assert set(module.PAIRS) <= set(equal)
    assert lines == []
    (copy := tmp_path / six.name).mkdir()
    for path in six.iterdir():
        content = path.read_bytes()
        if path.name == "ids.strings":
            content = content.replace(b"frost-0", b"frost-9")
        (copy / path.name).write_bytes(content)
    assert module.compare(five, copy)[1] == ["ids.strings differs"]
