"""The base of all public values: how each of them becomes plain JSON."""

from collections.abc import Callable, Mapping
from dataclasses import fields, make_dataclass
from datetime import date
from typing import Any, ClassVar, ParamSpec, TypeAlias, TypeVar

__all__ = ["JsonObject", "Value", "fast_constructor"]

JsonObject: TypeAlias = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T", bound="Value")


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


def fast_constructor(kind: Callable[P, T]) -> Callable[P, T]:
    """A function that makes values of a kind in a fifth of the time that calling the class takes.

    A frozen dataclass sets each field by a slow function. This function sets the fields of a class
    that is not frozen and has the same slots, and then turns the object into one of the kind.

    Args:
        kind: A frozen dataclass with slots, derived from `Value` directly.

    Returns:
        A function of the same parameters and the same result.

    Example:
        >>> from recommender.types.groups import Keyword
        >>> fast_constructor(Keyword)("frost", 0.5)
        Keyword(term='frost', weight=0.5)
    """
    frozen: Any = kind
    names = [(field.name, field.type, field) for field in fields(frozen)]
    mutable = make_dataclass(
        frozen.__name__, names, bases=frozen.__bases__, slots=True, eq=False, repr=False
    )

    def construct(*args: P.args, **kwargs: P.kwargs) -> T:
        made: Any = mutable(*args, **kwargs)
        made.__class__ = frozen
        found: T = made
        return found

    return construct


def _plain(value: Any) -> Any:
    """A field of a value, as `json.dumps` can write it."""
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too
