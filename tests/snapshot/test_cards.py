"""Cards: read back as written, in any order, and never half-believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import SnapshotDamaged
from recommender.snapshot.cards import Cards, pack_cards
from recommender.snapshot.string_table import StringTable
from recommender.types.article import Card

PATH = Path("cards.strings")
texts = st.text(st.characters(codec="utf-8"))
moments = st.datetimes(timezones=st.just(UTC))


def card(number: int) -> Card:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
    return Card(f"a-{number}", f"title {number}", None, "Gazette", None, "en", None, moment)


@given(
    st.lists(
        st.builds(Card, texts, texts, *[st.none() | texts] * 5, st.none() | moments), max_size=5
    )
)
def test_cards_are_read_as_written(cards: list[Card]) -> None:
    reader = Cards(pack_cards(cards), PATH)
    assert len(reader) == len(cards)
    assert reader.of(range(len(cards))) == cards


def test_cards_come_in_the_order_asked_for() -> None:
    reader, rows = Cards(pack_cards(map(card, range(100))), PATH), [7, 3, 99, 0, 3]
    assert reader.of(rows) == [card(row) for row in rows]
    assert reader.of([]) == []


@pytest.mark.parametrize(
    "record",
    [
        b'["a","title",null,null,null,null,null]',
        b'["a","title",null,null,null,null,null,null,null]',
        b'["a","title",null,null,null,null,null,"yesterday"]',
        b'["a","title",null,null,null,null,null,99999999999999999999]',
        b'["a","title",null',
        b'"a","b"',
        b"7",
        b"",
        b"\xff",
    ],
)
def test_what_is_no_card_is_refused_with_the_files_name(record: bytes) -> None:
    reader = Cards(StringTable(record, np.array([0, len(record)])), PATH)
    with pytest.raises(SnapshotDamaged, match=r"cards\.strings is damaged"):
        reader.of([0])


def test_a_row_that_is_not_there_is_damage() -> None:
    with pytest.raises(SnapshotDamaged, match=r"cards\.strings is damaged"):
        Cards(pack_cards([card(1)]), PATH).of([1])
