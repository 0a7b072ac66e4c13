"""The store between nights: nothing lost, nothing doubled, nothing kept that was taken down."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from recommender.dates import from_microseconds, to_microseconds
from recommender.errors import NewerFormat, StorageError
from recommender.language.prepare import content_hash, embedded_text
from recommender.language.tokens import tokenise
from recommender.store.sql import CHUNK, EncoderCoverage, IngestCounts, Store, chunks
from recommender.types import Article, Card

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def put(store: Store, *articles: Article) -> IngestCounts:
    with store.transaction():
        return store.ingest(articles)


def embed(store: Store, encoder: str = "e", words: int = 3, read: int = 3) -> list[bytes]:
    """Give every text without one a vector that follows from the text's hash."""
    hashes = [content_hash(text) for text in store.embedded_texts(store.unembedded(encoder))]
    if hashes:
        vectors = np.stack([vector_of(content) for content in hashes])
        with store.transaction():
            store.add_vectors(encoder, hashes, vectors, [words] * len(hashes), [read] * len(hashes))
    return hashes


def vector_of(content: bytes) -> np.ndarray:
    return np.frombuffer(content, dtype=np.uint8).astype(np.float32) / 7


def hash_of(article: Article) -> bytes:
    return content_hash(embedded_text(article.title, article.text))


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_an_article_comes_back_as_it_went_in(path: Path) -> None:
    full = Article("b", "Tïtle\0", "téxt", NOON, "u", "s", "sec", "en", "who")
    bare = Article("a", "", "x")
    with Store(path) as store:
        put(store, full, bare)
    with Store(path) as store:
        stored = store.articles()
        texts = list(store.embedded_texts(["b", "a"]))
    assert [item.card for item in stored] == [
        Card("a", "", None, None, None, None, None, None),
        Card("b", "Tïtle\0", "u", "s", "sec", "en", "who", NOON),
    ]
    assert [item.content_hash for item in stored] == [hash_of(bare), hash_of(full)]
    assert texts == [embedded_text(full.title, full.text), "x"]


def test_articles_are_ordered_by_the_bytes_of_their_ids(path: Path) -> None:
    ids = ["10", "9", "B", "a", "é", "中", "\U0001f600"]
    with Store(path) as store:
        put(store, *(Article(i, "", "x") for i in reversed(ids)))
        assert [item.card.id for item in store.articles()] == ids


def test_new_changed_and_unchanged_are_told_apart(path: Path) -> None:
    with Store(path) as store:
        assert put(store, Article("a", "", "x"), Article("b", "", "y")) == IngestCounts(2, 0, 0)
        again = [Article("a", "", "x"), Article("b", "", "z"), Article("c", "", "w")]
        assert put(store, *again) == IngestCounts(1, 1, 1)
        assert put(store, *again) == IngestCounts(0, 0, 3)


@pytest.mark.parametrize("field", ["title", "text", "published", "url", "source", "section",
                                   "language", "author"])  # fmt: skip
def test_a_change_of_any_field_is_a_change_and_is_kept(path: Path, field: str) -> None:
    before = Article("a", "t", "x", NOON, "u", "s", "sec", "en", "who")
    value = NOON + timedelta(microseconds=1) if field == "published" else "other"
    fields = {name: getattr(before, name) for name in Article.__dataclass_fields__}
    after = Article(**fields | {field: value})
    with Store(path) as store:
        put(store, before)
        assert put(store, after) == IngestCounts(changed=1)
        card = store.articles()[0].card
        if field == "text":
            assert list(store.embedded_texts(["a"])) == ["t. other"]
        else:
            assert getattr(card, field) == value


