"""A snapshot: opened without being read, complete, and checked to the last byte by `verify`."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts import Artifacts
from recommender.errors import SnapshotDamaged
from recommender.manifest import MANIFEST
from recommender.snapshot import ARRAYS, CARDS, FACETS, INDEX, NO_DATE, TOPICS, Snapshot, verify
from tests.planted import THEMES, WordEncoder, article, publish_planted

COUNT = 40


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    root = tmp_path_factory.mktemp("snapshot") / "artifacts"
    publish_planted(root, COUNT)
    return Artifacts(root)


@pytest.fixture(scope="module")
def folder(artifacts: Artifacts) -> Path:
    return artifacts.snapshots / artifacts.current()


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return Snapshot(folder)


def test_a_snapshot_holds_its_files_and_no_others(folder: Path, snapshot: Snapshot) -> None:
    files = {CARDS, INDEX, TOPICS, FACETS, *(f"{name}.npy" for name in ARRAYS)}
    assert {p.name for p in folder.iterdir()} == files | {MANIFEST}
    assert snapshot.manifest.files.keys() == files


def test_no_file_of_a_snapshot_is_a_pickle(folder: Path) -> None:
    for name in ARRAYS:
        assert not np.load(folder / f"{name}.npy", allow_pickle=False).dtype.hasobject
    starts = {path.suffix: path.read_bytes()[:4] for path in folder.iterdir()}
    assert starts == {
        ".npy": b"\x93NUM",
        ".json": b'{\n "',
        ".sqlite": b"SQLi",
        ".faiss": b"IxFI",
    }


def test_the_manifest_counts_what_is_there(snapshot: Snapshot) -> None:
    manifest = snapshot.manifest
    assert (manifest.articles, manifest.texts, manifest.dimension) == (COUNT, COUNT, 32)
    assert manifest.encoder == WordEncoder().spec
    assert manifest.settings["neighbours"]["k"] == 30
    assert len(snapshot.index()) == COUNT


def test_rows_are_sorted_by_id_and_both_ways_agree(snapshot: Snapshot) -> None:
    ids = list(snapshot.cards.ids())
    assert ids == sorted(f"a-{n}" for n in range(COUNT))
    assert snapshot.ids_of(range(COUNT)) == ids
    assert [snapshot.cards.row_of(article_id) for article_id in ids] == list(range(COUNT))


def test_columns_say_what_the_cards_say(snapshot: Snapshot) -> None:
    for row, card in enumerate(snapshot.cards.of(range(COUNT))):
        wanted = article(int(card.id.removeprefix("a-")))
        assert card._asdict() == {name: getattr(wanted, name) for name in card._fields}
        for facet in ("source", "section", "language"):
            code = int(getattr(snapshot.arrays, facet)[row])
            assert snapshot.facets[facet][getattr(card, facet)] == code
        assert snapshot.arrays.published[row] != NO_DATE


def test_related_lists_and_topics_are_those_planted(snapshot: Snapshot) -> None:
    sections = np.array([card.section for card in snapshot.cards.of(range(COUNT))])
    for text in range(COUNT):
        assert set(sections[snapshot.arrays.related[text, :5]]) == {sections[text]}
    for theme in THEMES:
        assert len(set(snapshot.arrays.topic_of[sections == theme].tolist())) == 1
    sizes = [topic.size for topic in snapshot.topics]
    assert sum(sizes) == COUNT
    assert sizes == sorted(sizes, reverse=True)


def test_verify_accepts_what_was_published_and_returns_it_open(folder: Path) -> None:
    assert verify(folder).name == folder.name


def test_a_renamed_snapshot_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "20990101T000000Z-00000000"
    shutil.copytree(folder, other)
    for use in (Snapshot, verify):
        with pytest.raises(SnapshotDamaged, match=f"belongs to the snapshot {folder.name}"):
            use(other)


def test_a_manifest_that_leaves_out_a_file_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    manifest = Snapshot(copy).manifest
    files = {name: entry for name, entry in manifest.files.items() if name != INDEX}
    (copy / MANIFEST).write_bytes(replace(manifest, files=files).to_bytes())
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json does not list index\.faiss"):
        Snapshot(copy)


def test_the_index_is_loaded_once_and_by_any_number_of_threads(folder: Path) -> None:
    snapshot = Snapshot(folder)
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda text: snapshot.index().vector(text), range(COUNT)))
    rows = [WordEncoder().encode([f"{article(n).title}. {article(n).text}"]).vectors[0]
            for n in (int(i.removeprefix("a-")) for i in snapshot.cards.ids())]  # fmt: skip
    np.testing.assert_array_equal(vectors, rows)
    assert snapshot.index() is snapshot.index()


@pytest.mark.parametrize("count", [1, 2])
def test_the_smallest_snapshots_open_and_verify(tmp_path: Path, count: int) -> None:
    publish_planted(tmp_path, count)
    artifacts = Artifacts(tmp_path)
    snapshot = verify(artifacts.snapshots / artifacts.current())
    assert snapshot.arrays.related.shape == (count, count - 1)
