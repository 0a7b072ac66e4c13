"""Writing: every file of the schema, as its content says, and a manifest that lists them."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.snapshot.manifest import MANIFEST, Manifest
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, FILES, STRINGS
from recommender.snapshot.verify import verify
from recommender.snapshot.writer import Content, write_snapshot
from tests.planted import publish_planted
from tests.snapshot.content import content_of, with_lists

NAME = "20260101T000000Z-0123abcd"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    root = tmp_path_factory.mktemp("writer") / "artifacts"
    publish_planted(root, 12)
    return with_lists(content_of(Artifacts(root)))


@pytest.fixture
def folder(content: Content, tmp_path: Path) -> Path:
    folder = tmp_path / NAME
    folder.mkdir()
    write_snapshot(folder, content)
    return folder


def test_the_files_are_those_of_the_schema(content: Content, folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {*FILES, MANIFEST}
    verify(folder)


def test_the_manifest_lists_size_and_hash_of_every_file(content: Content, folder: Path) -> None:
    manifest = Manifest.read(folder)
    assert manifest.name == NAME
    assert (manifest.build, manifest.inputs) == (content.build, content.inputs)
    assert manifest.files.keys() == FILES.keys()
    for name, entry in manifest.files.items():
        written = (folder / name).read_bytes()
        assert entry == (len(written), hashlib.sha256(written).hexdigest())


def test_what_is_written_is_read(content: Content, folder: Path) -> None:
    snapshot = Snapshot(folder)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(snapshot.arrays, name), getattr(content.arrays, name))
    for name in STRINGS:
        assert getattr(snapshot.strings, name)[:] == getattr(content.strings, name)[:]
    assert snapshot.topics == content.topics
    assert snapshot.rules == content.rules
    assert snapshot.scoring == content.scoring
    assert {name: [*labels] for name, labels in snapshot.facets.items()} == content.facets
    for kind in ("topics", "stories"):
        assert snapshot.changes(kind) == content.changes[kind]


def test_progress_is_said_of_every_file_but_the_manifest(content: Content, tmp_path: Path) -> None:
    done: list[int] = []
    (tmp_path / NAME).mkdir()
    write_snapshot(tmp_path / NAME, content, done.append)
    assert done == [1] * len(FILES)
