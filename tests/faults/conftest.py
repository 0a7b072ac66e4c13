"""Artifacts to damage, and the process that runs nightly jobs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from tests.faults.runs import Nightly
from tests.nightly_process import edition, run_edition
from tests.planted import publish_planted, write_jsonl


@pytest.fixture(scope="module")
def nightly() -> Iterator[Nightly]:
    runs = Nightly()
    yield runs
    runs.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Artifacts with two snapshots of different corpora; the newer one is current."""
    root = tmp_path_factory.mktemp("pair") / "artifacts"
    for seed in (0, 1):
        publish_planted(root, 40, seed=seed)
    return root


@pytest.fixture
def artifacts(pair: Path, tmp_path: Path) -> Artifacts:
    shutil.copytree(pair, tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


@pytest.fixture
def published(tmp_path: Path) -> Artifacts:
    """Artifacts with edition 1 of 60 articles, and edition 2 lying ready."""
    artifacts = Artifacts(tmp_path / "artifacts")
    run_edition(artifacts.root, 60, 1)
    write_jsonl(artifacts.root / "source.jsonl", edition(60, 2))
    return artifacts
