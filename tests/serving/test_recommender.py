"""`Recommender`: its answers against a brute-force oracle, and what it follows while it runs."""

import gc
import pickle
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.embedding import open as embedding
from recommender.errors import NewerFormat, NoSnapshot, RemovedArticle, SnapshotDamaged
from recommender.serving import recommender as serve
from recommender.snapshot.publish import rollback
from recommender.snapshot.reader import Snapshot
from recommender.types import Article, Card, Related
from tests.planted import (
    START,
    WordEncoder,
    article,
    publish_articles,
    publish_planted,
)

PLAIN = ("related.floor=0", "related.diversity=0", "related.closeness=0")
SHORT = ("neighbours.k=5", *PLAIN)  # lists that filters and a large k soon exhaust
COPIED = (3, 7, 8)


def newsroom() -> list[Article]:
    """Planted articles, some of them copied by other outlets, some without label or date."""
    planted = [article(n) for n in range(44)]
    copies = [
        replace(
            article(n),
            id=f"copy-{turn}-of-{n}",
            source="Agency",
            section="wire" if turn else None,
            language="de" if turn else "en",
            # The first copy is older than the original, the second has no date at all.
            published=None if turn else START - timedelta(days=n),
        )
        for n in COPIED
        for turn in range(2)
    ]
    bare = [
        replace(article(n), published=None, source=None, section=None, language=None)
        for n in range(44, 50)
    ]
    return [*planted, *copies, *bare]


class Oracle(NamedTuple):
    """Answers by scoring every pair of articles; `scores` (articles, articles)."""

    articles: list[Article]
    scores: Any

    @classmethod
    def over(cls, articles: list[Article], snapshot: Snapshot) -> "Oracle":
        """By the formula of the score, from what the snapshot holds of each text."""
        arrays = snapshot.arrays
        rows = [snapshot.lookup.row_of(a.id) for a in articles]
        texts = arrays.text_of[rows].tolist()
        vectors = np.stack([snapshot.index().vector(text) for text in texts]).astype(float)
        weights = np.zeros((len(articles), len(snapshot.lexicon) + 1))  # the last is no word
        for number, text in enumerate(texts):
            weights[number, arrays.words[text]] = arrays.word_weights[text]
        weights[:, -1] = 0
        hybrid = (vectors @ vectors.T + weights @ weights.T) / 2
        factor = (snapshot.scoring.mean_hubness / arrays.hubness[texts]) ** 0.6
        return cls(articles, np.clip(hybrid * np.clip(factor, 0.85, 1.3), 0, 1))

    def related(self, article_id: str, admitted: Sequence[Article]) -> list[tuple[str, float]]:
        """(id, score) of every admitted text but the article's own, best first."""
        place = {a.id: n for n, a in enumerate(self.articles)}
        asked = self.articles[place[article_id]]
        leads: dict[str, Article] = {}
        for a in sorted(admitted, key=lambda a: (a.published is None, a.published or START, a.id)):
            if (a.title, a.text) != (asked.title, asked.text):
                leads.setdefault(f"{a.title}\n{a.text}", a)
        scores = self.scores[place[article_id]]
        hits = [(a.id, float(scores[place[a.id]])) for a in leads.values()]
        return sorted(hits, key=lambda hit: -hit[1])


def agree(hits: Sequence[Related], wanted: Sequence[tuple[str, float]], k: int) -> None:
    """Check answers against the oracle's; articles of equal score may stand in any order."""
    assert len(hits) == min(k, len(wanted))
    scores = dict(wanted)
    assert len({hit.id for hit in hits}) == len(hits)
    for hit, (_, best) in zip(hits, wanted, strict=False):
        assert hit.score == pytest.approx(scores[hit.id], abs=1e-5)
        assert hit.score == pytest.approx(best, abs=1e-5)


