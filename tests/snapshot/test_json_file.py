"""JSON files: read back as written, and refused where they are not what was published."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import NewerFormat, SnapshotDamaged
from recommender.snapshot.json_file import (
    changes_of,
    encode,
    read_json,
    record_of_changes,
    record_of_rules,
    record_of_topics,
    rules_of,
    topics_of,
)
from recommender.snapshot.manifest import FORMAT, FileEntry, Manifest
from recommender.types.groups import Change, Keyword, Topic
from recommender.types.rules import Rules
from tests.snapshot.test_manifest import SAMPLE

texts = st.text(st.characters(codec="utf-8"), max_size=5)
weights = st.floats(0, 10)
topics = st.builds(
    Topic,
    id=texts,
    label=texts,
    size=st.integers(0, 10**9),
    keywords=st.lists(st.builds(Keyword, texts, weights), max_size=3).map(tuple),
    level=st.integers(1, 3),
    parent=st.none() | texts,
    representatives=st.lists(texts, max_size=3).map(tuple),
)
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
rules = st.builds(
    Rules,
    pinned=pairs,
    apart=pairs,
    excluded_sections=st.lists(texts, max_size=3).map(tuple),
    embargo=st.lists(st.tuples(texts, st.datetimes(timezones=st.just(UTC))), max_size=3).map(tuple),
)
changes = st.builds(
    Change, texts, texts, texts, st.lists(texts).map(tuple), st.integers(), st.integers()
)


def written(path: Path, record: dict[str, object]) -> Manifest:
    """Write a JSON file; return a manifest that lists it."""
    content = encode(SAMPLE.build, record)
    path.write_bytes(content)
    entry = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    return replace(SAMPLE, files={path.name: entry})


def through_json(record: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = json.loads(encode(SAMPLE.build, record))
    return found


@given(st.lists(topics, max_size=4))
def test_topics_are_read_as_written(given: list[Topic]) -> None:
    assert topics_of(through_json(record_of_topics(given))) == tuple(given)


@given(rules)
def test_rules_are_read_as_written(given: Rules) -> None:
    assert rules_of(through_json(record_of_rules(given))) == given


@given(st.lists(changes, max_size=4))
def test_changes_are_read_as_written(given: list[Change]) -> None:
    record = through_json(record_of_changes({"topics": given, "stories": ()}))
    assert changes_of(record, "topics") == tuple(given)
    assert changes_of(record, "stories") == ()


def test_moments_of_other_zones_are_the_same_moments() -> None:
    midnight = datetime(2026, 4, 1, tzinfo=timezone(timedelta(hours=2)))
    given = Rules(embargo=(("a-1", midnight),))
    assert rules_of(through_json(record_of_rules(given))) == given


def test_a_file_is_read_whose_hash_the_manifest_lists(tmp_path: Path) -> None:
    path = tmp_path / "facets.json"
    manifest = written(path, {"facets": {"section": ["Größe"]}})
    assert read_json(path, manifest)["facets"] == {"section": ["Größe"]}
    path.write_bytes(path.read_bytes().replace(b"section", b"sections"))
    with pytest.raises(SnapshotDamaged, match=r"facets\.json was altered"):
        read_json(path, manifest)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b"\xff", b'{"format": "x"}'])
def test_another_content_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facets.json"
    manifest = written(path, {})
    path.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match=r"facets\.json is unreadable"):
        read_json(path, manifest)


def test_a_file_of_another_build_or_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facets.json"
    manifest = written(path, {})
    with pytest.raises(SnapshotDamaged, match=f"another snapshot.*{SAMPLE.build}"):
        read_json(path, replace(manifest, build="f" * 32))
    path.write_text(json.dumps({"format": FORMAT + 1, "build": "whatever"}))
    with pytest.raises(NewerFormat, match="pip install --upgrade"):
        read_json(path, manifest)
