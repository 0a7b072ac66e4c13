"""Articles that have nothing in common but what a test plants in them."""

import random

from recommender.corpus.boilerplate import FoundPassage, learn_passages
from recommender.language.sentences import pack_edges
from recommender.store.boilerplate import Original

STOP_WORDS = frozenset({"the", "a", "an", "in", "of", "and", "to", "by", "on", "for", "it", "is"})
_CONSONANTS, _VOWELS = "bdfgklmnprst", "aeiou"


def made_up_word(draw: random.Random) -> str:
    return "".join(draw.choice(_CONSONANTS) + draw.choice(_VOWELS) for _ in range(4))


def sentence(draw: random.Random, words: int = 12) -> str:
    first, *rest = [made_up_word(draw) for _ in range(words)]
    return f"{first.capitalize()} {' '.join(rest)}."


def unlike_articles(count: int, sentences: int = 8, seed: int = 0) -> list[Original]:
    """Articles of which no two share a headline's words or a sentence."""
    draw = random.Random(seed)
    return [
        Original(sentence(draw, 6).rstrip("."), " ".join(sentence(draw) for _ in range(sentences)))
        for _ in range(count)
    ]


def learn(articles: list[Original]) -> list[FoundPassage]:
    edges = [pack_edges(article.text) for article in articles]
    return learn_passages(edges, articles.__getitem__, STOP_WORDS)


def learned_words(articles: list[Original]) -> list[str]:
    return [passage.words for passage in learn(articles)]
