"""Last night's groups, as the last whole snapshot holds them: what tonight's are matched with."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotError
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.verify import verify
from recommender.types import Topic

__all__ = ["NO_PREVIOUS_GROUPS", "PreviousGroups", "read_previous"]

log = logging.getLogger(__name__)


class PreviousGroups(NamedTuple):
    """The groups of one snapshot by article.

    `ids` are those of the articles in alphabetical order; `story_of`, `topic_of` and `finest_of`
    (articles,) int32 are positions in `story_ids` and `topics`; `story_leads` are the ids of each
    story's central article. `heirs` leads every id of a group that died to the one that took over,
    or to None. `inputs` digests what the snapshot was made from, `build` that and the nights
    before; `settings` are those of the night.
    """

    name: str
    build: str
    inputs: str
    settings: Mapping[str, Any]
    ids: list[str]
    story_of: Array
    story_ids: list[str]
    story_leads: list[str]
    topics: tuple[Topic, ...]
    topic_of: Array
    finest_of: Array
    successors: Mapping[str, str | None]

    @property
    def broad_topics(self) -> dict[str, str | None]:
        """The id of every article's topic of level 1, None for none, by the article's id."""
        names = [*(topic.id for topic in self.topics), None]  # the last place is that of -1
        return dict(zip(self.ids, (names[t] for t in self.topic_of.tolist()), strict=True))


_NOBODY = np.empty(0, dtype=np.int32)
NO_PREVIOUS_GROUPS = PreviousGroups("", "", "", {}, [], _NOBODY, [], [], (), _NOBODY, _NOBODY, {})


def read_previous(artifacts: Artifacts) -> PreviousGroups:
    """The groups of the current snapshot; where it is damaged, of the newest whole one before it.

    `NO_PREVIOUS_GROUPS` where there is none. A skipped snapshot is logged: its ids are lost.
    """
    for name in _candidates(artifacts):
        try:
            return _read(verify(artifacts.snapshots / name))
        except SnapshotError as error:
            log.warning(
                "stories and topics cannot go on from a snapshot",
                extra={"snapshot": name, "error": str(error)},
            )
    return NO_PREVIOUS_GROUPS


def _candidates(artifacts: Artifacts) -> Iterator[str]:
    """The current snapshot's name, then those before it, the newest first.

    Newer ones than the current were rolled back from, and nothing goes on from them.
    """
    names = artifacts.names()
    try:
        current = artifacts.current()
    except SnapshotError:
        current = names[-1] if names else ""
    return (name for name in reversed(names) if name <= current)


def _read(snapshot: Snapshot) -> PreviousGroups:
    manifest, arrays = snapshot.manifest, snapshot.arrays
    leads = arrays.copies[arrays.copies_start[arrays.story_central]]
    return PreviousGroups(
        manifest.name,
        manifest.build,
        manifest.inputs,
        manifest.settings,
        snapshot.ids[:],
        arrays.story_of[arrays.text_of],
        snapshot.strings.story_ids[:],
        snapshot.ids.take(leads.tolist()),
        snapshot.topics,
        arrays.topic_of[arrays.text_of],
        arrays.finest_of[arrays.text_of],
        snapshot.lookup.successors(),
    )
