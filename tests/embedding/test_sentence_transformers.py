"""The real default model: near to the plain way, in order, the same on any threads."""

import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
sentence_transformers = pytest.importorskip("sentence_transformers")

from recommender.embedding.sentence_transformers import (  # noqa: E402
    SentenceEncoder,
    length_sorted_batches,
)
from recommender.errors import EncoderError  # noqa: E402

# Made up, of every length from one word to more than the model reads.
TEXTS = [
    "Tide.",
    "The council met on Tuesday to decide about the quay.",
    "Apple growers expect a late harvest after the cold spring, their union said.",
    "A climber was brought down from the glacier by helicopter.",
    "The theatre opens its season with a play that nobody has dared to stage for forty years.",
    "Größere Schiffe können den Hafen ab März wieder anlaufen.",
    "Le théâtre municipal rouvre ses portes.",
    "!!! ??? 123 456",
    "港口的起重机",
    "A word that stands alone, and another: antidisestablishmentarianism.",
    *(
        f"Report {n}: " + "the harbour crane lifted a container onto the freight train. " * n
        for n in range(1, 40, 4)
    ),
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(threads=1)


@pytest.fixture(scope="module")
def vectors(encoder: SentenceEncoder) -> np.ndarray:
    return encoder.encode(TEXTS).vectors


def test_vectors_are_those_of_plain_sentence_transformers(
    encoder: SentenceEncoder, vectors: np.ndarray, model_folder: Path
) -> None:
    plain = sentence_transformers.SentenceTransformer(str(model_folder), device="cpu")
    expected = plain.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    cosines = np.einsum("td,td->t", vectors, expected)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.999  # a text out of its place would be near 0


def test_float32_is_exact_where_it_is_asked_for(model_folder: Path, vectors: np.ndarray) -> None:
    exact = SentenceEncoder(str(model_folder), precision="float32", threads=2)
    found = exact.encode(TEXTS[:6]).vectors
    plain = exact._model.encode(TEXTS[:6], normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(found, plain, atol=2e-6)
    # The folder and the installed package are the same model, so far as the two precisions allow.
    assert np.einsum("td,td->t", found, vectors[:6]).min() >= 0.999


def test_vectors_are_float32_of_unit_length(vectors: np.ndarray) -> None:
    assert (vectors.dtype, vectors.shape) == (np.float32, (len(TEXTS), 384))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_vectors_come_in_the_order_of_the_texts(
    encoder: SentenceEncoder, vectors: np.ndarray
) -> None:
    again = encoder.encode(TEXTS[::-1]).vectors[::-1]
    nearest = (again @ vectors.T).argmax(axis=1)
    assert nearest.tolist() == list(range(len(TEXTS)))


def test_vectors_are_the_same_bytes_on_any_number_of_threads(
    encoder: SentenceEncoder, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same loaded model on more threads; a second one would be the same, seconds later.
    monkeypatch.setattr(encoder, "_threads", 2)
    assert encoder.encode(TEXTS).vectors.tobytes() == vectors.tobytes()


def test_encoding_leaves_torchs_threads_as_they_were(encoder: SentenceEncoder) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        encoder.encode(TEXTS[:2])
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


def test_progress_counts_every_text(encoder: SentenceEncoder) -> None:
    done: list[int] = []
    encoder.encode(TEXTS, done.append)
    assert sum(done) == len(TEXTS)


def test_how_much_is_read_is_measured(encoder: SentenceEncoder) -> None:
    long = "harbour " * 600
    short = "Boats left the harbour at noon."
    found = encoder.encode([short, long, short * 3])
    assert found.words == [6, 600, 16]
    # The model reads 256 tokens. Two of them open and close the text.
    assert found.words_read == [6, 254, 16]


@pytest.mark.parametrize(
    "text", ["港口的起重机今天开始工作。" * 60, "harbour " * 253 + "anchorages-" * 9]
)
def test_a_text_cut_inside_a_word_is_not_counted_as_read(
    encoder: SentenceEncoder, text: str
) -> None:
    """In Chinese or Thai a whole article is one word between spaces."""
    found = encoder.encode([text])
    assert found.words_read[0] < found.words[0]


def test_an_encoder_that_was_sent_elsewhere_gives_the_same_vectors(
    encoder: SentenceEncoder, vectors: np.ndarray
) -> None:
    sent = copy.deepcopy(encoder)  # goes the way that pickling goes
    assert "_model" not in vars(sent)
    assert sent.spec == encoder.spec
    assert np.array_equal(sent.encode(TEXTS).vectors, vectors)


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    found = encoder.encode([])
    assert found.vectors.shape == (0, 384)
    assert found.words == found.words_read == []


def test_the_fingerprint_of_the_default_model_is_what_it_was(encoder: SentenceEncoder) -> None:
    """Stored vectors are found by it. It may change only with how text is prepared."""
    assert encoder.spec.fingerprint == "bc87a876d4fc34b4a3292edeeee604f0"


def test_the_fingerprint_changes_with_how_much_is_read(encoder: SentenceEncoder) -> None:
    fingerprints = {SentenceEncoder(max_tokens=n).spec.fingerprint for n in (None, 64, 128)}
    assert len(fingerprints) == 3
    assert encoder.spec.fingerprint in fingerprints


def test_a_limit_on_tokens_is_obeyed(model_folder: Path) -> None:
    encoder = SentenceEncoder(str(model_folder), max_tokens=10, threads=1)
    found = encoder.encode(["harbour " * 30, "harbour " * 8])
    assert found.words_read == [8, 8]
    np.testing.assert_allclose(found.vectors[0], found.vectors[1], atol=1e-6)


@pytest.mark.parametrize("max_tokens", [1, 2, 513, 10_000])
def test_a_limit_that_the_model_cannot_keep_is_an_encoder_error(max_tokens: int) -> None:
    with pytest.raises(
        EncoderError, match=rf"reads 3 to 512 tokens; .* max_tokens is {max_tokens}"
    ):
        SentenceEncoder(max_tokens=max_tokens).encode(["Tide."])


def test_a_folder_that_holds_no_usable_model_is_an_encoder_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderError, match="is no usable model"):
        SentenceEncoder(str(tmp_path)).encode(["Tide."])


@settings(deadline=None)
@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 1000))
def test_batches_hold_every_text_once_by_length_within_the_budget(
    tokens: list[int], budget: int
) -> None:
    batches = length_sorted_batches(tokens, budget)
    placed = [i for batch in batches for i in batch]
    assert sorted(placed) == list(range(len(tokens)))
    lengths = [tokens[i] for i in placed]
    assert lengths == sorted(lengths, reverse=True)
    for batch in batches:
        longest = max(tokens[i] for i in batch)
        assert len(batch) == 1 or longest * len(batch) <= budget
    # No batch but the last had room for one text more.
    for batch in batches[:-1]:
        assert (len(batch) + 1) * max(1, tokens[batch[0]]) > budget
