"""What people see: moments as editors say them, and headlines that cannot drive a terminal."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from rich.console import Console

from recommender.cli.tables import (
    article_heading,
    figures_table,
    how_long_ago,
    printable,
    related_table,
)
from recommender.evaluation.bootstrap import cluster_bootstrap
from recommender.evaluation.evaluate_related import EvaluatedRanking
from recommender.evaluation.ranking_metrics import MEASURES
from recommender.types.article import Card
from recommender.types.related import Related

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOSTILE = "Hi\x1b]0;pwned\x07\x1b[2J\x9b31m\n\u202egnp.exe [bold]x[/]"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3, hours=4), "3 days ago"),
        (timedelta(days=60), "31 Dec 2025"),
        (timedelta(hours=-1), "1 Mar 2026"),
    ],
)
def test_how_long_ago_speaks_like_an_editor(before: timedelta, said: str) -> None:
    assert how_long_ago(NOW - before, NOW) == said


def test_a_missing_date_is_empty() -> None:
    assert how_long_ago(None, NOW) == ""


def test_headlines_cannot_drive_a_terminal() -> None:
    card = Card(HOSTILE, HOSTILE, None, HOSTILE, None, None, None, None)
    hit = Related(HOSTILE, 0.5, HOSTILE, None, HOSTILE, None, None, None, None)
    console = Console(width=300, force_terminal=False)
    with console.capture() as capture:
        console.print(article_heading(card, NOW))
        console.print(related_table([hit], NOW))
    printed = capture.get()
    assert not set(printed) & set("\x1b\x07\x9b\u202e")
    assert printed.count("[bold]x[/]") == 6  # heading and row: title, source, id
    assert len(printed.splitlines()) == 4


def test_printable_keeps_joiners_and_accents() -> None:
    for text in ("می‌خواهم", "👩‍👩‍👧", "a\xa0b", "Tony’s"):
        assert printable(text) == text


def test_figures_and_their_intervals_share_a_line() -> None:
    values = np.array([[1.0, 0.0, 0.5, 1.0], [0.0, 0.0, 0.5, 1.0]])
    ranking = EvaluatedRanking(
        "rrf", "reciprocal rank fusion", values, cluster_bootstrap(values, [1, 2])
    )
    console = Console(width=120, force_terminal=False)
    with console.capture() as capture:
        console.print(figures_table([ranking, ranking], MEASURES))
    heading, row, again = capture.get().splitlines()
    assert heading.split() == ["ranking", *MEASURES]
    assert row == again
    assert row.split("  ")[1:3] == ["0.500 (0.000–1.000)", "0.000 (0.000–0.000)"]
