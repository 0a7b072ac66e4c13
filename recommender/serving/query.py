"""The options of a question for related articles, checked once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import index
from typing import Any, Literal, NamedTuple, TypedDict, get_args

from recommender.types.rules import Filters, labels_of

__all__ = [
    "ANYTHING",
    "DUPLICATES",
    "FALLBACKS",
    "MODES",
    "FilterOptions",
    "Options",
    "Query",
    "check_choice",
    "check_count",
    "check_moment",
    "parse_filters",
    "parse_query",
]

Mode = Literal["related", "story", "background"]
Duplicates = Literal["collapse", "keep"]
Fallback = Literal["section", "topic"]
MODES, DUPLICATES, FALLBACKS = get_args(Mode), get_args(Duplicates), get_args(Fallback)
SHARES = ("floor", "diversity", "closeness")  # from 0 to 1; the settings give the defaults
ANYTHING = Filters()


class FilterOptions(TypedDict, total=False):
    """The options that narrow an answer to some articles. Each may be left out; None is any.

    Attributes:
        section: Only articles of this section, or of one of several.
        language: Only articles in this language, or in one of several.
        source: Only articles of this source, or of one of several.
        since: Only articles published at that moment or later. The moment needs a time zone.
            An article without a date does not pass.
        until: Only articles published before that moment; otherwise as `since`.
        exclude: Ids of articles that must not come.
    """

    section: str | Iterable[str] | None
    language: str | Iterable[str] | None
    source: str | Iterable[str] | None
    since: datetime | None
    until: datetime | None
    exclude: Iterable[str]


class Options(FilterOptions, total=False):
    """The options of `Recommender.related`: those of `FilterOptions`, and these.

    Attributes:
        floor: Only articles with that score or more, from 0 to 1. By default the setting
            related.floor. A question that names a floor gets no `fill` unless it names that, too.
        fill: A list that is shorter than this, or than `k`, is filled up from below the floor: with
            articles of the same story or topic that share a name or a phrase. Such a
            hit has `fill` set. 0 for none; by default the setting related.fill. It does not count
            in the mode "story", and not for a text that is not published.
        mode: "related" gives the story and its neighbours (the default); "story" the same event
            alone, newest first; "background" the same topic without that event.
        duplicates: "collapse" gives one of the articles with nearly the same text and lists the
            others in its `also_at` (the default); "keep" gives each.
        diversity: From 0, relevance alone, to 1, difference alone. By default the setting
            related.diversity. It does not count in the mode "story".
        closeness: How much nearness in time to the article that was asked about counts, from 0 to
            1: a hit comes before no other whose score is more than that greater. By default the
            setting related.closeness. It counts in the mode "related" alone, and not for a text
            that is not published.
        half_life: Days after which an article's score has halved with its age, counted from the
            night of the snapshot. By default age does not count.
        per_source: At most this many articles of one source.
        per_author: At most this many articles of one author.
        per_story: At most this many articles of one story.
        fallback: "section" or "topic" fills a short list with the newest articles of the same
            section or topic. Of a topic, articles of the same finer topic come first.
    """

    floor: float | None
    fill: int | None
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
    """A checked question for `k` articles.

    Attributes:
        k: How many articles at most.
        filters: Which articles may come.
        floor: The least score.
        mode: "related", "story" or "background".
        collapse: Whether one of the articles with nearly the same text stands for all.
        diversity: From 0, relevance alone, to 1, difference alone.
        closeness: The most that a hit may be weaker than those it comes before by its date.
        half_life: Days after which a score has halved with age, or None.
        per_source: At most this many articles of one source, or None.
        per_author: At most this many articles of one author, or None.
        per_story: At most this many articles of one story, or None.
        fallback: "section" or "topic" to fill a short list with, or None.
        fill: The length up to which a short list is filled from below the floor.
    """

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
    fill: int = 0

    @property
    def capped(self) -> bool:
        """Whether the query has a cap on one source, author or story."""
        return (self.per_source, self.per_author, self.per_story) != (None, None, None)


def parse_query(k: int, options: Options, defaults: Mapping[str, Any]) -> Query:
    """Check the options of a question.

    Args:
        k: How many articles at most.
        options: The options.
        defaults: The snapshot's settings under "related".

    Returns:
        The query.

    Raises:
        ValueError: A value is out of range or unknown, or a moment has no time zone.
        TypeError: An option is unknown, `exclude` is a single string, `k` is not an integer, or
            `since` or `until` is not a datetime.
    """
    check_count(k, "k")
    if not options:  # as nearly all pages ask
        return Query(
            k,
            ANYTHING,
            defaults["floor"],
            diversity=defaults["diversity"],
            closeness=defaults["closeness"],
            fill=defaults.get("fill", 0),  # a snapshot of an earlier release does not say
        )
    _check_names(options, Options)
    chosen: dict[str, Any] = {n: value for n, value in options.items() if value is not None}
    if "floor" not in chosen:
        chosen.setdefault("fill", defaults.get("fill", 0))
    if index(chosen.get("fill", 0)) < 0 or chosen.get("fill") is True:
        raise ValueError(f"fill={chosen['fill']}: expected the number of articles to fill up to")
    numbers = {name: _within(chosen.pop(name, defaults[name]), name) for name in SHARES}
    filters = _filters(chosen)
    duplicates = chosen.pop("duplicates", "collapse")
    check_choice(duplicates, DUPLICATES, "duplicates")
    check_choice(chosen.get("mode", "related"), MODES, "mode")
    check_choice(chosen.get("fallback", "section"), FALLBACKS, "fallback")
    for name in ("half_life", "per_source", "per_author", "per_story"):
        if not _number(chosen.get(name, 1), name) > 0:
            raise ValueError(f"{name}={chosen[name]}: expected a number above 0")
    rest: dict[str, Any] = numbers | chosen
    return Query(
        k, Filters(**filters) if filters else ANYTHING, collapse=duplicates == "collapse", **rest
    )


def _filters(chosen: dict[str, Any]) -> dict[str, Any]:
    """Take the options that filter out of `chosen`."""
    found: dict[str, Any] = {}
    for name in ("section", "language", "source"):
        labels = chosen.pop(name, None)
        if labels is not None and not isinstance(labels, Iterable):
            raise TypeError(f"{name}={labels!r}: expected a string or several")
        if several := labels_of(labels):
            found[name] = several
    for name in ("since", "until"):
        if (moment := chosen.pop(name, None)) is not None:
            found[name] = check_moment(moment, name)
    exclude = chosen.pop("exclude", ())
    if isinstance(exclude, str):
        raise TypeError("exclude takes several ids, not one string; write exclude=[...]")
    if ids := frozenset(exclude):
        found["exclude"] = ids
    return found


def parse_filters(options: FilterOptions) -> Filters:
    """Check the options of a question that knows filters alone.

    Args:
        options: The options.

    Returns:
        The filters.

    Raises:
        ValueError: A moment has no time zone.
        TypeError: An option is unknown, `exclude` is a single string, or a moment is no datetime.
    """
    if not options:
        return ANYTHING
    _check_names(options, FilterOptions)
    return Filters(**_filters({n: value for n, value in options.items() if value is not None}))


def _check_names(options: Mapping[str, Any], known: type[FilterOptions]) -> None:
    if unknown := options.keys() - known.__annotations__.keys():
        names = ", ".join(known.__annotations__)
        raise TypeError(f"{', '.join(sorted(unknown))}: no such option; there are {names}")


def check_count(value: int, name: str) -> None:
    """Check an option that counts.

    Args:
        value: The value of the option.
        name: The name of the option, for the message.

    Raises:
        TypeError: It is not a whole number.
        ValueError: It is negative.
    """
    try:
        count = index(value)
    except TypeError:
        raise TypeError(f"{name}={value!r}: expected a whole number") from None
    if count < 0:
        raise ValueError(f"{name}={value}: expected 0 or more")


def check_choice(value: str, known: tuple[str, ...], name: str) -> None:
    """Check an option that is one of some names.

    Args:
        value: The value of the option.
        known: The names.
        name: The name of the option, for the message.

    Raises:
        ValueError: It is none of them.
    """
    if value not in known:
        raise ValueError(f"{name}={value!r} is unknown; there are {', '.join(known)}")


def check_moment(moment: datetime, name: str) -> datetime:
    """Check the moment of an option.

    Args:
        moment: The value of the option.
        name: The name of the option, for the message.

    Returns:
        The moment itself.

    Raises:
        TypeError: It is not a datetime.
        ValueError: It has no time zone.
    """
    if not isinstance(moment, datetime):
        raise TypeError(f"{name}={moment!r}: expected a datetime with a time zone")
    if moment.tzinfo is None:
        raise ValueError(f"{name}={moment.isoformat()} has no time zone; add one, for example UTC")
    return moment


def _within(value: float, name: str) -> float:
    if not 0 <= _number(value, name) <= 1:
        raise ValueError(f"{name}={value}: expected a number from 0 to 1")
    return value


def _number(value: Any, name: str) -> Any:
    if not hasattr(value, "__float__"):
        raise TypeError(f"{name}={value!r}: expected a number")
    if name.startswith("per_"):
        check_count(value, name)
    return value
