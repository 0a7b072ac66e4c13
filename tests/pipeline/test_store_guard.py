"""A store that was lost, emptied or swapped: nothing is published from it; the cure is named."""

import shutil
from pathlib import Path

import pytest

from recommender.artifacts.takedowns import take_down
from recommender.errors import PublishRefused
from recommender.pipeline.delivery import Delivery
from recommender.pipeline.published import Published
from recommender.pipeline.store_guard import lost_store
from tests.pipeline.newsroom import Newsroom, articles
from tests.planted import article

CURE = "Put the store back from a backup, or name the right one with store.url, or deliver all"


def missing(newsroom: Newsroom) -> None:
    newsroom.artifacts.store.unlink()


def truncated(newsroom: Newsroom) -> None:
    newsroom.artifacts.store.write_bytes(b"")


def of_another_folder(newsroom: Newsroom) -> None:
    other = Newsroom(newsroom.root / "other")
    other.night(*(article(n) for n in range(100, 130)))
    shutil.copy(other.artifacts.store, newsroom.artifacts.store)


@pytest.mark.parametrize("count", [1, 4, 24])
@pytest.mark.parametrize("lose", [missing, truncated, of_another_folder])
def test_a_lost_store_refuses_the_night_before_anything_is_stored_or_published(
    newsroom: Newsroom, lose: "type[object]", count: int
) -> None:
    newsroom.night(*articles(count))
    before = newsroom.artifacts.names()
    lose(newsroom)
    held = newsroom.stored_ids()
    with pytest.raises(PublishRefused, match=CURE) as refused:
        newsroom.night(*(article(n) for n in range(200, 203)))
    state = "is another one than last night's" if held else "is missing or empty"
    assert f"the store {state}: with tonight's records it would hold 0 of the {count} " in str(
        refused.value
    )
    assert newsroom.artifacts.names() == before
    assert newsroom.stored_ids() == held
    assert newsroom.encoder.encoded == []


def test_a_store_put_back_and_one_that_is_delivered_again_are_right(newsroom: Newsroom) -> None:
    newsroom.night(*articles(24))
    backup = newsroom.root / "backup.sqlite"
    newsroom.artifacts.store.rename(backup)
    with pytest.raises(PublishRefused):
        newsroom.night(article(30))
    shutil.copy(backup, newsroom.artifacts.store)
    assert newsroom.night(article(30)).articles == 25
    newsroom.artifacts.store.unlink()
    assert newsroom.night(*articles(25)).articles == 25


def test_who_means_it_starts_anew_by_force_which_is_on_record(newsroom: Newsroom) -> None:
    newsroom.night(*articles(24))
    newsroom.artifacts.store.unlink()
    night = newsroom.night(*(article(n) for n in range(200, 203)), force=True)
    assert night.articles == 3
    assert any("the store is missing or empty" in reason for reason in night.forced)
    assert newsroom.snapshot().manifest.forced == night.forced


def test_the_right_store_under_another_name_is_found_by_its_url(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    moved = newsroom.root / "elsewhere.sqlite"
    newsroom.artifacts.store.rename(moved)
    with pytest.raises(PublishRefused):
        newsroom.night(article(12))
    night = newsroom.night(article(12), overrides=[f"store.url=sqlite:///{moved}"])
    assert night.articles == 13


def test_takedowns_of_everything_are_no_loss(newsroom: Newsroom) -> None:
    newsroom.night(*articles(6))
    for n in range(5):
        take_down(newsroom.artifacts, f"a-{n}")
    assert newsroom.night(article(7)).articles == 2


def test_an_empty_store_beside_a_damaged_snapshot_is_refused_too(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(6))
    (newsroom.artifacts.snapshots / night.snapshot / "ids.strings").unlink()
    newsroom.artifacts.store.unlink()
    with pytest.raises(PublishRefused, match="the store is empty, although"):
        newsroom.night(*articles(6))
    assert newsroom.night(*articles(6), force=True).articles == 6


@pytest.mark.parametrize(("held", "lost"), [(5, False), (4, True)])
def test_with_less_than_half_of_the_published_articles_a_store_is_another_one(
    held: int, lost: bool
) -> None:
    published = Published("s", [str(n) for n in range(10)], {})
    stored = dict.fromkeys(map(str, range(held)))
    assert bool(lost_store(published, stored, Delivery(), ())) is lost
    delivery = Delivery(articles={"9": None})
    assert lost_store(published, stored, delivery, ()) == ""
    assert bool(lost_store(published, {}, Delivery(left_out={*map(str, range(10))}), ()))


def test_a_first_night_has_no_store_to_lose(newsroom: Newsroom, tmp_path: Path) -> None:
    assert newsroom.night(*articles(3), overrides=[f"store.url=sqlite:///{tmp_path}/s"]).articles
