"""Every column of the table of articles gets a value."""

from datetime import UTC, datetime

from recommender.language.prepare import content_hash
from recommender.store.article_row import article_row
from recommender.store.tables import ARTICLES
from recommender.store.tally import Version
from recommender.types.article import Article


def test_a_row_has_each_column_and_nothing_cut() -> None:
    published = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    item = Article("a", "Tide", "Boats  left", published, "u", "s", "sec", "en", "who")
    row = article_row(item, Version(b"hash", 7))
    assert row.keys() == {column.key for column in ARTICLES.columns}
    assert (row["published"], row["updated"]) == (1_000_000, 7)
    assert row["content_hash"] == content_hash("Tide. Boats left")
    assert row["cuts"] is row["cut_words"] is row["whole_hash"] is None
    assert article_row(Article("a", "", "x"), Version(b"", None))["published"] is None
