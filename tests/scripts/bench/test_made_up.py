"""The made-up newsroom is a valid snapshot, whatever the format is today."""

from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.snapshot.verify import verify


def test_a_made_up_newsroom_verifies_and_answers(scripts: None, tmp_path: Path) -> None:
    made_up = pytest.importorskip("made_up")
    name = made_up.publish_made_up(tmp_path, 400)
    verify(Artifacts(tmp_path).snapshots / name)
    rec = Recommender.open(tmp_path)
    answer = rec.related(made_up.article_id(7), 5, section="news", floor=0.0)
    assert len(answer) == 5
    assert {hit.section for hit in answer} == {"news"}
