"""Output: any text on any stream, tables as wide as the terminal, JSON that loses nothing."""

import io
import json
import sys
from pathlib import Path

import pytest

from recommender.cli import output
from recommender.cli.output import console, echo, echo_json, prepare_streams, printable

HEADLINE = "“Łódź” – Zoë’s café · 渡輪 → ▁█ …"


def ascii_stdout(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Standard output is a stream of ASCII that refuses all else."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    return written


def test_a_stream_of_another_encoding_shows_the_nearest_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = ascii_stdout(monkeypatch)
    prepare_streams()
    echo(HEADLINE)
    assert written.getvalue().decode() == '"?odz" - Zoe\'s cafe - ?? -> .@ ...\n'
    console().print(HEADLINE)
    assert written.getvalue().decode().count("Zoe's cafe") == 2


def test_json_on_a_stream_of_another_encoding_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = ascii_stdout(monkeypatch)
    prepare_streams()
    echo_json({"title": HEADLINE})
    assert json.loads(written.getvalue()) == {"title": HEADLINE}


def test_json_is_one_line_and_holds_any_text(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "Ærø\n\ud800"}
    echo_json(value)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "Ærø" in out
    assert json.loads(out) == value


def test_a_closed_stream_takes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    prepare_streams()
    echo(HEADLINE)
    echo_json([HEADLINE])
    echo("\ud800", err=True)
    sys.stdout.close()
    sys.stderr.close()


@pytest.mark.parametrize(
    ("columns", "width"),
    [(None, 120), ("40", 40), ("300", 300), ("3", 20), ("0", 120), ("-5", 120), ("wide", 120)],
)
def test_a_pipe_is_as_wide_as_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


def test_printable_keeps_joiners_and_accents() -> None:
    for text in ("می‌خواهم", "👩‍👩‍👧", "a\xa0b", "Tony’s"):
        assert printable(text) == text


def test_no_command_prints_past_this_file() -> None:
    for path in Path(output.__file__).parent.glob("*.py"):
        assert "click.echo" not in path.read_text(encoding="utf-8"), path
