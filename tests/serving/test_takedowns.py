"""Many takedowns at once: what becomes of each id, and one change of the list."""

from pathlib import Path

import pytest

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns, take_down
from recommender.serving.takedowns import Removal, Restoration, remove_articles, restore_articles
from tests.pipeline.newsroom import Newsroom, articles


def test_each_id_is_removed_once_and_unknown_ones_are_not(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    take_down(artifacts, "old")
    found = remove_articles(artifacts, ["b", "a", "b", "old", "typo"], {"a", "b", "old"})
    assert found == Removal(("b", "a"), ("old",), ("typo",))
    assert [*read_takedowns(artifacts)] == ["a", "b", "old"]
    before = artifacts.removed.stat().st_ino
    assert remove_articles(artifacts, ["a", "b"], {"a", "b"}) == Removal((), ("a", "b"), ())
    assert artifacts.removed.stat().st_ino == before
    assert remove_articles(artifacts, ["c"], None) == Removal(("c",), (), ())


def test_an_id_that_cannot_be_written_stops_all(tmp_path: Path) -> None:
    with pytest.raises(UnknownArticle, match="not valid Unicode"):
        remove_articles(Artifacts(tmp_path), ["a", "b-\udcff"], None)
    assert read_takedowns(Artifacts(tmp_path)) == {}


def test_restoring_says_what_is_served_at_once_and_what_waits(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    take_down(artifacts, "shown", "deleted", "stays")
    asked = ["shown", "deleted", "there", "typo", "shown"]
    found = restore_articles(artifacts, asked, {"shown", "there"})
    assert found == Restoration(("shown",), ("deleted",), ("there",), ("typo",))
    assert [*read_takedowns(artifacts)] == ["stays"]
    again = restore_articles(artifacts, ["shown"], {"shown"})
    assert again == Restoration((), (), ("shown",), ())


def test_an_article_delivered_while_it_was_removed_comes_back_with_its_next_delivery(
    tmp_path: Path,
) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.night(*articles(12))
    take_down(newsroom.artifacts, "a-3", "a-4")
    night = newsroom.night(*articles(12))
    assert (night.intake.removed, night.articles) == (2, 10)
    published = newsroom.ids()
    found = restore_articles(newsroom.artifacts, ["a-3"], published)
    assert found.awaited == ("a-3",)
    assert newsroom.stored_ids() == published
    again = newsroom.night(*articles(12))
    assert (again.intake.new, again.intake.removed, again.articles) == (1, 1, 11)
    rec = Recommender.open(newsroom.artifacts.root)
    assert rec.related("a-3", floor=0)
    with pytest.raises(UnknownArticle, match="was removed"):
        rec.related("a-4")
