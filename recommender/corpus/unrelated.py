"""Whether articles have nothing to do with each other, by headlines and beginnings alone.

This is judged before anything is embedded or counted, and only to tell whether a passage that
articles share says anything about them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

__all__ = ["Head", "count_unrelated", "head_of", "tell_one_story"]

BEGINNING = 100  # words: about the first four sentences, which say what a news article is about
UNTITLED = 12  # words that stand in for a headline where there is none
SHARED = 0.5  # the share of a headline that another article on the same subject has
# A word of one story: in most of its articles, and in few others. Less contrast marks a section.
IN_STORY, IN_OTHERS = 0.75, 0.1
LEAST_OTHERS = 4  # articles; fewer do not show how rare a word is


class Head(NamedTuple):
    """What an article says first.

    Attributes:
        headline: The distinct words of its headline that are no stop words.
        beginning: The distinct words of its headline and its beginning.
    """

    headline: frozenset[str]
    beginning: frozenset[str]


def head_of(title: Sequence[str], text: Sequence[str], stop_words: Collection[str]) -> Head:
    """The head of an article.

    Args:
        title: The words of its title; may be empty.
        text: The words of its text, without the passage in question.
        stop_words: Words that say nothing about a subject.

    Returns:
        The head. An article without a title has the first words of its text as a headline.
    """
    headline = [word for word in title or text[:UNTITLED] if word not in stop_words]
    return Head(frozenset(headline or title), frozenset([*title, *text[:BEGINNING]]))


def count_unrelated(heads: Iterable[Head], passage: Collection[str]) -> int:
    """How many of the articles that share a passage are related neither to it nor to one another.

    Args:
        heads: The heads of the articles. Each is counted if it is related to none that was counted
            before it.
        passage: The words of the passage. If it has half of a headline, it is what that article is
            about, as is an agency's text under the headlines of many publishers.

    Returns:
        The number of articles that were counted.

    Example:
        >>> def head(title):
        ...     return head_of(title.split(), [], {"in", "the"})
        >>> count_unrelated([head("ash over catania"), head("wolf seen in hamburg")], {"log", "in"})
        2
        >>> count_unrelated([head("ash over catania"), head("the catania ash")], {"log", "in"})
        1
    """
    counted: list[Head] = []
    words = frozenset(passage)
    for head in heads:
        if not _shares(head.headline, words) and not any(_related(head, o) for o in counted):
            counted.append(head)
    return len(counted)


def tell_one_story(heads: Sequence[Head], others: Sequence[Head]) -> bool:
    """Whether articles have a word in common that the publisher hardly uses otherwise.

    The headlines of follow-ups can differ in all words. The place or the person that they are about
    stands in all their beginnings.

    Args:
        heads: The heads of the articles.
        others: The heads of other articles of the same publisher.

    Returns:
        True if there is such a word.
    """
    if len(others) < LEAST_OTHERS:
        return False
    counts = Counter(word for head in heads for word in head.beginning)
    elsewhere = Counter(word for head in others for word in head.beginning)
    return any(
        count >= IN_STORY * len(heads) and elsewhere[word] <= IN_OTHERS * len(others)
        for word, count in counts.items()
    )


def _related(one: Head, other: Head) -> bool:
    """Whether either has half of the other's headline."""
    return _shares(one.headline, other.beginning) or _shares(other.headline, one.beginning)


def _shares(headline: frozenset[str], words: frozenset[str]) -> bool:
    """Whether `words` have half of a headline; none at all is shared by any."""
    return len(headline & words) >= SHARED * len(headline)
