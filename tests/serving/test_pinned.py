"""Pinned articles come first, in every mode, and obey filters and `k`."""

from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender
from tests.serving.newsroom import ALL, ids, with_rules


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return with_rules(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    pairs = "[['frost-0', 'strike-1'], ['frost-0', 'prize-2'], ['frost-0', 'gone'], ['x', 'y']]"
    return with_rules(tmp_path_factory.mktemp("pinned"), f"rules.pinned={pairs}")


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


def test_a_pin_given_twice_comes_once_and_copies_of_one_text_come_once(tmp_path: Path) -> None:
    pairs = [("frost-0", i) for i in ("strike-0", "prize-1", "prize-1", "wire-strike-0")]
    pairs += [("strike-0", "late-strike-0"), ("strike-0", "frost-2")]
    rec = with_rules(tmp_path, f"rules.pinned={[[*pair] for pair in pairs]}")
    assert ids(rec.related("frost-0", 3))[:2] == ["strike-0", "prize-1"]
    assert [hit.reasons.pinned for hit in rec.related("frost-0", 3)] == [True, True, False]
    kept = rec.related("frost-0", 3, duplicates="keep")
    assert ids(kept) == ["strike-0", "prize-1", "wire-strike-0"]
    # Of what it is a copy of, an article is no answer, pinned or not.
    assert ids(rec.related("strike-0", 2))[0] == "frost-2"
    shown = rec.related("strike-0", ALL)
    assert "strike-0" not in {i.id for hit in shown for i in (hit, *hit.also_at)}


def test_a_pair_that_is_pinned_and_apart_stays_apart(tmp_path: Path) -> None:
    pairs = "[['frost-0', 'prize-1'], ['frost-0', 'frost-1']]"
    rec = with_rules(tmp_path, f"rules.pinned={pairs}", "rules.apart=[['frost-1', 'frost-0']]")
    assert ids(rec.related("frost-0", ALL))[0] == "prize-1"
    assert "frost-1" not in ids(rec.related("frost-0", ALL))


def test_the_note_counts_pinned_articles_separately(pinned: Recommender) -> None:
    note = pinned.related("frost-0", 10, floor=1).note
    assert note == "no articles are related with a score of 1 or more; 2 more are pinned"
