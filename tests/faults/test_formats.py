"""Other formats: newer and older ones say so, and what to do."""

import json
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.errors import NewerFormat, OlderFormat
from recommender.snapshot.manifest import FORMAT, MANIFEST
from recommender.snapshot.publish import rollback
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import LINEAGE, RULES
from recommender.snapshot.stamp import stamp
from recommender.snapshot.verify import verify
from tests.faults.runs import FILES
from tests.planted import publish_planted


def newer_json(path: Path) -> None:
    record = json.loads(path.read_bytes())
    content = path.read_bytes().replace(
        f'"format": {record["format"]}'.encode(), f'"format": {FORMAT + 1}'.encode(), 1
    )
    path.write_bytes(content)


def newer_array(path: Path) -> None:
    content = path.read_bytes()
    build = content[-64:].split(b" build ")[1][:32].decode()
    path.write_bytes(content[:-64] + stamp(build, FORMAT + 1))


@pytest.mark.parametrize("name", [name for name in FILES if name != LINEAGE])
def test_a_file_of_a_newer_format_says_so_and_what_to_do(artifacts: Artifacts, name: str) -> None:
    newer = newer_json if name.endswith(".json") else newer_array
    old, new = artifacts.names()
    artifacts.point_to(old)
    rec = Recommender.open(artifacts.root)
    path = artifacts.snapshots / new / name
    newer(path)
    artifacts.point_to(new)
    wanted = f"{path} has format {FORMAT + 1}, this version reads up to {FORMAT}"
    for use in (lambda: Recommender.open(artifacts.root), lambda: Snapshot(path.parent)):
        with pytest.raises(NewerFormat, match="pip install --upgrade recommender") as caught:
            use()
        assert str(caught.value).startswith(wanted)
    health = rec.health()
    assert (health.ok, health.snapshot) == (False, old)
    assert str(health.error).startswith(wanted)


def test_a_lineage_of_a_newer_format_says_so_when_it_is_read(artifacts: Artifacts) -> None:
    path = artifacts.snapshots / artifacts.current() / LINEAGE
    newer_json(path)
    with pytest.raises(NewerFormat, match="pip install --upgrade recommender"):
        Recommender.open(artifacts.root).changes()


def older(folder: Path, version: int) -> None:
    """Make a snapshot one that an older version wrote, as far as its manifest says."""
    record = json.loads((folder / MANIFEST).read_bytes())
    del record["sha256"], record["files"]["rules.json"]
    (folder / MANIFEST).write_text(json.dumps(record | {"format": version, "sha256": "0" * 64}))
    (folder / RULES).unlink()


@pytest.mark.parametrize("version", [1, 0])
def test_a_snapshot_of_an_older_format_says_so_and_what_to_do(
    artifacts: Artifacts, version: int
) -> None:
    old, new = artifacts.names()
    older(artifacts.snapshots / old, version)
    rec = Recommender.open(artifacts.root)
    for use in (
        lambda: rollback(artifacts),
        lambda: Snapshot(artifacts.snapshots / old),
        lambda: verify(artifacts.snapshots / old),
    ):
        with pytest.raises(
            OlderFormat, match="again with: recommender nightly SOURCE --artifacts"
        ) as no:
            use()
        assert str(no.value).startswith(f"{artifacts.snapshots / old / MANIFEST} has format ")
        assert f"format {version}, and this version reads format" in str(no.value)
    assert artifacts.current() == new
    assert rec.health().ok


def test_a_night_replaces_a_snapshot_of_an_older_format_that_nobody_can_read(
    artifacts: Artifacts,
) -> None:
    old, new = artifacts.names()
    for name in (old, new):
        older(artifacts.snapshots / name, 1)
    with pytest.raises(OlderFormat, match="again with: recommender nightly SOURCE --artifacts"):
        Recommender.open(artifacts.root)
    night = publish_planted(artifacts.root, 40, overrides=["publish.keep=2"])
    assert Recommender.open(artifacts.root).health().snapshot == night.snapshot
    assert artifacts.names() == [new, night.snapshot]
