"""Lead order: preferred sources first, then the earliest articles."""

import numpy as np

from recommender.corpus.lead_order import lead_order, source_ranks
from recommender.dates import NO_DATE


def test_the_earliest_leads_and_one_without_a_date_only_among_its_like() -> None:
    assert lead_order(np.array([30, NO_DATE, 10, 20, 10, NO_DATE])).tolist() == [2, 4, 3, 0, 1, 5]


def test_preferred_sources_lead_before_earlier_ones() -> None:
    ranks = source_ranks(["Herald", "Gazette", None, "Courier", "Gazette"], ["Gazette", "Courier"])
    assert ranks.tolist() == [2, 0, 2, 1, 0]
    published = np.array([1, 5, 2, 3, 4])
    assert lead_order(published, ranks).tolist() == [4, 1, 3, 0, 2]
