"""A snapshot: opened without being read, complete, and as it was published."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.dates import NO_DATE
from recommender.errors import SnapshotDamaged
from recommender.snapshot.manifest import MANIFEST
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, FILES
from recommender.snapshot.verify import verify
from recommender.types.article import FACET_NAMES
from recommender.types.rules import Rules
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
    assert {p.name for p in folder.iterdir()} == {*FILES, MANIFEST}
    assert snapshot.manifest.files.keys() == FILES.keys()


def test_no_file_of_a_snapshot_is_a_pickle(folder: Path) -> None:
    for name in ARRAYS:
        assert not np.load(folder / f"{name}.npy", allow_pickle=False).dtype.hasobject
    starts = {path.suffix: path.read_bytes()[:4] for path in folder.iterdir()}
    assert starts == {
        ".npy": b"\x93NUM",
        ".strings": b"STRI",
        ".json": b'{\n "',
        ".faiss": b"IxFI",
    }


def test_the_manifest_counts_what_is_there(snapshot: Snapshot) -> None:
    manifest = snapshot.manifest
    assert (manifest.articles, manifest.texts, manifest.dimension) == (COUNT, COUNT, 32)
    assert manifest.encoder == WordEncoder().spec
    assert manifest.settings["neighbours"]["k"] == 30
    assert len(snapshot.index()) == COUNT


def test_rows_are_sorted_by_id_and_both_ways_agree(snapshot: Snapshot) -> None:
    ids = list(snapshot.ids)
    assert ids == sorted(f"a-{n}" for n in range(COUNT))
    assert [snapshot.lookup.row_of(article_id) for article_id in ids] == list(range(COUNT))


def test_columns_say_what_the_cards_say(snapshot: Snapshot) -> None:
    for row, card in enumerate(snapshot.cards.of(range(COUNT))):
        wanted = article(int(card.id.removeprefix("a-")))
        assert asdict(card) == {name: getattr(wanted, name) for name in asdict(card)}
        for facet in FACET_NAMES:
            code, label = int(getattr(snapshot.arrays, facet)[row]), getattr(card, facet)
            assert code == (-1 if label is None else snapshot.facets[facet][label])
        assert snapshot.arrays.published[row] != NO_DATE


def test_neighbours_and_topics_are_those_planted(snapshot: Snapshot) -> None:
    sections = np.array([card.section for card in snapshot.cards.of(range(COUNT))])
    for text in range(COUNT):
        assert set(sections[snapshot.arrays.neighbours[text, :5]]) == {sections[text]}
    for theme in THEMES:
        assert len(set(snapshot.arrays.topic_of[sections == theme].tolist())) == 1
    sizes = [topic.size for topic in snapshot.topics]
    assert sum(sizes) == COUNT
    assert sizes == sorted(sizes, reverse=True)


def test_neighbours_are_other_texts_in_the_order_of_their_scores(snapshot: Snapshot) -> None:
    neighbours, scores = snapshot.arrays.neighbours, snapshot.arrays.scores
    for text, row in enumerate(neighbours.tolist()):
        assert text not in row
        assert len(set(row)) == len(row) == 30
    assert (np.diff(scores, axis=1) <= 0).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_stories_divide_the_texts(snapshot: Snapshot) -> None:
    arrays = snapshot.arrays
    start = arrays.story_start.tolist()
    stories = [arrays.story_texts[a:b].tolist() for a, b in pairwise(start)]
    assert sorted(text for story in stories for text in story) == list(range(COUNT))
    for number, texts in enumerate(stories):
        assert texts == np.flatnonzero(arrays.story_of == number).tolist()
    assert [len(story) for story in stories] == sorted(map(len, stories), reverse=True)


def test_words_and_phrases_are_read_from_their_strings(snapshot: Snapshot) -> None:
    arrays, vocabulary = snapshot.arrays, " ".join(THEMES.values()).split()
    words = list(snapshot.lexicon)
    assert words == sorted(words)
    assert set(vocabulary) <= set(words)
    assert len(arrays.idf) == len(words)
    phrases = list(snapshot.phrases)
    assert phrases == sorted(phrases)
    assert len(arrays.phrase_names) == len(arrays.phrase_weights) == len(phrases)
    for row, card in enumerate(snapshot.cards.of(range(COUNT))):
        text = int(arrays.text_of[row])
        own = {words[word] for word in arrays.words[text].tolist() if word >= 0}
        theme = set(THEMES[str(card.section)].split())
        assert own & theme
        assert not own & set(vocabulary) - theme


def test_the_settings_and_rules_of_the_night_are_those_that_are_read(tmp_path: Path) -> None:
    overrides = (
        "rules.pinned=[['a-1', 'a-2']]",
        "rules.excluded_sections=['orchard']",
        "rules.embargo={a-3 = 2099-01-01T00:00:00+01:00, a-1 = 2098-01-01T00:00:00Z}",
        "related.floor=0.25",
    )
    publish_planted(tmp_path, 12, overrides=overrides)
    snapshot = verify(Artifacts(tmp_path).snapshots / Artifacts(tmp_path).current())
    embargo = (
        ("a-1", datetime(2098, 1, 1, tzinfo=UTC)),
        ("a-3", datetime(2098, 12, 31, 23, tzinfo=UTC)),
    )
    assert snapshot.rules == Rules((("a-1", "a-2"),), (), ("orchard",), embargo)
    assert snapshot.manifest.settings["related"]["floor"] == 0.25
    assert snapshot.manifest.settings["rules"]["pinned"] == [["a-1", "a-2"]]


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
    for left_out in manifest.files:
        files = {name: entry for name, entry in manifest.files.items() if name != left_out}
        (copy / MANIFEST).write_bytes(replace(manifest, files=files).to_bytes())
        with pytest.raises(SnapshotDamaged, match=rf"manifest\.json does not list {left_out}"):
            Snapshot(copy)


def test_the_index_is_loaded_once_and_by_any_number_of_threads(folder: Path) -> None:
    snapshot = Snapshot(folder)
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda text: snapshot.index().vector(text), range(COUNT)))
    alone = Snapshot(folder).index()
    np.testing.assert_array_equal(vectors, [alone.vector(text) for text in range(COUNT)])
    assert snapshot.index() is snapshot.index()


def test_the_index_holds_expanded_embeddings_near_to_the_plain_ones(snapshot: Snapshot) -> None:
    for text, article_id in enumerate(snapshot.ids):  # no copies: rows are texts
        item = article(int(article_id.removeprefix("a-")))
        plain = WordEncoder().encode([f"{item.title}. {item.text}"]).vectors[0]
        expanded = snapshot.index().vector(text)
        assert np.linalg.norm(expanded) == pytest.approx(1, abs=1e-5)
        assert 0.8 < float(plain @ expanded) < 1 - 1e-6


@pytest.mark.parametrize("count", [1, 2])
def test_the_smallest_snapshots_open_and_verify(tmp_path: Path, count: int) -> None:
    publish_planted(tmp_path, count)
    artifacts = Artifacts(tmp_path)
    snapshot = verify(artifacts.snapshots / artifacts.current())
    assert snapshot.arrays.neighbours.shape == (count, count - 1)
    assert len(snapshot.index()) == count


def test_changes_of_a_deleted_snapshot_are_an_error_of_this_package(
    folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / folder.name))
    snapshot = Snapshot(copy)
    shutil.rmtree(copy)
    with pytest.raises(SnapshotDamaged, match=r"lineage\.json cannot be read"):
        snapshot.changes("topics")
