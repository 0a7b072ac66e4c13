"""What every store remembers of boilerplate: edges, passages and cuts, over nights and changes."""

from dataclasses import replace

import pytest

from recommender.language.prepare import content_hash, embedded_text
from recommender.store.base import Store
from recommender.store.boilerplate import Cut, Original
from recommender.store.sql_boilerplate import CHUNK
from recommender.types.article import Article
from recommender.types.passage import Passage
from tests.store.backends import Backend, embed, put

NEWS = Article("a", "Tide is in", "Boats left. Share this", source="Quay Post", url="u")
SHARE = (12, 22)
SHORT = content_hash(embedded_text(NEWS.title, NEWS.text, [SHARE]))
WHOLE = content_hash(embedded_text(NEWS.title, NEWS.text))
PITCH = Passage("Quay Post", "share this", "Share this", 4, "2026-03-01")


def cut(store: Store, article_id: str = "a") -> None:
    with store.transaction():
        store.add_edges("1", [(article_id, b"edge")])
        store.set_cuts([Cut(article_id, [SHARE], 2, SHORT, WHOLE)])


def test_a_cut_text_is_prepared_without_its_spans_and_stored_whole(backend: Backend) -> None:
    with backend.open() as store:
        put(store, NEWS)
        cut(store)
    with backend.open() as store:
        (stored,) = store.articles()
        assert (stored.content_hash, stored.cut_words) == (SHORT, 2)
        assert stored.whole_hash == WHOLE
        assert list(store.prepared_texts(["a"])) == ["Tide is in. Boats left."]
        assert list(store.originals(["a"])) == [Original(NEWS.title, NEWS.text)]
        assert [text.content_hash for text in store.pending("e", "none")] == [SHORT]


def test_only_new_words_or_another_publisher_undo_a_cut(backend: Backend) -> None:
    changes = {
        "section": (replace(NEWS, section="Sport"), True),
        "author": (replace(NEWS, author="Ann Lee"), True),
        "title": (replace(NEWS, title="Tide is out"), False),
        "text": (replace(NEWS, text="Boats left. Share this now"), False),
        "source": (replace(NEWS, source="Harbour News"), False),
        "url": (replace(NEWS, url="https://example.com"), False),
    }
    for name, (changed, stays_cut) in changes.items():
        with backend.open() as store:
            put(store, NEWS)
            cut(store)
            put(store, changed)
            (stored,) = store.articles()
            assert stored.cut_words == (2 if stays_cut else 0), name
            assert (stored.content_hash == SHORT) == stays_cut, name
            assert store.without_edges("1") == ([] if stays_cut else ["a"]), name
            with store.transaction():
                store.delete(["a"])


def test_nothing_cut_restores_the_whole_text(backend: Backend) -> None:
    with backend.open() as store:
        put(store, NEWS)
        cut(store)
        with store.transaction():
            store.set_cuts([Cut("a", [], 0, WHOLE, WHOLE)])
        (stored,) = store.articles()
        assert (stored.content_hash, stored.cut_words) == (WHOLE, 0)
        assert stored.whole_hash is None
        assert list(store.prepared_texts(["a"])) == [embedded_text(NEWS.title, NEWS.text)]


def test_texts_that_a_cut_makes_equal_share_a_vector_and_the_old_one_goes(
    backend: Backend,
) -> None:
    with backend.open() as store:
        put(store, NEWS, replace(NEWS, id="b", text="Boats left."))
        assert len(embed(store)) == 2
        cut(store)
        with store.transaction():
            store.delete([])
        assert {item.content_hash for item in store.articles()} == {SHORT}
        assert not store.pending("e", "none")[0].needs_vector
    assert backend.texts_with_a_vector() == [SHORT]


def test_edges_are_asked_for_once_for_each_version_and_go_with_their_article(
    backend: Backend,
) -> None:
    ids = [f"{n:04}" for n in range(2 * CHUNK + 1)]
    with backend.open() as store:
        put(store, *(replace(NEWS, id=article_id) for article_id in reversed(ids)))
        assert store.without_edges("1") == ids
        with store.transaction():
            store.add_edges("1", [(article_id, article_id.encode()) for article_id in ids])
        assert store.without_edges("1") == []
        assert store.without_edges("2") == ids
        with store.transaction():
            store.add_edges("2", [(ids[0], b"new")])
            store.delete(ids[2:])
        assert store.edges() == {ids[0]: b"new", ids[1]: ids[1].encode()}


def test_passages_are_kept_for_each_publisher(backend: Backend) -> None:
    other = PITCH._replace(publisher="", words="sign up", kept=True)
    second = PITCH._replace(words="read more")
    with backend.open() as store, store.transaction():
        store.set_passages("Quay Post", [PITCH, second])
        store.set_passages("", [other])
    with backend.open() as store:
        assert store.passages() == [other, second, PITCH]
        with store.transaction():
            store.set_passages("Quay Post", [PITCH])
        assert store.passages() == [other, PITCH]
        with store.transaction():
            store.set_passages("", [])
        assert store.passages() == [PITCH]


def test_a_transaction_that_fails_changes_nothing(backend: Backend) -> None:
    with backend.open() as store:
        put(store, NEWS)
        before = store.articles()
        with pytest.raises(RuntimeError):
            _change_and_fail(store)
        assert (store.articles(), store.edges(), store.passages()) == (before, {}, [])


def _change_and_fail(store: Store) -> None:
    with store.transaction():
        store.add_edges("1", [("a", b"edge")])
        store.set_cuts([Cut("a", [SHARE], 2, SHORT, WHOLE)])
        store.set_passages("Quay Post", [PITCH])
        raise RuntimeError
