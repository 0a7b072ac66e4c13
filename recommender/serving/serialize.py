"""Answers as JSON: one shape for each public value, for the command line and the web.

Every function returns plain dicts, lists, strings and numbers, ready for `json.dumps`. Moments and
days are ISO 8601 strings. `schemas.json_schemas` describes each shape as JSON Schema.
"""

from datetime import datetime
from typing import Any, TypeAlias

from recommender.serving.explain import explain
from recommender.types.article import Card
from recommender.types.groups import Change, Keyword, Story, Topic, Trend
from recommender.types.health import Health
from recommender.types.related import Answer, Related

__all__ = [
    "JsonObject",
    "answer_json",
    "article_json",
    "change_json",
    "health_json",
    "hit_json",
    "story_json",
    "topic_json",
    "trend_json",
]

JsonObject: TypeAlias = dict[str, Any]


def answer_json(article: Card | None, answer: Answer) -> JsonObject:
    """An answer with the article that was asked about.

    Args:
        article: The article that was asked about; None for a text that is not published.
        answer: The related articles.

    Returns:
        An object of the shape "answer".
    """
    return {
        "article": None if article is None else article_json(article),
        "related": [hit_json(hit) for hit in answer],
        "note": answer.note,
    }


def hit_json(hit: Related) -> JsonObject:
    """One related article, its reasons also in words.

    Args:
        hit: The related article.

    Returns:
        An object of the shape "hit".
    """
    reasons = hit.reasons
    return hit._asdict() | {
        "published": _moment(hit.published),
        "also_at": [article_json(copy) for copy in hit.also_at],
        "reasons": reasons._asdict()
        | {
            "names": list(reasons.names),
            "phrases": list(reasons.phrases),
            "text": explain(reasons),
        },
    }


def article_json(card: Card) -> JsonObject:
    """What a page shows of one article.

    Args:
        card: The article's card.

    Returns:
        An object of the shape "article".

    Example:
        >>> article_json(Card("na-1", "Storm", None, "Gazette", None, "en", None, None))["title"]
        'Storm'
    """
    return card._asdict() | {"published": _moment(card.published)}


def topic_json(topic: Topic, keywords: int | None = None) -> JsonObject:
    """One topic.

    Args:
        topic: The topic.
        keywords: How many of its keywords; None for all.

    Returns:
        An object of the shape "topic".
    """
    return {
        "id": topic.id,
        "label": topic.label,
        "size": topic.size,
        "level": topic.level,
        "parent": topic.parent,
        "keywords": _keywords(topic.keywords[:keywords]),
        "representatives": list(topic.representatives),
        "asked": topic.asked,
    }


def story_json(story: Story) -> JsonObject:
    """One story with its articles.

    Args:
        story: The story.

    Returns:
        An object of the shape "story".
    """
    return {
        "id": story.id,
        "headline": story.headline,
        "size": story.size,
        "first": _moment(story.first),
        "last": _moment(story.last),
        "sources": list(story.sources),
        "keywords": _keywords(story.keywords),
        "lead": story.lead.id,
        "articles": [article_json(card) for card in story.articles],
        "asked": story.asked,
    }


def change_json(change: Change) -> JsonObject:
    """What a night did to one story or topic.

    Args:
        change: The change.

    Returns:
        An object of the shape "change".
    """
    return change._asdict() | {"others": list(change.others)}


def trend_json(trend: Trend) -> JsonObject:
    """A story or topic with far more articles than usual.

    Args:
        trend: The trend.

    Returns:
        An object of the shape "trend".
    """
    return trend._asdict() | {"until": trend.until.isoformat(), "daily": list(trend.daily)}


def health_json(health: Health) -> JsonObject:
    """What a serving process is doing.

    Args:
        health: The health.

    Returns:
        An object of the shape "health".
    """
    return {
        "ok": health.ok,
        "snapshot": health.snapshot,
        "created": _moment(health.created),
        "articles": health.articles,
        "removed": health.removed,
        "error": health.error,
    }


def _keywords(keywords: tuple[Keyword, ...]) -> list[JsonObject]:
    return [keyword._asdict() for keyword in keywords]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
