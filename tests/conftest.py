"""Fixtures that several rooms' tests share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender.artifacts import Artifacts
from tests.planted import publish_planted


@pytest.fixture
def published(tmp_path: Path) -> Artifacts:
    """An artifacts folder with one snapshot of 40 planted articles."""
    publish_planted(tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


@pytest.fixture(autouse=True)
def logger_as_it_was() -> Iterator[None]:
    """Commands set up the package's logger for their process; here they share one."""
    logger = logging.getLogger("recommender")
    handlers, propagate, level = logger.handlers, logger.propagate, logger.level
    yield
    logger.handlers, logger.propagate = handlers, propagate
    logger.setLevel(level)
