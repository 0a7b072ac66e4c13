"""Recommenders over the newsroom, and artifacts that a test may change."""

import shutil
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.embedding import open as embedding
from tests.planted import WordEncoder, newsdesk, publish_articles
from tests.serving.newsroom import PLAIN, SHORT, WHOLE, Oracle, newsroom


@pytest.fixture(scope="module", params=["short lists", "whole lists"])
def rec(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    root = tmp_path_factory.mktemp("serve")
    overrides = SHORT if request.param == "short lists" else PLAIN
    return Recommender.open(publish_articles(root, newsroom(), *overrides).root)


@pytest.fixture(scope="module")
def oracle(rec: Recommender) -> Oracle:
    return Oracle.over(newsroom(), rec._current.get().snapshot)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_articles(tmp_path_factory.mktemp("short"), newsroom(), *SHORT).root


@pytest.fixture
def root(short: Path, tmp_path: Path) -> Path:
    """Artifacts of the newsroom that a test may change."""
    shutil.copytree(short, tmp_path / "artifacts")
    return tmp_path / "artifacts"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The snapshot's encoder is `WordEncoder`; the model's name is noted here at each opening."""
    loaded: list[str] = []

    def opened(model: str, **_: object) -> WordEncoder:
        loaded.append(model)
        return WordEncoder()

    monkeypatch.setattr(embedding, "SentenceEncoder", opened)
    return loaded


@pytest.fixture(scope="session")
def newsdesk_rec(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """A recommender over `planted.newsdesk` whose graph holds every pair of texts."""
    folder = tmp_path_factory.mktemp("newsdesk")
    return Recommender.open(publish_articles(folder, newsdesk(), *WHOLE).root)
