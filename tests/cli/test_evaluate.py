"""`recommender evaluate` as a person or a script meets it."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.planted import article, write_jsonl, write_labelled


def test_evaluate_prints_a_row_for_each_ranking(run: Run, tmp_path: Path) -> None:
    source = write_labelled(tmp_path / "labelled.jsonl")
    result = run("recommender", "evaluate", "related", source, "--split", "val")
    assert (result.code, result.err) == (0, "")
    about, asked, heading, *rows = result.out.splitlines()
    assert about == f"{source}: 40 articles on 4 stories; encoder words-32"
    assert asked.startswith("20 queries (the split val); 0 articles left out")
    assert heading.split() == ["ranking", "nDCG@5", "P@1", "recall@10", "MRR"]
    lists = rows.pop()
    assert lists.startswith("lists of a page: 100.0% full, 0.0% filled, 0.0% short, 0.0% empty; of")
    assert [row.partition("  ")[0] for row in rows] == [
        "the product, relevance alone", "the product as shipped", "dense cosine", "BM25",
        "reciprocal rank fusion",
    ]  # fmt: skip
    assert rows[0].count("1.000 (1.000–1.000)") == 4


def test_evaluate_speaks_json_and_obeys_settings(run: Run, tmp_path: Path) -> None:
    source = write_labelled(tmp_path / "labelled.jsonl", 20)
    with source.open("a", encoding="utf-8") as file:
        file.write('{"id": "empty", "text": "", "story": "harbour"}\n')
    command = ("recommender", "evaluate", "related", source, "--json")
    found = json.loads(run(*command).out)
    assert (found["articles"], found["rejected"]) == (20, 1)
    assert found["rankings"]["relevance"]["figures"]["MRR"] == {"mean": 1, "low": 1, "high": 1}
    refused = run(*command, "--set", "input.max_rejects=0")
    assert refused.code == 3
    assert "1 of 21 records are bad" in refused.err
    assert run(*command, "--set", "input.max_rejekts=0").code == 2
    told = run(*command[:-1])
    assert f"bad records left out: 1, the first: {source}:21: text: no text\n" in told.out


def test_evaluate_refuses_a_bad_label_with_its_place(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(4)])
    result = run("recommender", "evaluate", "related", source)
    assert result.code == 3
    assert f"Error: {source}:1: story: expected a string that is not empty" in result.err


@pytest.mark.parametrize(
    ("kind", "measures", "count", "rows"),
    [
        ("stories", ["F1", "precision", "recall"], "largest", 4),
        ("topics", ["V-measure", "homogeneity", "completeness", "adjusted", "Rand"], "in none", 3),
    ],
)
def test_evaluate_groups_prints_a_row_for_each_grouping(
    run: Run, tmp_path: Path, kind: str, measures: list[str], count: str, rows: int
) -> None:
    source = write_labelled(tmp_path / "labelled.jsonl")
    command = ("recommender", "evaluate", kind, source, "--field", "story", "--split", "val")
    result = run(*command)
    assert (result.code, result.err) == (0, "")
    about, labelled, *rest = result.out.splitlines()
    assert about == f"{source}: 40 articles; encoder words-32"
    assert labelled == (
        f"measured: 20 articles of the split val, labelled with 4 {kind}, the largest of 5 articles"
    )
    if kind == "topics":
        assert rest.pop(0) == "100.0% of them stand in the topic where a new article would go"
        assert rest.pop(0).startswith("keywords: NPMI ")
    heading, product, *_ = rest
    assert heading.split() == ["grouping", *measures, "found", *count.split()]
    assert product.startswith("the product  ")
    found = json.loads(run(*command, "--json").out)
    assert len(found["groupings"]) >= rows
    assert [row.split("  ")[0] for row in rest[1 : len(found["groupings"]) + 1]] == [
        grouping["name"] for grouping in found["groupings"].values()
    ]


@pytest.mark.parametrize(("kind", "label"), [("stories", "story"), ("topics", "topic")])
def test_evaluate_groups_refuses_a_bad_label_with_its_place(
    run: Run, tmp_path: Path, kind: str, label: str
) -> None:
    source = write_jsonl(tmp_path / "s.jsonl", [article(n) for n in range(8)])
    result = run("recommender", "evaluate", kind, source)
    assert result.code == 3
    assert f"Error: {source}:1: {label}: expected a string that is not empty" in result.err
    named = run("recommender", "evaluate", kind, source, "--field", "section", "--split", "val")
    assert "no article has the split 'val'" in named.err
