"""Standard input is a source of JSON Lines that can be read once."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.sources.standard_input import StandardInput
from recommender.sources.validate import ArticleReader
from tests.sources.reading import good


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_refused_because_nothing_would_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(InputError, match="pipe JSON Lines into the command"):
        _ = StandardInput().size


def test_what_is_in_the_file_behind_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(good(id=i)) + "\n" for i in "abc"))
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        source = StandardInput()
        assert (source.name, source.size) == ("-", 0)
        articles = list(ArticleReader({}, 1000).read(source))
        assert [article.id for article in articles] == ["a", "b", "c"]
        assert not file.closed


def test_a_pipe_is_read_piece_by_piece() -> None:
    code = (
        "from recommender.sources.open import open_source\n"
        "from recommender.sources.validate import ArticleReader\n"
        "source = open_source('-')\n"
        "print(*[a.id for a in ArticleReader({}, 1000).read(source)], source.position)\n"
    )
    rows = "".join(json.dumps(good(id=str(n), text="x" * 900)) + "\n" for n in range(200))
    done = subprocess.run(
        [sys.executable, "-c", code], input=rows, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [*map(str, range(200)), "0"]


def test_a_closed_standard_input_is_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        _ = StandardInput().size
