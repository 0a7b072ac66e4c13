"""The benchmark of stories and topics, on small inputs and without the peers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.planted import WordEncoder, article, write_jsonl


def test_groups_of_made_up_vectors_are_measured(scripts: None, tmp_path: Path) -> None:
    bench = pytest.importorskip("bench_groups")
    file = tmp_path / "deep" / "groups.json"
    result = CliRunner().invoke(bench.main, ["--rows", "600", "--json-file", str(file)])
    assert result.exit_code == 0, result.output
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert [row["name"] for row in rows] == [
        "600 made-up vectors: ours",
        "600 made-up vectors: ours: processor",
        "600 made-up vectors: ours: peak memory",
        "load of the machine at the end",
    ]
    assert all(row["value"] > 0 for row in rows[:3])
    assert all(stage in rows[0]["note"] for stage in ("neighbours", "graph", "stories", "topics"))


def test_a_night_of_articles_embedded_before_is_measured(
    scripts: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = pytest.importorskip("bench_groups")
    write_jsonl(tmp_path / f"{bench.SETS[0]}.jsonl", [article(n) for n in range(30)])
    encoder = WordEncoder()
    assert bench.write_articles(tmp_path, tmp_path, 25, encoder) == 25
    assert len(encoder.encoded) == 25
    bench.night(str(tmp_path))
    found = json.loads(capsys.readouterr().out)
    assert set(bench.STAGES) < set(found["seconds"])
    assert found["peak"] > 0
    assert len(encoder.encoded) == 25
