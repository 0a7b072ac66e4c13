"""Look up articles, texts and groups of a snapshot by bisection in sorted, mapped files.

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
from recommender.snapshot.damage import damaged
from recommender.snapshot.schema import HASH_BYTES, Arrays, StringTables
from recommender.snapshot.string_table import SortedStringTable, StringTable, checked_id
from recommender.types.groups import Keyword

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
    """Sort content hashes, so that a text is found by its hash.

    Args:
        text_of_hash: The text of each content hash, 16 bytes.

    Returns:
        The sorted hashes, and the text of each.
    """
    hashes = sorted(text_of_hash)
    return HashIndex(
        np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, HASH_BYTES),
        np.array([text_of_hash[content] for content in hashes], dtype=np.int32),
    )


def order_by_id(story_ids: Sequence[str]) -> Array:
    """Sort stories by id.

    Args:
        story_ids: The id of each story.

    Returns:
        (stories,) int32, the stories in the order of their ids.
    """
    return np.array(sorted(range(len(story_ids)), key=story_ids.__getitem__), dtype=np.int32)


def pack_keywords(of_stories: Iterable[Iterable[Keyword]]) -> StringTable:
    """Pack the keywords of stories into a string table.

    Args:
        of_stories: The keywords of each story.

    Returns:
        The keywords of each story as JSON.
    """
    return StringTable.from_strings(
        json.dumps([[word.term, word.weight] for word in keywords], ensure_ascii=False)
        for keywords in of_stories
    )


def pack_successors(
    successor_of: Mapping[str, str | None],
) -> tuple[SortedStringTable, StringTable]:
    """Pack the successors of retired ids into string tables.

    Args:
        successor_of: The id that took over from each retired id, or None.

    Returns:
        The retired ids in order, and the successor of each, "" for None.
    """
    retired = sorted(successor_of)
    return (
        SortedStringTable.from_strings(retired),
        StringTable.from_strings(successor_of[group_id] or "" for group_id in retired),
    )


class Lookup:
    """Reader of what is looked up by name.

    Every method raises `SnapshotDamaged` if it finds that a file was altered under the running
    process.

    Args:
        arrays: The arrays of the snapshot.
        strings: Its string tables.
        folder: Its folder, for messages.
    """

    def __init__(self, arrays: Arrays, strings: StringTables, folder: Path) -> None:
        self._arrays, self._strings, self._folder = arrays, strings, folder
        self._ids = strings.ids

    def row_of(self, article_id: str) -> int | None:
        """Find an article by its id.

        Args:
            article_id: The id.

        Returns:
            Its row; None if there is no such article.

        Raises:
            TypeError: The id is no string.
        """
        return self._ids.place_of(article_id)

    def text_of(self, content_hash: bytes) -> int | None:
        """Find a text by the hash of its content.

        Args:
            content_hash: The hash, 16 bytes; see `language.prepare.content_hash`.

        Returns:
            The number of the text; None if there is none.
        """
        hashes = self._arrays.hashes
        place = bisect_left(range(len(hashes)), content_hash, key=lambda n: hashes[n].tobytes())
        found = place < len(hashes) and hashes[place].tobytes() == content_hash
        return int(self._arrays.hash_texts[place]) if found else None

    def story_of(self, story_id: str) -> int | None:
        """Find a story by its id.

        Args:
            story_id: The id.

        Returns:
            The number of the story; None if there is none.
        """
        by_id = self._arrays.stories_by_id
        place = bisect_left(by_id, checked_id(story_id), key=self._story_id)
        found = place < len(by_id) and self._story_id(by_id[place]) == story_id
        return int(by_id[place]) if found else None

    def story(self, story: int) -> tuple[str, tuple[Keyword, ...]]:
        """Read the id and the keywords of a story.

        Args:
            story: The number of the story.

        Returns:
            Its id and its keywords, best first.
        """
        try:
            keywords = json.loads(self._strings.story_keywords[story])
            return self._story_id(story), tuple(Keyword(*keyword) for keyword in keywords)
        except (ValueError, TypeError) as error:
            raise self._damaged("story_keywords", error) from error

    def successor_of(self, group_id: str) -> str | None:
        """Find the story or topic that took over the articles of a retired one.

        Args:
            group_id: The id of any story or topic.

        Returns:
            The id of the successor; None if the id is not retired or nothing took over.
        """
        place = self._strings.retired_ids.place_of(group_id)
        try:
            return None if place is None else self._strings.successors[place] or None
        except ValueError as error:
            raise self._damaged("successors", error) from error

    def successors(self) -> dict[str, str | None]:
        """Read all successors.

        Returns:
            The successor of each retired id of a story or topic, or None.
        """
        successors = (group_id or None for group_id in self._strings.successors)
        return dict(zip(self._strings.retired_ids, successors, strict=True))

    def _story_id(self, story: int) -> str:
        try:
            return self._strings.story_ids[story]
        except (ValueError, IndexError) as error:
            raise self._damaged("story_ids", error) from error

    def _damaged(self, name: str, why: object) -> SnapshotDamaged:
        return damaged(self._folder / f"{name}.strings", f"is damaged: {why}")
