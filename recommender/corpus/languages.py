"""Languages: that of each article and text, from its label, or else from the text itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recommender._typing import Array
from recommender.language.detect import LEADING_CHARACTERS, detect_language
from recommender.language.labels import language_of
from recommender.language.tokens import Tokens
from recommender.store.base import StoredArticle

__all__ = ["LanguageCounts", "Languages", "find_languages"]

# Tokens that surely hold as many characters as the detection reads.
_LEADING_TOKENS = LEADING_CHARACTERS
# Labels that say of a text that it has no language, or several.
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "x-default"})


@dataclass(frozen=True, slots=True)
class LanguageCounts:
    """How the languages of a night's articles were found.

    Attributes:
        articles: How many articles each language has, by its code, the most frequent first.
        detected: How many articles without a label that is understood have a language that was
            detected, by its code.
        undetected: How many have none that is clear. For their words they count as written in the
            language that is the most frequent in their source.
        unknown: How many articles have a label that is no language, by the label.
    """

    articles: dict[str, int]
    detected: dict[str, int]
    undetected: int
    unknown: dict[str, int]


class Languages(NamedTuple):
    """The languages of one night.

    Attributes:
        of_articles: The code of each article's language, None for an unknown one.
        of_contents: The code of the language whose words each content has; "" where the corpus
            says nothing.
        counts: How they were found.
    """

    of_articles: list[str | None]
    of_contents: list[str]
    counts: LanguageCounts


def find_languages(
    articles: Sequence[StoredArticle], content_of: Array, tokens: Tokens
) -> Languages:
    """Find the language of each article.

    An article's label decides. Where it has none, or one that is no language, the label of an
    article with the same text decides, and then the text itself.

    Args:
        articles: All articles.
        content_of: (articles,) integers, the content of each.
        tokens: The tokens of all contents.

    Returns:
        The languages.
    """
    contents = content_of.tolist()
    labelled = [language_of(a.card.language) if a.card.language else None for a in articles]
    found: dict[int, str | None] = {}
    for content, code in zip(contents, labelled, strict=True):
        if code is not None:
            found.setdefault(content, code)
    for content in contents:
        if content not in found:
            found[content] = detect_language(_beginning(tokens, content))
    of_articles = [code or found[content] for content, code in zip(contents, labelled, strict=True)]
    unlabelled = [number for number, code in enumerate(labelled) if code is None]
    detected = Counter(code for number in unlabelled if (code := of_articles[number]))
    labels = (articles[number].card.language for number in unlabelled)
    unknown = Counter(s for s in labels if s and s.strip().casefold() not in _NO_LANGUAGE)
    return Languages(
        of_articles,
        _of_contents(articles, contents, of_articles, len(tokens.start) - 1),
        LanguageCounts(
            dict(Counter(filter(None, of_articles)).most_common()),
            dict(detected.most_common()),
            len(unlabelled) - detected.total(),
            dict(unknown.most_common()),
        ),
    )


def _of_contents(
    articles: Sequence[StoredArticle], contents: list[int], codes: list[str | None], size: int
) -> list[str]:
    """The language of each content: its first article's, or else the usual one of the source."""
    of_sources: dict[str | None, Counter[str]] = {}
    for article, code in zip(articles, codes, strict=True):
        if code:
            of_sources.setdefault(article.card.source, Counter())[code] += 1
    of_all: Counter[str] = sum(of_sources.values(), Counter())
    result = [""] * size
    for article, content, code in zip(articles, contents, codes, strict=True):
        if not result[content]:
            usual = of_sources.get(article.card.source) or of_all
            result[content] = code or max(usual, key=lambda c: (usual[c], c), default="")
    return result


def _beginning(tokens: Tokens, content: int) -> str:
    first = int(tokens.start[content])
    last = min(first + _LEADING_TOKENS, int(tokens.start[content + 1]))
    words: list[str] = []
    size = 0
    for token in tokens.tokens[first:last].tolist():
        words.append(tokens.vocabulary[token])
        size += len(words[-1]) + 1
        if size > LEADING_CHARACTERS:
            break
    return " ".join(words)
