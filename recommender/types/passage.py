"""Passages: the words that a publisher's articles repeat, whatever they are about."""

from typing import NamedTuple

__all__ = ["Passage"]


class Passage(NamedTuple):
    """A run of words that is boilerplate in the articles of one publisher.

    Attributes:
        publisher: The source of these articles, or the host of their URLs where they name no
            source; "" for articles with neither.
        words: The words as they are compared, with one space between them; see
            `language.sentences`.
        example: The passage as one article has it.
        articles: How many articles have it, as far as was counted when it was last learned.
        learned: The day on which it was learned, ISO 8601.
        kept: Whether the setting `boilerplate.keep` protects it, so that it is not cut.
    """

    publisher: str
    words: str
    example: str
    articles: int
    learned: str
    kept: bool = False
