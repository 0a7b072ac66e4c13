"""One night's stories and topics in words: keywords, labels, and what changed since the last."""

from typing import NamedTuple

import numpy as np

from recommender.corpus.corpus import Corpus
from recommender.graph.rescore import Graph
from recommender.groups.lineage import Event
from recommender.groups.previous import PreviousGroups
from recommender.groups.representatives import representatives
from recommender.keywords.keywords import keywords, label_of
from recommender.keywords.terms import Terms
from recommender.pipeline.build_groups import Groups
from recommender.types.groups import Change, Keyword, Topic

__all__ = ["GroupDescriptions", "describe_groups"]


class GroupDescriptions(NamedTuple):
    """The groups of a night in words.

    Attributes:
        stories: The id and the keywords of each story, by its number.
        topics: The topics, level by level.
        changes: What happened to "topics" and to "stories" since the night before.
    """

    stories: list[tuple[str, tuple[Keyword, ...]]]
    topics: list[Topic]
    changes: dict[str, list[Change]]


def describe_groups(
    corpus: Corpus, graph: Graph, groups: Groups, previous: PreviousGroups, terms: Terms, words: int
) -> GroupDescriptions:
    """Describe the groups of a night, and say what changed.

    Args:
        corpus: Tonight's articles and texts.
        graph: The neighbours of each text, from which representatives are chosen.
        groups: Tonight's stories and topics.
        previous: The groups of the night before.
        terms: The terms of the texts, from which keywords are chosen.
        words: How many keywords a group gets at most.

    Returns:
        Keywords, topics and changes.
    """
    topics = _describe_topics(corpus, graph, groups, terms, words)
    labels = _previous_labels(previous, terms) | {topic.id: topic.label for topic in topics}
    headlines = _headlines(corpus, groups, previous)
    identities = groups.identities
    changes = {
        "topics": [_change(event, labels) for event in identities.topic_events if _is_news(event)],
        "stories": [
            _change(event, headlines)
            for event in identities.story_events
            if _is_news(event) and max(event.size, event.previous_size) > 1
        ],
    }
    stories = zip(identities.story_ids, _story_keywords(groups, terms, words), strict=True)
    return GroupDescriptions([*stories], topics, changes)


def _describe_topics(
    corpus: Corpus, graph: Graph, groups: Groups, terms: Terms, words: int
) -> list[Topic]:
    """The topics of all levels, with keywords that set each apart from the others of its level."""
    found, ids, leads = groups.topics, groups.identities.topic_ids, corpus.lead_ids
    topics: list[Topic] = []
    for level in range(1, int(found.levels.max(initial=1)) + 1):
        # Texts whose topic has no topics at this level are in no group here.
        numbers = found.at_level(level)
        keywords_of = keywords(terms, numbers, words)
        sizes = corpus.topic_sizes(numbers, len(keywords_of))
        representatives_of = representatives(*graph, numbers).tolist()
        for best, size, texts in zip(keywords_of, sizes, representatives_of, strict=True):
            place = len(topics)
            above = None if level == 1 else topics[found.parents[place]]
            label = label_of(best, above.label if above else "")
            parent = above.id if above else None
            articles = tuple(leads[text] for text in texts if text >= 0)
            topics.append(Topic(ids[place], label, size, best, level, parent, articles))
    return topics


def _story_keywords(groups: Groups, terms: Terms, words: int) -> list[tuple[Keyword, ...]]:
    """The keywords of each story by number; a story of a single text needs none."""
    story_of, start = groups.stories.story_of, groups.stories.story_start
    several = np.flatnonzero(np.diff(start) > 1)
    number = np.full(len(start) - 1, -1, dtype=np.int32)
    number[several] = np.arange(len(several), dtype=np.int32)
    found: list[tuple[Keyword, ...]] = [()] * len(number)
    for story, best in zip(several.tolist(), keywords(terms, number[story_of], words), strict=True):
        found[story] = best
    return found


def _previous_labels(previous: PreviousGroups, terms: Terms) -> dict[str, str]:
    """The label of each previous topic, from those of its keywords that are still terms tonight.

    A word that is no longer a term may come from an article that was taken down.
    """
    used = set(terms.terms)
    labels: dict[str, str] = {}
    for topic in previous.topics:  # a topic comes after the one that it is part of
        left = [keyword for keyword in topic.keywords if keyword.term in used]
        labels[topic.id] = label_of(left, labels.get(topic.parent or "", ""))
    return labels


def _headlines(corpus: Corpus, groups: Groups, previous: PreviousGroups) -> dict[str, str]:
    """The headline of each story by its id; "" for a previous one whose lead is gone."""
    titles = {article.card.id: article.card.title for article in corpus.articles}
    before = [titles.get(lead, "") for lead in previous.story_leads]
    leads = corpus.copies.leads[groups.central].tolist()
    tonight = [corpus.articles[row].card.title for row in leads]
    return dict(zip(previous.story_ids, before, strict=True)) | dict(
        zip(groups.identities.story_ids, tonight, strict=True)
    )


def _is_news(event: Event) -> bool:
    return event.kind != "continued"


def _change(event: Event, labels: dict[str, str]) -> Change:
    return Change(
        event.kind,
        event.id,
        labels.get(event.id, ""),
        event.others,
        event.size,
        event.previous_size,
    )
