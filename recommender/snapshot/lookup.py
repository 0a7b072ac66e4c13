"""What is looked up by name, in arrays that are in order: found by bisection, in mapped files.

Article id → row, content hash → text, story id ↔ story, and a dead id → its heir.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.errors import SnapshotDamaged
from recommender.snapshot.string_table import SortedStrings, Strings, an_id, pack
from recommender.types import Keyword

__all__ = ["Lookup", "Named", "named"]

HASH_BYTES = 16


class Named(NamedTuple):
    """The arrays that a `Lookup` reads: see snapshot.py."""

    ids: Array
    ids_start: Array
    hashes: Array
    hash_texts: Array
    story_ids: Array
    story_ids_start: Array
    stories_by_id: Array
    story_keywords: Array
    story_keywords_start: Array
    dead: Array
    dead_start: Array
    heirs: Array
    heirs_start: Array


def named(
    ids: Iterable[str],
    text_of_hash: Mapping[bytes, int],
    stories: Sequence[tuple[str, Iterable[Keyword]]],
    heirs: Mapping[str, str | None],
) -> Named:
    """The arrays of these names.

    `ids` are those of the articles in row order, which is alphabetical; `text_of_hash` the text of
    every content hash; `stories` the id and keywords of every story; `heirs` those of the stories
    and topics that are no more.
    """
    hashes, dead = sorted(text_of_hash), sorted(heirs)
    return Named(
        *pack(ids),
        np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, HASH_BYTES),
        np.array([text_of_hash[content] for content in hashes], dtype=np.int32),
        *pack(story_id for story_id, _ in stories),
        np.array(sorted(range(len(stories)), key=lambda n: stories[n][0]), dtype=np.int32),
        *pack(json.dumps([*keywords], ensure_ascii=False) for _, keywords in stories),
        *pack(dead),
        *pack(heirs[group] or "" for group in dead),
    )


class Lookup:
    """Reader of the arrays `found` in `folder`.

    Raises of every question, where a file was altered under the running process:
        SnapshotDamaged: what is found there is not what can have been written.
    """

    def __init__(self, found: Named, folder: Path) -> None:
        self._folder = folder
        self.ids = SortedStrings(found.ids, found.ids_start)
        self.story_ids = Strings(found.story_ids, found.story_ids_start)
        self._hashes, self._hash_texts = found.hashes, found.hash_texts
        self._stories_by_id = found.stories_by_id
        self._keywords = Strings(found.story_keywords, found.story_keywords_start)
        self._dead = SortedStrings(found.dead, found.dead_start)
        self._heirs = Strings(found.heirs, found.heirs_start)

    def row_of(self, article_id: str) -> int | None:
        """Row of an id, or None where there is no such article."""
        return self.ids.place_of(article_id)

    def text_of(self, content_hash: bytes) -> int | None:
        """Number of the text with this content hash, or None."""
        hashes = self._hashes
        place = bisect_left(range(len(hashes)), content_hash, key=lambda n: hashes[n].tobytes())
        found = place < len(hashes) and hashes[place].tobytes() == content_hash
        return int(self._hash_texts[place]) if found else None

    def story_of(self, story_id: str) -> int | None:
        """Number of the story of this id, or None."""
        by_id = self._stories_by_id
        place = bisect_left(by_id, an_id(story_id), key=self._story_id)
        found = place < len(by_id) and self._story_id(by_id[place]) == story_id
        return int(by_id[place]) if found else None

    def story(self, story: int) -> tuple[str, tuple[Keyword, ...]]:
        """Id and keywords of the story of this number."""
        try:
            keywords = json.loads(self._keywords[story])
            return self._story_id(story), tuple(Keyword(*keyword) for keyword in keywords)
        except (ValueError, TypeError) as error:
            raise self._damaged("story_keywords", error) from error

    def heir_of(self, group_id: str) -> str | None:
        """The story or topic that holds the articles of one that is no more, or None."""
        place = self._dead.place_of(group_id)
        try:
            return None if place is None else self._heirs[place] or None
        except ValueError as error:
            raise self._damaged("heirs", error) from error

    def heirs(self) -> dict[str, str | None]:
        """All ids of groups that are no more, each with its heir, or None."""
        return dict(zip(self._dead, (heir or None for heir in self._heirs), strict=True))

    def check(self) -> None:
        """Check that what is found by its order is in order, and each name once.

        Raises:
            SnapshotDamaged: it is not.
        """
        ordered = {
            "ids": self.ids[:],
            "hashes": [content.tobytes() for content in self._hashes],
            "stories_by_id": self.story_ids.take(self._stories_by_id.tolist()),
            "dead": self._dead[:],
        }
        for name, names in ordered.items():
            if any(a >= b for a, b in pairwise(names)):
                raise self._damaged(name, "it is not in order")

    def _story_id(self, story: int) -> str:
        try:
            return self.story_ids[story]
        except (ValueError, IndexError) as error:
            raise self._damaged("story_ids", error) from error

    def _damaged(self, name: str, why: object) -> SnapshotDamaged:
        return SnapshotDamaged(f"{self._folder / name}.npy is damaged: {why}")
