"""The examples in the package's docstrings run and show what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import recommender

PACKAGE = Path(recommender.__file__).parent
# Their examples ask a published snapshot: tests/serving runs them with one.
NEED_A_SNAPSHOT = {
    f"serving/{name}.py" for name in ("recommender", "group_reader", "article_reader")
}
WITH_EXAMPLES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", sorted({*WITH_EXAMPLES} - NEED_A_SNAPSHOT))
def test_the_examples_of_docstrings_run(path: str) -> None:
    name = path.removesuffix(".py").replace("/", ".")
    failed, attempted = doctest.testmod(import_module(f"recommender.{name}"))
    assert attempted
    assert not failed
