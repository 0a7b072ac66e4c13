"""What is looked up by name: found as it was named, nothing else is, and damage is told."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.lookup import Lookup, Named, named
from recommender.types import Keyword

FOLDER = Path("snapshots/tonight")
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)

Stories = Sequence[tuple[str, tuple[Keyword, ...]]]
STORIES: Stories = [
    ("s-k3", (Keyword("Größe \U0001f600", 0.5), Keyword('"quoted"', 0.25))),
    ("s-a1", ()),
    ("s-z9", (Keyword("harbour", 1.0),)),
]


def text_hash(number: int) -> bytes:
    return number.to_bytes(16, "big")


def arrays(
    ids: Sequence[str] = ("a-1", "a-2"),
    text_of_hash: Mapping[bytes, int] | None = None,
    stories: Stories = STORIES,
    heirs: Mapping[str, str | None] | None = None,
) -> Named:
    return named(ids, text_of_hash or {}, stories, heirs or {})


def lookup(found: Named) -> Lookup:
    return Lookup(found, FOLDER)


def altered(found: Named, name: str, array: Array) -> Lookup:
    return lookup(found._replace(**{name: array}))


@given(st.sets(names, max_size=20))
def test_rows_are_found_by_id(ids: set[str]) -> None:
    found = lookup(arrays(sorted(ids)))
    found.check()
    assert [found.row_of(article_id) for article_id in sorted(ids)] == [*range(len(ids))]
    assert found.ids[:] == sorted(ids)


@given(st.dictionaries(st.binary(min_size=16, max_size=16), st.integers(0, 9), max_size=20))
def test_texts_are_found_by_the_hash_of_their_content(text_of_hash: dict[bytes, int]) -> None:
    found = lookup(arrays(text_of_hash=text_of_hash))
    found.check()
    assert {content: found.text_of(content) for content in text_of_hash} == text_of_hash


def test_hashes_that_are_not_there_have_no_text() -> None:
    found = lookup(arrays(text_of_hash={text_hash(n): n // 2 for n in range(0, 50, 2)}))
    assert [found.text_of(text_hash(n)) for n in (0, 1, 2, 48, 49, 50)] == [
        0,
        None,
        1,
        24,
        None,
        None,
    ]


@given(st.lists(names, max_size=20, unique=True))
def test_stories_are_found_by_id_and_told_by_number(ids: list[str]) -> None:
    told: Stories = [(i, (Keyword(f"about {i}", 0.5),)) for i in ids]
    found = lookup(arrays(stories=told))
    found.check()
    assert [found.story_of(story_id) for story_id in ids] == [*range(len(ids))]
    assert [found.story(number) for number in range(len(ids))] == told
    assert found.story_of("no such") is None


def test_keywords_of_any_signs_are_read_as_written() -> None:
    found = lookup(arrays())
    assert [found.story(number) for number in range(3)] == STORIES


@given(st.dictionaries(names, st.none() | names, max_size=20))
def test_heirs_are_found_by_the_ids_that_died(heirs: dict[str, str | None]) -> None:
    found = lookup(arrays(heirs=heirs))
    found.check()
    assert found.heirs() == heirs
    assert {dead: found.heir_of(dead) for dead in heirs} == heirs
    assert found.heir_of("no such") is None


def test_a_snapshot_without_anything_holds_nothing() -> None:
    found = lookup(named([], {}, [], {}))
    found.check()
    assert found.row_of("a-1") is found.story_of("s-1") is found.heir_of("s-1") is None
    assert found.text_of(text_hash(1)) is None


def test_ids_that_no_utf8_spells_are_not_there() -> None:
    found = lookup(arrays(heirs={"s-0": None}))
    for ask in (found.row_of, found.story_of, found.heir_of):
        assert ask("a-\udcff") is None
        with pytest.raises(TypeError, match="an id is a string, and 5 is none"):
            ask(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("ids", np.frombuffer(b"a-2a-1", dtype=np.uint8)),
        ("ids", np.frombuffer(b"a-1a-1", dtype=np.uint8)),  # one id twice
        ("hashes", np.array([[2] * 16, [1] * 16], dtype=np.uint8)),
        ("stories_by_id", np.array([0, 1, 2], dtype=np.int32)),
        ("stories_by_id", np.array([1, 1, 2], dtype=np.int32)),
        ("dead", np.frombuffer(b"t-2t-1", dtype=np.uint8)),
    ],
)
def test_what_is_not_in_order_fails_the_check_by_name(name: str, array: Array) -> None:
    found = arrays(
        text_of_hash={text_hash(1): 0, text_hash(2): 1}, heirs={"t-1": None, "t-2": "t-3"}
    )
    lookup(found).check()
    with pytest.raises(SnapshotDamaged, match=rf"tonight/{name}\.npy is damaged: .*order"):
        altered(found, name, array).check()


def test_what_is_altered_under_the_reader_is_told_by_name() -> None:
    found = arrays(heirs={"s-0": "s-k3"})

    def broken(name: str) -> Lookup:
        return altered(found, name, np.full_like(getattr(found, name), 0xFF))

    for name, ask in (
        ("story_ids", lambda it: it.story_of("s-k3")),
        ("story_keywords", lambda it: it.story(0)),
        ("story_ids", lambda it: it.story(0)),
        ("heirs", lambda it: it.heir_of("s-0")),
    ):
        with pytest.raises(SnapshotDamaged, match=rf"tonight/{name}\.npy is damaged"):
            ask(broken(name))
    with pytest.raises(SnapshotDamaged, match="string 8 of 3"):
        altered(found, "stories_by_id", np.array([7, 8, 9], dtype=np.int32)).story_of("s-k3")
