"""`Recommender`: its answers against a brute-force oracle, and what it costs a web process."""

import doctest
import pickle
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotDamaged
from recommender.serving.article_reader import ArticleReader
from recommender.serving.group_reader import GroupReader
from recommender.types.article import Card
from tests.planted import START, article, newsdesk, publish_articles, publish_planted
from tests.serving.newsroom import COPIED, FILTERS, SHORT, Oracle, agree, newsroom, passes


@settings(max_examples=300)
@given(asked=st.sampled_from([a.id for a in newsroom()]), k=st.integers(0, 60), filters=FILTERS)
def test_answers_equal_those_of_comparing_every_pair(
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


def test_copies_have_the_same_answers_and_come_once_in_a_list(rec: Recommender) -> None:
    for n in COPIED:
        ids = [f"a-{n}", f"copy-0-of-{n}", f"copy-1-of-{n}"]
        assert (
            rec.related_ids(ids[0], 9) == rec.related_ids(ids[1], 9) == rec.related_ids(ids[2], 9)
        )
    everything = [hit.title for hit in rec.related("a-0", 100)]
    assert len(everything) == len(set(everything)) == 49


def test_the_first_copy_that_passes_the_filters_is_the_answer(rec: Recommender) -> None:
    def answered(**filters: Any) -> set[str]:
        return {hit.id for hit in rec.related("a-11", 100, **filters)} & {
            "a-3", "copy-0-of-3", "copy-1-of-3",
        }  # fmt: skip

    assert answered() == {"copy-0-of-3"}  # the oldest leads
    assert answered(since=START) == {"a-3"}
    assert answered(exclude=["a-3", "copy-0-of-3"]) == {"copy-1-of-3"}
    assert answered(section="wire") == {"copy-1-of-3"}


def test_a_hit_has_all_fields_of_the_articles_card(rec: Recommender) -> None:
    articles = {a.id: a for a in newsroom()}
    hits = rec.related("a-0", 100)
    for hit in hits:
        card = Card(*(getattr(hit, name) for name in Card.__dataclass_fields__))
        assert card == rec.article(hit.id)
        assert asdict(card) == {name: getattr(articles[hit.id], name) for name in asdict(card)}
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


def test_ten_articles_are_the_default(rec: Recommender) -> None:
    assert rec.related("a-0") == rec.related("a-0", 10) == rec.related("a-0", k=10)
    assert rec.related_ids("a-0") == rec.related_ids("a-0", k=10)
    assert len(rec.related("a-0")) == 10


@pytest.mark.parametrize("filters", [{}, {"section": "harbour"}])
def test_k_may_be_zero_and_not_negative(rec: Recommender, filters: dict[str, Any]) -> None:
    assert rec.related("a-0", 0, **filters) == []
    with pytest.raises(ValueError, match="k=-1"):
        rec.related("a-0", -1, **filters)
    with pytest.raises(ValueError, match="k=-2"):
        rec.related_ids("a-0", -2)


def test_a_moment_without_time_zone_is_refused(rec: Recommender) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        rec.related("a-0", since=datetime(2026, 3, 1))


def test_exclude_refuses_a_single_string(rec: Recommender) -> None:
    with pytest.raises(TypeError, match="several ids"):
        rec.related("a-0", exclude="a-1")


@pytest.mark.parametrize("facet", ["section", "language", "source"])
def test_an_empty_list_of_labels_means_any_label(rec: Recommender, facet: str) -> None:
    # As a page's form sends them when nothing is ticked, and as `Filters` promises.
    filters: dict[str, Any] = {facet: []}
    assert rec.related("a-0", 7, **filters) == rec.related("a-0", 7)


def test_labels_and_ids_may_be_iterators(rec: Recommender) -> None:
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
def test_every_question_raises_unknown_article_for_an_unknown_id(
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
    "../x", "/etc/passwd", "a b", "'", '"', "''; DROP TABLE articles;--", "100%", "%s", "{0}",
    "ид-1", "日本語", "\u00e9", "o\u0301", "🦀", "a", "A", "0", "00", "1e3", "null", "-n",
    "x" * 512,
]  # fmt: skip


def test_ids_may_be_spelled_in_any_way(tmp_path: Path) -> None:
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


def test_labels_are_those_of_the_articles(rec: Recommender) -> None:
    assert rec.labels("source") == ["Agency", "Courier", "Gazette", "Herald"]
    assert rec.labels("language") == ["de", "en"]
    with pytest.raises(KeyError):
        rec.labels("colour")


def test_the_nearest_ids_have_a_similar_spelling(rec: Recommender) -> None:
    assert "copy-1-of-7" in rec.nearest_ids("copi-1-of-7")
    assert len(rec.nearest_ids("a-1", 2)) == 2
    assert rec.nearest_ids("something else entirely") == []


def test_health_says_what_is_served(root: Path) -> None:
    rec = Recommender.open(root)
    health = rec.health()
    assert (health.ok, health.error) == (True, None)
    assert (health.articles, health.removed) == (len(newsroom()), 0)
    assert health.snapshot == Artifacts(root).current()
    assert timedelta(0) <= datetime.now(UTC) - health.created < timedelta(hours=1)
    rec.remove("a-1")
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


def test_a_neighbour_that_does_not_exist_is_reported_as_damage(root: Path) -> None:
    artifacts = Artifacts(root)
    path = artifacts.snapshots / artifacts.current() / "neighbours.npy"
    related = np.load(path, mmap_mode="r+")
    related[:] = 1_000_000
    related.flush()
    with pytest.raises(SnapshotDamaged, match="points outside itself"):
        Recommender.open(root).related("a-1")


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
reply = [loaded("faiss", "numpy", "recommender.serving.recommender")]
from recommender import Recommender
rec = Recommender.open(sys.argv[1])
rec.related("a-0", 5), rec.related_ids("a-0", 5), rec.article("a-0"), rec.topic_of("a-0")
rec.topics(), rec.health(), rec.related("a-0", 3, section="harbour", exclude=["a-4"])
reply.append(loaded("faiss"))
rec.remove("a-9"); rec.restore("a-9")
hits = rec.related("a-0", 20)
reply.append([len(hits), *loaded()])
print(json.dumps(reply))
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


def test_the_examples_in_the_docstrings_are_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_articles(tmp_path / "artifacts", newsdesk(), "related.floor=0", "topics.count=2")
    monkeypatch.chdir(tmp_path)
    rec, finder, runner = (
        Recommender.open("artifacts"),
        doctest.DocTestFinder(),
        doctest.DocTestRunner(),
    )
    for public in (Recommender, GroupReader, ArticleReader):
        for example in finder.find(public, globs={"rec": rec}):
            runner.run(example)
    failed, attempted = runner.summarize()
    assert failed == 0
    assert attempted > 10
