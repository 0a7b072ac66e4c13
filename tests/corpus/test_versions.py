"""Versions: the newest article of a source or an address supersedes the older ones of its text."""

import numpy as np

from recommender.corpus.copies import group_copies
from recommender.corpus.versions import superseded_by
from recommender.dates import NO_DATE


def newest(
    texts: list[int], sources: list[int], published: list[int], words: list[int]
) -> list[int]:
    """The newest version of each article; each has a content and an address of its own."""
    rows = np.arange(len(texts))
    signatures = np.stack([words, rows], axis=1).astype(np.uint32)
    found = superseded_by(
        group_copies(np.array(texts), rows), np.array(sources), rows, np.array(published),
        signatures, rows,
    )  # fmt: skip
    assert found.dtype == np.int32
    versions: list[int] = found.tolist()
    return versions


def test_only_articles_of_one_text_and_one_source_are_versions() -> None:
    words = [90] * 4
    assert newest([0, 0, 0, 1], [7, 7, 8, 7], [1, 2, 3, 4], words) == [1, -1, -1, -1]
    assert newest([0, 0, 0, 0], [-1, -1, 7, 7], [1, 2, 4, 3], words) == [-1, -1, -1, 2]


def test_undated_and_equally_old_articles_are_no_versions() -> None:
    assert newest([0, 0, 0], [7, 7, 7], [NO_DATE, 5, 5], [90] * 3) == [-1, -1, -1]


def test_an_extract_is_no_newer_version() -> None:
    assert newest([0, 0], [7, 7], [1, 2], [90, 44]) == [-1, -1]
    assert newest([0, 0], [7, 7], [1, 2], [90, 45]) == [1, -1]
