"""A publisher's rules: articles kept apart, excluded sections and embargoes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, UnknownArticle
from recommender.serving.rules import ArticleRules, index_rules
from tests.serving.newsroom import ALL, ids, with_rules

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return with_rules(tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("k", [3, 4, 5, 6, 7])
def test_keeping_articles_apart_leaves_no_list_short(tmp_path: Path, k: int) -> None:
    pairs = "[['frost-0', 'frost-1'], ['frost-0', 'frost-2']]"
    rec = with_rules(tmp_path, "neighbours.k=5", f"rules.apart={pairs}")
    assert len(rec.related("frost-0", k)) == k


def test_articles_that_are_kept_apart_never_meet_not_even_as_copies(
    tmp_path: Path, plain: Recommender
) -> None:
    rec = with_rules(tmp_path, "rules.apart=[['frost-0', 'frost-1'], ['collision-0', 'strike-0']]")
    assert "frost-1" in ids(plain.related("frost-0", ALL))
    assert "frost-1" not in ids(rec.related("frost-0", ALL))
    assert "frost-0" not in ids(rec.related("frost-1", ALL))
    assert "frost-1" in ids(rec.related("frost-2", ALL))
    copies = {"strike-0", "wire-strike-0", "late-strike-0"}
    for duplicates in ("keep", "collapse"):
        hits = rec.related("collision-0", ALL, duplicates=duplicates)
        assert not copies & {*ids(hits), *(card.id for hit in hits for card in hit.also_at)}
    assert "frost-1" not in ids(rec.related("frost-0", ALL, mode="story"))
    filled = rec.related("frost-0", ALL, floor=0.9, fallback="section")
    assert "frost-1" not in ids(filled)
    assert len(filled) > len(rec.related("frost-0", ALL, floor=0.9))


def test_an_excluded_section_is_in_no_answer(tmp_path: Path, plain: Recommender) -> None:
    rec = with_rules(tmp_path, "rules.excluded_sections=['harbour', 'nowhere']")
    assert any(hit.section == "harbour" for hit in plain.related("frost-0", ALL))
    answers = [rec.related("frost-0", ALL), rec.related("strike-0", ALL)]
    answers += [rec.related("frost-0", ALL, section=["harbour", "orchard"])]
    for hits in answers:
        assert hits
        assert not any(hit.section == "harbour" for hit in hits)
    assert rec.related("frost-0", ALL, section="harbour") == []


def test_an_embargo_ends_at_its_time_while_the_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = NOW + timedelta(hours=1)
    rec = with_rules(
        tmp_path, f"rules.embargo={{frost-1 = {end.isoformat()}, gone = 2027-01-01T00:00:00Z}}"
    )
    assert "frost-1" not in ids(rec.related("frost-0", ALL))
    assert "frost-1" not in {card.id for card in rec.story_of("frost-0").articles}

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return (end + timedelta(seconds=1)).astimezone(tz)

    monkeypatch.setattr("recommender.serving.state.datetime", Later)
    monkeypatch.setattr("recommender.serving.state.time", lambda: end.timestamp() + 1)
    assert "frost-1" in ids(rec.related("frost-0", ALL))


def test_an_article_under_embargo_can_be_asked_about(tmp_path: Path) -> None:
    end = NOW + timedelta(hours=1)
    rec = with_rules(tmp_path, f"rules.embargo={{frost-1 = {end.isoformat()}}}")
    assert len(rec.related("frost-1", 5)) == 5
    with pytest.raises(UnknownArticle):
        rec.related("gone", 5)


def test_rules_that_name_unknown_articles_have_no_effect(tmp_path: Path) -> None:
    rules = (
        "rules.pinned=[['gone', 'frost-0'], ['frost-0', 'frost-0']]",
        "rules.apart=[['gone', 'frost-0']]",
        "rules.excluded_sections=['gone']",
        "rules.embargo={gone = 2099-01-01T00:00:00Z}",
    )
    rec = with_rules(tmp_path, *rules)
    snapshot = rec._current.get().snapshot
    found = index_rules(snapshot)
    assert (found.excluded, found.embargo) == (frozenset(), {})
    for article_id in ("frost-0", "frost-1"):
        assert found.of_article(snapshot, article_id) == ArticleRules()


def test_a_pair_given_twice_or_reversed_is_one_pair(tmp_path: Path) -> None:
    pairs = "[['frost-0', 'prize-1'], ['prize-1', 'frost-0'], ['frost-0', 'prize-1']]"
    snapshot = (
        with_rules(tmp_path, f"rules.apart={pairs}", f"rules.pinned={pairs}")
        ._current.get()
        .snapshot
    )
    texts = {
        i: int(snapshot.arrays.text_of[snapshot.lookup.row_of(i)]) for i in ("frost-0", "prize-1")
    }
    found = index_rules(snapshot)
    assert found.of_article(snapshot, "frost-0") == ArticleRules((), (texts["prize-1"],))
    assert found.of_article(snapshot, "prize-1") == ArticleRules((), (texts["frost-0"],))
    assert found.pinned["frost-0"] == ("prize-1",)
