"""What is published before a night: read from the pointer, or from what is left."""

import shutil

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.published import NOTHING_PUBLISHED, read_published
from tests.pipeline.newsroom import Newsroom, articles


def test_nothing_is_published_in_an_empty_folder(tmp_path: object, newsroom: Newsroom) -> None:
    assert read_published(newsroom.artifacts) is NOTHING_PUBLISHED


def test_the_current_snapshot_names_its_articles_and_settings(newsroom: Newsroom) -> None:
    first = newsroom.night(*articles(3))
    second = newsroom.night(*articles(4), overrides=["topics.seed=7"])
    found = read_published(newsroom.artifacts)
    assert (found.name, found.ids) == (second.snapshot, ["a-0", "a-1", "a-2", "a-3"])
    assert found.settings["topics"]["seed"] == 7
    newsroom.artifacts.point_to(first.snapshot)
    assert read_published(newsroom.artifacts).ids == ["a-0", "a-1", "a-2"]


@pytest.mark.parametrize("pointer", ["", "20200101T000000Z-00000000\n"])
def test_without_its_pointer_the_newest_snapshot_counts(newsroom: Newsroom, pointer: str) -> None:
    night = newsroom.night(*articles(3))
    newsroom.artifacts.pointer.write_text(pointer)
    assert read_published(newsroom.artifacts).name == night.snapshot
    shutil.rmtree(newsroom.artifacts.snapshots)
    assert read_published(Artifacts(newsroom.artifacts.root)) is NOTHING_PUBLISHED


def test_of_a_damaged_snapshot_only_the_name_is_known(newsroom: Newsroom) -> None:
    night = newsroom.night(*articles(3))
    (newsroom.artifacts.snapshots / night.snapshot / "ids.strings").unlink()
    assert read_published(newsroom.artifacts) == (night.snapshot, None, {}, 0)
