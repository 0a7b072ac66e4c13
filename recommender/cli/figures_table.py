"""What a person sees of an evaluation: rankings or groupings with their figures."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from recommender.cli.table import DATE, WHOLE, Column, RowTable

if TYPE_CHECKING:
    from recommender.evaluation.evaluate_groups import ClusteringEvaluation, EvaluatedClustering
    from recommender.evaluation.evaluate_related import EvaluatedRanking

__all__ = ["figures_table", "groupings_table"]


def figures_table(
    rows: "Sequence[EvaluatedRanking | EvaluatedClustering]",
    measures: Sequence[str],
    kind: str = "ranking",
    counts: Mapping[str, Sequence[str]] | None = None,
) -> RowTable:
    """Rankings or groupings, one a row, each measure with the ends of its interval.

    Args:
        rows: What was measured.
        measures: The names of the measures, in the order of each row's figures.
        kind: Heading of the column of names.
        counts: Further columns by their heading, with a cell for each row.

    Returns:
        The table.
    """
    columns = [Column(kind, lambda row: row[0], WHOLE)]
    for place, name in enumerate([*measures, *(counts or {})], start=1):
        columns.append(Column(name, itemgetter(place), WHOLE if place <= len(measures) else DATE))
    cells = []
    for place, row in enumerate(rows):
        figures = zip(*row.figures, strict=True)
        cells.append(
            [
                row.name,
                *(f"{mean:.3f} ({low:.3f}–{high:.3f})" for mean, low, high in figures),
                *(column[place] for column in (counts or {}).values()),
            ]
        )
    return RowTable(columns, cells)


def groupings_table(found: "ClusteringEvaluation", measures: Sequence[str]) -> RowTable:
    """Groupings, one a row: their figures, and how many groups each found.

    Args:
        found: The evaluation of stories or topics.
        measures: The names of the measures.

    Returns:
        The table. Stories also have the size of the largest one, topics the share of articles that
        are in none.
    """
    groupings = found.groupings
    counts = {"found": [f"{len(g.sizes):,}" for g in groupings]}
    if found.kind == "story":
        counts["largest"] = [f"{g.sizes.max(initial=0):,}" for g in groupings]
    else:
        counts["in none"] = [f"{g.unassigned:.1%}" for g in groupings]
    return figures_table(groupings, measures, "grouping", counts)
