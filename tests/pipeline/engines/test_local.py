"""The engine in this process works lazily, shard by shard."""

from recommender.pipeline.engines.local import LocalEngine


def test_nothing_is_taken_or_computed_before_it_is_asked_for() -> None:
    taken: list[int] = []

    def shards():  # type: ignore[no-untyped-def]
        for shard in range(3):
            taken.append(shard)
            yield shard

    results = LocalEngine().map(lambda shard, _: -shard, shards())
    assert taken == []
    assert next(results) == 0
    assert taken == [0]
    assert [*results] == [-1, -2]
