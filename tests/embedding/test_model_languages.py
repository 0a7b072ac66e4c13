"""The languages of a model, from its card."""

from pathlib import Path

import pytest

from recommender.embedding.model_files import DEFAULT_MODEL
from recommender.embedding.model_languages import model_languages
from recommender.embedding.open import open_encoder


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("---\nlanguage: en\n---\n# A model", {"en"}),
        ("---\nlanguage:\n- multilingual\n- de\n- zh-cn\n- no\n---\n", {"de", "zh", "no"}),
        ("---\nlanguage: multilingual\n---\n", None),
        ("---\nlicense: mit\n---\n", None),
        ("# No metadata", None),
        ("---\nlanguage: [\n---\n", None),
        ("---\n- en\n---\n", None),
        ("---\nlanguage: {en: 1}\n---\n", None),
    ],
)  # fmt: skip
def test_a_model_card_names_the_languages(
    tmp_path: Path, card: str, expected: set[str] | None
) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert model_languages("some/model", tmp_path) == expected


def test_a_model_without_a_card_says_nothing(tmp_path: Path) -> None:
    assert model_languages("some/model", tmp_path) is None


def test_the_default_model_knows_english() -> None:
    assert open_encoder(DEFAULT_MODEL).languages == {"en"}  # type: ignore[attr-defined] # of one encoder
