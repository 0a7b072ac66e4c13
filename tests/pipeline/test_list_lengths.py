"""How long the related lists of a snapshot are."""

import logging
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.pipeline import list_lengths as module
from recommender.pipeline.list_lengths import PAGE, ListLengths, list_lengths, measure_lists
from recommender.types.related import Related
from tests.planted import newsdesk, publish_articles


def hits(passing: int, filling: int) -> list[Related]:
    plain = Related("a", 0.5, "", None, None, None, None, None, None)
    fill = Related("b", 0.3, "", None, None, None, None, None, None, fill=True)
    return [plain] * passing + [fill] * filling


def test_a_list_is_full_filled_short_or_empty() -> None:
    answers = [hits(5, 0), hits(4, 1), hits(0, 5), hits(4, 0), hits(1, 1), hits(0, 0)]
    found = list_lengths(answers)
    assert found == ListLengths(full=1, filled=2, short=2, empty=1)
    assert found.shares == {"full": 0.1667, "filled": 0.3333, "short": 0.3333, "empty": 0.1667}


def test_no_lists_have_no_shares() -> None:
    assert list_lengths([]).shares == {}


def test_a_published_snapshot_is_asked_as_a_page_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts = publish_articles(tmp_path, newsdesk(), "related.floor=0.88")
    rec = Recommender.open(artifacts.root)
    wanted = list_lengths(rec.related(i, PAGE) for i in rec.ids()).shares
    assert measure_lists(artifacts) == wanted
    assert len([share for share in wanted.values() if share]) > 1
    monkeypatch.setattr(module, "ASKED", 10)  # every fourth of 39
    some = [*rec.ids()][::4]
    assert measure_lists(artifacts) == list_lengths(rec.related(i, PAGE) for i in some).shares


def test_what_cannot_be_asked_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    artifacts = publish_articles(tmp_path, newsdesk())
    artifacts.removed.write_text("no list")
    with caplog.at_level(logging.WARNING, "recommender"):
        assert measure_lists(artifacts) == {}
    assert "could not measure the related lists" in caplog.text
