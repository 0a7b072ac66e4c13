"""The commands that remove and restore articles."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from tests.conftest import Run
from tests.json_shapes import check_json


def test_removing_and_restoring(run: Run, published: Artifacts) -> None:
    at = ("--artifacts", published.root)
    assert run("recommender", "remove", "a-5", *at).code == 0
    gone = run("recommend", "a-5", *at)
    assert gone.code == 6
    assert "was removed" in gone.err
    unknown = run("recommender", "remove", "a-555", *at)
    assert (unknown.code, "nearest ids are a-" in unknown.err) == (6, True)
    assert run("recommender", "restore", "a-555", *at).code == 6
    back = run("recommender", "restore", "a-5", *at)
    assert (back.code, back.out.splitlines()[0]) == (0, "a-5 is served again")
    assert run("recommend", "a-5", *at).code == 0
    again = run("recommender", "restore", "a-5", *at)
    assert (again.code, again.out) == (0, "a-5 is served; it was not removed\n")


def test_many_are_removed_from_a_file_and_unknown_ones_are_named(
    run: Run, published: Artifacts, tmp_path: Path
) -> None:
    at = ("--artifacts", published.root)
    (tmp_path / "ids").write_text("a-1\na-2\nzz-1\na-3\nzz-2\n")
    result = run("recommender", "remove", "--from", tmp_path / "ids", *at)
    assert result.code == 6
    assert result.out.splitlines() == [
        *(f"a-{n} is removed from every answer" for n in (1, 2, 3)),
        "the next nightly run deletes their texts and leaves them out of keywords and topics",
    ]
    assert result.err == ("Error: 2 articles are not in the published snapshot: 'zz-1', 'zz-2'\n")
    assert [*json.loads(published.removed.read_text())["removed"]] == ["a-1", "a-2", "a-3"]
    (tmp_path / "ids").write_text("a-1\na-4\n")
    result = run("recommender", "remove", "--from", tmp_path / "ids", "--json", *at)
    printed = json.loads(result.out)
    check_json(printed, "removal")
    assert (result.code, printed) == (
        0, {"removed": ["a-4"], "already_removed": ["a-1"], "unknown": []},
    )  # fmt: skip
    restored = run("recommender", "restore", "--from", tmp_path / "ids", "--json", *at)
    check_json(json.loads(restored.out), "restoration")
    assert json.loads(restored.out)["served"] == ["a-1", "a-4"]


def test_with_json_an_error_says_what_was_done_all_the_same(run: Run, published: Artifacts) -> None:
    result = run("recommender", "remove", "a-1", "zz", "--json", "--artifacts", published.root)
    printed = json.loads(result.out)
    assert (result.code, printed["exit_code"]) == (6, 6)
    assert printed["removed"] == ["a-1"]
    assert printed["unknown"] == ["zz"]


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["--from", "none.txt"], 3), (["--from", "."], 3)]
)
@pytest.mark.parametrize("command", ["remove", "restore"])
def test_without_ids_the_code_says_what_is_missing(
    run: Run, published: Artifacts, command: str, arguments: list[str], code: int
) -> None:
    assert run("recommender", command, *arguments, "--artifacts", published.root).code == code


def test_what_waits_for_its_source_is_said(run: Run, published: Artifacts) -> None:
    at = ("--artifacts", published.root)
    assert run("recommender", "remove", "early", "--missing-ok", *at).code == 0
    result = run("recommender", "restore", "early", *at)
    assert result.code == 0
    assert "comes back on the first night on which a source delivers it" in result.out


def test_an_article_can_be_removed_while_the_current_snapshot_is_broken(
    run: Run, published: Artifacts
) -> None:
    at = ("--artifacts", published.root)
    (published.snapshots / published.current() / "ids.strings").unlink()
    refused = run("recommender", "remove", "a-5", *at)
    assert refused.code == 7
    assert "to bar the ids all the same add --missing-ok" in refused.err
    unknown = run("recommender", "restore", "a-5", *at)
    assert unknown.code == 6
    assert "not among the removed articles, and no published snapshot can be read" in unknown.err
    assert run("recommender", "remove", "a-5", "--missing-ok", *at).code == 0
    assert "a-5" in published.removed.read_text()
    assert run("recommender", "restore", "a-5", *at).code == 0
    for command in ("remove", "restore"):
        elsewhere = run("recommender", command, "a-5", "--artifacts", "typo")
        assert elsewhere.code == 7
    assert not Path("typo").exists()


def test_where_all_is_removed_the_commands_say_that_nothing_is_left(
    run: Run, published: Artifacts, tmp_path: Path
) -> None:
    at = ("--artifacts", published.root)
    (tmp_path / "ids").write_text("\n".join(f"a-{n}" for n in range(40)))
    assert run("recommender", "remove", "--from", tmp_path / "ids", *at).code == 0
    shown = run("recommender", "topics", *at)
    assert (shown.code, shown.err) == (0, "There is no topic that can be shown.\n")
    assert json.loads(run("recommender", "stories", "--json", *at).out) == []
    assert json.loads(run("recommender", "topics", "--changes", "--json", *at).out) == []


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("remove", "2 articles are not in the published snapshot: 'zz', 'zzz'"),
        ("restore", "2 articles are neither among the removed articles nor in the published"),
    ],
)
def test_several_unknown_ids_are_named_in_a_sentence(
    run: Run, published: Artifacts, command: str, sentence: str
) -> None:
    result = run("recommender", command, "zz", "zzz", "--artifacts", published.root)
    assert result.code == 6
    assert f"Error: {sentence}" in result.err


def test_an_empty_id_is_a_slip_and_bars_nothing(run: Run, published: Artifacts) -> None:
    at = ("--missing-ok", "--artifacts", published.root)
    before = published.removed.read_bytes()
    result = run("recommender", "remove", "a-1", " ", *at)
    assert result.code == 2
    assert "an id is empty" in result.err
    assert published.removed.read_bytes() == before
