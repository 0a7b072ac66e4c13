"""`recommender boilerplate`: what is cut, from the store of the artifacts or of the settings."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.store.open import open_store, sqlite_url
from recommender.types.passage import Passage
from tests.conftest import Run

PASSAGES = [
    Passage("", "x", "Begins " + "middle " * 100 + "ends", 4, "2026-03-02"),
    Passage("Quay Post", "share this", "Share  this\nnow", 2345, "2026-03-02", kept=True),
    Passage("Quay Post", "log in", "Log in", 12, "2026-03-01"),
]


def keep(file: Path) -> None:
    with open_store(sqlite_url(file)) as store, store.transaction():
        store.set_passages("", PASSAGES[:1])
        store.set_passages("Quay Post", PASSAGES[1:])


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    found = Artifacts(tmp_path)
    keep(found.store)
    return found


def test_passages_are_listed_by_source_those_of_most_articles_first(
    run: Run, artifacts: Artifacts
) -> None:
    done = run("recommender", "boilerplate", "--artifacts", artifacts.root)
    assert done.code == 0
    without, long, quay, share, log_in = done.out.splitlines()
    assert without == "articles without source and URL"
    assert long.split()[:3] == ["4", "2026-03-02", "Begins"]
    assert long.endswith("middle middle ends")
    assert len(long) < 160
    assert quay == "Quay Post"
    assert share.split() == ["2,345", "2026-03-02", "kept", "Share", "this", "now"]
    assert log_in.split() == ["12", "2026-03-01", "Log", "in"]


def test_one_source_as_json(run: Run, artifacts: Artifacts) -> None:
    at = ("--artifacts", artifacts.root)
    done = run("recommender", "boilerplate", "--source", "Quay Post", "--json", *at)
    assert json.loads(done.out) == {"passages": [passage._asdict() for passage in PASSAGES[1:]]}
    none = run("recommender", "boilerplate", "--source", "Herald", "--json", *at)
    assert json.loads(none.out) == {"passages": []}
    said = run("recommender", "boilerplate", "--source", "Herald", *at)
    assert (said.code, said.out) == (0, "nothing of Herald is known to be boilerplate\n")


def test_the_store_of_the_settings_is_read(run: Run, tmp_path: Path) -> None:
    keep(tmp_path / "elsewhere.sqlite")
    (tmp_path / "artifacts").mkdir()
    at = ("--artifacts", tmp_path / "artifacts")
    url = sqlite_url(tmp_path / "elsewhere.sqlite")
    done = run("recommender", "boilerplate", *at, "--set", f"store.url={url}", "--json")
    assert len(json.loads(done.out)["passages"]) == len(PASSAGES)
    missing = run("recommender", "boilerplate", *at)
    assert missing.code == 3
    assert "no nightly run has stored articles there" in missing.err
    assert not (tmp_path / "artifacts" / "store.sqlite").exists()
    assert run("recommender", "boilerplate", "--artifacts", tmp_path / "typo").code == 7
