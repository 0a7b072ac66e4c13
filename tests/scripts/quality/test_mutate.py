"""Changes of the code at random: drawn by a seed, tried near first, and undone."""

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

CODE = "def larger(a: int, b: int) -> int:\n    return a if a > b else b\n"
EXACT = "from recommender.scoring.larger import larger\n\ndef test_larger() -> None:\n    "


@pytest.fixture
def mutate(scripts: None) -> ModuleType:
    return import_module("mutate")


@pytest.fixture
def repository(tmp_path: Path, mutate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of one file with one test, beside which other tests lie."""
    for folder in ("recommender/scoring", "tests/scoring", "tests/knn"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "recommender/scoring/larger.py").write_text(CODE)
    (tmp_path / "tests/scoring/test_larger.py").write_text(EXACT + "assert larger(2, 1) == 2\n")
    (tmp_path / "tests/knn/test_other.py").write_text("def test_nothing() -> None: ...\n")
    monkeypatch.setattr(mutate, "ROOT", tmp_path)
    return tmp_path


def test_the_same_seed_draws_the_same_changes(repository: Path, mutate: ModuleType) -> None:
    drawn = mutate.draw(repository, 10, seed=3)
    assert drawn == mutate.draw(repository, 10, seed=3)
    assert {str(m.file) for m in drawn} == {"recommender/scoring/larger.py"}
    assert {m.after for m in drawn} == {"(a >= b)", "not (a > b)"}
    assert mutate.draw(repository, 10, seed=3, only=["recommender/knn"]) == []
    assert len(mutate.draw(repository, 1, seed=3)) == 1


def test_the_nearest_tests_come_first_and_none_comes_twice(
    repository: Path, mutate: ModuleType
) -> None:
    (mutation, *_) = mutate.draw(repository, 1, seed=0)
    own = "tests/scoring/test_larger.py"
    (first, second, third) = mutate.stages(mutation, repository)
    assert first == ("its file's tests", [own])
    assert second == ("its wing's tests", ["tests/scoring", f"--ignore={own}"])
    assert third[1][0] == "tests"
    assert {"--ignore=tests/scoring", f"--ignore={own}"} < {*third[1]}


def test_a_change_is_noticed_or_not_and_the_code_is_as_before(
    repository: Path, mutate: ModuleType
) -> None:
    by_text = {m.after: m for m in mutate.mutations(Path("recommender/scoring/larger.py"), CODE)}
    assert mutate.noticed_by(by_text["not (a > b)"], repository) == "its file's tests"
    # The larger of two equal numbers is either: no test can notice that.
    assert mutate.noticed_by(by_text["(a >= b)"], repository) is None
    assert (repository / "recommender/scoring/larger.py").read_text() == CODE


def test_the_survivors_the_shares_and_the_seed_are_printed(
    repository: Path, mutate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutate, "noticed_by", lambda m, _: None if ">=" in m.after else "a test")
    record = tmp_path / "record.json"
    options = ["--seed", "5", "--jobs", "1", "--json-file", str(record)]
    done = CliRunner().invoke(mutate.main, options)
    assert done.exit_code == 1
    assert "seed 5: 1 of 2 changes were not noticed" in done.output
    assert "recommender/scoring/larger.py:2: a > b -> (a >= b)" in done.output
    assert "50.0% noticed; at least 95% are wanted" in done.output
    verdicts = json.loads(record.read_text())
    assert verdicts["seed"] == 5
    assert sorted(str(m["noticed_by"]) for m in verdicts["mutations"]) == ["None", "a test"]
    assert CliRunner().invoke(mutate.main, [*options, "--least", "0.5"]).exit_code == 0


def test_a_change_says_where_it_is(mutate: ModuleType) -> None:
    mutation = mutate.Mutation(Path("recommender/x.py"), 3, 0, 9, "a\n  + b", "(a - b)")
    assert str(mutation) == "recommender/x.py:3: a + b -> (a - b)"
