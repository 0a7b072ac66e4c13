"""The commands as a person or a scheduler meets them: output, streams, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from recommender import errors
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from recommender.cli import main as cli
from tests.conftest import Result, Run
from tests.planted import (
    article,
    as_record,
    publish_planted,
    write_jsonl,
)


def test_recommend_prints_a_table_a_person_reads(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "-n", 3)
    heading, origin, columns, *rows = result.out.splitlines()
    assert result.code == 0
    assert heading == "Orchard report 1"
    assert origin == "Herald · 1 Mar 2026 · a-1"
    assert columns.split() == ["rank", "score", "title", "source", "published", "id", "why"]
    ranked = [row for row in rows if row.split()[0] in ("1", "2", "3")]
    assert [row.split()[0] for row in ranked] == ["1", "2", "3"]
    assert all("Orchard report" in row for row in ranked)


def test_recommend_speaks_json_to_machines(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "--json", "-n", 2)
    answer = json.loads(result.out)
    assert answer["article"]["id"] == "a-1"
    assert len(answer["related"]) == 2
    assert set(answer["related"][0]) == {
        "id", "score", "title", "url", "source", "section", "language", "author", "published",
        "also_at", "reasons",
    }  # fmt: skip
    assert answer["note"] is None
    assert answer["related"][0]["published"].endswith("+00:00")


def test_recommend_narrows_by_every_filter(run: Run, published: Artifacts) -> None:
    filters = ["--section", "orchard", "--source", "Gazette", "--source", "Herald"]
    filters += ["--language", "en", "--since", "2026-03-01T20:00:00+00:00", "--exclude", "a-37"]
    result = run("recommend", "a-1", "--artifacts", published.root, "--json", *filters)
    found = {hit["id"] for hit in json.loads(result.out)["related"]}
    numbers = [n for n in range(11, 40) if n % 4 == 1 and n % 3 in (0, 1) and n != 37]
    assert found == {f"a-{n}" for n in numbers}


def test_recommend_counts_back_from_now(run: Run, published: Artifacts) -> None:
    # The planted articles are from March 2026: a century of weeks ago admits all, an hour none.
    all_of_them = run("recommend", "a-1", "--artifacts", published.root, "--since", "5000w")
    none = run("recommend", "a-1", "--artifacts", published.root, "--since", "1h")
    assert "Orchard" in all_of_them.out
    assert "Only so many: no articles are related" in none.err
    assert run("recommend", "a-1", "--since", "yesterday").code == 2


def test_a_label_that_does_not_exist_is_explained(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "--section", "orchid")
    assert result.code == 0
    assert "No article has the section 'orchid'; there are: glacier, harbour, orchard" in result.err


def test_an_unknown_id_has_its_own_exit_code_and_the_nearest_ids(
    run: Run, published: Artifacts
) -> None:
    result = run("recommend", "a-399", "--artifacts", published.root)
    assert result.code == 6
    assert result.out == ""
    assert "article 'a-399' is not in the published snapshot" in result.err
    assert "the nearest ids are a-39" in result.err


def test_empty_artifacts_name_the_command_that_fills_them(run: Run, tmp_path: Path) -> None:
    result = run("recommend", "a-1", "--artifacts", tmp_path)
    assert result.code == 7
    assert f"recommender nightly SOURCE --artifacts {tmp_path}" in result.err


def test_broken_artifacts_name_the_file(run: Run, published: Artifacts) -> None:
    file = published.snapshots / published.current() / "neighbours.npy"
    file.write_bytes(file.read_bytes()[:-100])
    result = run("recommend", "a-1", "--artifacts", published.root)
    assert result.code == 7
    assert str(file) in result.err


def test_titles_are_printed_as_they_are(run: Run, tmp_path: Path) -> None:
    # Square brackets are markup to the table's library; a headline may hold them.
    items = [as_record(article(n)) | {"title": f"[bold]Quay[/] {n}"} for n in range(0, 20, 4)]
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps(i) + "\n" for i in items))
    assert run("recommender", "nightly", source, "--artifacts", tmp_path).code == 0
    result = run("recommend", "a-0", "--artifacts", tmp_path)
    assert result.out.count("[bold]Quay[/]") == 5


def test_nightly_prints_one_line_of_json_and_nothing_else(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(20)])
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a", "--json")
    night = json.loads(result.out)
    assert result.code == 0
    assert result.err == ""
    assert result.out.count("\n") == 1
    assert night["intake"]["read"] == night["intake"]["new"] == night["embedded"] == 20
    assert night["snapshot"] == Artifacts(tmp_path / "a").current()
    assert set(night["seconds"]) == {
        "read", "embed", "count", "load", "neighbours", "graph", "index", "stories", "topics",
        "identity", "keywords", "phrases", "publish",
    }  # fmt: skip


def test_nightly_tells_a_person_what_it_did(run: Run, tmp_path: Path) -> None:
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
    assert [e["message"] for e in entries] == [
        "a field is unknown and kept out", "indexed", "published",
    ]  # fmt: skip
    assert entries[0]["field"] == "mood"
    assert entries[0]["level"] == "warning"


def test_a_flood_of_unknown_fields_is_named_to_a_limit_and_said_to_be_more(
    run: Run, tmp_path: Path
) -> None:
    records = [as_record(article(n)) | {f"extra-{n}": "x"} for n in range(120)]
    source = tmp_path / "s.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records))
    result = run("recommender", "nightly", source, "--artifacts", tmp_path / "a")
    messages = [json.loads(line)["message"] for line in result.err.splitlines()]
    assert messages.count("a field is unknown and kept out") == 100
    assert messages[-1].startswith("more unknown fields may have been kept out")


@pytest.mark.parametrize("option", ["--floor", "--diversity", "--closeness", "--half-life"])
def test_no_number_at_all_is_wrong_usage(run: Run, tmp_path: Path, option: str) -> None:
    publish_planted(tmp_path, 12)
    result = run("recommend", "a-1", option, "nan", "--artifacts", tmp_path)
    assert result.code == 2
    assert "nan: expected a number" in result.err


def test_each_failure_of_nightly_has_its_exit_code(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "a"
    good = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(20)])
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": 1}\n{"id": "x", "text": "words"}\n')

    def nightly(*arguments: object) -> Result:
        return run("recommender", "nightly", *arguments, "--artifacts", root)

    assert nightly(tmp_path / "absent.jsonl").code == 3
    rejected = nightly(bad)
    assert rejected.code == 3
    assert "1 of 2 records are bad (50.0%)" in rejected.err
    assert f"{bad}:1: id: expected a string, got a number" in rejected.err
    assert nightly(good, "--set", "topics.resolutoin=1").code == 2
    assert nightly(good, "--config", tmp_path / "absent.toml").code == 2
    with hold(Artifacts(root).lock):
        held = nightly(good)
    assert held.code == 5
    assert "is held by pid" in held.err
    assert not Artifacts(root).names()
    assert nightly(good).code == 0


def test_every_error_has_an_exit_code_and_all_kinds_differ() -> None:
    def leaves(kind: type) -> list[type]:
        below = kind.__subclasses__()
        return [leaf for child in below for leaf in leaves(child)] or [kind]

    for leaf in leaves(errors.RecommenderError):
        codes = [code for kind, code in cli.EXIT_CODES.items() if issubclass(leaf, kind)]
        assert len(codes) == 1, leaf
        assert codes[0] > 1
        assert f"  {codes[0]}  " in cli.EXIT_HELP


def test_snapshots_are_listed_rolled_back_and_verified(run: Run, tmp_path: Path) -> None:
    first = publish_planted(tmp_path).snapshot
    second = publish_planted(tmp_path, count=44).snapshot
    listed = run("recommender", "snapshots", "--artifacts", tmp_path)
    assert [line[:2] + line[2:].split()[0] for line in listed.out.splitlines()] == [
        f"  {first}",
        f"* {second}",
    ]
    assert run("recommender", "rollback", "--artifacts", tmp_path).out.strip().endswith(first)
    assert Artifacts(tmp_path).current() == first
    assert run("recommender", "rollback", second, "--artifacts", tmp_path).code == 0
    assert run("recommender", "rollback", "elsewhere", "--artifacts", tmp_path).code == 7
    verified = run("recommender", "verify", "--artifacts", tmp_path)
    assert verified.out.startswith(f"{second} is whole: 52 files")
    assert run("recommender", "verify", first, "--artifacts", tmp_path).code == 0
    assert run("recommender", "verify", "../..", "--artifacts", tmp_path).code == 7
    as_json = json.loads(run("recommender", "snapshots", "--artifacts", tmp_path, "--json").out)
    assert [row["articles"] for row in as_json] == [40, 44]


def test_a_damaged_snapshot_stays_in_the_list_with_its_error(run: Run, tmp_path: Path) -> None:
    publish_planted(tmp_path)
    second = publish_planted(tmp_path, count=44).snapshot
    (tmp_path / "snapshots" / second / "manifest.json").write_text("{}")
    listed = run("recommender", "snapshots", "--artifacts", tmp_path)
    assert listed.code == 0
    assert "manifest.json is missing or unreadable" in listed.out.splitlines()[1]


def test_removing_and_restoring(run: Run, published: Artifacts) -> None:
    at = ("--artifacts", published.root)
    assert run("recommender", "remove", "a-5", *at).code == 0
    gone = run("recommend", "a-5", *at)
    assert gone.code == 6
    assert "was removed" in gone.err
    assert run("recommender", "remove", "a-555", *at).code == 6
    assert run("recommender", "restore", "a-6", *at).code == 6
    assert run("recommender", "restore", "a-5", *at).code == 0
    assert run("recommend", "a-5", *at).code == 0


def test_a_takedown_works_while_the_current_snapshot_is_broken(
    run: Run, published: Artifacts
) -> None:
    at = ("--artifacts", published.root)
    (published.snapshots / published.current() / "ids.npy").unlink()
    assert run("recommender", "remove", "a-5", *at).code == 7
    assert run("recommender", "remove", "a-5", "--missing-ok", *at).code == 0
    assert "a-5" in published.removed.read_text()
    elsewhere = run("recommender", "remove", "a-5", "--missing-ok", "--artifacts", "typo")
    assert elsewhere.code == 7
    assert not Path("typo").exists()


def test_snapshots_are_listed_also_where_the_pointer_is_broken(
    run: Run, published: Artifacts
) -> None:
    name = published.current()
    published.pointer.write_text("nonsense")
    listed = run("recommender", "snapshots", "--artifacts", published.root)
    assert listed.code == 0
    assert listed.out.split()[0] == name
    assert "recommender rollback NAME" in listed.err
    assert run("recommender", "rollback", name, "--artifacts", published.root).code == 0
    assert published.current() == name


def test_a_failed_night_says_so_in_its_line_of_json(run: Run, tmp_path: Path) -> None:
    result = run("recommender", "nightly", tmp_path / "x.jsonl", "--artifacts", tmp_path, "--json")
    assert json.loads(result.out)["exit_code"] == result.code == 3
    assert "x.jsonl" in json.loads(result.out)["error"]


def test_odd_moments_are_wrong_usage(run: Run, published: Artifacts) -> None:
    for since in ("²d", "9" * 5000 + "d", "d", "99999999w"):
        result = run("recommend", "a-1", "--artifacts", published.root, "--since", since)
        assert result.code == 2, since


def test_a_missing_package_names_the_command_that_installs_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    monkeypatch.delitem(sys.modules, "recommender.settings")
    result = run("recommender", "nightly", "x.jsonl", "--artifacts", tmp_path)
    assert result.code == 9
    assert "pip install 'recommender[build]'" in result.err


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
