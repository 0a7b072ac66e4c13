"""The examples in docstrings give what they show."""

import doctest
import importlib
import pkgutil

import pytest

import recommender

# Their examples need a snapshot, or the model: tests of their own run them.
ELSEWHERE = {
    "recommender.embedding.open",
    "recommender.serving.group_reader",
    "recommender.serving.recommender",
}
MODULES = [
    found.name
    for found in pkgutil.walk_packages(recommender.__path__, "recommender.")
    if not found.name.endswith("__main__")
]


@pytest.mark.parametrize("name", sorted({*MODULES} - ELSEWHERE))
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
