"""Made-up articles and their edits, for the tests of near-duplicates."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, combinations, islice, permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from recommender._typing import Array
from recommender.corpus.compare_texts import Likeness, compare_texts
from recommender.corpus.near_duplicates import Contents, group_duplicates
from recommender.corpus.shingles import HashedWords, hash_words
from recommender.corpus.signatures import signature, unpack_signatures
from recommender.dates import NO_DATE
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens, tokenise

SHARED = Path(__file__).parents[3] / "shared" / "data"
shared_sets = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled sets are not here")

SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za", "dre", "pli", "sto", "gan")
FOOTER = (
    "Sign up for our newsletter and get the best of the day in your inbox every morning. Read "
    "more about this on our site, follow us, and tell us what you think of this article. All "
    "rights reserved; no part of this page may be copied without our leave in writing."
)


class Story(NamedTuple):
    title: str
    body: str

    @property
    def text(self) -> str:
        return embedded_text(self.title, self.body)


def lexicon(rng: random.Random) -> Iterator[str]:
    while True:
        yield "".join(rng.choices(SYLLABLES, k=rng.randint(1, 4)))


LEXICON = list(islice(lexicon(random.Random(0)), 3000))
COMMON = list(accumulate(1 / (rank + 5) for rank in range(3000)))


def made_up_words(rng: random.Random, count: int) -> list[str]:
    """Words of a made-up language, a few of them very common, as in any language."""
    return rng.choices(LEXICON, cum_weights=COMMON, k=count)


def story(number: int, words: int = 220) -> Story:
    """A made-up article of paragraphs, the same for the same number."""
    rng = random.Random(f"story {number}")
    body = made_up_words(rng, words)
    for at in range(11, words, 12):
        body[at] += "."
    paragraphs = [" ".join(body[at : at + 48]) for at in range(0, words, 48)]
    return Story(" ".join(made_up_words(rng, 7)).title(), "\n\n".join(paragraphs))


def changed_headline(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    """Another headline about the same article, so of words that the article has."""
    of_body = sorted({word.strip('.,;:"“”()') for word in s.body.split() if len(word) > 4})
    return s._replace(title=" ".join(rng.choices(of_body or words, k=rng.randint(5, 9))))


def cut_tail(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = s.body.split(" ")
    return s._replace(body=" ".join(parts[: round(len(parts) * rng.uniform(0.6, 0.7))]))


def agency_line(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    line = rng.choice(
        ["HARBOUR CITY, March 3 (Example Press) - ", "This report is by the Example News Agency. "]
    )
    return s._replace(body=line + s.body if rng.random() < 0.5 else f"{s.body}\n\n{line}")


def swapped_paragraphs(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = [part for part in s.body.split("\n") if part.strip()]
    if len(parts) < 3:
        parts = [part + "." for part in s.body.split(". ")]
    for _ in range(max(1, len(parts) // 3)):
        a, b = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[a], parts[b] = parts[b], parts[a]
    return s._replace(body="\n\n".join(parts))


def changed_words(s: Story, rng: random.Random, words: Sequence[str]) -> Story:
    parts = s.body.split(" ")
    for at in rng.sample(range(len(parts)), round(len(parts) * 0.1)):
        parts[at] = rng.choice(words)
    return s._replace(body=" ".join(parts))


Edit = Callable[[Story, random.Random, Sequence[str]], Story]
EDITS: list[Edit] = [changed_headline, cut_tail, agency_line, swapped_paragraphs, changed_words]
KINDS: list[tuple[Edit, ...]] = [*((edit,) for edit in EDITS), *permutations(EDITS, 2)]


def edited(s: Story, kind: Sequence[Edit], rng: random.Random, words: Sequence[str]) -> Story:
    for edit in kind:
        s = edit(s, rng, words)
    return s


def signatures(texts: Sequence[str]) -> Array:
    """The signatures of `texts`: (texts, 1 + SAMPLE) uint32."""
    return unpack_signatures([signature(tokenise(text)) for text in texts])


def words_of(one: str | Story) -> HashedWords:
    """The words of a text, or of a story, whose title is known."""
    if isinstance(one, str):
        return hash_words(tokenise(one))
    return hash_words(tokenise(one.text), tokenise(one.title))


def near_duplicates(one: str | Story, other: str | Story) -> bool:
    return compare_texts(words_of(one), words_of(other)) >= Likeness.EXTRACT


def contents_of(texts: Sequence[str | Story], order: Sequence[int] | None = None) -> Contents:
    """Texts without source and date; without an `order` they lead in that of their numbers."""
    titles = ["" if isinstance(text, str) else text.title for text in texts]
    prepared = [text if isinstance(text, str) else text.text for text in texts]
    ranks = np.arange(len(texts))
    if order is not None:
        ranks[np.array(order, dtype=np.int64)] = np.arange(len(texts))
    nothing = np.full(len(texts), -1)
    undated = np.full(len(texts), NO_DATE)
    return Contents(signatures(prepared), read_tokens(prepared), titles, nothing, undated, ranks)


def leads_of(texts: Sequence[str | Story], order: Sequence[int] | None = None) -> list[int]:
    """The lead of each text; see `contents_of`."""
    found = group_duplicates(contents_of(texts, order))
    assert found.dtype == np.int32
    leads: list[int] = found.tolist()
    return leads


def pairs_of(leads: Sequence[int]) -> set[tuple[int, int]]:
    groups: dict[int, list[int]] = {}
    for text, lead in enumerate(leads):
        groups.setdefault(lead, []).append(text)
    return {pair for group in groups.values() for pair in combinations(group, 2)}
