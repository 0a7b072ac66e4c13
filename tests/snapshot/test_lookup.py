"""What is looked up by name: found as it was named, nothing else is, and damage is named."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.lookup import (
    Lookup,
    index_hashes,
    order_by_id,
    pack_keywords,
    pack_successors,
)
from recommender.snapshot.string_table import SortedStringTable, StringTable
from recommender.types.groups import Keyword

FOLDER = Path("snapshots/tonight")
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)

Stories = Sequence[tuple[str, tuple[Keyword, ...]]]
STORIES: Stories = [
    ("s-k3", (Keyword("Größe \U0001f600", 0.5), Keyword('"quoted"', 0.25))),
    ("s-a1", ()),
    ("s-z9", (Keyword("harbour", 1.0),)),
]


class Named(NamedTuple):
    """The parts of a snapshot that a `Lookup` reads."""

    ids: SortedStringTable
    hashes: Array
    hash_texts: Array
    story_ids: StringTable
    stories_by_id: Array
    story_keywords: StringTable
    retired_ids: SortedStringTable
    successors: StringTable


def text_hash(number: int) -> bytes:
    return number.to_bytes(16, "big")


def named(
    ids: Sequence[str] = ("a-1", "a-2"),
    text_of_hash: Mapping[bytes, int] | None = None,
    stories: Stories = STORIES,
    successors: Mapping[str, str | None] | None = None,
) -> Named:
    story_ids = [story_id for story_id, _ in stories]
    return Named(
        SortedStringTable.from_strings(ids),
        *index_hashes(text_of_hash or {}),
        StringTable.from_strings(story_ids),
        order_by_id(story_ids),
        pack_keywords(keywords for _, keywords in stories),
        *pack_successors(successors or {}),
    )


def lookup(found: Named) -> Lookup:
    return Lookup(found, found, FOLDER)  # type: ignore[arg-type]


@given(st.sets(names, max_size=20))
def test_rows_are_found_by_id(ids: set[str]) -> None:
    found = lookup(named(sorted(ids)))
    assert [found.row_of(article_id) for article_id in sorted(ids)] == [*range(len(ids))]


@given(st.dictionaries(st.binary(min_size=16, max_size=16), st.integers(0, 9), max_size=20))
def test_texts_are_found_by_the_hash_of_their_content(text_of_hash: dict[bytes, int]) -> None:
    found = lookup(named(text_of_hash=text_of_hash))
    assert {content: found.text_of(content) for content in text_of_hash} == text_of_hash


def test_hashes_that_are_not_there_have_no_text() -> None:
    found = lookup(named(text_of_hash={text_hash(n): n // 2 for n in range(0, 50, 2)}))
    assert [found.text_of(text_hash(n)) for n in (0, 1, 2, 48, 49, 50)] == [
        0,
        None,
        1,
        24,
        None,
        None,
    ]


@given(st.lists(names, max_size=20, unique=True))
def test_stories_are_found_by_id_and_by_number(ids: list[str]) -> None:
    stories: Stories = [(i, (Keyword(f"about {i}", 0.5),)) for i in ids]
    found = lookup(named(stories=stories))
    assert [found.story_of(story_id) for story_id in ids] == [*range(len(ids))]
    assert [found.story(number) for number in range(len(ids))] == stories
    assert found.story_of("no such") is None


def test_keywords_of_any_signs_are_read_as_written() -> None:
    found = lookup(named())
    assert [found.story(number) for number in range(3)] == STORIES


@given(st.dictionaries(names, st.none() | names, max_size=20))
def test_successors_are_found_by_retired_ids(successors: dict[str, str | None]) -> None:
    found = lookup(named(successors=successors))
    assert found.successors() == successors
    assert {retired: found.successor_of(retired) for retired in successors} == successors
    assert found.successor_of("no such") is None


def test_a_snapshot_without_anything_holds_nothing() -> None:
    found = lookup(named([], {}, []))
    assert found.row_of("a-1") is found.story_of("s-1") is found.successor_of("s-1") is None
    assert found.text_of(text_hash(1)) is None


def test_ids_that_no_utf8_spells_are_not_there() -> None:
    found = lookup(named(successors={"s-0": None}))
    for ask in (found.row_of, found.story_of, found.successor_of):
        assert ask("a-\udcff") is None
        with pytest.raises(TypeError, match="an id is a string; 5 is of type int"):
            ask(5)  # type: ignore[arg-type]


def test_what_is_altered_under_the_reader_is_named() -> None:
    found = named(successors={"s-0": "s-k3"})

    def altered(name: str) -> Lookup:
        table: StringTable = getattr(found, name)
        spoilt = type(table)(b"\xff" * len(table.data), table.offsets)
        return lookup(found._replace(**{name: spoilt}))

    for name, ask in (
        ("story_ids", lambda it: it.story_of("s-k3")),
        ("story_keywords", lambda it: it.story(0)),
        ("story_ids", lambda it: it.story(0)),
        ("successors", lambda it: it.successor_of("s-0")),
    ):
        with pytest.raises(SnapshotDamaged, match=rf"tonight/{name}\.strings is damaged"):
            ask(altered(name))
    outside = found._replace(stories_by_id=np.array([7, 8, 9], dtype=np.int32))
    with pytest.raises(SnapshotDamaged, match="string 8 of 3"):
        lookup(outside).story_of("s-k3")
