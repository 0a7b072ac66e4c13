"""A document of any size is read value by value, and what breaks it is named."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources import json_document
from recommender.sources.json_document import is_document, read_document, records_path

NAMES = frozenset(("id", "text"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def values(text: str) -> list[object]:
    return list(read_document(io.StringIO(text), "in.json", NAMES))


@given(st.lists(VALUES, max_size=6), st.sampled_from((None, 1)), st.integers(1, 9))
def test_an_array_is_read_whatever_the_size_of_the_pieces(
    items: list[object], indent: int | None, piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_document, "PIECE", piece)
        assert values(json.dumps(items, indent=indent)) == items


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=5))
def test_objects_one_after_the_other_are_read(items: list[dict[str, object]]) -> None:
    items = [{"id": "1", **item} for item in items]
    assert values("\n".join(json.dumps(item, indent=1) for item in items)) == items


@pytest.mark.parametrize(
    ("head", "document"),
    [
        ("", False),
        ('{"id": 1}', False),
        ('{"id": 1}\n{"id": 2}', False),
        ("[", True),
        ("[]", True),
        ('[{"id": 1}]', True),
        ('[\n{"id"', True),
        ('["a"]\n["b"]', False),
        ("{\n", True),
        ('{"id": 1,\n"text": "x"}', True),
        ('{"id": 1, "text": "cut\n{"id": 2}', False),
        ('{"articles": [{"id"', True),
        ('{"id": 1, "items": [{}]}', False),
        ("nonsense", False),
        ('{"status": 1, "results": []}', True),
        ('{"tags": [{}], "id": 1}', False),
    ],
)
def test_a_document_is_told_from_lines(head: str, document: bool) -> None:
    assert is_document(head, NAMES) is document


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": 1},\n{"id": 2', "in.json:2: invalid JSON"),
        ('[{"id": 1},\n\n{"id": }' + " " * 99 + "]", "in.json:3: invalid JSON: Expecting value"),
        ('[{"id": 1}', "in.json: its list of records never ends"),
        ("[" * 100_000, "in.json: invalid JSON"),
        ('[{"id": ' + "9" * 5000 + "}]", "in.json: invalid JSON"),
        ('[{"id": "never closed', "in.json:1: invalid JSON: Unterminated string"),
    ],
)
def test_a_broken_document_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        values(text)
    assert str(refused.value).startswith(message)


def test_a_large_document_is_not_read_as_a_whole() -> None:
    records = [{"id": str(n), "text": "tide quay " * 200} for n in range(4000)]
    text = io.StringIO(json.dumps(records))
    assert next(read_document(text, "in.json", NAMES)) == records[0]
    assert text.tell() < len(text.getvalue()) / 4


def test_what_never_ends_is_not_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_document, "PIECE", 16)
    monkeypatch.setattr(json_document, "MAX_CHARACTERS", 1000)
    text = io.StringIO('["' + "x" * 100_000)
    with pytest.raises(InputError, match="Unterminated"):
        list(read_document(text, "in.json", NAMES))
    assert text.tell() < 5000


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"response": {"docs": [{}]}}, ".response.docs[]"),
        ({"a": [1], "b": [{}]}, ".b[]"),
        ({"a": {"b": {"c": {"d": [{}]}}}}, None),
        ({"a": []}, None),
        ([{}], None),
    ],
)
def test_the_way_to_records_is_found(value: object, path: str | None) -> None:
    assert records_path(value) == path
