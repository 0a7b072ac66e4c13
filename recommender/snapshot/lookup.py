"""What is looked up by name in a snapshot: found by bisection in sorted, mapped files.

Article id → row, content hash → text, story id ↔ story, retired id → its successor.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.schema import HASH_BYTES, Arrays, StringTables
from recommender.snapshot.string_table import SortedStringTable, StringTable, checked_id
from recommender.types import Keyword

__all__ = ["HashIndex", "Lookup", "index_hashes", "order_by_id", "pack_keywords", "pack_successors"]


class HashIndex(NamedTuple):
    """Content hashes in ascending order.

    Attributes:
        hashes: (contents, 16) uint8.
        hash_texts: The text of each, (contents,) int32.
    """

    hashes: Array
    hash_texts: Array


def index_hashes(text_of_hash: Mapping[bytes, int]) -> HashIndex:
    """The arrays by which a text is found by the hash of its content, 16 bytes."""
    hashes = sorted(text_of_hash)
    return HashIndex(
        np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, HASH_BYTES),
        np.array([text_of_hash[content] for content in hashes], dtype=np.int32),
    )


def order_by_id(story_ids: Sequence[str]) -> Array:
    """The stories in the order of their ids, (stories,) int32."""
    return np.array(sorted(range(len(story_ids)), key=story_ids.__getitem__), dtype=np.int32)


def pack_keywords(of_stories: Iterable[Iterable[Keyword]]) -> StringTable:
    """The keywords of each story as JSON."""
    return StringTable.from_strings(
        json.dumps([*keywords], ensure_ascii=False) for keywords in of_stories
    )


def pack_successors(
    successor_of: Mapping[str, str | None],
) -> tuple[SortedStringTable, StringTable]:
    """The retired ids in order, and of each the id that took over, empty for None."""
    retired = sorted(successor_of)
    return (
        SortedStringTable.from_strings(retired),
        StringTable.from_strings(successor_of[group_id] or "" for group_id in retired),
    )


class Lookup:
    """Reader of what is looked up by name.

    Every question raises `SnapshotDamaged` where a file was altered under the running process so
    that what it holds cannot have been written.

    Args:
        arrays: The arrays of the snapshot.
        strings: Its string tables.
        folder: Its folder, for messages.
    """

    def __init__(self, arrays: Arrays, strings: StringTables, folder: Path) -> None:
        self._arrays, self._strings, self._folder = arrays, strings, folder
        self._ids = strings.ids

    def row_of(self, article_id: str) -> int | None:
        """Row of the article of this id, or None.

        Raises:
            TypeError: The id is no string.
        """
        return self._ids.place_of(article_id)

    def text_of(self, content_hash: bytes) -> int | None:
        """Number of the text with this content hash, or None."""
        hashes = self._arrays.hashes
        place = bisect_left(range(len(hashes)), content_hash, key=lambda n: hashes[n].tobytes())
        found = place < len(hashes) and hashes[place].tobytes() == content_hash
        return int(self._arrays.hash_texts[place]) if found else None

    def story_of(self, story_id: str) -> int | None:
        """Number of the story of this id, or None."""
        by_id = self._arrays.stories_by_id
        place = bisect_left(by_id, checked_id(story_id), key=self._story_id)
        found = place < len(by_id) and self._story_id(by_id[place]) == story_id
        return int(by_id[place]) if found else None

    def story(self, story: int) -> tuple[str, tuple[Keyword, ...]]:
        """Id and keywords of the story of this number."""
        try:
            keywords = json.loads(self._strings.story_keywords[story])
            return self._story_id(story), tuple(Keyword(*keyword) for keyword in keywords)
        except (ValueError, TypeError) as error:
            raise self._damaged("story_keywords", error) from error

    def successor_of(self, group_id: str) -> str | None:
        """The story or topic that took over the articles of a retired one, or None."""
        place = self._strings.retired_ids.place_of(group_id)
        try:
            return None if place is None else self._strings.successors[place] or None
        except ValueError as error:
            raise self._damaged("successors", error) from error

    def successors(self) -> dict[str, str | None]:
        """All retired ids of stories and topics, each with its successor, or None."""
        successors = (group_id or None for group_id in self._strings.successors)
        return dict(zip(self._strings.retired_ids, successors, strict=True))

    def _story_id(self, story: int) -> str:
        try:
            return self._strings.story_ids[story]
        except (ValueError, IndexError) as error:
            raise self._damaged("story_ids", error) from error

    def _damaged(self, name: str, why: object) -> SnapshotDamaged:
        return SnapshotDamaged(f"{self._folder / name}.strings is damaged: {why}")
