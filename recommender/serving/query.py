"""What can be asked of a list of related articles: the options of a question, checked once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import index
from typing import Any, Literal, NamedTuple, TypedDict, get_args

from recommender.types import Filters, labels_of

__all__ = [
    "ANYTHING",
    "DUPLICATES",
    "FALLBACKS",
    "MODES",
    "Options",
    "Query",
    "check_moment",
    "parse_query",
]

Mode = Literal["related", "story", "background"]
Duplicates = Literal["collapse", "keep"]
Fallback = Literal["section", "topic"]
MODES, DUPLICATES, FALLBACKS = get_args(Mode), get_args(Duplicates), get_args(Fallback)
SHARES = ("floor", "diversity", "closeness")  # from 0 to 1, each with a setting of its own
ANYTHING = Filters()


class Options(TypedDict, total=False):
    """The options of `Recommender.related`; each may be left out.

    Which articles may be answered:

    - `section`, `language`, `source`: only these labels, one or several.
    - `since`, `until`: only articles published from that moment on, and before that one; moments
      must know their time zone. An article without a date passes neither.
    - `exclude`: not these ids.
    - `floor`: only scores from here on. None is the newsroom's setting, related.floor.

    What the list is:

    - `mode`: "related", the story and its neighbours (the default); "story", the same event alone,
      newest first; "background", the same topic without that event.
    - `duplicates`: "collapse" shows one article of nearly the same text, and where else it stands
      in `also_at` (the default); "keep" shows each.
    - `diversity`: 0 ranks by relevance alone, 1 by difference alone. None is the newsroom's
      setting, related.diversity. A story is never diversified.
    - `closeness`: how much nearness in time to the article asked about moves a hit, up or down the
      list: at most by so much of a score. None is the newsroom's setting, related.closeness. The
      modes "story" and "background" go without, and so does a text that is not published.
    - `half_life`: days in which an article's score halves with its age. None: age does not count.
    - `per_source`, `per_author`, `per_story`: at most so many of one.
    - `fallback`: "section" or "topic" fills a short list with the newest of that section or topic,
      of a topic those of the same finer one first.
    """

    section: str | Iterable[str] | None
    language: str | Iterable[str] | None
    source: str | Iterable[str] | None
    since: datetime | None
    until: datetime | None
    exclude: Iterable[str]
    floor: float | None
    mode: Mode
    duplicates: Duplicates
    diversity: float | None
    closeness: float | None
    half_life: float | None
    per_source: int | None
    per_author: int | None
    per_story: int | None
    fallback: Fallback | None


class Query(NamedTuple):
    """A checked question for `k` articles; see `Options`."""

    k: int
    filters: Filters = ANYTHING
    floor: float = 0.0
    mode: Mode = "related"
    collapse: bool = True
    diversity: float = 0.0
    closeness: float = 0.0
    half_life: float | None = None
    per_source: int | None = None
    per_author: int | None = None
    per_story: int | None = None
    fallback: Fallback | None = None

    @property
    def capped(self) -> bool:
        """Whether at most so many of one are wanted."""
        return (self.per_source, self.per_author, self.per_story) != (None, None, None)


def parse_query(k: int, options: Options, defaults: Mapping[str, Any]) -> Query:
    """Check the `options` of a question for `k` articles.

    `defaults` are the snapshot's settings under "related".

    Raises:
        ValueError: a value is out of range, unknown, or a moment without time zone.
        TypeError: an option is unknown, `exclude` is one string, `k` is no integer, or `since` or
            `until` no datetime.
    """
    if index(k) < 0:
        raise ValueError(f"k={k}: the number of articles cannot be negative")
    if not options:  # the question nearly all pages ask
        return Query(
            k,
            ANYTHING,
            defaults["floor"],
            diversity=defaults["diversity"],
            closeness=defaults["closeness"],
        )
    if unknown := options.keys() - Options.__annotations__.keys():
        known = ", ".join(Options.__annotations__)
        raise TypeError(f"{', '.join(sorted(unknown))}: no such option; there are {known}")
    chosen: dict[str, Any] = {n: value for n, value in options.items() if value is not None}
    numbers = {name: _within(chosen.pop(name, defaults[name]), name) for name in SHARES}
    filters = _filters(chosen)
    duplicates = _among(chosen.pop("duplicates", "collapse"), DUPLICATES, "duplicates")
    _among(chosen.get("mode", "related"), MODES, "mode")
    if "fallback" in chosen:
        _among(chosen["fallback"], FALLBACKS, "fallback")
    for name in ("half_life", "per_source", "per_author", "per_story"):
        if not chosen.get(name, 1) > 0:
            raise ValueError(f"{name}={chosen[name]}: expected a number above 0")
    rest: dict[str, Any] = numbers | chosen
    return Query(
        k, Filters(**filters) if filters else ANYTHING, collapse=duplicates == "collapse", **rest
    )


def _filters(chosen: dict[str, Any]) -> dict[str, Any]:
    """Take what filters out of `chosen`."""
    found: dict[str, Any] = {}
    for name in ("section", "language", "source"):
        if (labels := labels_of(chosen.pop(name, None))) is not None:
            found[name] = labels
    for name in ("since", "until"):
        if (moment := chosen.pop(name, None)) is not None:
            found[name] = check_moment(moment, name)
    exclude = chosen.pop("exclude", ())
    if isinstance(exclude, str):
        raise TypeError("exclude takes several ids, not one string; write exclude=[...]")
    if ids := frozenset(exclude):
        found["exclude"] = ids
    return found


def check_moment(moment: datetime, name: str) -> datetime:
    """The `moment` of an option, if it is one that all clocks agree on.

    Raises:
        TypeError: it is no datetime.
        ValueError: it has no time zone.
    """
    if not isinstance(moment, datetime):
        raise TypeError(f"{name}={moment!r}: expected a datetime with a time zone")
    if moment.tzinfo is None:
        raise ValueError(f"{name}={moment.isoformat()} has no time zone; add one, for example UTC")
    return moment


def _within(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={value}: expected a number from 0 to 1")
    return value


def _among(value: str, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise ValueError(f"{name}={value!r} is unknown; there are {', '.join(known)}")
    return value
