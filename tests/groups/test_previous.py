"""Last night's groups: read as they were published, from the last intact snapshot."""

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.groups.previous import NO_PREVIOUS_GROUPS, read_previous
from recommender.snapshot.publish import rollback
from recommender.snapshot.reader import Snapshot
from tests.nightly_process import run_edition
from tests.planted import newsdesk, publish_articles


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("previous") / "artifacts"
    for number in range(3):
        run_edition(root, 24, number)
    return root


@pytest.fixture
def artifacts(editions: Path, tmp_path: Path) -> Artifacts:
    shutil.copytree(editions, tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


def damage(artifacts: Artifacts, name: str) -> None:
    path = artifacts.snapshots / name / "story_of.npy"
    content = bytearray(path.read_bytes())
    content[-80] ^= 1  # in the data, before the stamp
    path.write_bytes(content)


def test_without_a_snapshot_there_are_no_previous_groups(tmp_path: Path) -> None:
    assert read_previous(Artifacts(tmp_path)) is NO_PREVIOUS_GROUPS


def test_groups_are_those_that_were_published(artifacts: Artifacts) -> None:
    previous = read_previous(artifacts)
    snapshot = Snapshot(artifacts.snapshots / artifacts.current())
    arrays = snapshot.arrays
    assert previous.name == snapshot.name
    assert (previous.build, previous.inputs) == (snapshot.manifest.build, snapshot.manifest.inputs)
    for row, article_id in enumerate(previous.ids):
        assert snapshot.lookup.row_of(article_id) == row
        text = arrays.text_of[row]
        story_id = previous.story_ids[previous.story_of[row]]
        assert snapshot.lookup.story_of(story_id) == arrays.story_of[text]
        assert previous.topics[previous.topic_of[row]].level == 1
    assert previous.topics == snapshot.topics
    assert np.array_equal(previous.finest_of, arrays.finest_of[arrays.text_of])
    for story, lead in zip(previous.story_of, previous.ids, strict=True):
        assert previous.story_of[previous.ids.index(previous.story_leads[story])] == story, lead


def test_a_text_whose_best_score_is_the_floor_counts_as_one_with_a_related_article(
    tmp_path: Path,
) -> None:
    def empty_share(floor: float) -> float:
        rules = (f"related.floor={floor!r}", "publish.keep=1")
        artifacts = publish_articles(tmp_path, newsdesk(), *rules)
        return read_previous(artifacts).empty_share

    artifacts = publish_articles(tmp_path, newsdesk())
    arrays = Snapshot(artifacts.snapshots / artifacts.current()).arrays
    best = np.sort(arrays.scores.max(axis=1))
    third = float(best[3])
    below = int((best < best[3]).sum())
    assert 0 < below <= 3
    assert empty_share(third) == below / len(best)
    higher = float(np.nextafter(best[3], np.float32(1)))
    assert empty_share(higher) == int((best <= best[3]).sum()) / len(best)


def test_a_damaged_snapshot_is_skipped_and_logged(
    artifacts: Artifacts, caplog: pytest.LogCaptureFixture
) -> None:
    names = artifacts.names()
    damage(artifacts, names[-1])
    with caplog.at_level(logging.WARNING):
        assert read_previous(artifacts).name == names[-2]
    (record,) = caplog.records
    assert record.__dict__["snapshot"] == names[-1]
    assert "story_of.npy" in record.__dict__["error"]


def test_if_all_snapshots_are_damaged_there_are_no_previous_groups(artifacts: Artifacts) -> None:
    for name in artifacts.names():
        damage(artifacts, name)
    assert read_previous(artifacts) is NO_PREVIOUS_GROUPS


def test_a_snapshot_that_was_rolled_back_is_not_read(artifacts: Artifacts) -> None:
    names = artifacts.names()
    rollback(artifacts, names[1])
    assert read_previous(artifacts).name == names[1]
    damage(artifacts, names[1])
    assert read_previous(artifacts).name == names[0]


def test_with_a_broken_pointer_the_newest_snapshot_is_read(artifacts: Artifacts) -> None:
    artifacts.pointer.write_text("nonsense\n")
    assert read_previous(artifacts).name == artifacts.names()[-1]
