"""Fixtures that the scripts' tests share."""

import pytest

from tests.planted import WordEncoder


@pytest.fixture
def word_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an encoder gives the planted one, so that no model is needed."""
    monkeypatch.setattr(
        "recommender.embedding.open.SentenceEncoder", lambda *_, **__: WordEncoder()
    )
