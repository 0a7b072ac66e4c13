"""What every engine must do: one suite for the local one and pools of threads and processes."""

import threading

import pytest

from recommender.pipeline.engines.base import Engine
from recommender.pipeline.engines.local import LocalEngine
from recommender.progress import Advance
from tests.pipeline.engines.pool import PoolEngine, ProcessEngine

ENGINES = (LocalEngine, PoolEngine, ProcessEngine)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.param()
    return made


def square(shard: int, advance: Advance) -> int:
    advance(1)
    return shard * shard


def fails_at_two(shard: int, _: Advance) -> int:
    if shard == 2:
        raise MemoryError
    return shard


@pytest.mark.parametrize("count", [0, 1, 3, 25])
def test_results_come_in_the_order_of_the_shards(engine: Engine, count: int) -> None:
    assert [*engine.map(square, iter(range(count)))] == [n * n for n in range(count)]


def test_progress_adds_up_in_the_callers_thread(engine: Engine) -> None:
    threads: set[int] = set()
    done: list[int] = []

    def advance(count: int) -> None:
        threads.add(threading.get_ident())
        done.append(count)

    assert len([*engine.map(square, range(9), advance)]) == 9
    assert (sum(done), threads) == (9, {threading.get_ident()})


def test_shards_are_taken_in_the_callers_thread(engine: Engine) -> None:
    threads: set[int] = set()
    shards = (threads.add(threading.get_ident()) or n for n in range(9))  # type: ignore[func-returns-value]
    assert len([*engine.map(square, shards)]) == 9
    assert threads == {threading.get_ident()}


def test_a_failure_comes_in_the_place_of_its_result(engine: Engine) -> None:
    results = engine.map(fails_at_two, range(5))
    assert (next(results), next(results)) == (0, 1)
    with pytest.raises(MemoryError):
        next(results)
