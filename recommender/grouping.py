"""One night's stories and topics: found in the graph, recognised by their ids, put into words."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.communities import central_members
from recommender.config import Settings
from recommender.corpus import Corpus
from recommender.former import Former
from recommender.graph import Rescored
from recommender.hierarchy import at_level
from recommender.identity import Identities, Partition, identify
from recommender.keywords import keywords
from recommender.lineage import Event
from recommender.progress import Advance, Timed
from recommender.snapshot import NO_DATE
from recommender.store import Store
from recommender.stories import Stories, detect_stories, less_apart, story_thresholds
from recommender.topics import Topics, detect_topics, strengths, without_weakest
from recommender.types import Change, Keyword, Topic

__all__ = ["Described", "Groups", "described", "find_groups"]

LABEL_TERMS = 3


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


class Described(NamedTuple):
    """Groups in words: `stories` by number with their keywords, `topics` level by level."""

    stories: list[tuple[str, tuple[Keyword, ...]]]
    topics: list[Topic]
    changes: dict[str, list[Change]]


def find_groups(
    corpus: Corpus,
    rescored: Rescored,
    lengths: Array,
    former: Former,
    build: str,
    settings: Settings,
    timed: Timed,
) -> Groups:
    """The stories and topics of the graph, with the ids of those of the `former` night.

    `lengths` (texts,) counts the words of each text. New ids are made from `build`, which no other
    night has.
    """
    articles, chosen = np.diff(corpus.copies.copies_start), settings.topics
    # Under other settings topics are found anew: what was before would hold them back.
    alike = former.settings.get("topics") == settings.to_dict()["topics"]
    with timed.stage("stories", None, "texts"):
        neighbours, scores = rescored.wide
        published = corpus.published[corpus.copies.leads]
        stories = detect_stories(
            neighbours,
            less_apart(neighbours, scores, published, NO_DATE),
            story_thresholds(rescored.background, lengths),
            chosen.seed,
            articles,
        )
        central = central_members(neighbours, scores, stories.story_of)
    with timed.stage("topics", None, "texts"):
        topics = detect_topics(
            neighbours,
            scores,
            chosen.resolution,
            chosen.seed,
            articles,
            count=chosen.count or None,
            former=_former_topics(corpus, former) if alike else None,
        )
        strength = strengths(*rescored.graph, topics.topic_of)
        topics = without_weakest(topics, strength, chosen.unassigned, articles)
    with timed.stage("identity", None, "articles"):
        levels = range(1, int(topics.levels.max(initial=1)) + 1)
        identities = identify(
            former,
            [article.card.id for article in corpus.articles],
            _partition(corpus, rescored, stories.story_of, build),
            [_partition(corpus, rescored, at_level(*topics[1:], level), build) for level in levels],
        )
    return Groups(stories, central, topics, strength, identities)


def described(
    store: Store, corpus: Corpus, groups: Groups, former: Former, words: int, advance: Advance
) -> Described:
    """The groups with `words` keywords each, and what became of those of the `former` night."""
    identities = groups.identities
    topics = _topics(store, corpus, groups, words, advance)
    titles = {article.card.id: article.card.title for article in corpus.articles}
    headlines = dict(
        zip(former.story_ids, (titles.get(i, "") for i in former.story_leads), strict=True)
    )
    leads = corpus.copies.leads[groups.central]
    for story_id, row in zip(identities.story_ids, leads.tolist(), strict=True):
        headlines[story_id] = corpus.articles[row].card.title
    labels = {topic.id: topic.label for topic in (*former.topics, *topics)}
    changes = {
        "topics": [_change(event, labels) for event in identities.topic_events if _is_news(event)],
        "stories": [
            _change(event, headlines)
            for event in identities.story_events
            if _is_news(event) and max(event.size, event.former_size) > 1
        ],
    }
    return Described([(i, ()) for i in identities.story_ids], topics, changes)


def _former_topics(corpus: Corpus, former: Former) -> tuple[Array, Array]:
    """The former topics of tonight's texts, those of their leads, -1 for what is new."""
    row = {article_id: number for number, article_id in enumerate(former.ids)}
    rows = np.array([row.get(lead, -1) for lead in corpus.lead_ids], dtype=np.int64)
    topic_of, finest_of = np.append(former.topic_of, -1), np.append(former.finest_of, -1)
    return topic_of[rows], finest_of[rows]


def _partition(corpus: Corpus, rescored: Rescored, group_of: Array, build: str) -> Partition:
    central = central_members(*rescored.wide, group_of)
    leads = corpus.copies.leads[central].tolist()
    return Partition(
        group_of[corpus.copies.text_of],
        [f"{build}\n{corpus.articles[row].card.id}" for row in leads],
    )


def _topics(
    store: Store, corpus: Corpus, groups: Groups, words: int, advance: Advance
) -> list[Topic]:
    """The topics of all levels, with keywords that set each apart from the others of its level."""
    found, ids = groups.topics, groups.identities.topic_ids
    topics: list[Topic] = []
    for level in range(1, int(found.levels.max(initial=1)) + 1):
        # The texts of topics that end above this level take no part in it.
        numbers = at_level(*found[1:], level)
        texts = store.embedded_texts(corpus.lead_ids)
        terms = keywords(
            _counted(texts, advance) if level == 1 else texts, numbers, words, corpus.languages
        )
        sizes = corpus.topic_sizes(numbers, len(terms))
        for best, size in zip(terms, sizes, strict=True):
            place = len(topics)
            parent = None if level == 1 else ids[found.parents[place]]
            label = ", ".join(keyword.term for keyword in best[:LABEL_TERMS])
            topics.append(Topic(ids[place], label, size, best, level, parent))
    return topics


def _is_news(event: Event) -> bool:
    return event.kind != "continued"


def _change(event: Event, labels: dict[str, str]) -> Change:
    return Change(
        event.kind, event.id, labels.get(event.id, ""), event.others, event.size, event.former_size
    )


def _counted(texts: Iterator[str], advance: Advance) -> Iterator[str]:
    for text in texts:
        yield text
        advance(1)
