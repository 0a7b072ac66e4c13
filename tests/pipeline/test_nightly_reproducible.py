"""The same articles give the same bytes, whatever else differs."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recommender.snapshot.schema import ARRAYS, STRINGS
from recommender.types.article import Article
from tests.pipeline.newsroom import Newsroom, articles, files_of, many_articles
from tests.planted import OF_NIGHTS, article


def test_one_store_gives_the_same_bytes_on_any_number_of_threads_and_anywhere(
    tmp_path: Path,
) -> None:
    first = Newsroom(tmp_path / "first")
    first.night(*many_articles(), overrides=["run.threads=1"])
    expected = files_of(first)
    assert len(expected) >= 18
    first.artifacts.pointer.unlink()
    shutil.rmtree(first.artifacts.snapshots)
    first.night(overrides=["run.threads=2"])
    assert files_of(first) == expected
    second = Newsroom(tmp_path / "second")
    second.artifacts.root.mkdir()
    shutil.copy(first.artifacts.store, second.artifacts.store)
    second.night(overrides=["run.threads=2"])
    assert files_of(second) == expected


def test_the_order_of_the_articles_does_not_matter(tmp_path: Path) -> None:
    one, other = Newsroom(tmp_path / "one"), Newsroom(tmp_path / "other")
    one.night(*articles(60))
    other.night(*articles(60)[::-1])
    assert files_of(one) == files_of(other)


def test_the_order_of_the_nights_matters_to_ids_alone(tmp_path: Path) -> None:
    together, apart = Newsroom(tmp_path / "together"), Newsroom(tmp_path / "apart")
    together.night(*articles(60))
    apart.night(*articles(60)[:25:-1])
    apart.night(*articles(26))
    one, other = together.snapshot(), apart.snapshot()
    for name in set(ARRAYS) - OF_NIGHTS:
        assert np.array_equal(getattr(one.arrays, name), getattr(other.arrays, name)), name
    for name in set(STRINGS) - OF_NIGHTS:
        assert getattr(one.strings, name)[:] == getattr(other.strings, name)[:], name


def test_the_build_digest_changes_with_what_is_served(newsroom: Newsroom) -> None:
    def build(*changed: Article, overrides: Sequence[str] = ()) -> str:
        newsroom.night(*changed, overrides=overrides)
        return newsroom.snapshot().manifest.build

    first = build(*articles(6))
    assert build() == first
    assert build(overrides=["run.threads=1", "publish.keep=9"]) == first
    assert build(overrides=["gates.ids_lost=1"]) == first
    assert build(overrides=["topics.seed=1"]) != first
    assert build(replace(article(3), url="https://news.example/moved")) != first
