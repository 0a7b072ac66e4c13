"""Related articles of planted articles: the answers are known, job and `Recommender` are real."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.errors import InputError, MissingExtra
from recommender.evaluation.evaluate_related import (
    METHODS,
    RankingEvaluation,
    by_default,
    by_relevance,
    evaluate_related,
)
from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.evaluation.ranking_metrics import MEASURES, measure
from recommender.serving.recommender import Recommender
from recommender.types.related import Related
from tests.planted import WordEncoder, publish_planted, settings, theme_of, write_labelled


@pytest.fixture
def labelled(tmp_path: Path) -> LabelledSet:
    return read_labelled(write_labelled(tmp_path / "labelled.jsonl"), {}, 1000)


def evaluated(labelled: LabelledSet, split: str | None = None) -> RankingEvaluation:
    return evaluate_related(labelled, settings(), split=split, encoder=WordEncoder())


def test_a_planted_answer_is_found_by_every_ranking(labelled: LabelledSet) -> None:
    found = evaluated(labelled)
    assert [ranking.key for ranking in found.rankings] == list(METHODS)
    assert (found.articles, found.stories, found.without_answer) == (40, 4, 0)
    assert found.queries == [a.id for a in labelled.articles]
    for ranking in found.rankings:
        assert ranking.values.shape == (40, len(MEASURES))
        assert dict(zip(MEASURES, ranking.figures.mean, strict=True)) == pytest.approx(
            dict.fromkeys(MEASURES, 1.0)
        ), ranking.name


def test_the_product_is_asked_and_not_a_copy_of_it(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    related = Recommender.related

    def worst_first(self: Recommender, article_id: str, k: int = 10, **how: Any) -> list[Related]:
        asked.append(article_id)
        return related(self, article_id, k, **how)[::-1]

    monkeypatch.setattr(Recommender, "related", worst_first)
    by_key = {ranking.key: ranking.figures.mean for ranking in evaluated(labelled).rankings}
    assert set(asked) == {a.id for a in labelled.articles}
    assert by_key["relevance"][0] < 0.1  # backwards, the other themes come first
    assert by_key["dense"][0] == pytest.approx(1)


def test_figures_are_those_of_the_answers_that_a_page_gets(
    labelled: LabelledSet, tmp_path: Path
) -> None:
    # Labels that do not follow the themes: what is labelled alike is not what is near.
    codes = np.array([n // 3 % 4 for n in range(40)])
    shuffled = evaluated(labelled._replace(labels=[f"story {code}" for code in codes]))
    publish_planted(tmp_path / "artifacts")
    recommender = Recommender.open(tmp_path / "artifacts")
    for key, ask in (("relevance", by_relevance), ("default", by_default)):
        lists = [[int(h.id[2:]) for h in ask(recommender, f"a-{n}", 39)] for n in range(40)]
        padded = np.array([found + [-1] * (39 - len(found)) for found in lists], dtype=np.int32)
        expected = measure(padded, np.arange(40), codes)
        found = next(ranking.values for ranking in shuffled.rankings if ranking.key == key)
        assert np.array_equal(found, expected)
        assert 0 < found.mean() < 1


def test_a_split_narrows_the_queries_and_not_the_candidates(labelled: LabelledSet) -> None:
    found = evaluated(labelled, "val")
    assert found.queries == [f"a-{n}" for n in range(40) if n // 4 % 2]
    assert found.articles == 40
    everything = evaluated(labelled)
    kept = [everything.queries.index(query) for query in found.queries]
    for some, every in zip(found.rankings, everything.rankings, strict=True):
        assert np.array_equal(some.values, every.values[kept])


def test_an_article_alone_with_its_story_is_only_counted(
    labelled: LabelledSet,
) -> None:
    found = evaluated(labelled._replace(labels=["alone", *labelled.labels[1:]]))
    assert found.without_answer == 1
    assert "a-0" not in found.queries


def test_a_split_that_does_not_exist_or_has_no_answer_is_refused(labelled: LabelledSet) -> None:
    with pytest.raises(InputError, match=r"no article has the split 'test'.*train \(20\), val"):
        evaluated(labelled, "test")
    with pytest.raises(InputError, match="none has any; ask without --split"):
        evaluated(labelled._replace(splits=[None] * 40), "val")
    alone = labelled._replace(
        labels=["alone", *labelled.labels[1:]], splits=["val", *["train"] * 39]
    )
    with pytest.raises(InputError, match="no other article has the story of any article of the"):
        evaluated(alone, "val")


def test_copies_of_one_text_are_candidates_of_their_own(labelled: LabelledSet) -> None:
    first = labelled.articles[0]
    twins = [replace(first, id=f"twin-{n}") for n in range(2)]
    found = evaluated(
        labelled._replace(
            articles=[*labelled.articles, *twins],
            labels=[*labelled.labels, theme_of(0), theme_of(0)],
            splits=[*labelled.splits, None, None],
        )
    )
    assert found.articles == 42
    dense = next(r for r in found.rankings if r.key == "dense")
    assert dense.figures.mean[0] == pytest.approx(1)


def test_a_missing_package_is_named_before_anything_is_embedded(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    encoder = WordEncoder()
    with pytest.raises(MissingExtra, match=r"pip install 'recommender\[evaluate\]'"):
        evaluate_related(labelled, settings(), encoder=encoder)
    assert not encoder.encoded


def test_json_has_the_same_figures(labelled: LabelledSet) -> None:
    found = evaluated(labelled, "val")
    plain = found.to_dict()
    assert plain["measures"] == list(MEASURES)
    assert set(plain["rankings"]) == set(METHODS)
    for ranking in found.rankings:
        as_json = plain["rankings"][ranking.key]
        assert as_json["values"] == ranking.values.round(6).tolist()
        assert as_json["figures"]["P@1"]["mean"] == pytest.approx(ranking.figures.mean[1], abs=1e-6)
    assert plain["query_stories"] == [labelled.labels[int(q[2:])] for q in plain["queries"]]
