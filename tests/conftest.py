"""Fixtures that several rooms' tests share."""

from pathlib import Path

import pytest

from recommender.artifacts import Artifacts
from tests.planted import publish_planted


@pytest.fixture
def published(tmp_path: Path) -> Artifacts:
    """An artifacts folder with one snapshot of 40 planted articles."""
    publish_planted(tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")
