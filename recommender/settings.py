"""Every setting, in one frozen object, from one TOML file, the environment and flags.

Later sources win: defaults, then the file, then RECOMMENDER_SECTION__KEY variables, then flags
(`--set section.key=value`). Unknown names are refused, never ignored.
"""

import dataclasses
import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from recommender.errors import SettingsError
from recommender.types import Article

__all__ = ["Settings", "load_settings"]

_PREFIX = "RECOMMENDER_"

Count = Annotated[int, msgspec.Meta(ge=1)]
CountOrZero = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=1e6)]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sources are read. `fields` maps our field names to the publisher's.

    With `headlines` an article may be a title alone.
    """

    fields: dict[str, str] = {}
    headlines: bool = False
    max_rejects: Share = 0.05
    max_characters: Count = 1_000_000


class Embedding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which encoder embeds, how much of a text it reads, and in which precision."""

    model: str = "all-MiniLM-L6-v2"
    revision: str | None = None
    max_tokens: Count | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"


class Duplicates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Near-duplicates: whether they are grouped, and whose copy leads, first the most preferred."""

    near: bool = True
    source_order: tuple[str, ...] = ()


class Neighbours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The neighbour graph: how many candidates by cosine are scored, and how many are kept."""

    candidates: Count = 50
    k: Count = 30


class RelatedLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer is by default: how diverse, how much days count, and from which score on."""

    closeness: Share = 0.05
    diversity: Share = 0.05
    floor: Share = 0.35


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The publisher's rules; see `types.Rules`."""

    pinned: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    excluded_sections: tuple[str, ...] = ()
    embargo: dict[str, datetime] = {}


class Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leiden's resolution (larger gives more topics), its seed, and keywords a topic.

    `count` asks for so many broad topics; 0 is for as many as are found. `unassigned` is the share
    of articles that may go without a topic, those that belong least to theirs.
    """

    resolution: Positive = 0.4
    count: CountOrZero = 0
    seed: CountOrZero = 0
    keywords: Count = 10
    unassigned: Share = 0.0


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares from 0 to 1 that a night may reach and not pass, else it is not published.

    Of articles that were lost, texts without a related article, articles in the largest topic,
    articles that changed their topic, and topics whose ids were lost; 1 lets everything pass. They
    judge nights of `least_articles` articles or more.
    """

    articles_lost: Share = 0.2
    empty_related: Share = 0.8
    largest_topic: Share = 0.8
    topics_changed: Share = 0.5
    ids_lost: Share = 0.5
    least_articles: CountOrZero = 1000


class Publish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many snapshots are kept, the current one included."""

    keep: Count = 3


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the job uses the machine; 0 threads means one for each core it may use."""

    threads: CountOrZero = 0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a nightly run."""

    input: Input = Input()
    embedding: Embedding = Embedding()
    duplicates: Duplicates = Duplicates()
    neighbours: Neighbours = Neighbours()
    related: RelatedLists = RelatedLists()
    rules: Rules = Rules()
    topics: Topics = Topics()
    gates: Gates = Gates()
    publish: Publish = Publish()
    run: Run = Run()

    def to_dict(self) -> dict[str, Any]:
        """As plain dicts, for the manifest."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def fingerprint(self) -> str:
        """SHA-256 over the settings that shape a snapshot's content."""
        shaping = (self.duplicates, self.neighbours, self.related, self.rules, self.topics)
        return hashlib.sha256(msgspec.json.encode(shaping)).hexdigest()


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    overrides: Iterable[str] = (),
) -> Settings:
    """Read the settings; `overrides` are "section.key=value" with TOML values.

    Raises:
        SettingsError: a file that is no TOML, an unknown name, a value of the wrong type or out
            of range; the message names where it stands and what was expected.
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
            f"{settings.neighbours.candidates}: what is kept is chosen among the candidates"
        )
    for article_id, moment in settings.rules.embargo.items():
        if moment.tzinfo is None:
            raise SettingsError(
                f"rules.embargo: the time of {article_id!r}, {moment.isoformat()}, has no time "
                "zone; add one, for example Z"
            )
    for name in settings.input.fields:
        _check_name(name, _ARTICLE_FIELDS, "input.fields: field")
    return settings


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
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from error


def _value(text: str) -> Any:
    """A flag's or variable's value: TOML where it parses, else the bare string."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
