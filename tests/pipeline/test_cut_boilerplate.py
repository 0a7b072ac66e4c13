"""What is cut from night to night: the same words, whatever the order, until they are gone."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.errors import StorageError
from recommender.pipeline.cut_boilerplate import cut_boilerplate
from recommender.progress import Silent, Timed
from recommender.settings.sections import Boilerplate
from recommender.store.base import Store, StoredArticle
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from recommender.types.passage import Passage
from tests.corpus.unlike_articles import unlike_articles

NOTICE = "Log in or choose an offer to read on with us."
FOOTER = "Follow our newsroom wherever you read the news today"
DAY, NEXT_DAY = "2026-03-01", "2026-03-02"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(sqlite_url(tmp_path / "store.sqlite"))


def articles(count: int, *, source: str | None = "Quay Post", first: int = 0) -> list[Article]:
    return [
        Article(f"{source}-{n}", title, f"{NOTICE} {text}", source=source, language="en")
        for n, (title, text) in enumerate(unlike_articles(first + count))
    ][first:]


def plain(count: int, source: str = "Quay Post") -> list[Article]:
    return [
        Article(f"plain-{source}-{n}", title, text, source=source, language="en")
        for n, (title, text) in enumerate(unlike_articles(count, seed=1))
    ]


def night(store: Store, *items: Article, day: str = DAY, **settings: object) -> None:
    with store.transaction():
        store.ingest(items)
    cut_boilerplate(store, Boilerplate(**settings), day, Timed(Silent()))  # type: ignore[arg-type]


def state(store: Store) -> dict[str, tuple[int, bytes]]:
    return {a.card.id: (a.cut_words, a.content_hash) for a in store.articles()}


def cut_ids(store: Store) -> set[str]:
    return {article.card.id for article in store.articles() if article.cut_words}


def article_of(store: Store, article_id: str) -> StoredArticle:
    (found,) = (article for article in store.articles() if article.card.id == article_id)
    return found


def test_a_notice_is_cut_from_the_articles_of_its_source_alone(store: Store) -> None:
    other = replace(plain(1)[0], id="other", source="Herald", text=f"{NOTICE} Tide is in.")
    night(store, *articles(8), *plain(8), other)
    assert cut_ids(store) == {item.id for item in articles(8)}
    assert store.passages() == [
        Passage("Quay Post", "log in or choose an offer to read on with us", NOTICE[:-1], 8, DAY)
    ]
    assert all(article.cut_words in (0, 11) for article in store.articles())
    assert not any(NOTICE[:-1] in text for text in store.prepared_texts([*cut_ids(store)]))
    assert all(text.startswith(NOTICE) for _, text in store.originals([*cut_ids(store)]))


def test_articles_without_a_source_are_compared_by_the_host_of_their_url(store: Store) -> None:
    hosts = ["https://www.quay.example/1", "http://quay.example/2"] * 3
    items = [replace(a, url=url) for a, url in zip(articles(6, source=None), hosts, strict=True)]
    night(store, *items[:5], replace(items[5], url="https://herald.example"))
    assert len(cut_ids(store)) == 5


def test_the_order_of_records_changes_nothing(tmp_path: Path) -> None:
    items = [*articles(60), *plain(30), *articles(9, source=None)]
    results = []
    for seed in range(3):
        with open_store(sqlite_url(tmp_path / f"{seed}.sqlite")) as store:
            night(store, *random.Random(seed).sample(items, len(items)))
            results.append((state(store), store.passages()))
    assert results[0] == results[1] == results[2]
    assert results[0][1]


def test_a_night_without_news_changes_nothing_and_reads_no_text(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(store, *articles(8))
    before = state(store), store.passages()
    monkeypatch.setattr(type(store), "originals", None)
    night(store, *articles(8), day=NEXT_DAY)
    assert (state(store), store.passages()) == before


def test_what_was_learned_stays_while_an_article_has_it(store: Store) -> None:
    night(store, *articles(8))
    with store.transaction():
        store.delete([item.id for item in articles(6)])  # two are left: too few to learn it from
    night(store, *articles(1, first=20), *plain(100), day=NEXT_DAY)
    assert [passage.learned for passage in store.passages()] == [DAY]
    assert cut_ids(store) == {item.id for item in [*articles(8)[6:], *articles(1, first=20)]}
    with store.transaction():
        store.delete(cut_ids(store))
    night(store, *plain(101), day=NEXT_DAY)
    assert store.passages() == []


def test_what_is_learned_later_is_cut_from_older_articles_too(store: Store) -> None:
    night(store, *articles(3))
    assert cut_ids(store) == set()
    before = state(store)
    night(store, *articles(2, first=3), *plain(2), day=NEXT_DAY)
    assert cut_ids(store) == {item.id for item in articles(5)}
    assert {key: before[key] == value for key, value in state(store).items() if key in before} == {
        item.id: False for item in articles(3)
    }


def test_cuts_are_the_same_on_one_night_and_on_many(tmp_path: Path) -> None:
    items = [*articles(12), *plain(6)]
    results = []
    for nights in (1, 6):
        with open_store(sqlite_url(tmp_path / f"{nights}.sqlite")) as store:
            for start in range(0, len(items), len(items) // nights):
                night(store, *items[start : start + len(items) // nights])
            results.append(state(store))
    assert results[0] == results[1]


def test_a_text_that_is_all_notice_is_an_article_by_its_title(store: Store) -> None:
    items = [replace(item, text=NOTICE) for item in articles(6)]
    untitled = replace(items[0], id="untitled", title="")
    only_signs = replace(items[0], id="signs", title="…")
    night(store, *items, untitled, only_signs)
    assert list(store.prepared_texts([items[1].id])) == [items[1].title]
    assert list(store.prepared_texts(["untitled", "signs"])) == [NOTICE, f"… {NOTICE}"]
    assert cut_ids(store) == {item.id for item in items}


def test_a_phrase_to_keep_protects_its_passage(store: Store) -> None:
    night(store, *articles(8), keep=("choose an  OFFER",))
    assert (cut_ids(store), [passage.kept for passage in store.passages()]) == (set(), [True])
    night(store, keep=("choose a",))
    assert len(cut_ids(store)) == 8
    night(store, keep=("us",))
    assert cut_ids(store) == set()


def test_cutting_can_be_switched_off_and_on(tmp_path: Path, store: Store) -> None:
    night(store, *articles(8), *plain(2))
    cut = state(store)
    night(store, *articles(9), cut=False)
    with open_store(sqlite_url(tmp_path / "never.sqlite")) as never:
        night(never, *articles(9), *plain(2), cut=False)
        assert state(store) == state(never)
    assert store.passages() == []
    with store.transaction():
        store.delete([articles(9)[8].id])
    night(store)
    assert state(store) == cut


def test_a_changed_text_is_cut_anew(store: Store) -> None:
    night(store, *articles(8))
    first = articles(1)[0]
    night(store, replace(first, text=f"Boats left. {NOTICE} {NOTICE}"), day=NEXT_DAY)
    assert list(store.prepared_texts([first.id])) == [f"{first.title}. Boats left."]
    night(store, replace(first, section="Sport"), day=NEXT_DAY)
    assert article_of(store, first.id).cut_words == 11
    night(store, replace(first, source="Herald"), day=NEXT_DAY)
    assert article_of(store, first.id).cut_words == 0


def test_vectors_of_texts_before_the_cut_go(store: Store) -> None:
    night(store, *articles(3))
    hashes = [article.content_hash for article in store.articles()]
    with store.transaction():
        store.add_features("v", hashes, [["log"]] * 3, [b""] * 3)
    night(store, *articles(3, first=3))
    with pytest.raises(StorageError, match="1 texts have no tokens"):
        store.features("v", hashes[:1])


def test_texts_in_other_languages_are_learned_with_their_stop_words(store: Store) -> None:
    titles = ["Der Hafen von Norwick", "Die Ernte von Kelby", "Der Gletscher in Tirol",
              "Die Oper von Linz", "Der Zoo in Bern"]  # fmt: skip
    notice = "Dieser Beitrag ist nur für Abonnenten, bitte melden Sie sich an."
    for label in ("de", None):
        items = [
            Article(f"{label}-{n}", title, notice, source=f"Warte {label}", language=label)
            for n, title in enumerate(titles)
        ]
        night(store, *items)
        assert len(cut_ids(store)) == 5 * (1 + (label is None))
