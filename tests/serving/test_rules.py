"""The publisher's rules: pinned comes first, apart never meet, what is held back is not shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, UnknownArticle
from recommender.serving.rules import ArticleRules, index_rules
from recommender.types import Related
from tests.planted import newsdesk, publish_articles

ALL = 100
PLAIN = ("related.floor=0", "related.diversity=0", "related.closeness=0")
NOW = datetime.now(UTC)


def desk(folder: Path, *rules: str) -> Recommender:
    return Recommender.open(publish_articles(folder, newsdesk(), *PLAIN, *rules).root)


def ids(hits: list[Related]) -> list[str]:
    return [hit.id for hit in hits]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return desk(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    pairs = "[['frost-0', 'strike-1'], ['frost-0', 'prize-2'], ['frost-0', 'gone'], ['x', 'y']]"
    return desk(tmp_path_factory.mktemp("pinned"), f"rules.pinned={pairs}")


def test_pinned_articles_come_first_in_their_order_and_say_so(
    pinned: Recommender, plain: Recommender
) -> None:
    hits = pinned.related("frost-0", 10)
    assert ids(hits)[:2] == ["strike-1", "prize-2"]
    assert [hit.reasons.pinned for hit in hits] == [True, True] + [False] * 8
    rest = [i for i in ids(plain.related("frost-0", ALL)) if i not in {"strike-1", "prize-2"}]
    assert ids(hits)[2:] == rest[:8]
    scores = {hit.id: hit.score for hit in plain.related("frost-0", ALL)}
    assert [hit.score for hit in hits[:2]] == pytest.approx([scores[i] for i in ids(hits)[:2]])


def test_a_pin_holds_one_way_and_for_one_article(pinned: Recommender) -> None:
    assert not any(hit.reasons.pinned for hit in pinned.related("strike-1", ALL))
    assert not any(hit.reasons.pinned for hit in pinned.related("frost-1", ALL))


@pytest.mark.parametrize("options", [{"mode": "story"}, {"floor": 1}, {"mode": "background"}])
def test_pinned_articles_come_in_every_mode_and_under_any_floor(
    pinned: Recommender, options: dict[str, Any]
) -> None:
    assert ids(pinned.related("frost-0", ALL, **options))[:2] == ["strike-1", "prize-2"]


def test_pinned_articles_obey_filters_and_the_count(pinned: Recommender) -> None:
    assert ids(pinned.related("frost-0", 1)) == ["strike-1"]
    assert pinned.related("frost-0", ALL, section="orchard")[0].id == "prize-2"
    assert pinned.related("frost-0", ALL, exclude=["strike-1"])[0].id == "prize-2"
    assert pinned.related("frost-0", 0) == []


def test_a_pin_said_twice_comes_once_and_copies_of_one_text_once(tmp_path: Path) -> None:
    pairs = [("frost-0", i) for i in ("strike-0", "prize-1", "prize-1", "wire-strike-0")]
    pairs += [("strike-0", "late-strike-0"), ("strike-0", "frost-2")]
    rec = desk(tmp_path, f"rules.pinned={[[*pair] for pair in pairs]}")
    assert ids(rec.related("frost-0", 3))[:2] == ["strike-0", "prize-1"]
    assert [hit.reasons.pinned for hit in rec.related("frost-0", 3)] == [True, True, False]
    kept = rec.related("frost-0", 3, duplicates="keep")
    assert ids(kept) == ["strike-0", "prize-1", "wire-strike-0"]
    # Of what it is a copy of, an article is no answer, pinned or not.
    assert ids(rec.related("strike-0", 2))[0] == "frost-2"
    shown = rec.related("strike-0", ALL)
    assert "strike-0" not in {i.id for hit in shown for i in (hit, *hit.also_at)}


def test_a_pair_both_pinned_and_apart_is_apart(tmp_path: Path) -> None:
    pairs = "[['frost-0', 'prize-1'], ['frost-0', 'frost-1']]"
    rec = desk(tmp_path, f"rules.pinned={pairs}", "rules.apart=[['frost-1', 'frost-0']]")
    assert ids(rec.related("frost-0", ALL))[0] == "prize-1"
    assert "frost-1" not in ids(rec.related("frost-0", ALL))


def test_pinned_articles_are_told_apart_in_the_note(pinned: Recommender) -> None:
    note = pinned.related("frost-0", 10, floor=1).note
    assert note == "no articles are related with a score of 1 or more; 2 more are pinned"


@pytest.mark.parametrize("k", [3, 4, 5, 6, 7])
def test_what_is_kept_apart_makes_no_list_short(tmp_path: Path, k: int) -> None:
    pairs = "[['frost-0', 'frost-1'], ['frost-0', 'frost-2']]"
    rec = desk(tmp_path, "neighbours.k=5", f"rules.apart={pairs}")
    assert len(rec.related("frost-0", k)) == k


def test_what_is_kept_apart_never_meets_not_even_as_a_copy(
    tmp_path: Path, plain: Recommender
) -> None:
    rec = desk(tmp_path, "rules.apart=[['frost-0', 'frost-1'], ['collision-0', 'strike-0']]")
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


def test_an_excluded_section_is_in_no_answer_unless_nothing_else_is(
    tmp_path: Path, plain: Recommender
) -> None:
    rec = desk(tmp_path, "rules.excluded_sections=['harbour', 'nowhere']")
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
    rec = desk(
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
    rec = desk(tmp_path, f"rules.embargo={{frost-1 = {end.isoformat()}}}")
    assert len(rec.related("frost-1", 5)) == 5
    with pytest.raises(UnknownArticle):
        rec.related("gone", 5)


def test_rules_that_name_nothing_known_say_nothing(tmp_path: Path) -> None:
    rules = (
        "rules.pinned=[['gone', 'frost-0'], ['frost-0', 'frost-0']]",
        "rules.apart=[['gone', 'frost-0']]",
        "rules.excluded_sections=['gone']",
        "rules.embargo={gone = 2099-01-01T00:00:00Z}",
    )
    rec = desk(tmp_path, *rules)
    snapshot = rec._current.get().snapshot
    found = index_rules(snapshot)
    assert (found.excluded, found.embargo) == (frozenset(), {})
    for article_id in ("frost-0", "frost-1"):
        assert found.of_article(snapshot, article_id) == ArticleRules()


def test_a_pair_said_twice_or_the_other_way_round_is_one(tmp_path: Path) -> None:
    pairs = "[['frost-0', 'prize-1'], ['prize-1', 'frost-0'], ['frost-0', 'prize-1']]"
    snapshot = (
        desk(tmp_path, f"rules.apart={pairs}", f"rules.pinned={pairs}")._current.get().snapshot
    )
    texts = {
        i: int(snapshot.arrays.text_of[snapshot.lookup.row_of(i)]) for i in ("frost-0", "prize-1")
    }
    found = index_rules(snapshot)
    assert found.of_article(snapshot, "frost-0") == ArticleRules((), (texts["prize-1"],))
    assert found.of_article(snapshot, "prize-1") == ArticleRules((), (texts["frost-0"],))
    assert found.pinned["frost-0"] == ("prize-1",)
