"""The corpus of one night: rows by id, texts with their leads, columns of codes."""

from pathlib import Path

import numpy as np
import pytest

from recommender.corpus import load_corpus
from recommender.embedding import Encoded
from recommender.errors import StorageError
from recommender.snapshot import NO_DATE
from recommender.store import Store
from recommender.text import content_hash, embedded_text
from recommender.types import Article
from tests.planted import START, WordEncoder

ARTICLES = [
    Article("b", "", "quay crane", START, source="Herald", language="en"),
    Article("a", "", "quay crane", None, source=None, section="port"),
    Article("é", "", "apple graft", START, source="Gazette", language="de"),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store(tmp_path / "store.sqlite") as store:
        with store.transaction():
            store.ingest(ARTICLES)
        yield store


def embed(store: Store, encoder: WordEncoder) -> Encoded:
    texts = list(dict.fromkeys(embedded_text(a.title, a.text) for a in ARTICLES))
    encoded = encoder.encode(texts)
    with store.transaction():
        store.add_vectors(
            encoder.spec.fingerprint, [content_hash(text) for text in texts], *encoded
        )
    return encoded


def test_rows_are_ordered_by_id_and_texts_have_one_vector_each(store: Store) -> None:
    encoder = WordEncoder()
    encoded = embed(store, encoder)
    corpus = load_corpus(store, encoder.spec.fingerprint)
    assert [card.id for card in corpus.cards] == ["a", "b", "é"]
    assert corpus.copies.text_of.tolist() == [0, 0, 1]
    assert corpus.lead_ids == ["b", "é"]  # "a" has no date
    np.testing.assert_array_equal(corpus.vectors, encoded.vectors)
    assert corpus.published[0] == NO_DATE
    assert corpus.languages == {"de", "en"}


def test_facets_are_codes_of_labels_in_alphabetical_order(store: Store) -> None:
    encoder = WordEncoder()
    embed(store, encoder)
    facets = load_corpus(store, encoder.spec.fingerprint).facets()
    assert facets.labels == {
        "source": ["Gazette", "Herald"],
        "section": ["port"],
        "language": ["de", "en"],
    }
    assert {name: column.tolist() for name, column in facets.codes.items()} == {
        "source": [-1, 1, 0],
        "section": [0, -1, -1],
        "language": [-1, 1, 0],
    }


def test_ids_and_topic_sizes_count_bytes_and_articles(store: Store) -> None:
    encoder = WordEncoder()
    embed(store, encoder)
    corpus = load_corpus(store, encoder.spec.fingerprint)
    blob, starts = corpus.ids()
    assert blob.tobytes().decode() == "abé"
    assert starts.tolist() == [0, 1, 2, 4]
    assert corpus.topic_sizes(np.array([1, -1]), 3) == [0, 2, 0]


def test_a_text_without_a_vector_is_an_error(store: Store) -> None:
    with pytest.raises(StorageError, match="2 texts have no vector"):
        load_corpus(store, "another encoder")
