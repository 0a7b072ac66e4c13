"""Linking: a large night starts from the last one's neighbours, and ends as if from nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.knn import neighbours
from recommender.pipeline.nightly import run_night
from recommender.snapshot.reader import Snapshot
from tests.knn.oracle import note_searches
from tests.planted import WordEncoder, article, settings, write_jsonl

MANY, NEW = 80, 2


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", MANY // 2)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which searches were made, in order."""
    return note_searches(monkeypatch)


def night(root: Path, count: int, encoder: WordEncoder | None = None) -> Snapshot:
    """Publish so many articles."""
    root.mkdir(exist_ok=True)
    source = write_jsonl(root / "source.jsonl", [article(n) for n in range(count)])
    artifacts = Artifacts(root)
    done = run_night([source], artifacts, settings(), encoder=encoder or WordEncoder())
    return Snapshot(artifacts.snapshots / done.snapshot)


def test_a_night_with_few_new_texts_searches_for_them_alone(
    tmp_path: Path, asked: list[str]
) -> None:
    night(tmp_path / "kept", MANY)
    updated = night(tmp_path / "kept", MANY + NEW)
    assert asked == ["all_neighbours", "update_neighbours"]
    anew = night(tmp_path / "anew", MANY + NEW)
    assert asked == ["all_neighbours", "update_neighbours", "all_neighbours"]
    assert len(updated.arrays.neighbours) == MANY + NEW
    for name in ("neighbours", "scores"):
        one, other = (np.asarray(getattr(s.arrays, name)) for s in (updated, anew))
        assert one.tobytes() == other.tobytes(), name


def test_what_a_graph_came_from_is_part_of_what_it_is(tmp_path: Path) -> None:
    night(tmp_path / "kept", MANY)
    updated, anew = night(tmp_path / "kept", MANY + NEW), night(tmp_path / "anew", MANY + NEW)
    builds = [
        json.loads((s.folder / "manifest.json").read_text())["build"] for s in (updated, anew)
    ]
    assert builds[0] != builds[1]


@pytest.mark.parametrize("what", ["another encoder", "damaged", "gone"])
def test_neighbours_that_are_no_use_are_searched_anew(
    what: str, tmp_path: Path, asked: list[str]
) -> None:
    night(tmp_path, MANY)
    kept = Artifacts(tmp_path).candidates
    if what == "damaged":
        kept.write_bytes(kept.read_bytes()[:-100])
    elif what == "gone":
        kept.unlink()
    encoder = WordEncoder(name="other") if what == "another encoder" else None
    night(tmp_path, MANY + NEW, encoder)
    assert asked == ["all_neighbours", "all_neighbours"]


def test_a_small_night_keeps_no_neighbours(tmp_path: Path, asked: list[str]) -> None:
    night(tmp_path, MANY // 2)
    assert asked == ["exact_search"]
    assert not Artifacts(tmp_path).candidates.exists()
