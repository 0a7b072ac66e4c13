"""Of several records of an id one is kept, and every record is counted once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recommender.store.base import IngestCounts
from recommender.store.tally import Tally, Version
from recommender.types.article import Article

START = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLES = st.builds(
    Article,
    id=st.sampled_from("abc"),
    title=st.just(""),
    text=st.sampled_from(("One.", "Two.")),
    updated=st.sampled_from((None, START, START + timedelta(hours=1))),
)


def take(stored: dict[str, Version], articles: list[Article]) -> IngestCounts:
    tally = Tally()
    for article in articles:
        version = Version.of(article)
        if tally.keep(article.id, version, stored.get(article.id)):
            stored[article.id] = version
    return tally.counts()


@given(st.lists(ARTICLES), st.lists(ARTICLES))
def test_every_record_is_counted_once(before: list[Article], tonight: list[Article]) -> None:
    stored: dict[str, Version] = {}
    take(stored, before)
    held = dict(stored)
    new, changed, unchanged, replaced = take(stored, tonight)
    assert new + changed + unchanged + replaced == len(tonight)
    assert min(new, changed, unchanged, replaced) >= 0
    assert new == len(stored.keys() - held.keys())
    assert changed == sum(stored[i].record_hash != held[i].record_hash for i in held)


@given(st.lists(ARTICLES, min_size=1))
def test_with_dates_the_newest_wins_and_without_them_the_last(articles: list[Article]) -> None:
    stored: dict[str, Version] = {}
    take(stored, articles)
    for article_id, version in stored.items():
        of_id = [article for article in articles if article.id == article_id]
        if all(article.updated for article in of_id):
            newest = max(article.updated for article in of_id if article.updated)
            last = [article for article in of_id if article.updated == newest][-1]
            assert version == Version.of(last)
        if not any(article.updated for article in of_id):
            assert version == Version.of(of_id[-1])


def test_an_update_alone_is_a_change() -> None:
    stored: dict[str, Version] = {}
    article = Article("a", "", "One.", updated=START)
    later = Article("a", "", "One.", updated=START + timedelta(hours=1))
    assert take(stored, [article]) == IngestCounts(new=1)
    assert take(stored, [article]) == IngestCounts(unchanged=1)
    assert take(stored, [later]) == IngestCounts(changed=1)
