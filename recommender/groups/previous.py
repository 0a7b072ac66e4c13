"""Last night's groups, read from the last intact snapshot to be matched with tonight's."""

import logging
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotError
from recommender.graph.own_hits import OwnHits, count_own_hits
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.verify import verify
from recommender.types.groups import Topic

__all__ = ["NO_PREVIOUS_GROUPS", "PreviousGroups", "read_previous"]

log = logging.getLogger(__name__)


class PreviousGroups(NamedTuple):
    """The groups of one snapshot, by article.

    Attributes:
        name: The snapshot's name.
        build: A digest of the inputs and of the snapshots before.
        inputs: A digest of what the snapshot was made from.
        settings: The settings of that night.
        ids: The ids of the articles, in alphabetical order.
        story_of: (articles,) int32, the position in `story_ids` of each article's story.
        story_ids: The ids of the stories.
        story_leads: The id of each story's central article.
        topics: The topics, level by level.
        topic_of: (articles,) int32, the position in `topics` of each article's topic of level 1,
            -1 for none.
        finest_of: (articles,) int32, the position of its finest topic, -1 for none.
        successors: For every id that was ever retired the group that took over, or None.
        empty_share: The share of texts without a related article, by the floor of that night.
        own_hits: How many related articles are of the same source, by source and that floor.
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
    empty_share: float = 0.0
    own_hits: Mapping[str, OwnHits] = MappingProxyType({})

    @property
    def broad_topics(self) -> dict[str, str | None]:
        """By article id the id of its topic of level 1, or None."""
        names = [*(topic.id for topic in self.topics), None]  # the position -1 reads the last
        return dict(zip(self.ids, (names[t] for t in self.topic_of.tolist()), strict=True))


_NO_ARTICLES = np.empty(0, dtype=np.int32)
NO_PREVIOUS_GROUPS = PreviousGroups(
    "", "", "", {}, [], _NO_ARTICLES, [], [], (), _NO_ARTICLES, _NO_ARTICLES, {}
)


def read_previous(artifacts: Artifacts) -> PreviousGroups:
    """Read the groups of the current snapshot, or of the newest intact one before it.

    A damaged snapshot is skipped with a warning in the log; the ids that it introduced are lost.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The groups; `NO_PREVIOUS_GROUPS` if there is no intact snapshot.
    """
    for name in _candidates(artifacts):
        try:
            return _read(verify(artifacts.snapshots / name))
        except SnapshotError as error:
            log.warning(
                "an unreadable snapshot is skipped; its stories and topics are not continued",
                extra={"snapshot": name, "error": str(error)},
            )
    return NO_PREVIOUS_GROUPS


def _candidates(artifacts: Artifacts) -> Iterator[str]:
    """The name of the current snapshot, then those before it, the newest first.

    Snapshots newer than the current one were rolled back, so nothing continues from them.
    """
    names = artifacts.names()
    try:
        current = artifacts.current()
    except SnapshotError:
        current = names[-1] if names else ""
    return (name for name in reversed(names) if name <= current)


def _read(snapshot: Snapshot) -> PreviousGroups:
    """The groups of an intact snapshot."""
    manifest, arrays = snapshot.manifest, snapshot.arrays
    leads = arrays.copies[arrays.copies_start[arrays.story_central]]
    floor = manifest.settings["related"]["floor"]
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
        _empty_share(arrays.scores, floor),
        count_own_hits(
            arrays.neighbours,
            arrays.scores,
            floor,
            arrays.source[arrays.copies[arrays.copies_start[:-1]]],
            list(snapshot.facets["source"]),
        ),
    )


def _empty_share(scores: Array, floor: float) -> float:
    """The share of texts of which no neighbour scores `floor` or more; `scores` (texts, k)."""
    return float((scores.max(axis=1, initial=0.0) < floor).mean()) if len(scores) else 0.0
