"""Digests: equal for equal inputs, different for any other."""

from typing import Any

import numpy as np
import pytest

from recommender.language.word_lists import WordLists
from recommender.pipeline import fingerprint
from recommender.pipeline.fingerprint import build_digest, inputs_digest
from recommender.store.base import StoredArticle
from recommender.types.article import Card

VECTORS = np.arange(6, dtype=np.float32).reshape(2, 3)


class Articles:
    """As much of a corpus as the digest looks at."""

    languages = ("en",)

    def __init__(self, *hashes: bytes) -> None:
        card = Card("a", "", None, None, None, None, None, None)
        self.articles = [StoredArticle(card, record, b"") for record in hashes]


def digest(*hashes: bytes, vectors: Any = VECTORS, encoder: str = "e", settings: str = "s") -> str:
    return inputs_digest(Articles(*hashes), vectors, encoder, settings)  # type: ignore[arg-type]


def test_equal_inputs_have_one_digest() -> None:
    one = digest(b"x", b"y")
    assert one == digest(b"x", b"y", vectors=VECTORS.copy())
    assert len(one) == 32
    int(one, 16)


def test_any_other_input_has_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {
        digest(b"x", b"y"),
        digest(b"x"),
        digest(b"y", b"x"),
        digest(b"xy"),
        digest(b"x", b"y", vectors=VECTORS + 1),
        digest(b"x", b"y", encoder="f"),
        digest(b"x", b"y", settings="t"),
    }
    monkeypatch.setattr(WordLists, "fingerprint", lambda _: "other words")
    digests.add(digest(b"x", b"y"))
    monkeypatch.setattr(fingerprint, "version", lambda name: f"{name} 99")
    digests.add(digest(b"x", b"y"))
    monkeypatch.setattr(fingerprint, "FEATURES_VERSION", "other")
    digests.add(digest(b"x", b"y"))
    assert len(digests) == 10


def test_a_package_under_another_name_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "_COMPUTING", ("no-such-package",))
    assert len(digest(b"x")) == 32


def test_builds_differ_by_inputs_origin_and_the_build_before() -> None:
    parts = [("a", "", ""), ("", "a", ""), ("", "", "a"), ("a", "b", ""), ("ab", "", "")]
    assert len({build_digest(*each) for each in parts}) == len(parts)
    assert build_digest("a", "b", "c") == build_digest("a", "b", "c")
