"""The published schemas: valid, complete, documented field by field, and strict about types."""

import doctest
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from recommender.corpus.languages import LanguageCounts
from recommender.corpus.publishers import CutCounts
from recommender.pipeline.ingest import Intake
from recommender.pipeline.notices import Notice
from recommender.pipeline.run_log import Night
from recommender.pipeline.settings_changes import SettingChange
from recommender.serving import schemas
from recommender.serving.schemas import json_schemas
from tests.json_shapes import check_json

NAMES = sorted(json_schemas())
TREND = {"id": "t-1", "label": "", "burst": 3.5, "until": "2026-03-15", "daily": [0, 4]}


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_complete_in_itself(name: str) -> None:
    schema = json_schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert references(schema) == set(schema.get("$defs", {}))


def references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].removeprefix("#/$defs/")} if "$ref" in schema else set()
        return own.union(*(references(value) for value in schema.values()))
    return set().union(*map(references, schema)) if isinstance(schema, list) else set()


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_required_and_described(name: str) -> None:
    for shape in [json_schemas()[name], *json_schemas()[name].get("$defs", {}).values()]:
        assert shape["description"].endswith(".")
        fields = shape.get("properties", {})
        assert shape.get("required", []) == list(fields)
        for field in fields.values():
            assert "$ref" in field or field["description"].endswith(".")


def test_the_record_of_a_night_is_described_field_by_field() -> None:
    """Serving does not import the job, so its schema repeats the names of the job's fields."""
    defs = json_schemas()["night"]["$defs"]
    for shape, made_by in (
        (json_schemas()["night"], Night), (defs["intake"], Intake), (defs["cuts"], CutCounts),
        (defs["languages"], LanguageCounts), (defs["setting_change"], SettingChange),
        (defs["notice"], Notice),
    ):  # fmt: skip
        assert shape["required"] == [field.name for field in fields(made_by)]


def test_a_value_of_another_shape_is_refused() -> None:
    check_json(TREND, "trend")
    check_json([TREND], "trends")
    for wrong in (
        TREND | {"burst": "3.5"}, TREND | {"until": "15 March"}, TREND | {"more": 1}, {}, [TREND],
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            check_json(wrong, "trend")


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(schemas).failed == 0
