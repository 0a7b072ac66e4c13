"""The manifest: whole, or refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.embedding.base import EncoderSpec
from recommender.errors import NewerFormat, OlderFormat, SnapshotDamaged, SnapshotError
from recommender.snapshot.manifest import FORMAT, MANIFEST, OLDEST_FORMAT, FileEntry, Manifest

NAME = "20260101T000000Z-0123abcd"
SAMPLE = Manifest(
    name=NAME,
    build="0123abcd" * 4,
    inputs="4567cdef" * 4,
    created=datetime(2026, 1, 1, tzinfo=UTC),
    version="0.1.0",
    articles=3,
    texts=2,
    dimension=32,
    encoder=EncoderSpec("words", None, 60, "f" * 32),
    settings={"topics": {"seed": 0}},
    forced=[],
    files={"ids.strings": FileEntry(10, "ab" * 32)},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / MANIFEST).write_bytes(SAMPLE.to_bytes())
    return folder


def test_what_is_written_is_read(folder: Path) -> None:
    assert Manifest.read(folder) == SAMPLE


@given(
    version=st.text(st.characters(codec="utf-8")),
    settings=st.dictionaries(
        st.text(st.characters(codec="utf-8")),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False)
            | st.text(st.characters(codec="utf-8")),
            lambda inner: st.lists(inner, max_size=3),
        ),
        max_size=4,
    ),
    revision=st.none() | st.text(st.characters(codec="utf-8")),
)
def test_any_values_are_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    version: str,
    settings: dict[str, object],
    revision: str,
) -> None:
    folder = tmp_path_factory.mktemp("manifest") / NAME
    folder.mkdir()
    manifest = replace(
        SAMPLE,
        version=version,
        settings=settings,
        encoder=replace(SAMPLE.encoder, revision=revision),
    )
    (folder / MANIFEST).write_bytes(manifest.to_bytes())
    assert Manifest.read(folder) == manifest


def test_every_flipped_bit_is_noticed(folder: Path) -> None:
    path = folder / MANIFEST
    whole = path.read_bytes()
    meaning = json.loads(whole)
    for position in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[position] ^= 1 << bit
            try:
                unchanged = json.loads(bytes(flipped)) == meaning  # a space for another one
            except ValueError:
                unchanged = False
            if unchanged:
                continue
            path.write_bytes(flipped)
            with pytest.raises(SnapshotError) as caught:
                Manifest.read(folder)
            assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b'"x"', b"1", b"\xff"])
def test_what_is_no_manifest_is_refused_by_name(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(SnapshotDamaged) as caught:
        Manifest.read(folder)
    assert str(folder / MANIFEST) in str(caught.value)


def test_a_missing_manifest_is_refused_by_name(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json cannot be read: No such file"):
        Manifest.read(folder)


def test_another_snapshots_manifest_is_refused(folder: Path) -> None:
    other = replace(SAMPLE, name="20260102T000000Z-0123abcd")
    (folder / MANIFEST).write_bytes(other.to_bytes())
    with pytest.raises(SnapshotDamaged, match=f"belongs to the snapshot {other.name}"):
        Manifest.read(folder)


def test_a_newer_manifest_says_to_upgrade_whatever_else_it_holds(folder: Path) -> None:
    # Its fields and the way it signs itself are not ours to know.
    record = json.loads(SAMPLE.to_bytes()) | {"format": FORMAT + 1, "shards": [1, 2]}
    del record["files"]
    (folder / MANIFEST).write_text(json.dumps(record))
    with pytest.raises(
        NewerFormat, match=f"format {FORMAT + 1}.*pip install --upgrade recommender"
    ):
        Manifest.read(folder)


@pytest.mark.parametrize("version", [0, OLDEST_FORMAT - 1])
def test_an_older_manifest_says_to_publish_again_whatever_else_it_holds(
    folder: Path, version: int
) -> None:
    record = json.loads(SAMPLE.to_bytes()) | {"format": version}
    del record["files"]
    (folder / MANIFEST).write_text(json.dumps(record))
    with pytest.raises(OlderFormat) as caught:
        Manifest.read(folder)
    assert str(caught.value) == (
        f"{folder / MANIFEST} has format {version}, and this version reads format "
        f"{OLDEST_FORMAT} and later; publish the articles again with: recommender nightly SOURCE"
    )
