"""What every store must do with tokens and signatures: one suite, run over all stores."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from recommender.errors import StorageError
from recommender.language.prepare import content_hash
from recommender.language.tokens import tokenise
from recommender.store.base import (
    Store,
)
from recommender.store.sql_boilerplate import CHUNK as ONE_STATEMENT
from recommender.types.article import Article
from tests.store.backends import (
    BACKENDS,
    Backend,
    count,
    put,
    spelled,
    uncounted,
)


def test_tokens_come_back_as_they_went_in_in_the_order_asked_for(backend: Backend) -> None:
    texts = ["Tide and tide", "naïve 東京 1,000.5!", "quay", "…"]
    with backend.open() as store:
        put(store, *(Article(f"a-{n}", "", text) for n, text in enumerate(texts)))
        count(store)
    with backend.open() as store:
        assert spelled(store, *reversed(texts)) == [tokenise(text) for text in reversed(texts)]
        assert spelled(store) == []
        tokens, _ = store.features("r", [content_hash("quay")])
    assert (tokens.start.dtype, tokens.tokens.dtype) == (np.int64, np.int32)
    assert backend.vocabulary() == {token for text in texts for token in tokenise(text)}


def test_the_same_text_is_counted_once(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("b", "", "x y"), Article("a", "x", "y"), Article("c", "", "x  y"))
        assert uncounted(store, "r") == ["a", "b"]
        assert len(count(store)) == 2
        put(store, Article("d", "", " x y "), Article("a", "x", "y", url="changed"))
        assert uncounted(store, "r") == []


def test_another_version_counts_everything_anew_and_keeps_one_count(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "quay"))
        hashes = count(store, "old")
        assert uncounted(store, "new") == ["a", "b"]
        with store.transaction():
            store.add_features("new", hashes[:1], [["Tide-quay"]], [hashes[0][::-1]])
        assert uncounted(store, "new") == ["b"]
        with pytest.raises(StorageError, match="1 texts have no tokens; run again"):
            store.features("new", hashes)
        with pytest.raises(StorageError, match="1 texts have no tokens; run again"):
            store.features("old", hashes)
        assert spelled(store, "tide quay", version="new") == [["Tide-quay"]]
        count(store, "new")
        assert spelled(store, "quay", version="new") == [["quay"]]
    assert sorted(backend.texts_with_features()) == sorted((content, "new") for content in hashes)


def test_deleting_an_article_deletes_what_was_counted_unless_a_copy_uses_it(
    backend: Backend,
) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "tide"), Article("b", "", "tide"), Article("c", "", "quay"))
        count(store)
        with store.transaction():
            store.delete(["a", "c"])
        assert spelled(store, "tide") == [["tide"]]
        with pytest.raises(StorageError, match="no tokens"):
            store.features("r", [content_hash("quay")])
    assert backend.texts_with_features() == [(content_hash("tide"), "r")]


def test_words_go_with_the_last_text_that_has_them(backend: Backend) -> None:
    with backend.open() as store:
        put(
            store,
            Article("a", "", "zeppelin over the quay"),
            Article("b", "", "quay and tide"),
            Article("c", "", "tide of apples"),
        )
        count(store)
        with store.transaction():
            store.delete(["a"])
        # In the same connection, whose vocabulary was read before.
        assert spelled(store, "quay and tide", "tide of apples") == [
            ["quay", "and", "tide"], ["tide", "of", "apples"]
        ]  # fmt: skip
        put(store, Article("d", "", "the crane of the quay"))
        count(store)
        assert spelled(store, "the crane of the quay", "quay and tide") == [
            ["the", "crane", "of", "the", "quay"], ["quay", "and", "tide"]
        ]  # fmt: skip
    assert backend.vocabulary() == {"quay", "and", "tide", "of", "apples", "the", "crane"}
    with backend.open() as store:
        assert spelled(store, "tide of apples") == [["tide", "of", "apples"]]


def test_a_changed_texts_words_go_with_the_next_deletion(backend: Backend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "zeppelin"), Article("b", "", "tide"))
        count(store)
        put(store, Article("a", "", "airship"))
        count(store)
        with store.transaction():
            store.delete([])
        assert spelled(store, "airship", "tide") == [["airship"], ["tide"]]
    assert backend.vocabulary() == {"airship", "tide"}


@pytest.mark.parametrize("kind", BACKENDS)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "add", "delete", "fail", "fail at the end", "reopen"]),
            st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4),
        ),
        max_size=8,
    )
)
@given_settings(deadline=None, max_examples=40)
def test_tokens_survive_any_history_of_nights(
    tmp_path_factory: pytest.TempPathFactory,
    kind: Callable[[Path], Backend],
    steps: list[tuple[str, list[str]]],
) -> None:
    backend = kind(tmp_path_factory.mktemp("store"))
    kept: dict[str, str] = {}
    store = backend.open()
    for number, (step, words) in enumerate(steps):
        text = " ".join(words)
        try:
            with store.transaction():
                if step == "delete":
                    store.delete([i for i, t in kept.items() if t == text])
                    kept = {i: t for i, t in kept.items() if t != text}
                elif step != "reopen":
                    if step == "fail":
                        store.delete(list(kept))
                    store.ingest([Article(f"a-{number}", "", text)])
                    if new := list(store.prepared_texts(uncounted(store, "r"))):
                        store.add_features(
                            "r", [*map(content_hash, new)], [*map(str.split, new)],
                            [content_hash(t)[::-1] for t in new],
                        )  # fmt: skip
                    if step.startswith("fail"):
                        raise InterruptedError  # noqa: TRY301 - what is undone is tested
                    kept[f"a-{number}"] = text
        except InterruptedError:
            pass
        if step == "reopen":
            store.__exit__(None, None, None)
            store = backend.open()
        texts = sorted(set(kept.values()))
        assert spelled(store, *texts) == [text.split() for text in texts]
    store.__exit__(None, None, None)


def test_a_failed_transaction_leaves_no_word_and_no_number_behind(backend: Backend) -> None:
    def add(store: Store, *texts: str) -> None:
        store.add_features(
            "r", [*map(content_hash, texts)], [*map(tokenise, texts)],
            [content_hash(text)[::-1] for text in texts],
        )  # fmt: skip

    def add_and_die(store: Store) -> None:
        with store.transaction():
            add(store, "crane zeppelin anchor")
            raise KeyboardInterrupt

    with backend.open() as store:
        put(store, *(Article(t, "", t) for t in ("tide quay", "anchor tide", "crane")))
        with store.transaction():
            add(store, "tide quay")
        with pytest.raises(KeyboardInterrupt):
            add_and_die(store)
        with store.transaction():
            add(store, "anchor tide")
        with store.transaction():
            add(store, "crane")
        texts = ("tide quay", "anchor tide", "crane")
        assert spelled(store, *texts) == [tokenise(text) for text in texts]
    with backend.open() as store:
        assert spelled(store, *texts) == [tokenise(text) for text in texts]
    assert backend.vocabulary() == {"tide", "quay", "anchor", "crane"}


def test_more_texts_are_counted_than_one_statement_takes(backend: Backend) -> None:
    texts = [f"text {n} {n % 7}" for n in range(2 * ONE_STATEMENT + 7)]
    with backend.open() as store:
        put(store, *(Article(f"a-{n:05}", "", text) for n, text in enumerate(texts)))
        assert len(count(store)) == len(texts)
        assert spelled(store, *texts) == [text.split() for text in texts]
        put(store, *(Article(f"a-{n:05}", "", f"{text}!") for n, text in enumerate(texts)))
        count(store)
        with store.transaction():
            store.delete([])
    assert len(backend.texts_with_features()) == len(texts)
