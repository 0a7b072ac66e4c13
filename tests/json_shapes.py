"""Checks of JSON against the schemas that are published for it."""

from datetime import date, datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from recommender.serving.schemas import json_schemas

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_FORMATS.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def strict(schema: Any) -> Any:
    """The schema without leave for fields that it does not list."""
    if isinstance(schema, dict):
        closed = {name: strict(value) for name, value in schema.items()}
        return closed | ({"additionalProperties": False} if "properties" in schema else {})
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


def check_json(value: Any, shape: str) -> None:
    """Check that a value has the published shape and no fields that are not documented."""
    schema = strict(json_schemas()[shape])
    Draft202012Validator(schema, format_checker=_FORMATS).validate(value)
