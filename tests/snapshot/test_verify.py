"""Verification: what is whole passes, and each number that cannot be right is named by its file.

That altered bytes are found is tested with the other faults; here the bytes are those that were
published, and what they say is wrong.
"""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import recommender.snapshot.verify as room
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.errors import PublishRefused
from recommender.snapshot.publish import Content, publish
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.verify import verify
from tests.planted import publish_planted
from tests.snapshot.test_publish import content_of

POINTING = (
    "neighbours", "words", "phrases", "text_of", "copies", "hash_texts", "story_of", "story_texts",
    "story_central", "stories_by_id", "topic_of", "finest_of", "source", "section", "language",
    "author",
)  # fmt: skip
OFTEN_EMPTY = {"dead_start", "heirs_start", "lists_start"}  # as they are in the first night


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    root = tmp_path_factory.mktemp("verification") / "artifacts"
    publish_planted(root, 12)
    return Artifacts(root)


@pytest.fixture(scope="module")
def content(published: Artifacts) -> Content:
    return content_of(published)


@pytest.fixture
def refused(
    published: Artifacts, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> "Refused":
    monkeypatch.setattr(os, "fsync", lambda _: None)  # of a hundred publications
    shutil.copytree(published.root, tmp_path / "artifacts")
    return Refused(Artifacts(tmp_path / "artifacts"), content)


class Refused:
    """Publishes the same content but for one array, and tells why that was refused."""

    def __init__(self, artifacts: Artifacts, content: Content) -> None:
        self._artifacts, self._content = artifacts, content

    def __call__(self, name: str, array: Array) -> str:
        before = self._artifacts.current()
        arrays = self._content.arrays._replace(**{name: array})
        with pytest.raises(PublishRefused) as caught:
            publish(self._artifacts, replace(self._content, arrays=arrays), keep=3)
        assert self._artifacts.current() == before
        return str(caught.value)

    def column(self, name: str) -> Array:
        """A copy of the array as it was published."""
        array: Array = getattr(self._content.arrays, name).copy()
        return array


def test_what_was_published_passes_and_comes_open(published: Artifacts) -> None:
    snapshot = verify(published.snapshots / published.current())
    assert isinstance(snapshot, Snapshot)
    assert snapshot.name == published.current()


@pytest.mark.parametrize("name", POINTING)
def test_a_number_that_points_outside_is_named(refused: Refused, name: str) -> None:
    column = refused.column(name)
    largest = int(re.search(r"\.\.(-?\d+)$", refused(name, np.full_like(column, 99)))[1])  # type: ignore[index]
    for wrong in (largest + 1, -2 if name not in room._ALWAYS_SOME else -1):
        column = refused.column(name)
        column.flat[-1] = wrong
        assert f"{name}.npy points outside 0..{largest}" in refused(name, column)


@pytest.mark.parametrize("name", [name for name, _ in room._DIVIDED if name not in OFTEN_EMPTY])
def test_slices_that_do_not_divide_what_they_cut_are_named(refused: Refused, name: str) -> None:
    other = dict(room._DIVIDED)[name]
    for place, by in ((0, 1), (-1, -1), (1, -9999)):
        starts = refused.column(name)
        starts[place] += by
        told = refused(name, starts)
        assert f"{name}.npy does not divide {other}.npy" in told or "damaged" in told


@pytest.mark.parametrize(("name", "other"), room._ALIKE)
def test_arrays_of_other_lengths_than_their_fellows_are_named(
    refused: Refused, name: str, other: str
) -> None:
    column = refused.column(name)
    longer = np.concatenate([column, column[-1:]]) if column.ndim == 1 else column[:, :-1]
    told = refused(name, longer)
    assert f"{name}.npy does not match {other}.npy" in told


@pytest.mark.parametrize("name", [*room._OF_PHRASES, "idf"])
def test_what_is_said_of_other_strings_than_there_are_is_named(refused: Refused, name: str) -> None:
    assert f"{name}.npy does not match the" in refused(name, refused.column(name)[:-1])


def test_hashes_of_another_length_and_names_out_of_order_are_named(refused: Refused) -> None:
    hashes = refused.column("hashes")
    assert "hashes.npy does not match hash_texts.npy" in refused("hashes", hashes[:, :-1])
    assert "hashes.npy is damaged: it is not in order" in refused("hashes", hashes[::-1])
    by_id = refused.column("stories_by_id")
    assert "stories_by_id.npy is damaged" in refused("stories_by_id", by_id[::-1])


def test_stories_without_a_central_text_are_named(refused: Refused) -> None:
    central = refused.column("story_central")
    told = refused("story_central", np.append(central, central[-1:]))
    assert "does not match" in told
    assert "story" in told
