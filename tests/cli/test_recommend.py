"""`recommend`: the table a person reads, JSON, filters, and what wrong usage is answered with."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from tests.conftest import Run
from tests.json_shapes import check_json
from tests.planted import (
    article,
    as_record,
    publish_planted,
)


def test_recommend_prints_a_table(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "-n", 3)
    heading, origin, columns, *rows = result.out.splitlines()
    assert result.code == 0
    assert heading == "Orchard report 1"
    assert origin == "Herald · 1 Mar 2026 · a-1"
    assert columns.split() == ["rank", "score", "title", "source", "published", "id", "why"]
    ranked = [row for row in rows if row.split()[0] in ("1", "2", "3")]
    assert [row.split()[0] for row in ranked] == ["1", "2", "3"]
    assert all("Orchard report" in row for row in ranked)


def test_recommend_prints_json(run: Run, published: Artifacts) -> None:
    result = run("recommend", "a-1", "--artifacts", published.root, "--json", "-n", 2)
    answer = json.loads(result.out)
    check_json(answer, "answer")
    assert answer["article"]["id"] == "a-1"
    assert len(answer["related"]) == 2
    assert set(answer["related"][0]) == {
        "id", "score", "title", "url", "source", "section", "language", "author", "published",
        "also_at", "reasons", "fill",
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


def test_recommend_takes_times_back_from_now(run: Run, published: Artifacts) -> None:
    # The planted articles are from March 2026: a century of weeks ago admits all, an hour none.
    all_of_them = run("recommend", "a-1", "--artifacts", published.root, "--since", "5000w")
    none = run("recommend", "a-1", "--artifacts", published.root, "--since", "1h")
    assert "Orchard" in all_of_them.out
    assert "Fewer than asked for: no articles are related" in none.err
    assert run("recommend", "a-1", "--since", "yesterday").code == 2


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


@pytest.mark.parametrize("option", ["--floor", "--diversity", "--closeness", "--half-life"])
def test_nan_is_wrong_usage(run: Run, tmp_path: Path, option: str) -> None:
    publish_planted(tmp_path, 12)
    result = run("recommend", "a-1", option, "nan", "--artifacts", tmp_path)
    assert result.code == 2
    assert "nan: expected a number" in result.err


def test_odd_moments_are_wrong_usage(run: Run, published: Artifacts) -> None:
    for since in ("²d", "9" * 5000 + "d", "d", "99999999w"):
        result = run("recommend", "a-1", "--artifacts", published.root, "--since", since)
        assert result.code == 2, since


def test_words_of_titles_offer_the_articles_that_are_meant(run: Run, published: Artifacts) -> None:
    result = run("recommend", "orchard report", "--artifacts", published.root, "-n", 3)
    assert result.code == 6
    assert "article 'orchard report' is no id; choose one of the articles whose" in result.err
    listed = [line.split()[-1] for line in result.out.splitlines()[1:]]
    assert listed == ["a-37", "a-33", "a-29"]  # the newest first
    printed = json.loads(
        run("recommend", "orchard report", "--artifacts", published.root, "--json", "-n", 3).out
    )
    check_json(printed, "matches")
    assert [card["id"] for card in printed["matches"]] == listed


def test_a_removed_article_is_not_searched_for(run: Run, published: Artifacts) -> None:
    run("recommender", "remove", "a-1", "--artifacts", published.root)
    result = run("recommend", "a-1", "--artifacts", published.root)
    assert (result.code, result.out) == (6, "")
    assert "was removed" in result.err
