"""Search in titles: all words in any order, without case and accents, slips forgiven."""

import doctest
from dataclasses import replace
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.serving import titles
from recommender.serving.titles import Titles, fold
from tests.planted import article, publish_articles

TITLES = [
    "Betsy DeVos Confirmed as Education Secretary", "Senate backs DeVos, Betsy’s critics say",
    "Zoë’s CAFÉ burns in Łódź", "Taxi strike", "Taxis return: 3 held (update)", "渡輪撞上碼頭",
    "",
]  # fmt: skip


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    items = [replace(article(n), id=f"t-{n}", title=title) for n, title in enumerate(TITLES)]
    return Recommender.open(publish_articles(tmp_path_factory.mktemp("titles"), items).root)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Betsy DeVos", [0, 1]),  # the words in their order before the newer one
        ("devos betsy", [1, 0]),
        ("DEVOS edu", [0]),
        ("edu DEVOS", []),  # only the last word may be cut short
        ("zoe cafe", [2]),
        ("Taxi", [4, 3]),
        ("taxi strike", [3]),
        ("3 held", [4]),
        ("devoss", [1, 0]),  # a slip of the finger
        ("volcano", []),
        ("t-99", []),
        ("碼頭", [5]),
        ("“ ·", []),
        ("", []),
    ],
)
def test_titles_are_found_by_their_words(rec: Recommender, query: str, found: list[int]) -> None:
    assert [card.id for card in rec.search_titles(query)] == [f"t-{n}" for n in found]


def test_rows_are_those_whose_folded_titles_hold_the_words(rec: Recommender) -> None:
    searched = Titles(rec._current.get().snapshot)
    titles = [rec.article(article_id).title for article_id in rec.ids()]
    words = {word for title in titles for word in fold(title).split()}
    for word in words:
        rows, in_order = searched.rows(word)
        expected = [n for n, title in enumerate(titles) if f" {word}" in f" {fold(title)}"]
        assert rows.tolist() == expected
        assert in_order.all()


def test_patterns_in_a_query_are_words(rec: Recommender) -> None:
    for query in (".*", "(", "[a-z]+", "\\"):
        assert rec.search_titles(query) == ()


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(titles).failed == 0


def test_titles_follow_the_snapshot(tmp_path: Path) -> None:
    root = publish_articles(tmp_path, [article(n) for n in range(12)]).root
    rec = Recommender.open(root)
    assert rec.search_titles("eruption") == ()
    late = replace(article(20), title="Eruption")
    publish_articles(root, [*(article(n) for n in range(12)), late])
    assert [card.id for card in rec.search_titles("eruption")] == ["a-20"]
