"""The benchmark of keywords, on a small newsroom grown from planted articles."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.planted import article, write_jsonl


def test_keywords_of_a_newsroom_grown_from_a_few_articles_are_measured(
    scripts: None, tmp_path: Path
) -> None:
    bench = pytest.importorskip("bench_keywords")
    source, file = tmp_path / "articles.jsonl", tmp_path / "keywords.json"
    write_jsonl(source, [article(n) for n in range(40)])
    tokens = bench.read_tokens(bench.texts_of([source]))
    more, first = bench.grow(tokens, 300)
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
