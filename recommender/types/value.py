"""The base of all public values: how each of them becomes plain JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, TypeAlias

__all__ = ["JsonObject", "Value"]

JsonObject: TypeAlias = dict[str, Any]


class Value:
    """A frozen dataclass that pages, templates and APIs can take as it is."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[Mapping[str, Any]]

    def to_dict(self) -> JsonObject:
        """The value as plain dicts, lists, strings and numbers, ready for `json.dumps`.

        Returns:
            Its fields by name, in the shape that the commands print with `--json`. Moments and days
            are ISO 8601 strings. `recommender.serving.schemas` describes each shape.
        """
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


def _plain(value: Any) -> Any:
    """A field of a value, as `json.dumps` can write it."""
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too
