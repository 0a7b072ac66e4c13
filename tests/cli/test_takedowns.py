"""The commands that remove and restore an article."""

from pathlib import Path

from recommender.artifacts.folder import Artifacts
from tests.conftest import Run


def test_removing_and_restoring(run: Run, published: Artifacts) -> None:
    at = ("--artifacts", published.root)
    assert run("recommender", "remove", "a-5", *at).code == 0
    gone = run("recommend", "a-5", *at)
    assert gone.code == 6
    assert "was removed" in gone.err
    assert run("recommender", "remove", "a-555", *at).code == 6
    assert run("recommender", "restore", "a-6", *at).code == 6
    assert run("recommender", "restore", "a-5", *at).code == 0
    assert run("recommend", "a-5", *at).code == 0


def test_an_article_can_be_removed_while_the_current_snapshot_is_broken(
    run: Run, published: Artifacts
) -> None:
    at = ("--artifacts", published.root)
    (published.snapshots / published.current() / "ids.strings").unlink()
    assert run("recommender", "remove", "a-5", *at).code == 7
    assert run("recommender", "remove", "a-5", "--missing-ok", *at).code == 0
    assert "a-5" in published.removed.read_text()
    elsewhere = run("recommender", "remove", "a-5", "--missing-ok", "--artifacts", "typo")
    assert elsewhere.code == 7
    assert not Path("typo").exists()
