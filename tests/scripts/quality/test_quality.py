"""The script that compares figures with floors: it measures a made-up set and fails rightly."""

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recommender.evaluation.ranking_metrics import MEASURES
from tests.planted import write_labelled

SCRIPT = Path(__file__).parents[3] / "scripts" / "quality" / "quality.py"
NAME = "related: basil"
RELATED = (*MEASURES, "nDCG@5 as shipped", "full or filled")
FIGURES = {
    "related": RELATED,
    "stories": ("precision", "recall", "F1"),
    "topics": ("V-measure", "assigned", "placed", "NPMI", "diversity"),
    "duplicates": ("precision", "recall"),
    "copies": ("precision", "recall"),
    "copies: headlines": ("unmixed",),
}
Run = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("scripts")


@pytest.fixture
def data(tmp_path: Path, word_encoder: None) -> Path:
    """A folder with a made-up set under the name of a real one."""
    (tmp_path / "data").mkdir()
    write_labelled(tmp_path / "data" / "basil_stories.jsonl")
    return tmp_path / "data"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    main = runpy.run_path(str(SCRIPT))["main"]

    def run(*arguments: object) -> Result:
        floors = ("--floors", tmp_path / "floors.json")
        return CliRunner().invoke(main, [str(word) for word in (*floors, *arguments)])

    return run


def floors(tmp_path: Path, **changed: float) -> dict[str, float]:
    """The floors in the file, after changing some of them."""
    path = tmp_path / "floors.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored[NAME]["floors"] |= {name.replace("_", "@"): value for name, value in changed.items()}
    path.write_text(json.dumps(stored), encoding="utf-8")
    found: dict[str, float] = stored[NAME]["floors"]
    return found


def test_without_the_sets_it_is_skipped(run: Run, tmp_path: Path) -> None:
    result = run("--data", tmp_path / "nowhere")
    assert result.exit_code == 0
    assert result.output.startswith("skipped: there are no labelled sets in")


def test_figures_are_printed_written_and_compared_with_their_floors(
    run: Run, data: Path, tmp_path: Path
) -> None:
    some = ("--data", data, "--only", NAME)
    without = run(*some)
    assert without.exit_code == 1
    assert "has no floors" in without.output
    assert run(*some, "--update-floors").exit_code == 0
    assert floors(tmp_path) == pytest.approx(dict.fromkeys(RELATED, 0.995))
    passed = run(*some, "--json-file", tmp_path / "deep" / "quality.json")
    assert passed.exit_code == 0, passed.output
    assert "every figure is at its floor or above" in passed.output
    for row in ("the product, relevance alone", "the product as shipped", "dense", "BM25", "recip"):
        assert row in passed.output
    written = json.loads((tmp_path / "deep" / "quality.json").read_text(encoding="utf-8"))
    assert written[NAME]["rankings"]["relevance"]["figures"]["P@1"]["mean"] == 1
    assert len(written[NAME]["files"]["basil_stories.jsonl"]) == 64


def test_a_figure_below_its_floor_fails_with_a_sentence(
    run: Run, data: Path, tmp_path: Path
) -> None:
    some = ("--data", data, "--only", NAME)
    assert run(*some, "--update-floors").exit_code == 0
    floors(tmp_path, nDCG_5=1.01)
    result = run(*some)
    assert result.exit_code == 1
    assert f"{NAME}: nDCG@5 is 1.0000, below its floor 1.0100" in result.output


def test_floors_rise_on_update_and_fall_only_with_lower_floors(
    run: Run, data: Path, tmp_path: Path
) -> None:
    some = ("--data", data, "--only", NAME, "--update-floors")
    assert run(*some).exit_code == 0
    floors(tmp_path, P_1=0.5, recall_10=0.999, nDCG_5=1.01)
    refused = run(*some)
    assert refused.exit_code == 1
    assert "no floor was changed" in refused.output
    assert floors(tmp_path)["P@1"] == 0.5
    floors(tmp_path, nDCG_5=0.9)
    assert run(*some).exit_code == 0
    assert floors(tmp_path) == pytest.approx(dict.fromkeys(RELATED, 0.995) | {"recall@10": 0.999})
    assert run(*some, "--lower-floors").exit_code == 0
    assert floors(tmp_path)["recall@10"] == pytest.approx(0.995)
    assert run("--data", data, "--lower-floors").exit_code == 2


def test_another_set_under_the_same_name_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    some = ("--data", data, "--only", NAME)
    assert run(*some, "--update-floors").exit_code == 0
    write_labelled(data / "basil_stories.jsonl", 44)
    for arguments in ((), ("--update-floors",)):
        result = run(*some, *arguments)
        assert result.exit_code == 1
        assert "basil_stories.jsonl is not the set that its floors were taken" in result.output
    assert run(*some, "--update-floors", "--lower-floors").exit_code == 0
    assert run(*some).exit_code == 0


def test_a_missing_set_is_an_error_when_others_are_there(run: Run, data: Path) -> None:
    result = run("--data", data)
    assert result.exit_code == 1
    assert f"there is no {data / 'allsides_stories.jsonl'}; name tasks" in result.output


def test_updating_one_task_keeps_the_floors_of_others(run: Run, data: Path, tmp_path: Path) -> None:
    shutil.copy(data / "basil_stories.jsonl", data / "ecbplus_stories.jsonl")
    assert run("--data", data, "--only", "related: ecbplus", "--update-floors").exit_code == 0
    assert run("--data", data, "--only", NAME, "--update-floors").exit_code == 0
    stored = json.loads((tmp_path / "floors.json").read_text(encoding="utf-8"))
    assert set(stored) == {"related: ecbplus", NAME}


def test_the_floors_in_the_repository_are_those_of_the_tasks() -> None:
    script = runpy.run_path(str(SCRIPT))
    stored = script["read_floors"](script["FLOORS"])
    assert set(stored) == set(script["TASKS"])
    for name, task in script["TASKS"].items():
        assert set(stored[name].files) == set(task.files)
        wanted = FIGURES.get(name) or FIGURES[name.partition(":")[0]]
        assert set(stored[name].floors) == set(wanted)
        assert all(0 < floor <= 1 for floor in stored[name].floors.values())
