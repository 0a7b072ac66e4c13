"""Imports: an archive's pieces stamped with one moment are known, a desk at work is not."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.dates import to_microseconds
from recommender.serving.imports import LEAST, MINUTES, TIMES_USUAL, imported

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
NOON = 20_000 * DAY + 12 * HOUR
CASE = Path(__file__).parents[1] / "cases/archive-import-burst.jsonl"


def found(moments: list[int], source: int = 0) -> list[bool]:
    published = np.array(moments, dtype=np.int64)
    return imported(published, np.full(len(moments), source, dtype=np.int32)).tolist()


def slow(published: Array, source: Array) -> list[bool]:
    """As the documentation says it, article by article."""
    moments = [*zip(source.tolist(), published.tolist(), strict=True)]
    timed = [(of, at) for of, at in moments if at % DAY]

    def day(at: int) -> int:
        return at // DAY

    def before(of: int, at: int) -> int:
        return sum(o == of and at - MINUTES * MINUTE <= a <= at for o, a in timed)

    busiest: dict[tuple[int, int], int] = Counter()
    for of, at in timed:
        busiest[of, day(at)] = max(busiest[of, day(at)], before(of, at))
    spans = []
    for of, at in timed:
        others = [n for (o, d), n in busiest.items() if o == of and d != day(at)]
        usual = float(np.median(others)) if others else 0.0
        if before(of, at) >= LEAST and busiest[of, day(at)] > TIMES_USUAL * usual:
            spans.append((of, at))
    return [
        bool(at % DAY) and any(o == of and s - MINUTES * MINUTE <= at <= s for o, s in spans)
        for of, at in moments
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(-1, 1),
            st.integers(0, 3),
            st.sampled_from([0, 1, 9, 10, 11, 700, 1435]),
            st.integers(1, 9),
        ),
        max_size=12,
    )
)
def test_what_is_found_is_what_the_documentation_says(
    batches: list[tuple[int, int, int, int]],
) -> None:
    """Each batch: whose it is, its day, its minute of the day, and how many articles it has."""
    items = [(of, d * DAY + m * MINUTE) for of, d, m, count in batches for _ in range(count)]
    source = np.array([of for of, _ in items], dtype=np.int32)
    published = np.array([at for _, at in items], dtype=np.int64)
    assert imported(published, source).tolist() == slow(published, source)


@pytest.mark.parametrize("apart", [0, 7 * SECOND, 2 * MINUTE])
def test_pieces_within_minutes_are_an_import_and_hours_apart_they_are_not(apart: int) -> None:
    assert all(found([NOON + n * apart for n in range(LEAST)]))
    assert not any(found([NOON + n * apart for n in range(LEAST - 1)]))
    assert not any(found([NOON + n * HOUR for n in range(3 * LEAST)]))


def test_what_a_source_does_every_day_is_no_import() -> None:
    at_six = [day * DAY + 6 * HOUR for day in range(3) for _ in range(20)]
    assert not any(found(at_six))
    night = [3 * DAY + 3 * HOUR] * 61
    assert found([*at_six, *night]) == [False] * 60 + [True] * 61


def test_a_desk_at_work_beside_an_import_is_not_part_of_it() -> None:
    work = [NOON + day * DAY + n * HOUR for day in range(-5, 1) for n in range(4)]
    stamped = [NOON + HOUR + 30 * MINUTE] * 12
    assert found([*work, *stamped]) == [False] * len(work) + [True] * 12


def test_days_without_a_time_are_no_import() -> None:
    assert not any(found([20_000 * DAY] * 40))


def test_many_sources_within_minutes_are_no_import() -> None:
    moments = np.full(60, NOON, dtype=np.int64)
    assert not imported(moments, (np.arange(60) % 12).astype(np.int32)).any()


def test_the_case_of_an_imported_archive() -> None:
    records = [json.loads(line) for line in CASE.read_text(encoding="utf-8").splitlines()]
    moments = [to_microseconds(datetime.fromisoformat(record["published"])) for record in records]
    assert all(found(moments))


@pytest.mark.parametrize("count", [0, 1])
def test_few_articles_are_no_import(count: int) -> None:
    assert found([NOON] * count) == [False] * count
