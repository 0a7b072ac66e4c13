"""The benchmark's made-up newsroom is a snapshot like any other, whatever the format is today."""

import sys
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts import Artifacts
from recommender.snapshot import verify


def test_the_made_up_newsroom_is_whole_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "scripts"))
    made_up = pytest.importorskip("made_up")
    name = made_up.publish_made_up(tmp_path, 400, threads=1)
    verify(Artifacts(tmp_path).snapshots / name)
    rec = Recommender.open(tmp_path)
    answer = rec.related(made_up.article_id(7), 5, section="news", floor=0.0)
    assert len(answer) == 5
    assert {hit.section for hit in answer} == {"news"}


def test_peers_are_asked_and_those_not_installed_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "scripts"))
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not there
    peers = pytest.importorskip("bench_related")
    peers.publish_made_up(tmp_path, 400, threads=1)
    questions: dict[str, dict[str, str]] = {"default": {}, "a section": {"section": "news"}}
    found = peers.measure(peers.newsroom(tmp_path, 400), [*range(40)], questions, exact_rows=20)
    assert capsys.readouterr().out == "pgvector: left out, psycopg is not installed\n"
    assert set(found) == {*peers.PEERS} - {"pgvector"}
    for results in found.values():
        assert set(results) == {*questions}
        assert all(result.p99 >= result.p50 > 0 for result in results.values())
    plain = found["FAISS, filtered afterwards"]
    assert (plain["default"].overlap, plain["default"].short) == (1.0, 0)
    assert found["ours"]["a section"].overlap > 0.9
    assert found["ours"]["a section"].short == 0
