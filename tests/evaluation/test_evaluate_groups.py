"""Stories and topics of planted articles: the groups are known, the job is the real one."""

import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.errors import InputError, MissingExtra
from recommender.evaluation import evaluate_groups
from recommender.evaluation.clustering_metrics import B_CUBED, PARTITION, b_cubed, partition
from recommender.evaluation.evaluate_groups import (
    ClusteringEvaluation,
    EvaluatedClustering,
    evaluate_stories,
    evaluate_topics,
)
from recommender.evaluation.labelled_set import LabelledSet, read_labelled
from recommender.language.prepare import embedded_text
from recommender.snapshot.reader import Snapshot
from tests.planted import WordEncoder, publish_planted, settings, write_labelled


@pytest.fixture
def labelled(tmp_path: Path) -> LabelledSet:
    """40 articles whose themes are their stories, or their topics."""
    return read_labelled(write_labelled(tmp_path / "labelled.jsonl"), {}, 1000)


def stories(labelled: LabelledSet, split: str | None = None) -> ClusteringEvaluation:
    return evaluate_stories(labelled, settings(), split=split, encoder=WordEncoder())


def topics(labelled: LabelledSet, split: str | None = None) -> ClusteringEvaluation:
    labelled = labelled._replace(kind="topic")
    return evaluate_topics(labelled, settings(), split=split, encoder=WordEncoder())


def by_key(found: ClusteringEvaluation, key: str) -> EvaluatedClustering:
    return next(grouping for grouping in found.groupings if grouping.key == key)


def test_planted_topics_are_found_and_every_article_is_placed(labelled: LabelledSet) -> None:
    found = topics(labelled)
    assert [g.key for g in found.groupings] == ["product", "finest", "kmeans"]
    for grouping in found.groupings:
        assert grouping.figures.mean == pytest.approx(np.ones(len(PARTITION))), grouping.name
        assert grouping.sizes.tolist() == [10, 10, 10, 10]
        assert grouping.unassigned == 0
    assert found.sizes.tolist() == [10, 10, 10, 10]
    assert found.placed == 1
    assert found.npmi is not None
    assert -1 <= found.npmi <= 1
    assert found.diversity == 1
    assert found.ids == [a.id for a in labelled.articles]


def test_linkage_is_best_at_its_best_cosine(labelled: LabelledSet) -> None:
    found = stories(labelled)
    assert [g.key for g in found.groupings] == ["product", "average", "oracle", "components"]
    assert found.placed is None
    assert (found.npmi, found.diversity) == (None, None)
    f1 = {grouping.key: grouping.figures.mean[0] for grouping in found.groupings}
    assert f1["oracle"] == pytest.approx(1)
    assert f1["oracle"] >= f1["average"]


def test_the_groups_are_those_of_a_published_snapshot(
    labelled: LabelledSet, tmp_path: Path
) -> None:
    name = publish_planted(tmp_path / "artifacts").snapshot
    snapshot = Snapshot(Artifacts(tmp_path / "artifacts").snapshots / name)
    rows = [list(snapshot.ids).index(a.id) for a in labelled.articles]
    arrays, true = snapshot.arrays, np.unique(labelled.labels, return_inverse=True)[1]
    for found, of, measure in (
        (stories(labelled), arrays.story_of, b_cubed),
        (topics(labelled), arrays.topic_of, partition),
    ):
        groups = of[arrays.text_of[rows]]
        assert np.array_equal(by_key(found, "product").groups, groups)
        assert np.array_equal(by_key(found, "product").figures.mean, measure(groups, true))


def test_a_split_narrows_what_is_measured_and_not_what_is_grouped(labelled: LabelledSet) -> None:
    some, every = stories(labelled, "val"), stories(labelled)
    kept = [every.ids.index(article_id) for article_id in some.ids]
    assert some.ids == [f"a-{n}" for n in range(40) if n // 4 % 2]
    assert some.articles == 40
    assert np.array_equal(by_key(some, "product").groups, by_key(every, "product").groups[kept])
    with pytest.raises(InputError, match="no article has the split 'test'"):
        stories(labelled, "test")


def test_an_absent_package_is_named_and_an_installed_one_is_compared(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_halves(vectors: np.ndarray, texts: list[str]) -> np.ndarray:
        assert texts == [embedded_text(a.title, a.text) for a in labelled.articles]
        return np.where(np.arange(len(vectors)) < 20, 0, -1)

    monkeypatch.setitem(evaluate_groups.PEERS, "evoc", ("EVoC", in_halves))
    monkeypatch.setitem(sys.modules, "bertopic", None)
    found = topics(labelled)
    assert [line.partition(":")[0] for line in found.left_out] == ["BERTopic is left out"]
    assert found.left_out[0].endswith("to compare with it: pip install bertopic")
    assert by_key(found, "evoc").unassigned == 0.5
    assert by_key(found, "evoc").sizes.tolist() == [20]


def test_too_many_articles_for_linkage_are_measured_without_it(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_groups, "LINKAGE_UP_TO", 39)
    found = stories(labelled)
    assert [g.key for g in found.groupings] == ["product"]
    assert found.left_out == ["linkage is left out: it holds all pairs, of at most 39 articles"]


def test_a_missing_package_is_named_before_anything_is_embedded(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    encoder = WordEncoder()
    with pytest.raises(MissingExtra, match=r"pip install 'recommender\[evaluate\]'"):
        evaluate_topics(labelled, settings(), encoder=encoder)
    assert not encoder.encoded


@pytest.mark.parametrize(("evaluated", "measures"), [(stories, B_CUBED), (topics, PARTITION)])
def test_json_has_the_same_figures(
    labelled: LabelledSet, evaluated: object, measures: tuple[str, ...]
) -> None:
    assert callable(evaluated)
    found = evaluated(labelled)
    plain = found.to_dict()
    assert plain["measures"] == list(measures)
    assert (plain["right"], plain["largest"]) == (4, 10)
    for grouping in found.groupings:
        as_json = plain["groupings"][grouping.key]
        assert as_json["groups"] == grouping.groups.tolist()
        assert as_json["found"] == len(set(as_json["groups"]))
        for column, name in enumerate(measures):
            parts = [as_json["figures"][name][part] for part in ("mean", "low", "high")]
            assert parts == pytest.approx([of[column] for of in grouping.figures], abs=1e-6)
