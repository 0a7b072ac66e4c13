"""What all sources share: the names of their fields, and values described in words."""

import pytest

from recommender.errors import InputError
from recommender.sources.base import FieldNames, describe_type
from recommender.sources.validate import ArticleReader, Reject
from tests.planted import RecordList
from tests.sources.reading import good, places

NAMES = FieldNames({"id": "guid", "text": "body", "title": "title"})


def test_a_table_with_all_needed_columns_passes() -> None:
    NAMES.check_columns(["x", "body", "guid"], "t")
    FieldNames(NAMES.names, headlines=True).check_columns(["guid", "title"], "t")


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        (["guid", "text"], "t: no column 'body' for the field 'text'; it has guid, text. Map them"),
        (["guid", "title"], "t: no column 'body' for the field 'text'"),
        ([], "t: no column 'guid' for the field 'id'; it has none. Map them"),
        (["guid", "body", "body"], "t: has more than one column 'body'"),
    ],
)
def test_a_table_without_a_needed_column_is_refused(columns: list[str], error: str) -> None:
    with pytest.raises(InputError) as refused:
        NAMES.check_columns(columns, "t")
    assert str(refused.value).startswith(error)


def test_another_source_is_checked_like_a_file() -> None:
    source = RecordList([good(), good(id="b", text=3), good(rank=1)], "database")
    reader = ArticleReader({}, 100)
    items = list(reader.read(source))
    assert places(items) == ["a", (2, "text"), "a"]
    assert items[1] == Reject("database", 2, "text", "expected a string, got a number", "b")
    assert (reader.unknown_fields, source.position) == ({"rank": "database"}, source.size)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "a boolean"),
        (1, "a number"),
        (0.5, "a number"),
        ([], "a list"),
        ({}, "an object"),
        ("x", "a str"),
    ],
)
def test_a_value_is_described_in_words(value: object, words: str) -> None:
    assert describe_type(value) == words
