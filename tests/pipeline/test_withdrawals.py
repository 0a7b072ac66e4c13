"""Withdrawals: what a complete source no longer holds goes, and a broken export takes nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import PublishRefused
from recommender.pipeline.delivery import Delivery
from recommender.pipeline.withdrawals import find_withdrawals
from tests.pipeline.newsroom import Newsroom, articles, good
from tests.planted import article, write_jsonl

ALL = ("input.complete=true",)
GAZETTE = ('input.complete=["Gazette"]',)  # every third planted article is the Gazette's


def notices(night: object) -> list[str]:
    return [notice.name for notice in night.notices]  # type: ignore[attr-defined]


def test_by_default_what_is_not_delivered_stays_and_is_counted(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    night = newsroom.night(*articles(9))
    assert (night.withdrawn, night.not_delivered, night.articles) == (0, 3, 12)


def test_what_complete_sources_no_longer_hold_is_deleted_with_its_text(newsroom: Newsroom) -> None:
    newsroom.night(*articles(24), overrides=ALL)
    night = newsroom.night(*articles(22), overrides=ALL)
    assert (night.withdrawn, night.not_delivered, night.articles) == (2, 0, 22)
    assert notices(night) == ["withdrawn"]
    assert newsroom.stored_ids() == newsroom.ids() == sorted(f"a-{n}" for n in range(22))
    with newsroom.open_store() as store:
        assert store.coverage(newsroom.encoder.spec.fingerprint).articles == 22
    # It is not barred: a source that holds it again brings it back.
    again = newsroom.night(*articles(24), overrides=ALL)
    assert (again.intake.new, again.articles) == (2, 24)


def test_of_one_complete_source_only_its_own_articles_go(newsroom: Newsroom) -> None:
    newsroom.night(*articles(30))
    rest = [a for a in articles(30) if a.id not in ("a-0", "a-1")]  # Gazette's and Herald's
    night = newsroom.night(*rest, overrides=GAZETTE)
    assert (night.withdrawn, night.not_delivered) == (1, 1)
    assert "a-0" not in newsroom.ids()
    assert "a-1" in newsroom.ids()


def test_an_article_that_moved_to_another_source_is_not_withdrawn(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    moved = [replace(a, source="Herald") if a.id == "a-0" else a for a in articles(12)]
    assert newsroom.night(*moved, overrides=GAZETTE).withdrawn == 0


def test_a_source_that_delivers_nothing_takes_nothing(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    others = [a for a in articles(12) if a.source != "Gazette"]
    night = newsroom.night(*others, overrides=GAZETTE)
    assert (night.withdrawn, night.articles) == (0, 12)
    assert notices(night) == ["not_withdrawn"]
    assert "Gazette: 4 articles not delivered stay" in night.notices[0].text


def test_an_empty_file_beside_others_takes_nothing(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    empty = newsroom.root / "gazette.jsonl"
    empty.touch()
    rest = write_jsonl(newsroom.root / "rest.jsonl", articles(11))
    night = newsroom.run(rest, empty, overrides=ALL)
    assert (night.withdrawn, night.articles) == (0, 12)
    assert "gazette.jsonl delivered no record" in night.notices[0].text


def test_a_record_without_a_readable_id_may_be_the_missing_ones(newsroom: Newsroom) -> None:
    newsroom.night(*articles(30))
    records = [good(n) for n in range(29)]
    night = newsroom.lines(*records, "torn", overrides=ALL)
    assert (night.withdrawn, night.articles) == (0, 30)
    assert "no readable id" in night.notices[0].text


def test_a_rejected_record_still_names_its_article(newsroom: Newsroom) -> None:
    newsroom.night(*articles(30))
    records = [good(n) for n in range(29)]
    night = newsroom.lines(*records, good(29, text=""), overrides=ALL)
    assert (night.intake.rejected, night.withdrawn, night.articles) == (1, 0, 30)


@pytest.mark.parametrize("complete", [ALL, GAZETTE])
def test_an_export_that_broke_off_is_refused_and_nothing_is_deleted(
    newsroom: Newsroom, complete: tuple[str, ...]
) -> None:
    newsroom.night(*articles(30))
    before = newsroom.artifacts.current()
    broken = [a for a in articles(30) if a.source != "Gazette" or a.id < "a-2"]
    if complete is ALL:
        broken = broken[:9]
    with pytest.raises(PublishRefused, match=r"fewer, and gates\.articles_lost admits 20\.0%"):
        newsroom.night(*broken, overrides=complete)
    assert newsroom.artifacts.current() == before
    assert len(newsroom.stored_ids()) == 30
    forced = newsroom.night(*broken, overrides=complete, force=True)
    assert forced.withdrawn == 30 - forced.articles > 0
    assert forced.forced


def test_a_window_that_moves_on_loses_nothing(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12), overrides=ALL)
    night = newsroom.night(*(article(n) for n in range(8, 20)), overrides=ALL)
    assert (night.withdrawn, night.articles) == (8, 12)


def test_a_source_that_nobody_names_is_said(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(12), overrides=['input.complete=["Gazete"]'])
    assert notices(night) == ["unknown_source"]
    assert "Gazete" in night.notices[0].text


def test_a_taken_down_article_is_no_withdrawn_one(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12), overrides=ALL)
    newsroom.recommender().remove("a-3")
    night = newsroom.night(*(a for a in articles(12) if a.id != "a-3"), overrides=ALL)
    assert (night.withdrawn, night.not_delivered, night.articles) == (0, 0, 11)


IDS = st.sets(st.sampled_from("abcdefgh"))


@given(IDS, IDS, IDS, st.booleans())
def test_what_was_named_or_is_of_another_source_never_goes(
    stored: set[str], delivered: set[str], left_out: set[str], complete: bool
) -> None:
    labels = {i: "Gazette" if i < "e" else "Herald" for i in "abcdefgh"}
    delivery = Delivery({i: labels[i] for i in delivered}, left_out)
    wanted = True if complete else ("Gazette",)
    found = find_withdrawals({i: labels[i] for i in stored}, delivery, wanted, 1.0)
    gone = {i for i in stored if i not in delivered | left_out and (complete or i < "e")}
    if complete or any(i < "e" for i in delivered):
        assert found.ids == gone
    else:
        assert found.ids == frozenset()
    assert found.refusals == []
    assert not find_withdrawals(labels, delivery, (), 0.0).ids
