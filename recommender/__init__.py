"""Related articles, stories and topics for news sites.

A web application needs one name::

    from recommender import Recommender

    rec = Recommender.open("artifacts")
    for hit in rec.related("na-1", k=5):
        print(hit.score, hit.title)

The names below are all of the public interface. Each is imported when it is first used, so that
`import recommender` itself loads nothing heavy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.errors import (
        EncoderError,
        InputError,
        LockHeld,
        MissingExtra,
        NewerFormat,
        NoSnapshot,
        OlderFormat,
        PublishRefused,
        RecommenderError,
        RemovedArticle,
        SettingsError,
        SnapshotDamaged,
        SnapshotError,
        StorageError,
        UnknownArticle,
        UnknownGroup,
    )
    from recommender.serving.recommender import Recommender
    from recommender.types.article import Article, Card
    from recommender.types.groups import Change, Keyword, Story, Topic, TopicPage, Trend
    from recommender.types.health import Health
    from recommender.types.reasons import Reasons, explain
    from recommender.types.related import Answer, Related

__version__ = "0.1.0"

_NAMES_BY_MODULE = {
    "recommender.serving.recommender": ("Recommender",),
    "recommender.types.article": ("Article", "Card"),
    "recommender.types.groups": ("Change", "Keyword", "Story", "Topic", "TopicPage", "Trend"),
    "recommender.types.health": ("Health",),
    "recommender.types.related": ("Answer", "Related"),
    "recommender.types.reasons": ("Reasons", "explain"),
    "recommender.errors": (
        "EncoderError",
        "InputError",
        "LockHeld",
        "MissingExtra",
        "NewerFormat",
        "NoSnapshot",
        "OlderFormat",
        "PublishRefused",
        "RecommenderError",
        "RemovedArticle",
        "SettingsError",
        "SnapshotDamaged",
        "SnapshotError",
        "StorageError",
        "UnknownArticle",
        "UnknownGroup",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}

__all__ = [
    "Answer",
    "Article",
    "Card",
    "Change",
    "EncoderError",
    "Health",
    "InputError",
    "Keyword",
    "LockHeld",
    "MissingExtra",
    "NewerFormat",
    "NoSnapshot",
    "OlderFormat",
    "PublishRefused",
    "Reasons",
    "Recommender",
    "RecommenderError",
    "Related",
    "RemovedArticle",
    "SettingsError",
    "SnapshotDamaged",
    "SnapshotError",
    "StorageError",
    "Story",
    "Topic",
    "TopicPage",
    "Trend",
    "UnknownArticle",
    "UnknownGroup",
    "explain",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'recommender' has no attribute {name!r}")
    value: object = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