@pytest.fixture(scope="module", params=["short lists", "whole lists"])
def rec(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    root = tmp_path_factory.mktemp("serve")
    overrides = SHORT if request.param == "short lists" else PLAIN
    return Recommender.open(publish_articles(root, newsroom(), *overrides).root)


@pytest.fixture(scope="module")
def oracle(rec: Recommender) -> Oracle:
    return Oracle.over(newsroom(), rec._state.snapshot)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_articles(tmp_path_factory.mktemp("short"), newsroom(), *SHORT).root


@pytest.fixture
def root(short: Path, tmp_path: Path) -> Path:
    """Artifacts of the newsroom that a test may change."""
    shutil.copytree(short, tmp_path / "artifacts")
    return tmp_path / "artifacts"


def passes(a: Article, filters: dict[str, Any]) -> bool:
    for facet in ("section", "language", "source"):
        wanted = filters.get(facet)
        if wanted is not None:
            labels = [wanted] if isinstance(wanted, str) else wanted
            if getattr(a, facet) not in labels:
                return False
    since = filters.get("since")
    if since is not None and (a.published is None or a.published < since):
        return False
    return a.id not in filters.get("exclude", ())


def labels(*known: str) -> st.SearchStrategy[Any]:
    one = st.sampled_from([*known, "unheard of"])
    return one | st.lists(one, min_size=1, max_size=2) | st.frozensets(one, min_size=1)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "section": labels("harbour", "orchard", "glacier", "theatre", "wire"),
        "language": labels("en", "de"),
        "source": labels("Gazette", "Herald", "Courier", "Agency"),
        "since": st.integers(-200, 60).map(lambda h: START + timedelta(hours=h))
        | st.just(datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=9)))),
        "exclude": st.lists(st.sampled_from([a.id for a in newsroom()] + ["unheard of"])),
    },
)


@settings(max_examples=300)
@given(asked=st.sampled_from([a.id for a in newsroom()]), k=st.integers(0, 60), filters=FILTERS)
def test_answers_are_those_of_comparing_everything(
    rec: Recommender, oracle: Oracle, asked: str, k: int, filters: dict[str, Any]
) -> None:
    admitted = [a for a in oracle.articles if passes(a, filters)]
    wanted = oracle.related(asked, admitted)
    agree(rec.related(asked, k, **filters), wanted, k)


