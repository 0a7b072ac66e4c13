"""The benchmark's made-up newsroom is a snapshot like any other, whatever the format is today."""

from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts import Artifacts
from recommender.snapshot import verify


def test_the_made_up_newsroom_is_whole_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "scripts"))
    made_up = pytest.importorskip("made_up")
    name = made_up.publish_made_up(tmp_path, 400, threads=1)
    verify(Artifacts(tmp_path).snapshots / name)
    rec = Recommender.open(tmp_path)
    answer = rec.related(made_up.article_id(7), 5, section="news", floor=0.0)
    assert len(answer) == 5
    assert {hit.section for hit in answer} == {"news"}
