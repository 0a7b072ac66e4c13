"""What every store must do: one suite, run over the one in SQLite and over one in memory.

Nothing is lost, nothing doubled, and nothing kept that was taken down.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import StorageError
from recommender.language.prepare import content_hash, embedded_text
from recommender.store.base import (
    EncoderCoverage,
    IngestCounts,
    PendingText,
    Store,
    chunks,
    record_hash,
)
from recommender.store.sql_boilerplate import CHUNK as ONE_STATEMENT
from recommender.types.article import Article, Card
from tests.planted import article
from tests.store.backends import (
    Backend,
    embed,
    hash_of,
    put,
    unembedded,
    vector_of,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_each_article_has_the_label_of_its_source(backend: Backend) -> None:
    with backend.open() as store:
        assert store.source_labels() == {}
        put(store, article(1), replace(article(2), source=None))
        assert store.source_labels() == {"a-1": article(1).source, "a-2": None}


def test_an_article_comes_back_as_it_went_in(backend: Backend) -> None:
    full = Article("b", "Tïtle\0", "téxt", NOON, "u", "s", "sec", "en", "who")
    bare = Article("a", "", "x")
    with backend.open() as store:
        put(store, full, bare)
    with backend.open() as store:
        stored = store.articles()
        texts = list(store.prepared_texts(["b", "a"]))
    assert [item.card for item in stored] == [
        Card("a", "x", None, None, None, None, None, None),  # the text stands for the title
        Card("b", "Tïtle\0", "u", "s", "sec", "en", "who", NOON),
    ]
    assert [item.content_hash for item in stored] == [hash_of(bare), hash_of(full)]
    assert texts == [embedded_text(full.title, full.text), "x"]


def test_articles_are_ordered_by_the_bytes_of_their_ids(backend: Backend) -> None:
    ids = ["10", "9", "B", "a", "é", "中", "\U0001f600"]
    with backend.open() as store:
        put(store, *(Article(i, "", "x") for i in reversed(ids)))
        assert [item.card.id for item in store.articles()] == ids


def test_new_changed_and_unchanged_are_distinguished(backend: Backend) -> None:
    with backend.open() as store:
        assert put(store, Article("a", "", "x"), Article("b", "", "y")) == IngestCounts(2, 0, 0)
        again = [Article("a", "", "x"), Article("b", "", "z"), Article("c", "", "w")]
        assert put(store, *again) == IngestCounts(1, 1, 1)
        assert put(store, *again) == IngestCounts(0, 0, 3)


@pytest.mark.parametrize("field", ["title", "text", "published", "url", "source", "section",
                                   "language", "author"])  # fmt: skip
def test_a_change_of_any_field_is_a_change_and_is_kept(backend: Backend, field: str) -> None:
    before = Article("a", "t", "x", NOON, "u", "s", "sec", "en", "who")
    value = NOON + timedelta(microseconds=1) if field == "published" else "other"
    fields = {name: getattr(before, name) for name in Article.__dataclass_fields__}
    after = Article(**fields | {field: value})
    with backend.open() as store:
        put(store, before)
        assert put(store, after) == IngestCounts(changed=1)
        card = store.articles()[0].card
        if field == "text":
            assert list(store.prepared_texts(["a"])) == ["t. other"]
        else:
            assert getattr(card, field) == value


def test_a_field_that_moves_to_another_is_a_change(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x", source="s"))
        assert put(store, Article("a", "", "x", section="s")) == IngestCounts(changed=1)


def test_more_articles_than_one_statement_takes(backend: Backend) -> None:
    count = 2 * ONE_STATEMENT + 7
    articles = [Article(f"a-{n:05}", "", f"text {n}") for n in range(count)]
    with backend.open() as store:
        assert put(store, *articles) == IngestCounts(new=count)
        assert put(store, *articles) == IngestCounts(unchanged=count)
        ids = [a.id for a in reversed(articles)]
        assert list(store.prepared_texts(ids)) == [a.text for a in reversed(articles)]
        with store.transaction():
            assert store.delete(ids[: ONE_STATEMENT + 1]) == ONE_STATEMENT + 1
        assert len(store.articles()) == count - ONE_STATEMENT - 1


def test_the_same_text_is_to_be_embedded_once(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("b", "", "x y"), Article("a", "x", "y"), Article("c", "", "x  y"))
        assert unembedded(store, "e") == ["a", "b"]
        assert len(embed(store)) == 2
        assert unembedded(store, "e") == []


def test_a_text_seen_before_needs_no_embedding(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"))
        embed(store)
        put(store, Article("b", "", " x "), Article("a", "", "x", url="changed"))
        assert unembedded(store, "e") == []


def test_each_encoder_has_its_own_vectors(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"))
        (content,) = embed(store, "one")
        assert unembedded(store, "two") == ["a"]
        with store.transaction():
            store.add_vectors("two", [content], np.ones((1, 3), np.float32), [1], [1])
        assert store.vectors("one", [content]).shape == (1, 16)
        assert store.vectors("two", [content]).tolist() == [[1, 1, 1]]


def test_vectors_come_in_the_order_asked_for_bit_by_bit(backend: Backend) -> None:
    with backend.open() as store:
        put(store, *(Article(f"a-{n}", "", f"text {n}") for n in range(20)))
        hashes = embed(store)
    wanted = hashes[::-2]
    with backend.open() as store:
        found = store.vectors("e", wanted)
    assert found.dtype == np.float32
    assert found.tobytes() == np.stack([vector_of(content) for content in wanted]).tobytes()


def test_a_missing_vector_is_an_error_not_a_row_of_rubbish(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"), Article("b", "", "y"))
        hashes = embed(store)
        with pytest.raises(StorageError, match="1 texts have no vector"):
            store.vectors("e", [*hashes, bytes(16)])
        with pytest.raises(StorageError, match="2 texts have no vector"):
            store.vectors("other", hashes)


def test_deleting_an_article_deletes_its_vector_unless_a_copy_uses_it(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"), Article("b", "", "x"), Article("c", "", "y"))
        embed(store)
        with store.transaction():
            assert store.delete(["a", "c", "never there"]) == 2
        assert [item.card.id for item in store.articles()] == ["b"]
        assert unembedded(store, "e") == []
    assert backend.texts_with_a_vector() == [content_hash("x")]


def test_a_changed_texts_old_vector_is_deleted_with_the_next_deletion(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"))
        embed(store)
        put(store, Article("a", "", "y"))
        embed(store)
        with store.transaction():
            store.delete([])
    assert backend.texts_with_a_vector() == [content_hash("y")]


def _change_and_die(store: Store) -> None:
    with store.transaction():
        store.ingest([Article("a", "", "changed"), Article("b", "", "new")])
        store.delete(["a"])
        raise KeyboardInterrupt


def test_a_failed_transaction_leaves_no_trace(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "x"))
        with pytest.raises(KeyboardInterrupt):
            _change_and_die(store)
        assert [item.card.id for item in store.articles()] == ["a"]
        assert list(store.prepared_texts(["a"])) == ["x"]


def test_how_much_is_read_counts_articles_not_texts(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "long"), Article("b", "", "long"), Article("c", "", "short"))
        with store.transaction():
            hashes = [content_hash("long"), content_hash("short")]
            store.add_vectors("e", hashes, np.ones((2, 4), np.float32), [10, 2], [6, 2])
            store.add_vectors("old", hashes[:1], np.ones((1, 4), np.float32), [10], [1])
        assert store.coverage("e") == EncoderCoverage(
            articles=3, truncated=2, words=22, words_read=14
        )
        assert store.coverage("none") == EncoderCoverage(0, 0, 0, 0)


@given(st.lists(st.integers()), st.integers(1, 7))
def test_chunks_are_all_items_in_order(items: list[int], size: int) -> None:
    parts = list(chunks(items, size))
    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts)


def test_a_pending_text_says_what_it_lacks(backend: Backend) -> None:
    with backend.open() as store:
        put(store, *(Article(i, "", f"text {i}") for i in "dcba"), Article("e", "", "text a"))
        a, b, c, d = (content_hash(f"text {i}") for i in "abcd")
        with store.transaction():
            store.add_vectors("e", [a, b], np.ones((2, 3), np.float32), [1, 1], [1, 1])
            store.add_features("r", [b, c], [["x"], ["y"]], [b"", b""])
        assert store.pending("e", "r") == [
            PendingText(a, "a", needs_vector=False, needs_features=True),
            PendingText(c, "c", needs_vector=True, needs_features=False),
            PendingText(d, "d", needs_vector=True, needs_features=True),
        ]


def test_articles_are_taken_from_any_iterable_one_by_one(backend: Backend) -> None:
    with backend.open() as store, store.transaction():
        found = store.ingest(Article(f"a-{n:04}", "", "x") for n in range(ONE_STATEMENT + 1))
        assert found == IngestCounts(new=ONE_STATEMENT + 1)
        assert store.ingest(iter(())) == IngestCounts()


def test_the_last_record_of_an_id_is_kept_in_one_statement_and_across(backend: Backend) -> None:
    newest = Article("b", "", "newest", updated=NOON)
    with backend.open() as store, store.transaction():
        found = store.ingest([
            Article("a", "", "one"), Article("a", "", "two"), newest,
            *(Article(f"c-{n:04}", "", "x") for n in range(ONE_STATEMENT)),
            Article("a", "", "three"), replace(newest, text="old", updated=NOON.replace(year=2000)),
        ])  # fmt: skip
        assert found == IngestCounts(new=ONE_STATEMENT + 2, replaced=3)
        assert list(store.prepared_texts(["a", "b"])) == ["three", "newest"]


def test_a_records_hash_is_the_one_of_stores_that_exist() -> None:
    """Another hash would make every article of an existing store count as changed."""
    full = Article("b", "Tïtle", "téxt", NOON, "u", "s", "sec", "en", "who")
    assert record_hash(full).hex() == "0e92c28b38df48afdcaa960a3592a225"
    assert record_hash(Article("a", "", "x")).hex() == "c3f4c380a57b4c602a84600bfa69991f"