def test_a_field_that_moves_to_another_is_a_change(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x", source="s"))
        assert put(store, Article("a", "", "x", section="s")) == IngestCounts(changed=1)


def test_more_articles_than_one_statement_takes(path: Path) -> None:
    count = 2 * CHUNK + 7
    articles = [Article(f"a-{n:05}", "", f"text {n}") for n in range(count)]
    with Store(path) as store:
        assert put(store, *articles) == IngestCounts(new=count)
        assert put(store, *articles) == IngestCounts(unchanged=count)
        ids = [a.id for a in reversed(articles)]
        assert list(store.embedded_texts(ids)) == [a.text for a in reversed(articles)]
        with store.transaction():
            assert store.delete(ids[: CHUNK + 1]) == CHUNK + 1
        assert len(store.articles()) == count - CHUNK - 1


def test_the_same_text_is_to_be_embedded_once(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("b", "", "x y"), Article("a", "x", "y"), Article("c", "", "x  y"))
        assert store.unembedded("e") == ["a", "b"]
        assert len(embed(store)) == 2
        assert store.unembedded("e") == []


def test_a_text_seen_before_needs_no_embedding(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"))
        embed(store)
        put(store, Article("b", "", " x "), Article("a", "", "x", url="changed"))
        assert store.unembedded("e") == []


def test_each_encoder_has_its_own_vectors(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"))
        (content,) = embed(store, "one")
        assert store.unembedded("two") == ["a"]
        with store.transaction():
            store.add_vectors("two", [content], np.ones((1, 3), np.float32), [1], [1])
        assert store.vectors("one", [content]).shape == (1, 16)
        assert store.vectors("two", [content]).tolist() == [[1, 1, 1]]


def test_vectors_come_in_the_order_asked_for_bit_by_bit(path: Path) -> None:
    with Store(path) as store:
        put(store, *(Article(f"a-{n}", "", f"text {n}") for n in range(20)))
        hashes = embed(store)
    wanted = hashes[::-2]
    with Store(path) as store:
        found = store.vectors("e", wanted)
    assert found.dtype == np.float32
    assert found.tobytes() == np.stack([vector_of(content) for content in wanted]).tobytes()


def test_a_missing_vector_is_an_error_not_a_row_of_rubbish(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"), Article("b", "", "y"))
        hashes = embed(store)
        with pytest.raises(StorageError, match="1 texts have no vector"):
            store.vectors("e", [*hashes, bytes(16)])
        with pytest.raises(StorageError, match="2 texts have no vector"):
            store.vectors("other", hashes)


def test_deleting_an_article_deletes_its_vector_unless_a_copy_uses_it(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"), Article("b", "", "x"), Article("c", "", "y"))
        embed(store)
        with store.transaction():
            assert store.delete(["a", "c", "never there"]) == 2
        assert [item.card.id for item in store.articles()] == ["b"]
        assert store.unembedded("e") == []
    assert rows(path, "SELECT content_hash FROM vectors") == [(content_hash("x"),)]


def test_a_changed_texts_old_vector_is_deleted_with_the_next_deletion(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"))
        embed(store)
        put(store, Article("a", "", "y"))
        embed(store)
        with store.transaction():
            store.delete([])
    assert rows(path, "SELECT content_hash FROM vectors") == [(content_hash("y"),)]


# What is counted of texts


def count(store: Store, recipe: str = "r") -> list[bytes]:
    """Count every text that has no features of `recipe`; its signature follows from its hash."""
    texts = list(store.embedded_texts(store.uncounted(recipe)))
    hashes = [content_hash(text) for text in texts]
    if hashes:
        with store.transaction():
            store.add_features(recipe, hashes, [*map(tokenise, texts)], [h[::-1] for h in hashes])
    return hashes


def spelled(store: Store, *texts: str, recipe: str = "r") -> list[list[str]]:
    """The stored tokens of `texts`, as they are written."""
    hashes = [content_hash(text) for text in texts]
    tokens, signatures = store.features(recipe, hashes)
    assert signatures == [content[::-1] for content in hashes]
    start = tokens.start.tolist()
    assert start[0] == 0
    return [
        [tokens.vocabulary[token] for token in tokens.tokens[a:b].tolist()]
        for a, b in pairwise(start)
    ]


def vocabulary(path: Path) -> set[str]:
    return {str(token) for (token,) in rows(path, "SELECT token FROM vocabulary")}


def test_tokens_come_back_as_they_went_in_in_the_order_asked_for(path: Path) -> None:
    texts = ["Tide and tide", "naïve 東京 1,000.5!", "quay", "…"]
    with Store(path) as store:
        put(store, *(Article(f"a-{n}", "", text) for n, text in enumerate(texts)))
        count(store)
    with Store(path) as store:
        assert spelled(store, *reversed(texts)) == [tokenise(text) for text in reversed(texts)]
        assert spelled(store) == []
        tokens, _ = store.features("r", [content_hash("quay")])
    assert (tokens.start.dtype, tokens.tokens.dtype) == (np.int64, np.int32)
    assert vocabulary(path) == {token for text in texts for token in tokenise(text)}


def test_the_same_text_is_counted_once(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("b", "", "x y"), Article("a", "x", "y"), Article("c", "", "x  y"))
        assert store.uncounted("r") == ["a", "b"]
        assert len(count(store)) == 2
        put(store, Article("d", "", " x y "), Article("a", "x", "y", url="changed"))
        assert store.uncounted("r") == []


def test_another_recipe_counts_everything_anew_and_keeps_one_count(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "quay"))
        hashes = count(store, "old")
        assert store.uncounted("new") == ["a", "b"]
        with store.transaction():
            store.add_features("new", hashes[:1], [["Tide-quay"]], [hashes[0][::-1]])
        assert store.uncounted("new") == ["b"]
        with pytest.raises(StorageError, match="1 texts were not counted; run again"):
            store.features("new", hashes)
        with pytest.raises(StorageError, match="1 texts were not counted; run again"):
            store.features("old", hashes)
        assert spelled(store, "tide quay", recipe="new") == [["Tide-quay"]]
        count(store, "new")
        assert spelled(store, "quay", recipe="new") == [["quay"]]
    assert rows(path, "SELECT DISTINCT recipe FROM features") == [("new",)]
    assert len(rows(path, "SELECT 1 FROM features")) == 2


def test_deleting_an_article_deletes_what_was_counted_unless_a_copy_uses_it(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "tide"), Article("b", "", "tide"), Article("c", "", "quay"))
        count(store)
        with store.transaction():
            store.delete(["a", "c"])
        assert spelled(store, "tide") == [["tide"]]
        with pytest.raises(StorageError, match="not counted"):
            store.features("r", [content_hash("quay")])
    assert rows(path, "SELECT content_hash FROM features") == [(content_hash("tide"),)]


def test_words_go_with_the_last_text_that_has_them(path: Path) -> None:
    with Store(path) as store:
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
    assert vocabulary(path) == {"quay", "and", "tide", "of", "apples", "the", "crane"}
    with Store(path) as store:
        assert spelled(store, "tide of apples") == [["tide", "of", "apples"]]
    assert b"zeppelin" not in path.read_bytes()


def test_a_changed_texts_words_go_with_the_next_deletion(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "zeppelin"), Article("b", "", "tide"))
        count(store)
        put(store, Article("a", "", "airship"))
        count(store)
        with store.transaction():
            store.delete([])
        assert spelled(store, "airship", "tide") == [["airship"], ["tide"]]
    assert vocabulary(path) == {"airship", "tide"}


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
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[str]]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    kept: dict[str, str] = {}
    store = Store(path)
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
                    if new := list(store.embedded_texts(store.uncounted("r"))):
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
            store.__exit__()
            store = Store(path)
        texts = sorted(set(kept.values()))
        assert spelled(store, *texts) == [text.split() for text in texts]
    store.__exit__()


def test_a_failed_transaction_leaves_no_word_and_no_number_behind(path: Path) -> None:
    def add(store: Store, *texts: str) -> None:
        store.add_features(
            "r", [*map(content_hash, texts)], [*map(tokenise, texts)],
            [content_hash(text)[::-1] for text in texts],
        )  # fmt: skip

    def add_and_die(store: Store) -> None:
        with store.transaction():
            add(store, "crane zeppelin anchor")
            raise KeyboardInterrupt

    with Store(path) as store:
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
    with Store(path) as store:
        assert spelled(store, *texts) == [tokenise(text) for text in texts]
    assert vocabulary(path) == {"tide", "quay", "anchor", "crane"}


def test_a_transaction_whose_last_step_fails_leaves_no_trace_either(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "tide"))
        count(store)
        # What SQLite checks no earlier than when it commits.
        connection = store._connection
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql(
            "CREATE TEMP TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
        connection.exec_driver_sql("CREATE TEMP TABLE parent (id PRIMARY KEY)")
        connection.commit()

        def add_and_fail() -> None:
            with store.transaction():
                store.ingest([Article("b", "", "zeppelin quay")])
                store.add_features("r", [content_hash("b")], [["zeppelin", "quay"]], [b""])
                connection.exec_driver_sql("INSERT INTO child VALUES (1)")

        with pytest.raises(StorageError, match="FOREIGN KEY"):
            add_and_fail()
        assert [item.card.id for item in store.articles()] == ["a"]
        put(store, Article("c", "", "quay crane"))
        count(store)
        assert spelled(store, "tide", "quay crane") == [["tide"], ["quay", "crane"]]
    assert vocabulary(path) == {"tide", "quay", "crane"}


KILLED = """
import os, signal, sys
from pathlib import Path
from recommender.store.sql import Store
from recommender.language.prepare import content_hash
store = Store(Path(sys.argv[1]))
store._connection.exec_driver_sql("PRAGMA cache_size = 5")  # the rest goes to the disk at once
with store.transaction():
    texts = [f"crane number {n}" for n in range(3000)]
    store.add_features(
        "r", [*map(content_hash, texts)], [text.split() for text in texts], [b"s"] * len(texts)
    )
    store.delete(["a"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_while_it_counts_leaves_what_was_there(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "crane number 7"))
        (content,) = [h for h in count(store) if h == content_hash("tide quay")]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert os.path.getsize(f"{path}-wal") > 0  # noqa: PTH202 - it did write
    with Store(path) as store:
        assert spelled(store, "tide quay", "crane number 7") == [
            ["tide", "quay"], ["crane", "number", "7"]
        ]  # fmt: skip
        assert store.features("r", [content]).signatures == [content[::-1]]
    assert vocabulary(path) == {"tide", "quay", "crane", "number", "7"}


def test_a_store_from_before_texts_were_counted_opens_and_is_counted(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "crane"))
        hashes = embed(store)
    connection = sqlite3.connect(path)
    for table in ("features", "vocabulary"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()
    with Store(path) as store:
        assert len(store.articles()) == 2
        assert store.vectors("e", hashes).shape == (2, 16)
        assert store.uncounted("r") == ["a", "b"]
        count(store)
        assert spelled(store, "tide quay", "crane") == [["tide", "quay"], ["crane"]]


def test_more_texts_are_counted_than_one_statement_takes(path: Path) -> None:
    texts = [f"text {n} {n % 7}" for n in range(2 * CHUNK + 7)]
    with Store(path) as store:
        put(store, *(Article(f"a-{n:05}", "", text) for n, text in enumerate(texts)))
        assert len(count(store)) == len(texts)
        assert spelled(store, *texts) == [text.split() for text in texts]
        put(store, *(Article(f"a-{n:05}", "", f"{text}!") for n, text in enumerate(texts)))
        count(store)
        with store.transaction():
            store.delete([])
    assert len(rows(path, "SELECT 1 FROM features")) == len(texts)


def _change_and_die(store: Store) -> None:
    with store.transaction():
        store.ingest([Article("a", "", "changed"), Article("b", "", "new")])
        store.delete(["a"])
        raise KeyboardInterrupt


def test_a_failed_transaction_leaves_no_trace(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "x"))
        with pytest.raises(KeyboardInterrupt):
            _change_and_die(store)
        assert [item.card.id for item in store.articles()] == ["a"]
        assert list(store.embedded_texts(["a"])) == ["x"]


def test_how_much_is_read_counts_articles_not_texts(path: Path) -> None:
    with Store(path) as store:
        put(store, Article("a", "", "long"), Article("b", "", "long"), Article("c", "", "short"))
        with store.transaction():
            hashes = [content_hash("long"), content_hash("short")]
            store.add_vectors("e", hashes, np.ones((2, 4), np.float32), [10, 2], [6, 2])
            store.add_vectors("old", hashes[:1], np.ones((1, 4), np.float32), [10], [1])
        assert store.reading("e") == EncoderCoverage(
            articles=3, truncated=2, words=22, words_read=14
        )
        assert store.reading("none") == EncoderCoverage(0, 0, 0, 0)


def test_a_newer_schema_is_refused_with_what_to_do(path: Path) -> None:
    Store(path).__exit__()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(NewerFormat, match=r"schema 2.*pip install --upgrade"):
        Store(path)


def test_a_file_that_is_no_database_is_a_storage_error(path: Path) -> None:
    path.write_bytes(b"this is not a database, however long it may be" * 100)
    with pytest.raises(StorageError, match=r"store\.sqlite.*not a database"):
        Store(path)


def test_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open"):
        Store(tmp_path / "none" / "store.sqlite")


def test_damage_inside_the_file_is_a_storage_error_wherever_it_is_met(path: Path) -> None:
    """Its schema is whole, so the file opens; its pages of articles and vectors are rubbish."""
    with Store(path) as store:
        put(store, *(Article(f"a-{n}", "", f"text {n} " * 50) for n in range(300)))
        hashes = embed(store)
        count(store)
    (page,) = rows(path, "PRAGMA page_size")[0]
    schema_pages = 1
    assert isinstance(page, int)
    keep = {int(str(root)) for (root,) in rows(
        path, "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'meta'")}  # fmt: skip
    content = bytearray(path.read_bytes())
    for number in range(schema_pages + 1, len(content) // page + 1):
        if number not in keep:
            content[(number - 1) * page : number * page] = b"\xa5" * page
    path.write_bytes(bytes(content))
    with Store(path) as store:
        for read in (
            store.articles,
            lambda: store.unembedded("e"),
            lambda: store.vectors("e", hashes),
            lambda: store.uncounted("r"),
            lambda: store.features("r", hashes),
            lambda: count(store, "other"),
            lambda: store.reading("e"),
            lambda: list(store.embedded_texts(["a-1"])),
            lambda: put(store, Article("new", "", "x")),
        ):
            with pytest.raises(StorageError, match=r"store\.sqlite"):
                read()


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_survive_as_microseconds(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_microseconds_order_as_moments_do(one: datetime, two: datetime) -> None:
    assert (to_microseconds(one) < to_microseconds(two)) == (one < two)


@given(st.lists(st.integers()), st.integers(1, 7))
def test_chunks_are_all_items_in_order(items: list[int], size: int) -> None:
    parts = list(chunks(items, size))
    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts)
