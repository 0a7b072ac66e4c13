"""The corpus of one night: rows by id, texts with their leads, near-copies, columns of codes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from recommender.corpus.corpus import Corpus, load_corpus
from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.signatures import signature
from recommender.dates import NO_DATE
from recommender.errors import StorageError
from recommender.language.prepare import content_hash, embedded_text
from recommender.language.tokens import tokenise
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from tests.corpus.made_up_articles import near_duplicates
from tests.planted import START, WordEncoder, article

ARTICLES = [
    Article("b", "", "quay crane", START, source="Herald", language="en", author="Ada"),
    Article("a", "", "quay crane", None, source=None, section="port"),
    Article("é", "", "apple graft", START, source="Gazette", language="de"),
]
ENCODER = WordEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(sqlite_url(tmp_path / "store.sqlite")) as store:
        yield store


def prepared(item: Article) -> str:
    return embedded_text(item.title, item.text)


def fill(store: Store, articles: Sequence[Article]) -> None:
    """Take in articles, embed and count their texts."""
    with store.transaction():
        store.ingest(articles)
        new = store.pending(ENCODER.spec.fingerprint, FEATURES_VERSION)
        texts = list(store.prepared_texts([text.article_id for text in new]))
        if not texts:
            return
        hashes = [content_hash(text) for text in texts]
        store.add_vectors(ENCODER.spec.fingerprint, hashes, *ENCODER.encode(texts))
        tokens = [*map(tokenise, texts)]
        store.add_features(FEATURES_VERSION, hashes, tokens, [*map(signature, tokens)])


def corpus_of(
    store: Store, *articles: Article, near: bool = True, source_order: Sequence[str] = ()
) -> Corpus:
    fill(store, articles)
    return load_corpus(store, near=near, source_order=source_order)


def near_copy(item: Article, article_id: str, word: str = "pilotage", **fields: object) -> Article:
    """An article whose text differs from `item`'s by one word in the middle."""
    words = item.text.split()
    words[len(words) // 2] = word
    fields = {"url": None, **fields}
    changed = replace(item, id=article_id, text=" ".join(words), **fields)  # type: ignore[arg-type]
    assert near_duplicates(prepared(changed), prepared(item))
    assert prepared(changed) != prepared(item)
    return changed


def groups(corpus: Corpus) -> list[list[str]]:
    """The ids of each text, the lead first."""
    start = corpus.copies.copies_start.tolist()
    ids = [card.id for card in corpus.cards]
    return [[ids[row] for row in corpus.copies.copies[a:b].tolist()] for a, b in pairwise(start)]


def check(corpus: Corpus, articles: Sequence[Article]) -> None:
    """What must hold of every corpus of these articles."""
    by_id = {item.id: item for item in articles}
    rows = [by_id[card.id] for card in corpus.cards]
    assert [item.id for item in rows] == sorted(by_id)
    # Every content's hash is found, and leads to the text of its articles.
    hashes = [content_hash(prepared(item)) for item in rows]
    assert corpus.text_of_hash.keys() == set(hashes)
    assert [corpus.text_of_hash[h] for h in hashes] == corpus.copies.text_of.tolist()
    assert corpus.text_of_content.tolist() == list(corpus.text_of_hash.values())
    # A text's hash and tokens are those of its lead.
    leads = [by_id[article_id] for article_id in corpus.lead_ids]
    assert corpus.lead_hashes == [content_hash(prepared(item)) for item in leads]
    taken = corpus.tokens.take(corpus.lead_contents)
    for text, item in enumerate(leads):
        found = taken.tokens[taken.start[text] : taken.start[text + 1]].tolist()
        assert [taken.vocabulary[token] for token in found] == tokenise(prepared(item))
    assert len(corpus.tokens.start) == len(corpus.text_of_hash) + 1


def test_rows_are_ordered_by_id_and_texts_have_one_vector_each(store: Store) -> None:
    corpus = corpus_of(store, *ARTICLES)
    check(corpus, ARTICLES)
    assert [card.id for card in corpus.cards] == ["a", "b", "é"]
    assert corpus.copies.text_of.tolist() == [0, 0, 1]
    assert corpus.lead_ids == ["b", "é"]  # "a" has no date
    assert corpus.published[0] == NO_DATE
    assert corpus.languages == ["en", "de"]
    assert corpus.language_counts.articles == {"en": 2, "de": 1}


def test_near_duplicates_share_a_text_and_the_earliest_leads(store: Store) -> None:
    first = article(0)
    later = near_copy(first, "a-copy", published=START + timedelta(days=2), source="Courier")
    latest = near_copy(first, "0-copy", "moored", published=START + timedelta(days=3), source=None)
    everything = [first, later, latest, article(4), article(1)]
    corpus = corpus_of(store, *everything)
    check(corpus, everything)
    assert groups(corpus) == [["a-0", "a-copy", "0-copy"], ["a-1"], ["a-4"]]


def test_exact_copies_and_near_ones_stand_together(store: Store) -> None:
    first = article(0)
    near = near_copy(first, "b-near", published=START + timedelta(days=1), source="Courier")
    same_as_near = replace(near, id="b-same", published=START + timedelta(days=2))
    everything = [near, first, same_as_near, article(1)]
    corpus = corpus_of(store, *everything)
    check(corpus, everything)
    assert groups(corpus) == [["a-0", "b-near", "b-same"], ["a-1"]]
    assert len(corpus.text_of_hash) == 3


def test_the_earliest_leads_also_where_only_a_copy_of_it_is_old(store: Store) -> None:
    first = article(0)
    late = replace(first, id="z-late", published=START + timedelta(days=9))
    near = near_copy(first, "a-near", published=START + timedelta(days=1), source="Courier")
    early = replace(first, id="z-early", published=START - timedelta(days=1))
    everything = [late, near, early]
    corpus = corpus_of(store, *everything)
    check(corpus, everything)
    assert groups(corpus) == [["z-early", "a-near", "z-late"]]


def test_of_preferred_sources_the_first_leads_whatever_the_dates(store: Store) -> None:
    first = replace(article(0), source="Wire")
    gazette = near_copy(first, "g", published=START + timedelta(days=1), source="Gazette")
    herald = near_copy(first, "h", "moored", published=None, source="Herald")
    everything = [first, gazette, herald]
    assert groups(corpus_of(store, *everything)) == [["a-0", "g", "h"]]
    for order, expected in (
        (["Gazette"], ["g", "a-0", "h"]),
        (["Herald", "Gazette"], ["h", "g", "a-0"]),
        (["nowhere", "Herald"], ["h", "a-0", "g"]),
    ):
        corpus = corpus_of(store, *everything, source_order=order)
        check(corpus, everything)
        assert groups(corpus) == [expected]


def test_without_near_ones_only_equal_texts_are_copies(store: Store) -> None:
    first = article(0)
    near = near_copy(first, "b-near")
    same = replace(first, id="c-same", published=START - timedelta(days=1))
    everything = [first, near, same]
    corpus = corpus_of(store, *everything, near=False)
    check(corpus, everything)
    assert groups(corpus) == [["c-same", "a-0"], ["b-near"]]


def test_a_mixed_newsroom_is_grouped_without_loss(store: Store) -> None:
    everything = [article(n) for n in range(60)]
    everything += [replace(article(n), id=f"same-{n}", published=None) for n in range(0, 60, 5)]
    everything += [near_copy(article(n), f"near-{n}", source="Courier") for n in range(0, 60, 7)]
    corpus = corpus_of(store, *everything)
    check(corpus, everything)
    members = Counter(article_id for group in groups(corpus) for article_id in group)
    assert members == Counter(item.id for item in everything)
    text_of = dict(zip((c.id for c in corpus.cards), corpus.copies.text_of.tolist(), strict=True))
    for n in range(0, 60, 5):
        assert text_of[f"same-{n}"] == text_of[f"a-{n}"]
    for n in range(0, 60, 7):
        assert text_of[f"near-{n}"] == text_of[f"a-{n}"]
    assert len(corpus.lead_hashes) == 60


def test_facets_are_codes_of_labels_in_alphabetical_order(store: Store) -> None:
    facets = corpus_of(store, *ARTICLES).facets()
    assert facets.labels == {
        "source": ["Gazette", "Herald"],
        "section": ["port"],
        "language": ["de", "en"],
        "author": ["Ada"],
    }
    assert {name: column.tolist() for name, column in facets.codes.items()} == {
        "source": [-1, 1, 0],
        "section": [0, -1, -1],
        "language": [1, 1, 0],
        "author": [-1, 0, -1],
    }


def test_topic_sizes_count_articles(store: Store) -> None:
    corpus = corpus_of(store, *ARTICLES)
    assert corpus.topic_sizes(np.array([1, -1]), 3) == [0, 2, 0]
    assert corpus.topic_sizes(np.array([1, 0]), 2) == [1, 2]


def test_a_text_without_its_tokens_is_an_error(store: Store) -> None:
    with store.transaction():
        store.ingest(ARTICLES)
    with pytest.raises(StorageError, match="2 texts have no tokens; run again"):
        load_corpus(store)
