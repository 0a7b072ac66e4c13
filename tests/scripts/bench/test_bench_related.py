"""The comparison with FAISS and pgvector, on a small made-up newsroom."""

import sys
from pathlib import Path

import pytest


def test_installed_peers_are_measured_and_others_left_out(
    scripts: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    bench = pytest.importorskip("bench_related")
    pytest.importorskip("made_up").publish_made_up(tmp_path, 400)
    questions: dict[str, dict[str, str]] = {"default": {}, "a section": {"section": "news"}}
    found = bench.measure(bench.newsroom(tmp_path, 400), [*range(40)], questions, exact_rows=20)
    assert capsys.readouterr().out == "pgvector: left out, psycopg is not installed\n"
    assert set(found) == {*bench.PEERS} - {"pgvector"}
    for results in found.values():
        assert set(results) == {*questions}
        assert all(result.p99 >= result.p50 > 0 for result in results.values())
    plain = found["FAISS, filtered afterwards"]
    assert (plain["default"].overlap, plain["default"].short) == (1.0, 0)
    assert found["ours"]["a section"].overlap > 0.9
    assert found["ours"]["a section"].short == 0
