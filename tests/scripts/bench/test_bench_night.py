"""The benchmark of a night with few new articles."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.planted import newsdesk, write_jsonl


def test_a_night_of_few_new_articles_is_compared_with_the_first(
    scripts: None, word_encoder: None, tmp_path: Path
) -> None:
    bench = pytest.importorskip("bench_night")
    news = write_jsonl(tmp_path / "news.jsonl", newsdesk())
    file = tmp_path / "night.json"
    arguments = [str(news), "--share", "0.2", "--json-file", str(file)]
    result = CliRunner().invoke(bench.main, arguments)
    assert result.exit_code == 0, result.output
    rows = {row["name"]: row["value"] for row in json.loads(file.read_text())}
    first, second = (name for name in rows if "night" in name)
    early, late = (int(re.search(r"\d+", name)[0]) for name in (first, second))  # type: ignore[index]
    assert early + late == len(newsdesk())
    assert late > 0
    assert rows["their ratio"] == pytest.approx(rows[second] / rows[first])
    assert -1 <= rows["stories: ARI with a rebuild"] <= 1
