"""Answers: reasons hold for both texts, hours are right, and notes say why a list is short."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender
from recommender.serving.hits import SHOWN
from recommender.types.related import Related
from tests.planted import STORIES, newsdesk, publish_articles, report

ALL = 100
HOUR = timedelta(hours=1)
LEAST, ADMITTED = " with a score of", " among those admitted"


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("answers")
    rules = ("related.floor=0", "related.diversity=0", "related.closeness=0", "topics.count=2")
    return Recommender.open(publish_articles(folder, newsdesk(), *rules).root)


TEXTS = {a.id: f"{a.title}. {a.text}" for a in newsdesk()}


def words_of(text: str) -> str:
    return f" {' '.join(text.replace('.', ' ').split()).casefold()} "


@pytest.mark.parametrize("asked", sorted(TEXTS))
def test_every_reason_occurs_in_both_texts(rec: Recommender, asked: str) -> None:
    for hit in rec.related(asked, ALL, duplicates="keep"):
        phrases = (*hit.reasons.names, *hit.reasons.phrases)
        assert len(phrases) == len({*phrases}) <= SHOWN
        for phrase in phrases:
            for text in (TEXTS[asked], TEXTS[hit.id]):
                assert f" {phrase.casefold()} " in words_of(text)


def test_the_name_that_only_one_story_holds_is_the_reason_of_its_hits(rec: Recommender) -> None:
    for story, (_, name, _) in STORIES.items():
        first = rec.related(f"{story}-1", 1)[0]
        assert first.reasons.same_story
        assert name in first.reasons.names


def test_hours_apart_are_those_of_the_cards(rec: Recommender) -> None:
    own = rec.article("strike-1").published
    assert own is not None
    for hit in rec.related("strike-1", ALL, duplicates="keep"):
        wanted = None if hit.published is None else round((hit.published - own) / HOUR, 1)
        assert hit.reasons.hours_apart == wanted
    undated = rec.related("frost-5", ALL)
    assert {hit.reasons.hours_apart for hit in undated} == {None}


def test_hits_say_whether_they_are_of_the_same_story_or_copies(rec: Recommender) -> None:
    story = {card.id for card in rec.story_of("strike-1").articles}
    for hit in rec.related("strike-1", ALL, duplicates="keep"):
        assert hit.reasons.same_story == (hit.id in story)
        assert not hit.reasons.duplicate
    copies = [h.id for h in rec.related("strike-0", ALL, duplicates="keep") if h.reasons.duplicate]
    assert {*copies} == {"wire-strike-0", "late-strike-0"}


@pytest.mark.parametrize(
    ("options", "note"),
    [
        ({"floor": 1}, f"no articles are related{LEAST} 1 or more"),
        ({"mode": "story"}, "5 articles are of the same story"),
        ({"floor": 1, "mode": "background"}, f"no articles are background to it{LEAST} 1 or more"),
        ({"floor": 1, "source": "Herald"}, f"no articles are related{LEAST} 1 or more{ADMITTED}"),
        ({"section": "nowhere"}, f"no articles are related{LEAST} 0 or more{ADMITTED}"),
    ],
)  # fmt: skip
def test_a_short_answer_says_why(rec: Recommender, options: dict[str, Any], note: str) -> None:
    assert rec.related("strike-1", ALL, **options).note == note


def test_a_full_answer_has_no_note_and_a_filled_one_counts_its_fillers(rec: Recommender) -> None:
    assert rec.related("strike-1", 5).note is None
    best = rec.related("strike-1", 1)[0]
    filled = rec.related("strike-1", ALL, floor=best.score - 1e-6, fallback="section")
    fillers = len(filled) - 1
    assert fillers > 0
    floor = f"{best.score - 1e-6:g}"
    assert filled.note == (
        f"1 article is related with a score of {floor} or more; {fillers} more are the newest of "
        "its section"
    )


def test_also_at_obeys_the_filters(rec: Recommender) -> None:
    def also(hits: list[Related]) -> set[str]:
        return {card.id for hit in hits for card in hit.also_at if "strike-0" in card.id}

    everything = rec.related("strike-1", ALL)
    assert len(also(everything)) == 2
    narrowed = rec.related("strike-1", ALL, exclude=["late-strike-0"])
    assert len(also(narrowed)) == 1
    assert "late-strike-0" not in also(narrowed)


def test_an_answer_about_an_older_version_names_the_newest_one(tmp_path: Path) -> None:
    old = report("strike", 0)
    new = replace(
        old, id="corrected", url=None, text=old.text + " Nobody was hurt, the port said later.",
        published=old.published + HOUR,
    )  # fmt: skip
    others = [item for item in newsdesk() if "strike-0" not in item.id]
    rec = Recommender.open(publish_articles(tmp_path, [old, new, *others], "related.floor=0").root)
    assert rec.related(old.id).newer == rec.article("corrected")
    assert rec.related("corrected").newer is None
    assert rec.related(old.id).to_dict()["newer"]["id"] == "corrected"
    hits = {hit.id: hit for hit in rec.related("strike-1", ALL)}
    assert "corrected" in hits
    assert old.id not in hits
    assert not hits["corrected"].also_at
    assert rec.related_to_text(old.title, old.text).newer is None
    rec.remove("corrected")
    assert rec.related(old.id).newer is None
    assert old.id in {hit.id for hit in rec.related("strike-1", ALL)}
