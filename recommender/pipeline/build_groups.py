"""One night's stories and topics: found in the graph, and recognised by their ids."""

from typing import NamedTuple

import msgspec
import numpy as np

from recommender._typing import Array
from recommender.corpus.corpus import Corpus
from recommender.corpus.forms import find_forms
from recommender.dates import NO_DATE
from recommender.graph.measures import central_members
from recommender.graph.rescore import Rescored
from recommender.groups.identity import Identities, Partition, identify
from recommender.groups.previous import PreviousGroups
from recommender.groups.stories import Stories, detect_stories, time_adjusted_scores
from recommender.groups.story_thresholds import story_thresholds
from recommender.groups.topics import Topics, detect_topics, topic_strengths, unassign_weakest
from recommender.progress import Timed
from recommender.scoring.time_proximity import time_proximity
from recommender.settings.sections import Topics as TopicSettings

__all__ = ["Groups", "build_groups"]


class Groups(NamedTuple):
    """The stories and topics of a night's texts.

    Attributes:
        stories: The texts of each story.
        central: (stories,) int32, the most central text of each story.
        topics: The topics of each text, level by level.
        strength: (texts,) float32 in [0, 1], how surely each text belongs to its broad topic.
        identities: The ids of the stories and topics, and what became of the previous ones.
    """

    stories: Stories
    central: Array
    topics: Topics
    strength: Array
    identities: Identities


class _PreviousTexts(NamedTuple):
    """The previous groups of tonight's texts, by their lead articles: (texts,), -1 for none."""

    stories: Array
    topics: Array
    finest: Array


def build_groups(
    corpus: Corpus,
    rescored: Rescored,
    lengths: Array,
    previous: PreviousGroups,
    build: str,
    settings: TopicSettings,
    timed: Timed,
) -> Groups:
    """Find the stories and topics of the graph, and give them ids that last over nights.

    Args:
        corpus: Tonight's articles and texts.
        rescored: The neighbours of each text and their scores.
        lengths: (texts,) The number of words of each text.
        previous: The groups of the night before.
        build: The digest of this build, which no other night has; new ids are made from it.
        settings: How topics are found.
        timed: Shows and times the stages "stories", "topics" and "identity".

    Returns:
        The stories and topics with their ids.
    """
    sizes = np.diff(corpus.copies.copies_start)  # the articles of each text
    before = _previous_texts(corpus, previous)
    with timed.stage("stories", None, "texts"):
        stories = _find_stories(corpus, rescored, lengths, sizes, before, settings.seed)
        central = central_members(*rescored.wide, stories.story_of)
    with timed.stage("topics", None, "texts"):
        # Topics found under other settings are no starting point for tonight's search.
        comparable = previous.settings.get("topics") == msgspec.to_builtins(settings)
        topics = detect_topics(
            *rescored.wide,
            settings.resolution,
            settings.seed,
            sizes,
            count=settings.count or None,
            previous=(before.topics, before.finest) if before and comparable else None,
        )
        strength = topic_strengths(*rescored.graph, topics.topic_of)
        topics = unassign_weakest(topics, strength, settings.unassigned, sizes)
    with timed.stage("identity", None, "articles"):
        identities = _identify(corpus, rescored, stories, central, topics, previous, build)
    return Groups(stories, central, topics, strength, identities)


def _previous_texts(corpus: Corpus, previous: PreviousGroups) -> _PreviousTexts | None:
    """The previous groups of tonight's texts; None where there was no night before."""
    if not previous.ids:
        return None
    row = {article_id: number for number, article_id in enumerate(previous.ids)}
    rows = np.array([row.get(lead, -1) for lead in corpus.lead_ids], dtype=np.int64)
    columns = (previous.story_of, previous.topic_of, previous.finest_of)
    return _PreviousTexts(*(np.append(column, -1)[rows] for column in columns))


def _find_stories(
    corpus: Corpus,
    rescored: Rescored,
    lengths: Array,
    sizes: Array,
    before: _PreviousTexts | None,
    seed: int,
) -> Stories:
    neighbours, scores = rescored.wide
    leads = corpus.copies.leads
    close = time_proximity(neighbours, corpus.published[leads], NO_DATE)
    thresholds = story_thresholds(neighbours, scores, lengths, seed, close)
    adjusted = time_adjusted_scores(scores, close)
    # Only these pairs speak for one story, so only these are compared.
    telling = adjusted > thresholds.of_pairs(neighbours)
    tokens = corpus.tokens.take(corpus.lead_contents)
    titles = [corpus.articles[row].card.title for row in leads.tolist()]
    forms = find_forms(neighbours, telling, tokens, titles)
    return detect_stories(
        neighbours,
        np.where(forms, 0, adjusted),
        thresholds,
        seed,
        sizes,
        previous=before.stories if before else None,
    )


def _identify(
    corpus: Corpus,
    rescored: Rescored,
    stories: Stories,
    central: Array,
    topics: Topics,
    previous: PreviousGroups,
    build: str,
) -> Identities:
    """The ids of the stories, and of the topics of each level."""
    levels = [topics.at_level(n) for n in range(1, int(topics.levels.max(initial=1)) + 1)]
    return identify(
        previous,
        [article.card.id for article in corpus.articles],
        _partition(corpus, stories.story_of, central, build),
        [
            _partition(corpus, level, central_members(*rescored.wide, level), build)
            for level in levels
        ],
    )


def _partition(corpus: Corpus, group_of: Array, central: Array, build: str) -> Partition:
    """The group of each article, and for each group what a new id is made from."""
    leads = corpus.copies.leads[central].tolist()
    return Partition(
        group_of[corpus.copies.text_of],
        [f"{build}\n{corpus.articles[row].card.id}" for row in leads],
    )
