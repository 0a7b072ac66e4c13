"""Cards: what a page shows of each article, a record each in a mapped file, read when asked for."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from recommender._typing import Array
from recommender.dates import from_microseconds, to_microseconds
from recommender.errors import SnapshotDamaged
from recommender.snapshot.string_table import Strings, pack
from recommender.types import Card

__all__ = ["Cards", "pack_cards"]


def pack_cards(cards: Iterable[Card]) -> tuple[Array, Array]:
    """`cards` as the blob and start of `Strings`: of each the JSON of its fields in their order."""
    return pack(
        json.dumps(
            [*card[:-1], None if card.published is None else to_microseconds(card.published)],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for card in cards
    )


class Cards:
    """Reader of the `records` that `pack_cards` made, which lie in the file at `path`."""

    def __init__(self, records: Strings, path: Path) -> None:
        self._records, self._path = records, path

    def __len__(self) -> int:
        return len(self._records)

    def of(self, rows: Sequence[int]) -> list[Card]:
        """Cards of `rows`, in their order.

        Raises:
            SnapshotDamaged: what the file holds for one of the rows is no card.
        """
        try:
            # One call parses them all: what it costs to begin is more than a record takes.
            records = json.loads(f"[{','.join(self._records.take(rows))}]")
            cards = [_card(*record) for record in records]
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise SnapshotDamaged(f"{self._path} is damaged: {error}") from error
        if len(cards) != len(rows):
            raise SnapshotDamaged(
                f"{self._path} is damaged: {len(cards)} cards in {len(rows)} rows"
            )
        return cards


def _card(
    article_id: str,
    title: str,
    url: str | None,
    source: str | None,
    section: str | None,
    language: str | None,
    author: str | None,
    published: int | None,
) -> Card:
    moment = None if published is None else from_microseconds(published)
    return Card(article_id, title, url, source, section, language, author, moment)
