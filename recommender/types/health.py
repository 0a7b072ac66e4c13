"""What a serving process is doing."""

from dataclasses import dataclass
from datetime import datetime

from recommender.types.value import Value

__all__ = ["Health"]


@dataclass(frozen=True, slots=True)
class Health(Value):
    """What a serving process is doing.

    Attributes:
        ok: Whether the published snapshot is served. False while a newer snapshot is refused (the
            old one goes on serving) or the list of removed articles is unreadable (nothing is
            served).
        snapshot: Name of the snapshot that is served.
        created: When that snapshot was built.
        articles: How many articles it has.
        removed: How many ids are on the list of removed articles.
        error: Why `ok` is False; None otherwise.
    """

    ok: bool
    snapshot: str
    created: datetime
    articles: int
    removed: int
    error: str | None
