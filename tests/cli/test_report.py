"""The report as a command: the last night, the nights before, any width, any age of the record."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from tests.conftest import Run
from tests.json_shapes import check_json
from tests.planted import article, newsdesk, write_jsonl


def test_each_night_of_the_history_is_a_line_and_the_newest_comes_first(
    run: Run, tmp_path: Path
) -> None:
    at = ("--artifacts", tmp_path / "a")
    source = write_jsonl(tmp_path / "s.jsonl", newsdesk())
    run("recommender", "nightly", source, *at)
    run("recommender", "nightly", source, *at)
    lines = run("recommender", "report", "--history", "5", *at).out.splitlines()
    assert ["nothing had changed" in line for line in lines] == [True, False]
    assert "published; 39 articles, 39 new" in lines[1]
    printed = json.loads(run("recommender", "report", "--history", "1", "--json", *at).out)
    assert [night["unchanged"] for night in printed] == [True]
    check_json(printed, "nights")
    check_json(json.loads(run("recommender", "report", "--json", *at).out), "night")
    assert run("recommender", "report", "--history", "0", *at).code == 2


def test_a_report_fits_40_columns(
    run: Run, published: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = run("recommender", "report", "--artifacts", published.root).out.splitlines()
    assert max(len(line) for line in lines if "/" not in line) <= 40  # a path is not folded


def test_a_record_of_an_earlier_version_is_told_too(run: Run, published: Artifacts) -> None:
    night = json.loads(published.nights.read_text())
    for name in ("notices", "changed_settings", "lists", "languages", "not_delivered",
                 "withdrawn", "boilerplate"):  # fmt: skip
        night.pop(name, None)
    published.nights.write_text(json.dumps(night) + "\n" + '{"torn')
    result = run("recommender", "report", "--artifacts", published.root)
    assert (result.code, result.err) == (0, "")
    assert "40 articles" in result.out
    assert run("recommender", "report", "--history", "3", "--artifacts", published.root).code == 0


def test_a_report_of_a_broken_snapshot_still_tells_of_the_night(
    run: Run, published: Artifacts
) -> None:
    (published.snapshots / published.current() / "ids.strings").unlink()
    result = run("recommender", "report", "--artifacts", published.root)
    assert result.code == 0
    assert "Stories and topics cannot be read" in result.out


def test_where_no_night_is_on_record_the_command_is_named(run: Run, tmp_path: Path) -> None:
    for option in ((), ("--history", "2")):
        result = run("recommender", "report", "--artifacts", tmp_path, *option)
        assert result.code == 7
        assert "recommender nightly SOURCE" in result.err


def test_a_record_of_which_nothing_can_be_read_is_not_called_absent(
    run: Run, published: Artifacts
) -> None:
    published.nights.write_text('{"torn\n[1]\n')
    result = run("recommender", "report", "--artifacts", published.root)
    assert result.code == 7
    assert "nothing that can be read is on record in" in result.err


def test_titles_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    from dataclasses import replace

    source = write_jsonl(
        tmp_path / "s.jsonl",
        [replace(a, title=f"\x1b[31m{a.title}") for a in newsdesk()] + [article(1)],
    )
    run("recommender", "nightly", source, "--artifacts", tmp_path / "a")
    assert "\x1b" not in run("recommender", "report", "--artifacts", tmp_path / "a").out
