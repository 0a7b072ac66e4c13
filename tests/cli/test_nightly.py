"""`recommender nightly` and `report`: output, logs and exit codes."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recommender import Article, Recommender
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from tests.conftest import Result, Run
from tests.json_shapes import check_json
from tests.planted import (
    article,
    as_record,
    newsdesk,
    report,
    write_jsonl,
)


def test_nightly_prints_one_line_of_json_and_nothing_else(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(20)])
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a", "--json")
    night = json.loads(result.out)
    check_json(night, "night")
    assert result.code == 0
    assert result.err == ""
    assert result.out.count("\n") == 1
    assert night["intake"]["read"] == night["intake"]["new"] == night["embedded"] == 20
    assert night["snapshot"] == Artifacts(tmp_path / "a").current()
    assert set(night["seconds"]) == {
        "read", "boilerplate", "embed", "count", "load", "neighbours", "graph", "index",
        "stories", "topics", "identity", "keywords", "phrases", "publish",
    }  # fmt: skip


def test_nightly_prints_what_it_did(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(20)])
    with source.open("a") as file:
        file.write('{"id": "a-99", "text": ""}\n')
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a", "--progress")
    assert "read 21 records: 20 new, 0 changed, 0 unchanged, 0 removed, 1 rejected" in result.out
    assert "rejects are listed in " in result.out
    assert "embed" in result.err  # the bars


def test_logs_are_lines_of_json_on_request(run: Run, tmp_path: Path) -> None:
    records = [as_record(article(n)) | {"mood": "calm"} for n in range(20)]
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records))
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a", "-v")
    entries = [json.loads(line) for line in result.err.splitlines()]
    assert [e["message"] for e in entries if e["message"] != "a stage begins"] == [
        "a field is unknown and kept out", "indexed", "published",
    ]  # fmt: skip
    warned = next(e for e in entries if e["level"] == "warning")
    assert warned["field"] == "mood"


def test_only_so_many_unknown_fields_are_logged(run: Run, tmp_path: Path) -> None:
    records = [as_record(article(n)) | {f"extra-{n}": "x"} for n in range(120)]
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records))
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a")
    messages = [json.loads(line)["message"] for line in result.err.splitlines()]
    assert messages.count("a field is unknown and kept out") == 100
    assert messages[-1].startswith("more unknown fields may have been kept out")


def test_each_failure_of_nightly_has_its_exit_code(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "a"
    good = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(20)])
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": true}\n{"id": "x", "text": "words"}\n')

    def nightly(*arguments: object) -> Result:
        return run("recommender", "nightly", *arguments, "--artifacts", root)

    assert nightly(tmp_path / "absent.jsonl").code == 3
    rejected = nightly(bad)
    assert rejected.code == 3
    assert "1 of 2 records are bad (50.0%)" in rejected.err
    assert f"{bad}:1: id: expected a string or an integer, got a boolean" in rejected.err
    assert nightly(good, "--set", "topics.resolutoin=1").code == 2
    assert nightly(good, "--config", tmp_path / "absent.toml").code == 2
    with hold(Artifacts(root).lock):
        held = nightly(good)
    assert held.code == 5
    assert "is held by pid" in held.err
    assert not Artifacts(root).names()
    assert nightly(good).code == 0


def test_a_failed_night_prints_its_error_as_json(run: Run, tmp_path: Path) -> None:
    result = run("recommender", "nightly", tmp_path / "x.jsonl", "--artifacts", tmp_path, "--json")
    assert json.loads(result.out)["exit_code"] == result.code == 3
    assert "x.jsonl" in json.loads(result.out)["error"]


def test_a_missing_package_names_the_command_that_installs_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    monkeypatch.delitem(sys.modules, "recommender.settings.load")
    result = run("recommender", "nightly", "x.jsonl", "--artifacts", tmp_path)
    assert result.code == 9
    assert "pip install 'recommender[build]'" in result.err


def test_the_report_is_what_the_night_printed(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", newsdesk())
    night = run("recommender", "nightly", source, "--artifacts", tmp_path / "a")
    told = run("recommender", "report", "--artifacts", tmp_path / "a").out
    assert " ".join(night.out.split("\n", 1)[1].split()) in " ".join(told.split())
    again = run("recommender", "nightly", source, "--artifacts", tmp_path / "a", "--json")
    printed = run("recommender", "report", "--artifacts", tmp_path / "a", "--json")
    assert json.loads(printed.out) == json.loads(again.out)
    unchanged = run("recommender", "report", "--artifacts", tmp_path / "a").out
    assert unchanged.startswith("nothing has changed; ")


def test_a_gate_stops_the_night_and_force_overrides(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", newsdesk())
    at = ("--artifacts", tmp_path / "a")
    assert run("recommender", "nightly", source, *at, "--set", "related.floor=0").code == 0
    rec = Recommender.open(tmp_path / "a")
    write_jsonl(source, [*newsdesk(), report_of_tonight()])
    nightly = ["nightly", source, *at, "--set", "gates.empty_related=0.1"]
    strict = [*nightly, "--set", "related.floor=1"]
    refused = run("recommender", *strict)
    assert refused.code == 4
    assert "gates.empty_related admits 10.0%" in refused.err
    assert f"{rec.health().snapshot} is still served" in refused.err
    assert rec.health().snapshot == Recommender.open(tmp_path / "a").health().snapshot
    report = run("recommender", "report", *at)
    assert "still served" in report.out.splitlines()[0]
    assert "texts have no related article" in report.out
    forced = run("recommender", *strict, "--force")
    assert forced.code == 0
    assert "forced: texts have no related article" in forced.out


def test_a_lost_store_ends_the_night_with_the_code_of_a_refusal(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", newsdesk())
    at = ("--artifacts", tmp_path / "a")
    assert run("recommender", "nightly", source, *at).code == 0
    before = Recommender.open(tmp_path / "a").health()
    (tmp_path / "a" / "store.sqlite").unlink()
    write_jsonl(source, [report_of_tonight()])
    refused = run("recommender", "nightly", source, *at)
    assert refused.code == 4
    assert "the store is missing or empty" in refused.err
    assert Recommender.open(tmp_path / "a").health() == before


def report_of_tonight() -> Article:
    return replace(report("frost", 3), id="tonight", text="An entirely different evening")