@pytest.mark.parametrize(
    "filters",
    [
        {"section": "glacier"},
        {"section": ["wire", "theatre"]},
        {"language": "de"},
        {"source": ("Agency",)},
        {"since": START + timedelta(hours=30)},
        {"exclude": [f"a-{n}" for n in range(0, 44, 2)]},
        {"section": "unheard of"},
        {"section": "harbour", "source": "Gazette", "since": START, "exclude": ["a-0", "a-4"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("k", [1, 5, 6, 100])
def test_a_filter_leaves_no_answer_out_while_an_admissible_article_exists(
    rec: Recommender, oracle: Oracle, filters: dict[str, Any], k: int
) -> None:
    admitted = [a for a in oracle.articles if passes(a, filters)]
    for asked in ("a-0", "a-3", "copy-1-of-3", "a-49"):
        wanted = oracle.related(asked, admitted)
        hits = rec.related(asked, k, **filters)
        agree(hits, wanted, k)
        assert {hit.id for hit in hits} <= {a.id for a in admitted}


def test_neither_the_article_nor_any_copy_of_its_text_is_an_answer(rec: Recommender) -> None:
    for n in COPIED:
        same = {f"a-{n}", f"copy-0-of-{n}", f"copy-1-of-{n}"}
        for asked in same:
            for filters in ({}, {"source": "Agency"}, {"language": "de"}):
                hits = {hit.id for hit in rec.related(asked, 100, **filters)}
                assert hits
                assert not hits & same


def test_copies_share_their_answers_and_stand_in_lists_once(rec: Recommender) -> None:
    for n in COPIED:
        ids = [f"a-{n}", f"copy-0-of-{n}", f"copy-1-of-{n}"]
        assert (
            rec.related_ids(ids[0], 9) == rec.related_ids(ids[1], 9) == rec.related_ids(ids[2], 9)
        )
    everything = [hit.title for hit in rec.related("a-0", 100)]
    assert len(everything) == len(set(everything)) == 49


def test_of_copies_the_first_that_passes_is_answered(rec: Recommender) -> None:
    def answered(**filters: Any) -> set[str]:
        return {hit.id for hit in rec.related("a-11", 100, **filters)} & {
            "a-3", "copy-0-of-3", "copy-1-of-3",
        }  # fmt: skip

    assert answered() == {"copy-0-of-3"}  # the oldest leads
    assert answered(since=START) == {"a-3"}
    assert answered(exclude=["a-3", "copy-0-of-3"]) == {"copy-1-of-3"}
    assert answered(section="wire") == {"copy-1-of-3"}


def test_a_hit_carries_the_articles_whole_card(rec: Recommender) -> None:
    articles = {a.id: a for a in newsroom()}
    hits = rec.related("a-0", 100)
    for hit in hits:
        card = Card(*(getattr(hit, name) for name in Card._fields))
        assert card == rec.article(hit.id)
        assert card._asdict() == {name: getattr(articles[hit.id], name) for name in Card._fields}
        assert type(hit.score) is float
        assert 0.0 <= hit.score <= 1.0
        assert hit.published is None or hit.published.utcoffset() == timedelta(0)
    assert {None} < {hit.published for hit in hits}


def test_a_shorter_answer_is_the_beginning_of_a_longer_one(rec: Recommender) -> None:
    longest = rec.related("a-5", 100)
    for k in (0, 1, 4, 5, 6, 30, 49):
        shorter = rec.related("a-5", k)
        assert [hit.id for hit in shorter] == [hit.id for hit in longest[:k]]


def test_related_ids_are_those_of_related(rec: Recommender) -> None:
    for asked in ("a-0", "a-3", "copy-1-of-7", "a-49"):
        for k in (0, 1, 5, 6, 10, 100):
            hits = [(hit.id, hit.score) for hit in rec.related(asked, k)]
            assert rec.related_ids(asked, k) == hits


def test_ten_come_unasked(rec: Recommender) -> None:
    assert rec.related("a-0") == rec.related("a-0", 10) == rec.related("a-0", k=10)
    assert rec.related_ids("a-0") == rec.related_ids("a-0", k=10)
    assert len(rec.related("a-0")) == 10


@pytest.mark.parametrize("filters", [{}, {"section": "harbour"}])
def test_no_answers_can_be_asked_for_and_fewer_cannot(
    rec: Recommender, filters: dict[str, Any]
) -> None:
    assert rec.related("a-0", 0, **filters) == []
    with pytest.raises(ValueError, match="k=-1"):
        rec.related("a-0", -1, **filters)
    with pytest.raises(ValueError, match="k=-2"):
        rec.related_ids("a-0", -2)


def test_a_moment_without_time_zone_is_refused(rec: Recommender) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        rec.related("a-0", since=datetime(2026, 3, 1))


def test_one_string_is_not_taken_for_several_ids_to_exclude(rec: Recommender) -> None:
    with pytest.raises(TypeError, match="several ids"):
        rec.related("a-0", exclude="a-1")


@pytest.mark.parametrize("facet", ["section", "language", "source"])
def test_no_labels_at_all_mean_any(rec: Recommender, facet: str) -> None:
    # As a page's form sends them when nothing is ticked, and as `Filters` promises.
    filters: dict[str, Any] = {facet: []}
    assert rec.related("a-0", 7, **filters) == rec.related("a-0", 7)


def test_iterators_do_as_labels_and_ids(rec: Recommender) -> None:
    wanted = rec.related("a-0", 7, section=["wire", "glacier"], exclude=["a-2", "a-6"])
    found = rec.related("a-0", 7, section=iter(["wire", "glacier"]), exclude=iter(["a-2", "a-6"]))
    assert found == wanted


UNKNOWN = [
    "",
    "a-1 ",
    "A-1",
    "a-1\0",
    "a-99",
    "'",
    "%",
    "a%",
    "a_1",
    "🦀",
    "a-\udcff",
    "x" * 100_000,
]


@pytest.mark.parametrize("unknown", UNKNOWN, ids=ascii)
def test_an_unknown_id_is_an_unknown_article_in_every_question(
    rec: Recommender, unknown: str
) -> None:
    for ask in (rec.related, rec.related_ids, rec.article, rec.topic_of, rec.remove):
        with pytest.raises(UnknownArticle) as caught:
            ask(unknown)
        assert isinstance(caught.value, KeyError)
        assert caught.value.article_id == unknown
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
        assert str(again) == str(caught.value)
    # One that is to be left out and is not there leaves out nothing.
    assert rec.related("a-0", 3, exclude=[unknown]) == rec.related("a-0", 3)


ODD_IDS = [
    "../x", "/etc/passwd", "a b", " a", "'", '"', "''; DROP TABLE articles;--", "100%", "%s", "{0}",
    "ид-1", "日本語", "\u00e9", "e\u0301", "🦀", "a", "A", "0", "00", "1e3", "null", "-n",
    "x" * 512,
]  # fmt: skip


def test_ids_of_any_spelling_are_told_apart(tmp_path: Path) -> None:
    articles = [replace(article(n), id=odd) for n, odd in enumerate(ODD_IDS)]
    rec = Recommender.open(publish_articles(tmp_path, articles, *SHORT).root)
    for n, odd in enumerate(ODD_IDS):
        assert rec.article(odd).title == articles[n].title
        hits = rec.related(odd, 100)
        assert sorted(hit.id for hit in hits) == sorted(set(ODD_IDS) - {odd})
        assert rec.related_ids(odd, 100) == [(hit.id, hit.score) for hit in hits]
        assert odd not in {hit.id for hit in rec.related("a", 100, exclude=[odd])}
        rec.remove(odd)
        with pytest.raises(UnknownArticle, match="was removed"):
            rec.article(odd)
        rec.restore(odd)
    assert len(rec.related("a", 100)) == len(ODD_IDS) - 1


def test_topics_come_largest_first_and_hold_their_articles(rec: Recommender) -> None:
    topics = rec.topics()
    members: dict[str, int] = {}
    for a in newsroom():
        topic = rec.topic_of(a.id)
        assert topic in topics
        members[topic.id] = members.get(topic.id, 0) + 1
    assert members == {topic.id: topic.size for topic in topics}
    for topic in topics:
        weights = [keyword.weight for keyword in topic.keywords]
        assert topic.keywords
        assert weights == sorted(weights, reverse=True)
        assert topic.label.split(", ")[0] == topic.keywords[0].term
    sizes = [topic.size for topic in topics]
    assert sum(sizes) == len(newsroom())
    assert sizes == sorted(sizes, reverse=True)


def test_representatives_are_of_their_topic_and_are_served(root: Path) -> None:
    rec = Recommender.open(root)
    for topic in rec.topics():
        assert 1 <= len(topic.representatives) <= 3
        assert all(rec.topic_of(i) == topic for i in topic.representatives)
    taken, *others = rec.topics()[0].representatives
    rec.remove(taken)
    assert rec.topics()[0].representatives == tuple(others)
    for i in others:
        assert rec.topic_of(i).representatives == tuple(others)


def test_labels_are_those_of_the_articles(rec: Recommender) -> None:
    assert rec.labels("source") == ["Agency", "Courier", "Gazette", "Herald"]
    assert rec.labels("language") == ["de", "en"]
    with pytest.raises(KeyError):
        rec.labels("colour")


def test_the_nearest_ids_are_near_by_spelling(rec: Recommender) -> None:
    assert "copy-1-of-7" in rec.nearest_ids("copi-1-of-7")
    assert len(rec.nearest_ids("a-1", 2)) == 2
    assert rec.nearest_ids("something else entirely") == []


def test_health_tells_what_is_served(root: Path) -> None:
    rec = Recommender.open(root)
    health = rec.health()
    assert (health.ok, health.error) == (True, None)
    assert (health.articles, health.removed) == (len(newsroom()), 0)
    assert health.snapshot == Artifacts(root).current()
    assert timedelta(0) <= datetime.now(UTC) - health.created < timedelta(hours=1)
    rec.remove("a-1")
    assert rec.health().removed == 1


# Taken-down articles.


def everything_answered(rec: Recommender) -> set[str]:
    ids = {a.id for a in newsroom()}
    answered = set()
    for article_id in ids:
        try:
            answered |= {hit.id for hit in rec.related(article_id, 100)}
            answered |= {hit.id for hit in rec.related(article_id, 3, section="harbour")}
            answered |= {i for i, _ in rec.related_ids(article_id, 3)}
        except UnknownArticle:
            continue
    return answered | set(rec.nearest_ids("a-1", 1000))


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
def test_lists_are_topped_up_after_removals(
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


def test_a_removed_copy_makes_way_for_the_next(root: Path) -> None:
    rec = Recommender.open(root)
    copies = ["copy-0-of-3", "a-3", "copy-1-of-3"]
    for leading in copies:
        assert {hit.id for hit in rec.related("a-11", 100)} & set(copies) == {leading}
        rec.remove(leading)
    assert not {hit.id for hit in rec.related("a-11", 100)} & set(copies)


READER = """
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
def neighbour(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that reads the same artifacts."""
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin
        process.stdin.close()


def told(process: "subprocess.Popen[str]", request: str) -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write(request + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_removal_is_seen_at_once_by_other_processes(
    root: Path, neighbour: "subprocess.Popen[str]"
) -> None:
    rec = Recommender.open(root)
    for n in range(20):
        assert told(neighbour, f"ask a-{n}") == "done"
        rec.remove(f"a-{n}")
        assert told(neighbour, f"ask a-{n}") == "unknown"
    assert told(neighbour, "remove a-20") == "done"
    with pytest.raises(UnknownArticle):
        rec.article("a-20")
    assert told(neighbour, "restore a-3") == "done"
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


def test_a_removal_that_a_rolled_back_snapshot_still_holds_is_obeyed(root: Path) -> None:
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


def test_an_id_that_is_not_published_is_barred_where_that_is_asked_for(root: Path) -> None:
    rec = Recommender.open(root)
    rec.remove("a-50", missing_ok=True)
    publish_articles(root, [article(n) for n in range(52)], *SHORT)
    assert rec.article("a-51").id == "a-51"
    for reader in (rec, Recommender.open(root)):
        with pytest.raises(UnknownArticle):
            reader.article("a-50")
        assert "a-50" not in {hit.id for hit in reader.related("a-2", 100)}


def test_an_id_that_no_file_can_spell_is_not_barred_and_breaks_nothing(root: Path) -> None:
    # One undecodable byte on the command line must not end all answers and all nightly runs.
    rec = Recommender.open(root)
    with pytest.raises(UnknownArticle):
        rec.remove("a-\udcff", missing_ok=True)
    assert len(rec.related("a-0", 5)) == 5
    publish_articles(root, [article(n) for n in range(52)], *SHORT)
    assert rec.article("a-51").id == "a-51"


def test_removals_are_obeyed_after_the_process_changed_its_folder(
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


def test_a_damaged_list_of_removals_serves_no_removed_article(root: Path) -> None:
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


# Following the pointer.


def test_a_publication_is_followed_at_the_next_question(root: Path) -> None:
    rec = Recommender.open(root)
    for seed in range(1, 4):
        publish_planted(root, 60 + seed, seed=seed, overrides=("publish.keep=1",))
        assert rec.article(f"a-{59 + seed}").title == article(59 + seed).title
        assert rec.health().snapshot == Artifacts(root).current()


def test_a_rollback_is_followed_at_the_next_question(root: Path) -> None:
    rec = Recommender.open(root)
    first, answer = rec.health().snapshot, rec.related("a-0")
    publish_planted(root, 60, seed=1)
    assert rec.related("a-0") != answer
    rollback(Artifacts(root))
    assert rec.related("a-0") == answer
    assert rec.health().snapshot == first


def test_the_pointer_moving_back_and_forth_is_never_missed(root: Path) -> None:
    # Every pointer file has the same size, and inodes and clock ticks come again.
    artifacts, rec = Artifacts(root), Recommender.open(root)
    publish_planted(root, 60, seed=1)
    first, second = artifacts.names()
    for n in range(100):
        artifacts.point_to(first if n % 2 else second)
        assert rec.health().snapshot == (first if n % 2 else second)


def test_snapshots_left_behind_are_let_go_at_once(root: Path) -> None:
    # A pruned snapshot takes disk space as long as one process holds one of its files, and web
    # servers put off the garbage collector, some for ever.
    rec = Recommender.open(root)

    def held() -> set[str]:
        """Snapshots of which this process holds a file open or mapped."""
        rec.related("a-0", 100, section="harbour")
        links = []
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                links.append(str(descriptor.readlink()))
            except FileNotFoundError:  # the one that lists them
                continue
        files = [*links, *Path("/proc/self/maps").read_text().splitlines()]
        inside = [file.partition(f"{root}/snapshots/")[2] for file in files]
        return {path.partition("/")[0] for path in inside if path}

    gc.collect()
    gc.disable()
    try:
        assert held() == {rec.health().snapshot}
        for seed in range(3):
            publish_planted(root, 50, seed=seed, overrides=("publish.keep=1", *SHORT))
            assert held() == {Artifacts(root).current()}
    finally:
        gc.enable()


def test_nothing_published_says_which_command_publishes(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent", str(tmp_path)):
        with pytest.raises(NoSnapshot, match="recommender nightly SOURCE"):
            Recommender.open(place)


def test_a_pointer_to_a_snapshot_that_is_not_there_names_it(root: Path) -> None:
    Artifacts(root).point_to("20990101T000000Z-00000000")
    with pytest.raises(SnapshotDamaged, match="20990101T000000Z-00000000/manifest"):
        Recommender.open(root)


def test_a_lost_pointer_leaves_the_old_snapshot_serving(root: Path) -> None:
    rec = Recommender.open(root)
    answer, name = rec.related("a-0"), rec.health().snapshot
    Artifacts(root).pointer.unlink()
    assert rec.related("a-0") == answer
    health = rec.health()
    assert (health.ok, health.snapshot) == (False, name)
    assert "no snapshot is published" in str(health.error)
    Artifacts(root).point_to(name)
    assert rec.health().ok


def test_a_refused_snapshot_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder that is mounted late, or copied by hand after the pointer.
    monkeypatch.setattr(serve, "RETRY_SECONDS", 0.05)
    artifacts, rec = Artifacts(root), Recommender.open(root)
    publish_planted(root, 60, seed=1)
    late = artifacts.snapshots / artifacts.current()
    late.rename(root / "late")
    assert not rec.health().ok
    (root / "late").rename(late)
    deadline = time.monotonic() + 5
    while not rec.health().ok and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rec.health().snapshot == late.name


def test_threads_answer_from_the_old_snapshot_while_one_opens_the_new(root: Path) -> None:
    artifacts, rec = Artifacts(root), Recommender.open(root)
    old = rec.health().snapshot
    publish_planted(root, 60, seed=1)
    new = artifacts.current()
    seen: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        seen.append(rec.health().snapshot)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert new in seen
    assert set(seen) <= {old, new}
    assert rec.health().snapshot == new


# Texts that are not in the snapshot.


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The snapshot's encoder is `WordEncoder`; the model's name is noted here at each opening."""
    loaded: list[str] = []

    def opened(model: str, **_: object) -> WordEncoder:
        loaded.append(model)
        return WordEncoder()

    monkeypatch.setattr(embedding, "SentenceEncoder", opened)
    return loaded


def test_only_a_new_text_loads_the_encoder_and_only_once(root: Path, loads: list[str]) -> None:
    rec = Recommender.open(root)
    rec.related("a-0", 100, section="harbour", since=START)
    rec.related_ids("a-0")
    rec.article("a-0")
    rec.topic_of("a-0")
    rec.topics()
    rec.nearest_ids("a-")
    rec.health()
    assert loads == []
    rec.related_to_text("Harbour", "crane quay")
    rec.related_to_text("Orchard", "apple cider")
    assert loads == [WordEncoder().spec.model]
    publish_planted(root, 60, seed=1)
    rec.related_to_text("Orchard", "apple cider")
    assert loads == [WordEncoder().spec.model]


def test_another_snapshots_encoder_is_loaded_when_it_is_needed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        embedding, "SentenceEncoder", lambda model, **_: WordEncoder(int(model[6:]))
    )
    rec = Recommender.open(root)
    assert rec.related_to_text("Orchard", "apple cider")[0].title.startswith("Orchard")
    publish_planted(root, 60, encoder=WordEncoder(48))
    assert rec.related_to_text("Orchard", "apple cider")[0].title.startswith("Orchard")


@settings(max_examples=60)
@given(asked=st.sampled_from(newsroom()), k=st.integers(0, 60), filters=FILTERS)
def test_a_published_text_gets_the_answers_of_its_article(
    rec: Recommender, asked: Article, k: int, filters: dict[str, Any]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "SentenceEncoder", lambda *_, **__: WordEncoder())
        found = rec.related_to_text(asked.title, asked.text, k, **filters)
    wanted = rec.related(asked.id, k, **filters)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], abs=1e-5)
    assert len({hit.id for hit in found}) == len(found)


@pytest.mark.usefixtures("loads")
def test_a_new_text_is_answered_by_its_theme_and_obeys_filters_and_removals(root: Path) -> None:
    rec = Recommender.open(root)
    hits = rec.related_to_text("", "apple cider blossom", 5)
    assert {hit.title.split()[0] for hit in hits} == {"Orchard"}
    rec.remove(hits[0].id)
    left = rec.related_to_text("", "apple cider blossom", 4)
    assert [hit.id for hit in left] == [hit.id for hit in hits[1:]]
    only = rec.related_to_text("apple", "", 100, source="Herald", exclude=[hits[1].id])
    assert only
    assert {hit.source for hit in only} == {"Herald"}
    assert hits[1].id not in {hit.id for hit in only}


@pytest.mark.usefixtures("loads")
def test_a_new_text_is_checked_like_the_rest(rec: Recommender) -> None:
    assert rec.related_to_text("apple", "cider", 0) == []
    with pytest.raises(ValueError, match="both empty"):
        rec.related_to_text(" ", "\n")
    with pytest.raises(ValueError, match="k=-1"):
        rec.related_to_text("apple", "cider", -1)
    with pytest.raises(ValueError, match="time zone"):
        rec.related_to_text("apple", "cider", since=datetime(2026, 3, 1))


# What a web worker pays.

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "sklearn",
    "scipy",
    "sqlalchemy",
    "igraph",
)

IMPORTS = f"""
import json, sys
heavy = {HEAVY!r}
def loaded(*more):
    return [name for name in (*heavy, *more) if name in sys.modules]
import recommender
told = [loaded("faiss", "numpy", "recommender.serving.recommender")]
from recommender import Recommender
rec = Recommender.open(sys.argv[1])
rec.related("a-0", 5), rec.related_ids("a-0", 5), rec.article("a-0"), rec.topic_of("a-0")
rec.topics(), rec.health(), rec.related("a-0", 3, section="harbour", exclude=["a-4"])
told.append(loaded("faiss"))
rec.remove("a-9"); rec.restore("a-9")
hits = rec.related("a-0", 20)
told.append([len(hits), *loaded()])
print(json.dumps(told))
"""


def test_serving_imports_nothing_heavy(tmp_path: Path) -> None:
    publish_planted(
        tmp_path, 40, overrides=("neighbours.k=12", "related.floor=0", "related.diversity=0")
    )
    found = subprocess.run(
        [sys.executable, "-c", IMPORTS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[[], [], [20]]"


FORK = """
import os, sys
from recommender import Recommender
rec = Recommender.open(sys.argv[1])
def answers():
    return [rec.related("a-0", 5), rec.related("a-0", 100, section="harbour"), rec.article("a-0")]
before = answers()  # the index is loaded and has been searched, the connections are in use
children = []
for n in range(4):
    child = os.fork()
    if child == 0:
        right = all(answers() == before for _ in range(50))
        os._exit(0 if right else 1)
    children.append(child)
assert all(answers() == before for _ in range(50))
print([os.waitpid(child, 0)[1] for child in children])
"""


@pytest.mark.parametrize("deleted", [False, True], ids=["in place", "snapshot pruned"])
def test_children_forked_after_opening_answer_rightly(root: Path, deleted: bool) -> None:
    script = FORK
    if deleted:
        script = script.replace(
            "children = []",
            "import shutil; shutil.rmtree(os.path.join(sys.argv[1], 'snapshots'))\nchildren = []",
        )
    found = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (found.stdout.strip(), found.stderr) == ("[0, 0, 0, 0]", "")


def test_a_takedown_holds_also_while_the_pointer_names_a_bad_snapshot(root: Path) -> None:
    rec = Recommender.open(root)
    Artifacts(root).pointer.write_text("20990101T000000Z-00000000\n")
    assert rec.related("a-1")
    assert not rec.health().ok
    rec.remove("a-5")
    with pytest.raises(RemovedArticle):
        rec.article("a-5")
    assert rec.health().removed == 1


def test_a_lost_folder_takes_no_takedown_back(root: Path) -> None:
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


def test_impossible_ids_leak_no_file_descriptors(root: Path) -> None:
    rec = Recommender.open(root)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        with pytest.raises(UnknownArticle):
            rec.related("\ud800")
        with pytest.raises(TypeError, match="an id is a string"):
            rec.related(["a-1"])  # type: ignore[arg-type]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_list_of_takedowns_that_cannot_be_read_stops_answers_but_not_health(root: Path) -> None:
    rec = Recommender.open(root)
    Artifacts(root).removed.unlink()
    Artifacts(root).removed.mkdir()
    with pytest.raises(SnapshotDamaged, match=r"removed\.json cannot be read"):
        rec.related("a-1")
    assert "removed.json" in str(rec.health().error)


def test_a_list_that_points_outside_itself_is_damage(root: Path) -> None:
    artifacts = Artifacts(root)
    path = artifacts.snapshots / artifacts.current() / "neighbours.npy"
    related = np.load(path, mmap_mode="r+")
    related[:] = 1_000_000
    related.flush()
    with pytest.raises(SnapshotDamaged, match="points outside itself"):
        Recommender.open(root).related("a-1")


def test_text_that_no_encoder_should_see_is_refused_first(root: Path) -> None:
    rec = Recommender.open(root)
    for title, text in (("", " "), ("\ud800", ""), ("", "word " * 300_000)):
        with pytest.raises(ValueError):  # noqa: PT011 - a different sentence for each
            rec.related_to_text(title, text)
