"""Figures of a page's lists: right hits above and below the floor."""

from recommender.evaluation.list_figures import ListFigures, measure_page_lists
from recommender.types.related import Related


def hit(article_id: str, *, fill: bool = False) -> Related:
    return Related(article_id, 0.5, "", None, None, None, None, None, None, fill=fill)


def test_hits_above_and_below_the_floor_are_counted_apart() -> None:
    answers = [[hit("a"), hit("b"), hit("c", fill=True)], [], [hit("d", fill=True)]]
    found = measure_page_lists(answers, map(frozenset, [["a", "c"], ["z"], ["z"]]))
    shares = {"full": 0.0, "filled": 0.0, "short": 0.6667, "empty": 0.3333}
    assert found == ListFigures(shares, 2, 0.5, 2, 0.5)
    assert str(found) == (
        "lists of a page: 0.0% full, 0.0% filled, 66.7% short, 33.3% empty; of 2 hits above the "
        "floor 50.0% are right, of 2 below it 50.0%"
    )


def test_where_nothing_fills_nothing_of_it_is_right() -> None:
    assert measure_page_lists([[hit("a")]], [frozenset("a")])[2:] == (1.0, 0, 0.0)
