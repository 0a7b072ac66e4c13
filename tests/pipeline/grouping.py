"""A real night of planted articles, as grouping and describing them see it."""

from collections import defaultdict
from typing import Any, NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.corpus.corpus import Corpus
from recommender.graph.rescore import Rescored
from recommender.groups.previous import NO_PREVIOUS_GROUPS, PreviousGroups
from recommender.keywords.terms import Terms
from recommender.pipeline.build_groups import Groups, build_groups
from recommender.pipeline.describe_groups import GroupDescriptions, describe_groups
from recommender.progress import Silent, Timed
from tests.planted import settings


class GroupingNight(NamedTuple):
    """What a real night gave to grouping, and where it published."""

    corpus: Corpus
    rescored: Rescored
    lengths: Any
    terms: Terms
    artifacts: Artifacts

    def groups(
        self, previous: PreviousGroups = NO_PREVIOUS_GROUPS, *overrides: str, build: str = "b1"
    ) -> Groups:
        timed = Timed(Silent())
        chosen = settings(*overrides).topics
        return build_groups(
            self.corpus, self.rescored, self.lengths, previous, build, chosen, timed
        )

    def describe(
        self, groups: Groups, previous: PreviousGroups = NO_PREVIOUS_GROUPS, words: int = 5
    ) -> GroupDescriptions:
        graph = self.rescored.graph
        return describe_groups(self.corpus, graph, groups, previous, self.terms, words)


def members(night: GroupingNight, group_of: Any) -> list[set[str]]:
    """The ids of the articles of each group of texts."""
    found = defaultdict(set)
    for article, text in zip(night.corpus.articles, night.corpus.copies.text_of, strict=True):
        found[int(group_of[text])].add(article.card.id)
    return [found[number] for number in range(len(found))]


def rows_of(night: GroupingNight, ids: set[str]) -> list[int]:
    return [row for row, item in enumerate(night.corpus.articles) if item.card.id in ids]
