"""New texts: each is read, embedded and cut into tokens once, shard by shard."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.signatures import signature
from recommender.embedding.base import Encoded
from recommender.language.prepare import content_hash
from recommender.language.tokens import tokenise
from recommender.pipeline import new_texts
from recommender.pipeline.engines.local import LocalEngine
from recommender.pipeline.new_texts import process_new_texts
from recommender.progress import Advance, Silent, Timed, ignore
from recommender.store.base import Store
from tests.planted import WordEncoder, article
from tests.store.backends import BACKENDS, put
from tests.store.memory import MemoryStore


class CountingStore(MemoryStore):
    """Keeps the ids of the texts that were read."""

    def __init__(self) -> None:
        super().__init__()
        self.texts_read: list[str] = []

    def prepared_texts(self, ids: Sequence[str]) -> list[str]:  # type: ignore[override]
        self.texts_read += ids
        return list(super().prepared_texts(ids))


def process(store: Store, encoder: WordEncoder, timed: Timed | None = None) -> int:
    return process_new_texts(store, encoder, LocalEngine(), timed or Timed(Silent()))


@pytest.mark.parametrize("kind", BACKENDS)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_each_text_gets_its_own_vector_tokens_and_signature(
    tmp_path: Path, kind: type, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_texts, "SHARD_TEXTS", size)
    encoder = WordEncoder()
    with kind(tmp_path).open() as store:
        put(store, *(article(n) for n in range(5)))
        assert process(store, encoder) == 5
        assert len(encoder.encoded) == len(set(encoder.encoded)) == 5
        assert (process(store, encoder), len(encoder.encoded)) == (0, 5)
        hashes = sorted({item.content_hash for item in store.articles()})
        vectors = store.vectors(encoder.spec.fingerprint, hashes)
        tokens, signatures = store.features(FEATURES_VERSION, hashes)
    texts = {content_hash(text): text for text in encoder.encoded}
    expected = encoder.encode([texts[key] for key in hashes]).vectors
    assert vectors.tobytes() == expected.tobytes()
    assert signatures == [signature(tokenise(texts[key])) for key in hashes]
    for row, key in enumerate(hashes):
        found = tokens.tokens[tokens.start[row] : tokens.start[row + 1]].tolist()
        assert [tokens.vocabulary[number] for number in found] == tokenise(texts[key])


def test_each_text_is_read_once_and_nothing_is_read_again() -> None:
    store = CountingStore()
    put(store, *(article(n) for n in range(5)))
    process(store, WordEncoder())
    assert sorted(store.texts_read) == sorted(article(n).id for n in range(5))
    process(store, WordEncoder())
    assert len(store.texts_read) == 5


@pytest.mark.parametrize("size", [2, 100])
def test_another_encoder_or_version_does_only_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(new_texts, "SHARD_TEXTS", size)
    store, other = CountingStore(), WordEncoder(name="other")
    put(store, *(article(n) for n in range(3)))
    process(store, WordEncoder())
    monkeypatch.setattr(new_texts, "tokenise", None)  # would fail if it were called
    assert process(store, other) == 3
    monkeypatch.setattr(new_texts, "tokenise", str.split)
    monkeypatch.setattr(new_texts, "FEATURES_VERSION", "other")
    monkeypatch.setattr(other, "encode", None)
    assert process(store, other) == 0
    put(store, article(7))
    monkeypatch.setattr(new_texts, "FEATURES_VERSION", "third")
    fresh = WordEncoder(name="other")
    assert (process(store, fresh), len(fresh.encoded)) == (1, 1)
    assert store.pending(fresh.spec.fingerprint, "third") == []


def test_shards_finished_before_a_failure_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_texts, "SHARD_TEXTS", 2)

    class Failing(WordEncoder):
        def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
            if len(self.encoded) == 4:
                raise MemoryError
            return super().encode(texts, advance)

    store, encoder = CountingStore(), WordEncoder()
    put(store, *(article(n) for n in range(6)))
    with pytest.raises(MemoryError):
        process(store, Failing())
    pending = store.pending(encoder.spec.fingerprint, FEATURES_VERSION)
    assert [(t.needs_vector, t.needs_features) for t in pending] == [(True, True)] * 2
    assert process(store, encoder) == 2


def test_embedding_and_counting_are_timed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    store, timed = MemoryStore(), Timed(Silent())
    process(store, WordEncoder(), timed)
    assert timed.seconds == {}
    put(store, article(0))
    process(store, WordEncoder(), timed)
    assert [*timed.seconds] == ["embed", "count"]
    monkeypatch.setattr(new_texts, "FEATURES_VERSION", "other")
    timed = Timed(Silent())
    process(store, WordEncoder(), timed)
    assert [*timed.seconds] == ["count"]
