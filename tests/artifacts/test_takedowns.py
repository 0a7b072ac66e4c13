"""The list of taken-down articles."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import create_list, read_takedowns, restore, take_down
from recommender.errors import NewerFormat, SnapshotDamaged


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path)


def test_nothing_is_taken_down_at_first(artifacts: Artifacts) -> None:
    assert read_takedowns(artifacts) == {}


def test_a_list_is_created_once_and_never_emptied(artifacts: Artifacts) -> None:
    create_list(artifacts)
    assert artifacts.removed.is_file()
    assert read_takedowns(artifacts) == {}
    take_down(artifacts, "a-1")
    before = artifacts.removed.read_bytes()
    create_list(artifacts)
    assert artifacts.removed.read_bytes() == before


def test_a_takedown_keeps_its_first_moment_until_it_is_restored(artifacts: Artifacts) -> None:
    take_down(artifacts, "a-1")
    take_down(artifacts, "a-2")
    first = read_takedowns(artifacts)
    assert set(first) == {"a-1", "a-2"}
    assert datetime.fromisoformat(first["a-1"]).utcoffset() == timedelta(0)
    take_down(artifacts, "a-1")
    assert read_takedowns(artifacts) == first
    restore(artifacts, "a-1")
    restore(artifacts, "never-taken-down")
    assert read_takedowns(artifacts) == {"a-2": first["a-2"]}


def test_a_change_that_changes_nothing_does_not_touch_the_file(artifacts: Artifacts) -> None:
    take_down(artifacts, "a-1")
    before = artifacts.removed.stat()
    take_down(artifacts, "a-1")
    restore(artifacts, "a-2")
    after = artifacts.removed.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=5, unique=True))
def test_any_id_survives_the_file(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    artifacts = Artifacts(tmp_path_factory.mktemp("removed"))
    for article_id in ids:
        take_down(artifacts, article_id)
    assert set(read_takedowns(artifacts)) == set(ids)


def test_no_takedown_is_lost_between_threads(artifacts: Artifacts) -> None:
    ids = [f"a-{n}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda article_id: take_down(artifacts, article_id), ids))
    assert set(read_takedowns(artifacts)) == set(ids)


def test_no_takedown_is_lost_between_processes(artifacts: Artifacts) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from recommender.artifacts.folder import Artifacts\n"
        "from recommender.artifacts.takedowns import take_down\n"
        "for n in range(30): take_down(Artifacts(Path(sys.argv[1])), f'{sys.argv[2]}-{n}')"
    )
    command = [sys.executable, "-c", script, str(artifacts.root)]
    processes = [subprocess.Popen([*command, name]) for name in "xyz"]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert set(read_takedowns(artifacts)) == {f"{name}-{n}" for name in "xyz" for n in range(30)}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"format": 1}', b'{"format": "1", "removed": {}}',
     b'{"format": 1, "removed": []}', b'{"format": 1, "removed": null}', b"\xff\xfe"],
)  # fmt: skip
def test_a_damaged_list_is_never_taken_for_an_empty_one(
    artifacts: Artifacts, content: bytes
) -> None:
    artifacts.removed.write_bytes(content)
    for use in (read_takedowns, lambda a: take_down(a, "a-1"), lambda a: restore(a, "a-1")):
        with pytest.raises(SnapshotDamaged) as caught:
            use(artifacts)
        assert str(artifacts.removed) in str(caught.value)
    assert artifacts.removed.read_bytes() == content


def test_a_list_of_a_newer_version_says_to_upgrade(artifacts: Artifacts) -> None:
    content = json.dumps({"format": 2, "removed": {}, "more": []}).encode()
    artifacts.removed.write_bytes(content)
    for use in (read_takedowns, lambda a: take_down(a, "a-1")):
        with pytest.raises(NewerFormat, match=r"format 2.*pip install --upgrade recommender"):
            use(artifacts)
    assert artifacts.removed.read_bytes() == content
