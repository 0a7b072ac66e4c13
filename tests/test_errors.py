"""The exception tree: as drawn, and as callers meet it."""

import copy
import inspect
import pickle
import re

import pytest

from recommender import errors
from recommender.errors import MissingExtra, RecommenderError, UnknownArticle, needs_extra

CLASSES = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__module__ == errors.__name__
]


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    parents: dict[str, str] = {}
    above = {0: "RecommenderError"}
    for line in (errors.__doc__ or "").splitlines():
        if drawn := re.match(r"(?P<indent>[│ ]*)[├└]── (?P<name>\w+)", line):
            depth = len(drawn["indent"]) // 4 + 1
            above[depth] = drawn["name"]
            parents[drawn["name"]] = above[depth - 1]
    assert parents == {
        c.__name__: c.__bases__[0].__name__ for c in CLASSES if c is not RecommenderError
    }


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_public_documented_and_caught_by_the_base(
    kind: type[RecommenderError],
) -> None:
    assert kind.__name__ in errors.__all__
    assert kind.__doc__
    assert issubclass(kind, RecommenderError)


def test_an_unknown_article_is_a_key_error_whose_text_is_a_sentence() -> None:
    error = UnknownArticle("na-1", "was removed")
    assert isinstance(error, KeyError)
    # KeyError's own text would be the quoted key alone.
    assert str(error) == "article 'na-1' was removed"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_unknown_article_survives_pickling(protocol: int) -> None:
    error = UnknownArticle("ид 1", "was removed")
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):  # noqa: S301
        assert type(again) is UnknownArticle
        assert (again.article_id, again.reason, str(again)) == ("ид 1", "was removed", str(error))


def test_a_missing_package_names_the_install_command() -> None:
    message = r"'notthere'.*pip install 'recommender\[build\]'"
    with pytest.raises(MissingExtra, match=message), needs_extra("build"):
        import notthere.inside  # noqa: F401


def test_a_missing_module_of_this_package_stays_a_bug() -> None:
    with pytest.raises(ModuleNotFoundError), needs_extra("build"):
        import recommender.notthere  # noqa: F401


def test_other_errors_pass_through_needs_extra() -> None:
    with pytest.raises(ImportError, match="cannot import name"), needs_extra("build"):
        from recommender.errors import NotThere  # noqa: F401
