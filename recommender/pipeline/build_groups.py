"""One night's stories and topics: found in the graph, recognised by their ids, put into words."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.corpus import Corpus
from recommender.dates import NO_DATE
from recommender.graph.measures import central_members
from recommender.graph.rescore import Graph, Rescored
from recommender.groups.identity import Identities, Partition, identify
from recommender.groups.lineage import Event
from recommender.groups.previous import PreviousGroups
from recommender.groups.representatives import representatives
from recommender.groups.stories import Stories, detect_stories, time_adjusted_scores
from recommender.groups.story_thresholds import story_thresholds
from recommender.groups.topics import Topics, detect_topics, topic_strengths, unassign_weakest
from recommender.keywords.keywords import keywords, label_of
from recommender.keywords.terms import Terms
from recommender.progress import Timed
from recommender.scoring.time_proximity import time_proximity
from recommender.settings import Settings
from recommender.types import Change, Keyword, Topic

__all__ = ["GroupDescriptions", "Groups", "build_groups", "describe_groups"]


class Groups(NamedTuple):
    """Stories and topics of texts by number, and who they are.

    `central` (stories,) int32 is the most central text of each story, `strength` (texts,) float32
    how surely each text is of its topic of level 1.
    """

    stories: Stories
    central: Array
    topics: Topics
    strength: Array
    identities: Identities


class GroupDescriptions(NamedTuple):
    """Groups in words: `stories` by number with their keywords, `topics` level by level."""

    stories: list[tuple[str, tuple[Keyword, ...]]]
    topics: list[Topic]
    changes: dict[str, list[Change]]


class _Then(NamedTuple):
    """Previous groups of tonight's texts by their lead articles, (texts,), -1 for new texts."""

    stories: Array
    topics: Array
    finest: Array


def build_groups(
    corpus: Corpus,
    rescored: Rescored,
    lengths: Array,
    previous: PreviousGroups,
    build: str,
    settings: Settings,
    timed: Timed,
) -> Groups:
    """The stories and topics of the graph, with the ids of those of the `previous` night.

    `lengths` (texts,) counts the words of each text. New ids are made from `build`, which no other
    night has.
    """
    articles, chosen = np.diff(corpus.copies.copies_start), settings.topics
    then = _then(corpus, previous)
    # Under other settings topics are found anew: what was before would hold them back.
    alike = previous.settings.get("topics") == settings.to_dict()["topics"]
    neighbours, scores = rescored.wide
    with timed.stage("stories", None, "texts"):
        stories = _stories(corpus, rescored, lengths, articles, then, chosen.seed)
        central = central_members(neighbours, scores, stories.story_of)
    with timed.stage("topics", None, "texts"):
        topics = detect_topics(
            neighbours,
            scores,
            chosen.resolution,
            chosen.seed,
            articles,
            count=chosen.count or None,
            previous=(then.topics, then.finest) if then and alike else None,
        )
        strength = topic_strengths(*rescored.graph, topics.topic_of)
        topics = unassign_weakest(topics, strength, chosen.unassigned, articles)
    with timed.stage("identity", None, "articles"):
        levels = range(1, int(topics.levels.max(initial=1)) + 1)
        identities = identify(
            previous,
            [article.card.id for article in corpus.articles],
            _partition(corpus, stories.story_of, central, build),
            [
                _partition(corpus, numbers, central_members(neighbours, scores, numbers), build)
                for numbers in map(topics.at_level, levels)
            ],
        )
    return Groups(stories, central, topics, strength, identities)


def describe_groups(
    corpus: Corpus, graph: Graph, groups: Groups, previous: PreviousGroups, terms: Terms, words: int
) -> GroupDescriptions:
    """The groups with `words` keywords each, and what became of those of the `previous` night."""
    identities = groups.identities
    topics = _topics(corpus, graph, groups, terms, words)
    titles = {article.card.id: article.card.title for article in corpus.articles}
    headlines = dict(
        zip(previous.story_ids, (titles.get(i, "") for i in previous.story_leads), strict=True)
    )
    leads = corpus.copies.leads[groups.central]
    for story_id, row in zip(identities.story_ids, leads.tolist(), strict=True):
        headlines[story_id] = corpus.articles[row].card.title
    labels = _previous_labels(previous, terms) | {topic.id: topic.label for topic in topics}
    changes = {
        "topics": [_change(event, labels) for event in identities.topic_events if _is_news(event)],
        "stories": [
            _change(event, headlines)
            for event in identities.story_events
            if _is_news(event) and max(event.size, event.previous_size) > 1
        ],
    }
    story_keywords = _story_keywords(groups, terms, words)
    return GroupDescriptions(
        [*zip(identities.story_ids, story_keywords, strict=True)], topics, changes
    )


def _previous_labels(previous: PreviousGroups, terms: Terms) -> dict[str, str]:
    """By id what previous topics are called, in words that tonight's articles use.

    Others may be those of an article that was taken down.
    """
    used = set(terms.terms)
    return {
        topic.id: label_of([keyword for keyword in topic.keywords if keyword.term in used])
        for topic in previous.topics
    }


def _stories(
    corpus: Corpus,
    rescored: Rescored,
    lengths: Array,
    articles: Array,
    then: _Then | None,
    seed: int,
) -> Stories:
    neighbours, scores = rescored.wide
    close = time_proximity(neighbours, corpus.published[corpus.copies.leads], NO_DATE)
    return detect_stories(
        neighbours,
        time_adjusted_scores(scores, close),
        story_thresholds(neighbours, scores, lengths, seed, close),
        seed,
        articles,
        previous=then.stories if then else None,
    )


def _then(corpus: Corpus, previous: PreviousGroups) -> _Then | None:
    """None where there was no night before."""
    if not previous.ids:
        return None
    row = {article_id: number for number, article_id in enumerate(previous.ids)}
    rows = np.array([row.get(lead, -1) for lead in corpus.lead_ids], dtype=np.int64)
    columns = (previous.story_of, previous.topic_of, previous.finest_of)
    return _Then(*(np.append(column, -1)[rows] for column in columns))


def _partition(corpus: Corpus, group_of: Array, central: Array, build: str) -> Partition:
    leads = corpus.copies.leads[central].tolist()
    return Partition(
        group_of[corpus.copies.text_of],
        [f"{build}\n{corpus.articles[row].card.id}" for row in leads],
    )


def _topics(corpus: Corpus, graph: Graph, groups: Groups, terms: Terms, words: int) -> list[Topic]:
    """The topics of all levels, with keywords that set each apart from the others of its level."""
    found, ids, leads = groups.topics, groups.identities.topic_ids, corpus.lead_ids
    topics: list[Topic] = []
    for level in range(1, int(found.levels.max(initial=1)) + 1):
        # The texts of topics that end above this level take no part in it.
        numbers = found.at_level(level)
        words_of = keywords(terms, numbers, words)
        sizes = corpus.topic_sizes(numbers, len(words_of))
        shown = representatives(*graph, numbers).tolist()
        for best, size, texts in zip(words_of, sizes, shown, strict=True):
            place = len(topics)
            parent = None if level == 1 else ids[found.parents[place]]
            articles = tuple(leads[text] for text in texts if text >= 0)
            topics.append(Topic(ids[place], label_of(best), size, best, level, parent, articles))
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
