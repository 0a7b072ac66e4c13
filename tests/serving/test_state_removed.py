"""Removed articles: in no answer, of any process, at once and after the next publication."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.errors import NewerFormat, RemovedArticle, SnapshotDamaged
from recommender.snapshot.publish import rollback
from tests.planted import START, article, publish_articles
from tests.serving.newsroom import SHORT, Oracle, agree, everything_answered, newsroom, passes


def test_a_removed_article_is_in_no_answer_and_a_restored_one_is_again(root: Path) -> None:
    rec, other = Recommender.open(root), Recommender.open(root)
    before = everything_answered(rec)
    assert "a-12" in before
    rec.remove("a-12")
    for reader in (rec, other, Recommender.open(root)):
        assert everything_answered(reader) == before - {"a-12"}
        for ask in (
            reader.related,
            reader.related_ids,
            reader.article,
            reader.topic_of,
        ):
            with pytest.raises(UnknownArticle, match="'a-12' was removed"):
                ask("a-12")
    other.restore("a-12")
    for reader in (rec, other, Recommender.open(root)):
        assert everything_answered(reader) == before


@pytest.mark.parametrize("filters", [{}, {"section": "harbour"}, {"since": START}], ids=str)
def test_lists_stay_full_after_removals(
    root: Path, oracle: Oracle, filters: dict[str, Any]
) -> None:
    rec = Recommender.open(root)
    removed: list[str] = []
    for _ in range(8):
        admitted = [a for a in oracle.articles if passes(a, filters) and a.id not in removed]
        for k in (1, 5, 100):
            agree(rec.related("a-0", k, **filters), oracle.related("a-0", admitted), k)
        removed.append(rec.related("a-0", 1, **filters)[0].id)
        rec.remove(removed[-1])


def test_the_next_copy_takes_the_place_of_a_removed_one(root: Path) -> None:
    rec = Recommender.open(root)
    copies = ["copy-0-of-3", "a-3", "copy-1-of-3"]
    for leading in copies:
        assert {hit.id for hit in rec.related("a-11", 100)} & set(copies) == {leading}
        rec.remove(leading)
    assert not {hit.id for hit in rec.related("a-11", 100)} & set(copies)


OTHER_PROCESS = """
import sys
from recommender import Recommender, UnknownArticle
rec = Recommender.open(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    verb, article_id = line.split()
    try:
        if verb == "remove":
            rec.remove(article_id)
        elif verb == "restore":
            rec.restore(article_id)
        else:
            rec.article(article_id)
        print("done", flush=True)
    except UnknownArticle:
        print("unknown", flush=True)
"""


@pytest.fixture
def other_process(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that reads the same artifacts."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin
        process.stdin.close()


def reply(process: "subprocess.Popen[str]", request: str) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write(request + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_removal_is_seen_at_once_by_other_processes(
    root: Path, other_process: "subprocess.Popen[str]"
) -> None:
    rec = Recommender.open(root)
    for n in range(20):
        assert reply(other_process, f"ask a-{n}") == "done"
        rec.remove(f"a-{n}")
        assert reply(other_process, f"ask a-{n}") == "unknown"
    assert reply(other_process, "remove a-20") == "done"
    with pytest.raises(UnknownArticle):
        rec.article("a-20")
    assert reply(other_process, "restore a-3") == "done"
    assert rec.article("a-3").id == "a-3"


def test_a_removal_outlives_the_next_publication(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-1")
    before = rec.health().snapshot
    publish_articles(root, newsroom(), *SHORT)
    assert rec.health().snapshot != before
    for reader in (rec, Recommender.open(root)):
        with pytest.raises(UnknownArticle):
            reader.article("a-1")
        assert "a-1" not in {hit.id for hit in reader.related("a-5", 100)}
        assert reader.health().articles == len(newsroom()) - 1


def test_a_removed_article_stays_removed_after_a_rollback(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-1")
    publish_articles(root, newsroom(), *SHORT)
    assert "a-1" not in rec.ids()
    with pytest.raises(RemovedArticle):  # although the snapshot was built without it
        rec.related("a-1")
    rec.remove("a-1")  # twice is the same as once
    rollback(Artifacts(root))
    assert rec.health().removed == 1
    with pytest.raises(UnknownArticle, match="was removed"):
        rec.related("a-1")


def test_missing_ok_bars_an_id_that_is_not_published_yet(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-50", missing_ok=True)
    publish_articles(root, [article(n) for n in range(52)], *SHORT)
    assert rec.article("a-51").id == "a-51"
    for reader in (rec, Recommender.open(root)):
        with pytest.raises(UnknownArticle):
            reader.article("a-50")
        assert "a-50" not in {hit.id for hit in reader.related("a-2", 100)}


def test_an_id_that_is_no_valid_unicode_is_refused_and_breaks_nothing(root: Path) -> None:
    # One undecodable byte on the command line must not end all answers and all nightly runs.
    rec = Recommender.open(root)
    with pytest.raises(UnknownArticle):
        rec.remove("a-\udcff", missing_ok=True)
    assert len(rec.related("a-0", 5)) == 5
    publish_articles(root, [article(n) for n in range(52)], *SHORT)
    assert rec.article("a-51").id == "a-51"


def test_removals_are_followed_after_the_process_changed_its_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Servers change to / when they become daemons.
    monkeypatch.chdir(root.parent)
    rec = Recommender.open(root.name)
    rec.remove("a-1")
    monkeypatch.chdir("/")
    with pytest.raises(UnknownArticle):
        rec.article("a-1")
    assert rec.health().ok
    publish_articles(root, [article(n, seed=1) for n in range(60)])
    assert rec.health().snapshot == Artifacts(root).current()


def test_no_removed_article_is_served_while_the_list_of_removals_is_damaged(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-1")
    Artifacts(root).removed.write_text("{")
    with pytest.raises((UnknownArticle, SnapshotDamaged)):
        rec.article("a-1")
    with pytest.raises(SnapshotDamaged, match=r"removed\.json"):
        Recommender.open(root)


def test_a_list_of_removals_by_a_newer_version_says_to_upgrade(root: Path) -> None:
    Artifacts(root).removed.write_text('{"format": 2, "removed": {"a-1": {"why": "court"}}}')
    with pytest.raises(NewerFormat, match=r"removed\.json has format 2.*pip install --upgrade"):
        Recommender.open(root)


def test_a_removal_works_while_the_pointer_names_a_missing_snapshot(root: Path) -> None:
    rec = Recommender.open(root)
    Artifacts(root).pointer.write_text("20990101T000000Z-00000000\n")
    assert rec.related("a-1")
    assert not rec.health().ok
    rec.remove("a-5")
    with pytest.raises(RemovedArticle):
        rec.article("a-5")
    assert rec.health().removed == 1


def test_removed_articles_stay_removed_where_the_folder_is_gone(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-5")
    rec.related("a-1")
    root.rename(root.with_name("elsewhere"))
    with pytest.raises(RemovedArticle):
        rec.article("a-5")
    assert not rec.health().ok


def test_removing_twice_is_the_same_as_once(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-5")
    rec.remove("a-5")
    assert rec.health().removed == 1


def test_an_unreadable_list_of_removals_stops_answers_but_not_health(root: Path) -> None:
    rec = Recommender.open(root)
    Artifacts(root).removed.unlink()
    Artifacts(root).removed.mkdir()
    with pytest.raises(SnapshotDamaged, match=r"removed\.json cannot be read"):
        rec.related("a-1")
    assert "removed.json" in str(rec.health().error)
