"""What people see of an evaluation: figures with their intervals."""

import numpy as np
from rich.console import Console

from recommender.cli.figures_table import figures_table
from recommender.evaluation.bootstrap import cluster_bootstrap
from recommender.evaluation.evaluate_related import EvaluatedRanking
from recommender.evaluation.ranking_metrics import MEASURES


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
