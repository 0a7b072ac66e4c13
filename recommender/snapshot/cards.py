"""Cards: what a page shows of each article, as records of JSON in a string table."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from recommender.dates import from_microseconds, to_microseconds
from recommender.snapshot.damage import damaged
from recommender.snapshot.string_table import StringTable
from recommender.types.article import Card

__all__ = ["CardFields", "Cards", "pack_cards"]

# The fields of a card in their order.
CardFields: TypeAlias = tuple[
    str, str, str | None, str | None, str | None, str | None, str | None, datetime | None
]
_LABELS = ("id", "title", "url", "source", "section", "language", "author")


def pack_cards(cards: Iterable[Card]) -> StringTable:
    """Pack cards into a string table.

    Args:
        cards: The card of each row.

    Returns:
        For each card a JSON list of its fields in their order.
    """
    return StringTable.from_strings(
        json.dumps(
            [*(getattr(card, name) for name in _LABELS), _packed(card.published)],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for card in cards
    )


class Cards:
    """Reader of cards.

    Args:
        records: The table that `pack_cards` made.
        path: The file of the table, for messages.
    """

    def __init__(self, records: StringTable, path: Path) -> None:
        self._records, self._path = records, path

    def __len__(self) -> int:
        return len(self._records)

    def of(self, rows: Sequence[int]) -> list[Card]:
        """Read the cards of some rows.

        Args:
            rows: The rows.

        Returns:
            The cards, in the order of the rows.

        Raises:
            SnapshotDamaged: What the file holds for one of the rows is no card.
        """
        return [Card(*fields) for fields in self.fields(rows)]

    def fields(self, rows: Sequence[int]) -> list[CardFields]:
        """Read the fields of the cards of some rows, for values that hold more than a card.

        Args:
            rows: The rows.

        Returns:
            The fields of each card, in the order of the rows.

        Raises:
            SnapshotDamaged: What the file holds for one of the rows is no card.
        """
        try:
            # One call parses all records, because starting a call takes longer than parsing one.
            records = json.loads(f"[{','.join(self._records.take(rows))}]")
            cards = [_fields(*record) for record in records]
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise damaged(self._path, f"is damaged: {error}") from error
        if len(cards) != len(rows):
            raise damaged(self._path, f"is damaged: {len(cards)} cards in {len(rows)} rows")
        return cards


def _packed(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def _fields(
    article_id: str,
    title: str,
    url: str | None,
    source: str | None,
    section: str | None,
    language: str | None,
    author: str | None,
    published: int | None,
) -> CardFields:
    moment = None if published is None else from_microseconds(published)
    return article_id, title, url, source, section, language, author, moment
