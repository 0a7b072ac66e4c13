"""Publishing: all or nothing, named in order, pruned, and the way back."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from recommender import Recommender
from recommender._typing import Array
from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.errors import NoSnapshot, PublishRefused, SnapshotDamaged, StorageError
from recommender.knn.index import Index
from recommender.snapshot.manifest import MANIFEST
from recommender.snapshot.publish import clean, prune, publish, rollback
from recommender.snapshot.schema import ARRAYS, FILES, STRINGS
from recommender.snapshot.string_table import StringTable
from recommender.snapshot.verify import verify
from recommender.snapshot.writer import Content
from recommender.types.rules import Rules
from tests.planted import publish_planted
from tests.snapshot.content import content_of


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("publish") / "artifacts"
    publish_planted(root, 12)
    return root


@pytest.fixture
def artifacts(template: Path, tmp_path: Path) -> Artifacts:
    shutil.copytree(template, tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


def in_snapshots(artifacts: Artifacts) -> list[str]:
    return sorted(p.name for p in artifacts.snapshots.iterdir())


def test_what_is_published_is_current_whole_and_alone(artifacts: Artifacts) -> None:
    content = content_of(artifacts)
    name = publish(artifacts, content, keep=1)
    assert artifacts.current() == name
    assert name.endswith(f"-{content.build[:8]}")
    snapshot = verify(artifacts.snapshots / name)
    assert snapshot.topics == content.topics
    assert snapshot.scoring == content.scoring
    for array in ARRAYS:
        np.testing.assert_array_equal(
            getattr(snapshot.arrays, array), getattr(content.arrays, array)
        )
    for table in STRINGS:
        assert getattr(snapshot.strings, table)[:] == getattr(content.strings, table)[:]
    assert in_snapshots(artifacts) == [name]


def test_the_same_content_gives_the_same_bytes_but_for_the_manifest(artifacts: Artifacts) -> None:
    content = content_of(artifacts)
    names = [publish(artifacts, content, keep=9) for _ in range(2)]
    first, second = (
        {p.name: p.read_bytes() for p in (artifacts.snapshots / name).iterdir()} for name in names
    )
    assert first.pop(MANIFEST) != second.pop(MANIFEST)
    assert first == second


def test_rules_are_read_back_as_they_were_set(artifacts: Artifacts) -> None:
    midnight = datetime(2026, 4, 1, tzinfo=timezone(timedelta(hours=2)))
    rules = Rules(
        pinned=(("a-1", "a-2"), ("a-1", 'Größe "x"')),
        apart=(("a-3", "a-4"),),
        excluded_sections=("harbour", "東"),
        embargo=(("a-5", midnight), ("a-6", datetime(2026, 4, 1, 1, 2, 3, 4, tzinfo=UTC))),
    )
    name = publish(artifacts, replace(content_of(artifacts), rules=rules), keep=1)
    assert verify(artifacts.snapshots / name).rules == rules


def test_progress_counts_every_file_but_the_manifest(artifacts: Artifacts) -> None:
    done: list[int] = []
    name = publish(artifacts, content_of(artifacts), 1, done.append)
    assert done == [1] * len(FILES)
    assert len(list((artifacts.snapshots / name).iterdir())) - 1 == len(FILES)


def test_names_sort_by_age_within_one_second_and_when_the_clock_went_back(
    artifacts: Artifacts,
) -> None:
    content = content_of(artifacts)
    names = [publish(artifacts, content, keep=9) for _ in range(3)]
    assert artifacts.names()[1:] == names
    ahead = f"{datetime.now(UTC) + timedelta(days=400):%Y%m%dT%H%M%SZ}-ffffffff"
    (artifacts.snapshots / artifacts.names()[0]).rename(artifacts.snapshots / ahead)
    name = publish(artifacts, content, keep=1)
    assert name > ahead
    assert artifacts.names() == [name]


def test_the_newest_are_kept_and_the_current_one_however_old(artifacts: Artifacts) -> None:
    content = content_of(artifacts)
    first = artifacts.current()
    names = [first, *(publish(artifacts, content, keep=9) for _ in range(4))]
    rollback(artifacts, first)
    assert prune(artifacts, keep=2) == names[1:3]
    assert in_snapshots(artifacts) == [first, *names[3:]]
    assert prune(artifacts, keep=2) == []


def out_of_range(array: Array, value: int) -> Array:
    changed = np.array(array)
    changed.flat[0] = value
    return changed


OUTSIDE = [
    (name, value)
    for name, file in ARRAYS.items()
    if file.points_to and not file.optional
    for value in ((-2, 2**31 - 1) if file.none else (-2, -1, 2**31 - 1))
]


@pytest.mark.parametrize(("name", "value"), OUTSIDE)
def test_a_snapshot_that_points_outside_itself_is_refused(
    artifacts: Artifacts, name: str, value: int
) -> None:
    content, before = content_of(artifacts), artifacts.current()
    bad = content.arrays._replace(**{name: out_of_range(getattr(content.arrays, name), value)})
    with pytest.raises(PublishRefused, match=f"not published.*{name}"):
        publish(artifacts, replace(content, arrays=bad), keep=1)
    assert artifacts.current() == before
    assert in_snapshots(artifacts) == [before]


def with_array(content: Content, name: str, array: Array) -> Content:
    return replace(content, arrays=content.arrays._replace(**{name: array}))


def with_strings(content: Content, name: str, strings: list[str]) -> Content:
    table = StringTable.from_strings(strings)
    return replace(content, strings=content.strings._replace(**{name: table}))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: with_array(c, "scores", c.arrays.scores[:, :2]),
        lambda c: with_array(c, "published", c.arrays.published[:-1]),
        lambda c: with_array(c, "text_of", c.arrays.text_of.astype(np.int64)),
        lambda c: with_strings(c, "cards", c.strings.cards[:-1]),
        lambda c: with_array(c, "words", c.arrays.words[:, 1:]),
        lambda c: with_array(c, "hubness", c.arrays.hubness[:-1]),
        lambda c: with_array(c, "idf", c.arrays.idf[:-1]),
        lambda c: with_strings(c, "lexicon", c.strings.lexicon[:-1]),
        lambda c: with_array(c, "phrase_names", np.ones(3, dtype=bool)),
        lambda c: with_array(c, "phrase_weights", np.ones(3, np.float32)),
        lambda c: with_array(c, "story_start", c.arrays.story_start[1:]),
        lambda c: with_array(c, "story_start", c.arrays.story_start[:0]),
        lambda c: with_array(c, "copies_start", c.arrays.copies_start[::-1]),
        lambda c: replace(c, index=Index.build(np.eye(3, dtype=np.float32))),
    ],
    ids=["scores too narrow", "a date missing", "a wrong type", "a card missing",
         "words too narrow", "a hubness missing", "an idf missing", "a word missing",
         "names of other phrases", "weights of other phrases", "a story missing",
         "no stories at all", "copies backwards", "another index"],
)  # fmt: skip
def test_a_snapshot_whose_parts_do_not_fit_is_refused(
    artifacts: Artifacts, change: Callable[[Content], Content]
) -> None:
    content, before = content_of(artifacts), artifacts.current()
    with pytest.raises(PublishRefused):
        publish(artifacts, change(content), keep=1)
    assert artifacts.current() == before
    assert in_snapshots(artifacts) == [before]


def test_a_folder_that_cannot_be_written_is_a_storage_error(artifacts: Artifacts) -> None:
    content = content_of(artifacts)
    other = Artifacts(artifacts.root / "other")
    other.root.mkdir()
    other.snapshots.write_text("a file in the way")
    with pytest.raises(StorageError, match="then run again") as caught:
        publish(other, content, keep=1)
    assert str(other.snapshots) in str(caught.value)


def test_rolling_back_goes_to_the_one_before_and_by_name(artifacts: Artifacts) -> None:
    content = content_of(artifacts)
    first = artifacts.current()
    second, third = (publish(artifacts, content, keep=9) for _ in range(2))
    assert rollback(artifacts) == artifacts.current() == second
    assert rollback(artifacts) == artifacts.current() == first
    with pytest.raises(NoSnapshot, match=f"no snapshot older than {first}"):
        rollback(artifacts)
    assert rollback(artifacts, third) == artifacts.current() == third


@pytest.mark.parametrize("name", ["nonsense", "", "../snapshots", "20260101T000000Z-00000000"])
def test_rolling_back_to_no_snapshot_lists_those_there_are(artifacts: Artifacts, name: str) -> None:
    before = artifacts.current()
    with pytest.raises(NoSnapshot, match=f"there are: {before}"):
        rollback(artifacts, name)
    assert artifacts.current() == before


def test_rolling_back_to_a_damaged_snapshot_is_refused(artifacts: Artifacts) -> None:
    first = artifacts.current()
    second = publish(artifacts, content_of(artifacts), keep=9)
    path = artifacts.snapshots / first / "scores.npy"
    whole = bytearray(path.read_bytes())
    whole[200] ^= 1
    path.write_bytes(whole)
    with pytest.raises(SnapshotDamaged, match=r"scores\.npy was altered"):
        rollback(artifacts, first)
    assert artifacts.current() == second


def test_rolling_back_by_name_mends_a_broken_pointer(artifacts: Artifacts) -> None:
    name = artifacts.current()
    artifacts.pointer.write_text("nonsense\n")
    rollback(artifacts, name)
    assert Recommender.open(artifacts.root).health().snapshot == name


def test_what_cannot_be_deleted_stops_no_night(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    first = artifacts.current()
    publish_planted(artifacts.root, 12, seed=1)
    left = artifacts.snapshots / f"{ASIDE_PREFIX}1234"
    left.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("os.rmdir", refuse)
        patch.setattr("os.unlink", refuse)
        assert prune(artifacts, keep=1) == [first]
        assert clean(artifacts) == [left.name, f"{ASIDE_PREFIX}{first}"]
    assert clean(artifacts) == [left.name, f"{ASIDE_PREFIX}{first}"]  # the next night tries again
    assert in_snapshots(artifacts) == [artifacts.current()]


def test_cleaning_deletes_what_was_half_written_and_nothing_else(artifacts: Artifacts) -> None:
    name = artifacts.current()
    for left in (f"{ASIDE_PREFIX}1234", f"{ASIDE_PREFIX}{name}"):
        (artifacts.snapshots / left / "inside").mkdir(parents=True)
        (artifacts.snapshots / left / "inside" / "file").touch()
    assert clean(artifacts) == sorted([f"{ASIDE_PREFIX}1234", f"{ASIDE_PREFIX}{name}"])
    assert in_snapshots(artifacts) == [name]
    assert clean(artifacts) == []
    assert clean(Artifacts(artifacts.root / "absent")) == []
