"""The commands as installed programs: they find each other and the real model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.planted import (
    article,
    write_jsonl,
)


def test_the_whole_path_with_the_real_model_in_real_processes(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    bin_folder = Path(sys.executable).parent
    source = write_jsonl(tmp_path / "news.jsonl", [article(n) for n in range(24)])

    def call(command: str, *arguments: str) -> str:
        line = [str(bin_folder / command), *arguments, "--artifacts", str(tmp_path / "a"), "--json"]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout

    first = json.loads(call("recommender", "nightly", str(source)))
    again = json.loads(call("recommender", "nightly", str(source)))
    answer = json.loads(call("recommend", "a-1", "-n", "5"))
    assert (first["embedded"], again["embedded"], again["reused"]) == (24, 0, 24)
    assert all(hit["section"] == "orchard" for hit in answer["related"])
