"""Strings out of what exports deliver as texts, titles and labels: lists, objects, numbers."""

import re
from collections.abc import Callable
from decimal import Decimal

from recommender.sources.base import BadRecord, describe_type

__all__ = ["Reading", "read_author", "read_label", "read_name", "read_text", "read_title"]

# What a reader of a field returns: the value, and what was changed about it for the user's list.
Reading = tuple[str | None, str | None]

# The keys of objects that hold the string of a field: WordPress, Drupal, XML and JSON-LD.
_TEXT_KEYS = ("rendered", "processed", "value", "#text", "$t", "$")
_NAME_KEYS = ("name", "title", "label", "term", *_TEXT_KEYS)
_SURROGATES = re.compile("[\ud800-\udfff]")
_KEPT_BYTES = re.compile("[\udc80-\udcff]")


def read_text(value: object, name: str) -> Reading:
    """The text of an article; a list of strings is its paragraphs.

    Args:
        value: What the source delivered.
        name: The source's name of the field.

    Returns:
        The text, unchanged, and None; half a pair of surrogates, as a cut through an emoji leaves
        it, is taken out and said. The text is None if it is absent or blank.

    Raises:
        BadRecord: The value holds no string, or bytes that are no UTF-8.
    """
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    return _string(_member(value, _TEXT_KEYS), name)


def read_title(value: object, name: str) -> Reading:
    """The title of an article; see `read_text`."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _string(_member(value, _TEXT_KEYS), name)


def read_label(value: object, name: str) -> Reading:
    """A label that may be only a string, such as a URL or a language.

    Args:
        value: What the source delivered.
        name: The source's name of the field.

    Returns:
        The label, and what was changed: of a list the first label is kept.

    Raises:
        BadRecord: The value holds no label.
    """
    if isinstance(value, list) and value:
        label, note = read_label(value[0], name)
        if len(value) > 1:
            note = f"a list of {len(value):,}, of which the first is kept: {label!r}"
        return label, note
    if isinstance(value, list):
        return None, None
    return _string(_member(value, _NAME_KEYS), name)


def read_name(value: object, name: str) -> Reading:
    """A label that may be a number as well, such as the number of a section; see `read_label`."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value), None
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), None
    return read_label(value, name)


def read_author(value: object, name: str) -> Reading:
    """The author; of several, all names with commas between them; see `read_label`."""
    if isinstance(value, list):
        names = [label for part in value if (label := read_label(part, name)[0])]
        return ", ".join(names) or None, None
    return read_label(value, name)


def _member(value: object, keys: tuple[str, ...]) -> object:
    """The string in an object; any other value, and an object without one, as it is."""
    if isinstance(value, dict):
        return next((value[key] for key in keys if isinstance(value.get(key), str)), value)
    return value


def _string(value: object, name: str) -> Reading:
    """The string, unchanged; None if it is absent or blank."""
    if isinstance(value, BadRecord):  # what a table holds and Python cannot
        raise value
    if value is None or value != value:
        return None, None
    if isinstance(value, bytes):  # Parquet's columns of bytes
        value = value.decode("utf-8", "surrogateescape")
    if not isinstance(value, str):
        raise BadRecord(name, f"expected a string, got {describe_type(value)}")
    note = None
    if found := _SURROGATES.search(value):
        place = found.start()
        if kept := _KEPT_BYTES.search(value):  # a bad byte that surrogateescape kept
            byte = f"{ord(kept[0]) - 0xDC00:#04x} at character {kept.start()}"
            raise BadRecord(name, f"invalid UTF-8: byte {byte}; see the setting input.encoding")
        note = f"half a character, \\u{ord(found[0]):04x} at {place}, is taken out"
        value = _SURROGATES.sub("", value)
    return (value if value.strip() else None), note


Reader = Callable[[object, str], Reading]
