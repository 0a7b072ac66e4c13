"""Texts that are not in the snapshot: answered like published ones, at the encoder's cost."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Recommender
from recommender.embedding import open as embedding
from recommender.language import compounds
from recommender.types.article import Article
from tests.planted import START, WordEncoder, publish_articles, publish_planted
from tests.serving.newsroom import FILTERS, newsroom


def test_only_a_new_text_loads_the_encoder_and_only_once(root: Path, loads: list[str]) -> None:
    rec = Recommender.open(root)
    rec.related("a-0", 100, section="harbour", since=START)
    rec.related_ids("a-0")
    rec.article("a-0")
    rec.topic_of("a-0")
    rec.topics()
    rec.nearest_ids("a-")
    rec.health()
    assert loads == []
    rec.related_to_text("Harbour", "crane quay")
    rec.related_to_text("Orchard", "apple cider")
    assert loads == [WordEncoder().spec.model]
    publish_planted(root, 60, seed=1)
    rec.related_to_text("Orchard", "apple cider")
    assert loads == [WordEncoder().spec.model]


def test_another_snapshots_encoder_is_loaded_when_it_is_needed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        embedding, "SentenceEncoder", lambda model, **_: WordEncoder(int(model[6:]))
    )
    rec = Recommender.open(root)
    assert rec.related_to_text("Orchard", "apple cider")[0].title.startswith("Orchard")
    publish_planted(root, 60, encoder=WordEncoder(48))
    assert rec.related_to_text("Orchard", "apple cider")[0].title.startswith("Orchard")


@settings(max_examples=60)
@given(asked=st.sampled_from(newsroom()), k=st.integers(0, 60), filters=FILTERS)
def test_a_published_text_gets_the_answers_of_its_article(
    rec: Recommender, asked: Article, k: int, filters: dict[str, Any]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "SentenceEncoder", lambda *_, **__: WordEncoder())
        found = rec.related_to_text(asked.title, asked.text, k, **filters)
    wanted = rec.related(asked.id, k, **filters)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], abs=1e-5)
    assert len({hit.id for hit in found}) == len(found)


@pytest.mark.usefixtures("loads")
def test_answers_to_a_new_text_have_its_theme_and_obey_filters_and_removals(root: Path) -> None:
    rec = Recommender.open(root)
    hits = rec.related_to_text("", "apple cider blossom", 5)
    assert {hit.title.split()[0] for hit in hits} == {"Orchard"}
    rec.remove(hits[0].id)
    left = rec.related_to_text("", "apple cider blossom", 4)
    assert [hit.id for hit in left] == [hit.id for hit in hits[1:]]
    only = rec.related_to_text("apple", "", 100, source="Herald", exclude=[hits[1].id])
    assert only
    assert {hit.source for hit in only} == {"Herald"}
    assert hits[1].id not in {hit.id for hit in only}


@pytest.mark.usefixtures("loads")
def test_the_options_of_a_new_text_are_checked(rec: Recommender) -> None:
    assert rec.related_to_text("apple", "cider", 0) == []
    with pytest.raises(ValueError, match="both empty"):
        rec.related_to_text(" ", "\n")
    with pytest.raises(ValueError, match="k=-1"):
        rec.related_to_text("apple", "cider", -1)
    with pytest.raises(ValueError, match="time zone"):
        rec.related_to_text("apple", "cider", since=datetime(2026, 3, 1))


def test_an_unusable_text_is_refused_before_the_encoder_is_loaded(root: Path) -> None:
    rec = Recommender.open(root)
    for title, text in (("", " "), ("\ud800", ""), ("", "word " * 300_000)):
        with pytest.raises(ValueError):  # noqa: PT011 - a different sentence for each
            rec.related_to_text(title, text)


def test_the_parts_of_compounds_are_compared_in_german(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "SentenceEncoder", lambda *_, **__: WordEncoder())
    texts = [
        "Die Steuer auf schwere Wagen soll steigen, sagte die Ministerin am Montag.",
        "Der Bundestag stimmt noch vor der Sommerpause über eine höhere Steuer ab.",
        "Im Hafen der Stadt liegt seit dem Morgen ein Schiff mit Getreide aus dem Norden.",
    ]
    articles = [Article(f"de-{n}", "", text, START, language="de") for n, text in enumerate(texts)]
    publish_articles(tmp_path, articles)
    rec = Recommender.open(tmp_path)
    question = "Die Kraftfahrzeugsteuer für große Autos wird im Land nicht von allen begrüßt."

    def score() -> float:
        return {hit.id: hit.score for hit in rec.related_to_text("", question, floor=0.0)}["de-0"]

    with_parts = score()
    monkeypatch.setattr(compounds, "COMPOUNDING", frozenset())
    assert score() < with_parts
