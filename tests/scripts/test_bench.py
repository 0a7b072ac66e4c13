"""The benchmarks' made-up newsrooms are like any other, whatever the formats are today."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.graph.rescore import Graph
from recommender.snapshot.verify import verify
from tests.planted import WordEncoder, article, write_jsonl


def test_the_made_up_newsroom_is_whole_and_answers(scripts: None, tmp_path: Path) -> None:
    made_up = pytest.importorskip("made_up")
    name = made_up.publish_made_up(tmp_path, 400, threads=1)
    verify(Artifacts(tmp_path).snapshots / name)
    rec = Recommender.open(tmp_path)
    answer = rec.related(made_up.article_id(7), 5, section="news", floor=0.0)
    assert len(answer) == 5
    assert {hit.section for hit in answer} == {"news"}


def test_peers_are_asked_and_those_not_installed_are_left_out(
    scripts: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
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


def test_keywords_of_a_newsroom_grown_from_a_few_articles_are_measured(
    scripts: None, tmp_path: Path
) -> None:
    bench = pytest.importorskip("bench_keywords")
    source, file = tmp_path / "articles.jsonl", tmp_path / "keywords.json"
    write_jsonl(source, [article(n) for n in range(40)])
    tokens = bench.read_tokens(bench.texts_of([source]))
    more, first = bench.grown(tokens, 300)
    assert len(first) == len(more.start) - 1 == 300
    for text, origin in enumerate(first.tolist()):
        whole = tokens.tokens[tokens.start[origin] : tokens.start[origin + 1]].tolist()
        half = len(whole) // 2
        begin = int(more.start[text])
        assert more.tokens[begin : begin + half].tolist() == whole[:half]
    arguments = [str(source), "--articles", "300", "--json-file", str(file)]
    result = CliRunner().invoke(bench.main, arguments)
    assert result.exit_code == 0, result.output
    rows = {row["name"]: row["value"] for row in json.loads(file.read_text(encoding="utf-8"))}
    steps = [value for name, value in rows.items() if not name.startswith(("a night", "peak"))]
    assert rows["a night's keywords, 300 articles"] == pytest.approx(sum(steps))


@pytest.mark.parametrize("place", range(3))
def test_seeds_that_find_the_same_topics_agree(scripts: None, place: int) -> None:
    seeds = pytest.importorskip("seeds")
    # Two cliques of four: each text names the other three.
    texts = np.arange(8)
    neighbours = np.array([[n for n in texts if n // 4 == t // 4 and n != t] for t in texts])
    graph = Graph(neighbours.astype(np.int32), np.full((8, 3), 0.5, dtype=np.float32))
    way = list(seeds.WAYS)[place]
    cells = seeds.measured(graph, texts // 4, way, 3).split(" | ")
    assert cells[0] == f"| {way}"
    assert cells[2:] == ["1.0000, 1.0000", "0.8000, 0.8000", "1.0000, 1.0000 |"]
