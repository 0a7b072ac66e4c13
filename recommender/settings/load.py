"""Read the settings from a file, the environment and flags.

Later places win: the defaults, then a TOML file, then RECOMMENDER_SECTION__KEY variables, then
flags (`--set section.key=value`). An unknown name is an error.
"""

import dataclasses
import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from recommender.errors import SettingsError
from recommender.settings.sections import Settings
from recommender.types.article import Article

__all__ = ["load_settings"]

_PREFIX = "RECOMMENDER_"


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    overrides: Iterable[str] = (),
) -> Settings:
    """Read the settings from all places; a later place overrides an earlier one.

    Args:
        file: A TOML file; None to start from the defaults.
        environment: Environment variables; those named RECOMMENDER_SECTION__KEY are read.
        overrides: Flags, "section.key=value" with a value in TOML or a bare string.

    Returns:
        The checked settings.

    Raises:
        SettingsError: The file is not TOML, a name is unknown, or a value is of the wrong type or
            out of range; the message names the place and what was expected.
    """
    merged: dict[str, dict[str, Any]] = {}
    if file is not None:
        for section, values in _read(file).items():
            _check_name(section, _SECTIONS, f"{file}: section")
            if not isinstance(values, dict):
                raise SettingsError(f"{file}: {section} should be a section, [{section}]")
            for key, value in values.items():
                _put(merged, section, key, value, f"{file}: [{section}]")
    for name, value in sorted(environment.items()):
        if name.startswith(_PREFIX) and "__" in name:
            section, _, key = name.removeprefix(_PREFIX).lower().partition("__")
            _put(merged, section, key, _value(value), f"environment variable {name}:")
    for override in overrides:
        dotted, equals, value = override.partition("=")
        section, dot, key = dotted.strip().partition(".")
        if not (equals and dot):
            raise SettingsError(f"--set {override}: expected section.key=value")
        _put(merged, section, key, _value(value), f"--set {override}:")
    try:
        settings = msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {str(error).replace('$.', '')}") from error
    return _checked(settings)


def _checked(settings: Settings) -> Settings:
    if settings.neighbours.k > settings.neighbours.candidates:
        raise SettingsError(
            f"neighbours.k = {settings.neighbours.k} is more than neighbours.candidates = "
            f"{settings.neighbours.candidates}: neighbours are chosen among the candidates"
        )
    for article_id, moment in settings.rules.embargo.items():
        if moment.tzinfo is None:
            raise SettingsError(
                f"rules.embargo: the time of {article_id!r}, {moment.isoformat()}, has no time "
                "zone; add one, for example Z"
            )
    encoding = settings.input.encoding
    if encoding != "auto" and not _is_encoding(encoding):
        raise SettingsError(
            f"input.encoding: {encoding!r} is no encoding of text; expected auto, utf-8 or cp1252"
        )
    for name in settings.input.fields:
        _check_name(name, _ARTICLE_FIELDS, "input.fields: field")
    return settings


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
    except LookupError:
        return False
    return True


_ARTICLE_FIELDS = [field.name for field in dataclasses.fields(Article)]
_SECTIONS = {f.name: f.type for f in msgspec.structs.fields(Settings)}


def _put(merged: dict[str, dict[str, Any]], section: str, key: str, value: Any, where: str) -> None:
    _check_name(section, _SECTIONS, f"{where} section")
    _check_name(key, [f.name for f in msgspec.structs.fields(_SECTIONS[section])], f"{where} key")
    merged.setdefault(section, {})[key] = value


def _check_name(name: str, known: Iterable[str], where: str) -> None:
    known = list(known)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        raise SettingsError(f"{where} {name!r} is unknown; {hint}")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from error


def _value(text: str) -> Any:
    """The value of a flag or variable: TOML if it parses, else the string as it is."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
