"""Encoders are opened in one place, and callers know no more of them than the protocol."""

from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.embedding.model_files import DEFAULT_MODEL
from recommender.embedding.open import open_encoder
from recommender.embedding.sentence_transformers import SentenceEncoder
from recommender.errors import EncoderError
from recommender.pipeline.nightly import run_night
from recommender.serving.recommender import Recommender
from tests.planted import WordEncoder, article, settings, write_jsonl


@pytest.fixture
def word_encoders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """`open_encoder` opens a second implementation, and the models that were opened."""
    opened: list[str] = []

    def open_words(model: str, **_: object) -> WordEncoder:
        opened.append(model)
        return WordEncoder(int(model.removeprefix("words-")))

    monkeypatch.setattr("recommender.embedding.open.SentenceEncoder", open_words)
    return opened


def test_without_arguments_it_is_the_default_model() -> None:
    encoder = open_encoder()
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.spec.model == DEFAULT_MODEL


def test_the_spec_finds_the_same_encoder_again() -> None:
    spec = open_encoder(max_tokens=64).spec
    again = open_encoder(
        spec.model,
        revision=spec.revision,
        max_tokens=spec.max_tokens,
        fingerprint=spec.fingerprint,
    )
    assert again.spec == spec


def test_another_fingerprint_is_another_encoder() -> None:
    with pytest.raises(EncoderError, match="is not the one this snapshot was embedded with"):
        open_encoder(DEFAULT_MODEL, fingerprint="0" * 32)


@pytest.mark.usefixtures("word_encoders")
def test_a_second_encoder_is_held_to_the_fingerprint_too() -> None:
    spec = WordEncoder(48).spec
    encoder = open_encoder("words-48", fingerprint=spec.fingerprint)
    assert encoder.spec == spec
    with pytest.raises(EncoderError, match=f"fingerprint {spec.fingerprint} instead of 0000"):
        open_encoder("words-48", fingerprint="0000")


def test_a_second_encoder_serves_a_night_and_a_question(
    word_encoders: list[str], tmp_path: Path
) -> None:
    source = write_jsonl(tmp_path / "source.jsonl", [article(n) for n in range(40)])
    run_night([source], Artifacts(tmp_path / "a"), settings("embedding.model='words-48'"))
    hits = Recommender.open(tmp_path / "a").related_to_text("", "apple cider blossom", 5)
    assert {hit.title.split()[0] for hit in hits} == {"Orchard"}
    assert word_encoders == ["words-48", "words-48"]
