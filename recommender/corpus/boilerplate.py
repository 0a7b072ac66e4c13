"""Learn what a publisher repeats in its articles, whatever they are about.

A passage is boilerplate if it recurs in articles that have nothing to do with each other. What
recurs is found by the edges of sentences (`language.sentences`): of the articles that share an
edge, the passage is the longest run of words from there on which half of them agree. It must stand
by itself, as a sentence does, and most of its articles must be unrelated (`corpus.unrelated`). That
tells a notice from the background of a running story, which follow-ups repeat word for word, from a
quotation, and from copies and updates.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.repeated_run import Occurrence, Run, shared_runs, stands_alone
from recommender.corpus.unrelated import Head, count_unrelated, head_of, tell_one_story
from recommender.language.sentences import NUMBER, SentenceWords, size, split_words
from recommender.store.boilerplate import Original

__all__ = ["FoundPassage", "learn_passages"]

# The evidence that makes a passage boilerplate.
ARTICLES = 4  # that have it at least: two or three that agree can be a copy and its updates
LEAST_UNRELATED = 3  # articles that are unrelated to one another, at least
UNRELATED = 2 / 3  # the share of its articles that must be; of a running story's, half are at most
VARYING = 0.25  # the share of its words that may be numbers that differ: a date, a page, no form
# How many words of an average article a passage must make up. Set phrases of the trade recur in a
# few unrelated articles of thousands; a notice that is as rare costs less than it is worth.
WORDS_AN_ARTICLE = 0.1
LONGEST = 50  # words that count for this; a longer notice is as seldom worth it

SAMPLE = 32  # articles that are looked at for each edge: enough to see what half of them share
COMPARED = 16  # of these, as many are compared pair by pair
_KEPT_IN_MEMORY = 1024  # articles that were read last


class FoundPassage(NamedTuple):
    """A passage that was found to be boilerplate.

    Attributes:
        words: Its words as they are compared, with one space between them.
        example: The passage as one article has it.
        articles: How many articles have it, estimated from a sample.
    """

    words: str
    example: str
    articles: int


class _Article(NamedTuple):
    """An article that was read: its text, the text's words and edges, and what it says first."""

    text: str
    split: SentenceWords
    edges: dict[int, tuple[int, bool]]
    head: Head


def learn_passages(
    edges: Sequence[bytes], read: Callable[[int], Original], stop_words: Collection[str]
) -> list[FoundPassage]:
    """Learn what one publisher repeats.

    Args:
        edges: The edges of each article's sentences, as `pack_edges` returns them. Of the articles
            that share an edge the first ones are looked at, so their order should be random, but
            the same in each night.
        read: Reads the title and the text of an article by its number.
        stop_words: Words that say nothing about a subject.

    Returns:
        The passages, ordered by their words.
    """
    recurring = _recurring(edges)

    @lru_cache(_KEPT_IN_MEMORY)
    def article(number: int) -> _Article:
        title, text = read(number)
        split = split_words(text)
        # A notice in front is not what an article says first.
        own = [word for words in _own_sentences(split, recurring) for word in words]
        head = head_of(split_words(title).words, own, stop_words)
        return _Article(text, split, split.edges(), head)

    found: dict[str, FoundPassage] = {}
    for edge, numbers in recurring.items():
        sample = {number: article(number) for number in numbers[:SAMPLE].tolist()}
        occurrences = [
            Occurrence(number, one.text, one.split, *one.edges[edge])
            for number, one in sample.items()
            if edge in one.edges
        ]
        others = [n for n in range(min(2 * SAMPLE, len(edges))) if n not in sample][:SAMPLE]
        for run in _runs(occurrences):
            passage = _passage(run, len(numbers) / len(sample))
            known = found.get(passage.words)
            if known and known.articles >= passage.articles:
                continue
            if (
                _weighs(passage, len(edges))
                and not _is_form(run)
                and stands_alone(run, stop_words)
                and _is_about_nothing(run, [article(n) for n in others], article)
            ):
                found[passage.words] = passage
    return _without_parts(found.values())


def _recurring(edges: Sequence[bytes]) -> dict[int, Array]:
    """Each edge that enough articles share, and the numbers of these articles, ascending."""
    hashes = np.frombuffer(b"".join(edges), dtype="<u4")
    articles = np.repeat(np.arange(len(edges)), [len(packed) // 4 for packed in edges])
    order = np.argsort(hashes, kind="stable")
    distinct, start, count = np.unique(hashes[order], return_index=True, return_counts=True)
    least = max(ARTICLES, len(edges) * WORDS_AN_ARTICLE / LONGEST)
    return {
        int(distinct[place]): articles[order[start[place] : start[place] + count[place]]]
        for place in np.flatnonzero(count >= least).tolist()
    }


def _own_sentences(split: SentenceWords, recurring: Container[int]) -> Iterator[list[str]]:
    """The words of each sentence of a text that does not begin or end as many do."""
    for sentence in split.sentences():
        if sentence.opening not in recurring and sentence.closing not in recurring:
            yield split.words[sentence.begin : sentence.end]


def _runs(occurrences: list[Occurrence]) -> Iterator[Run]:
    """The runs that half of the texts share, then those of half of the others, and so on."""
    while len(occurrences) >= ARTICLES:
        runs = shared_runs(occurrences, ARTICLES)
        if not runs:
            return
        yield from runs
        shared = {occurrence.article for occurrence in runs[-1].occurrences}
        occurrences = [o for o in occurrences if o.article not in shared]


def _passage(run: Run, scale: float) -> FoundPassage:
    """A run as a passage; each article of the sample stands for `scale` articles."""
    occurrence = run.occurrences[0]
    first, end = occurrence.span(run.length)
    split = occurrence.split
    return FoundPassage(
        " ".join(split.words[first:end]),
        occurrence.text[split.starts[first] : split.ends[end - 1]],
        round(len(run.occurrences) * scale),
    )


def _weighs(passage: FoundPassage, articles: int) -> bool:
    """Whether a passage makes up enough words of an average article."""
    words = min(size(passage.words.split(" ")), LONGEST)
    return passage.articles * words >= WORDS_AN_ARTICLE * articles


def _is_form(run: Run) -> bool:
    """Whether a run is a form that is filled in with other numbers each time."""
    varying = 0
    for distance in range(run.length):
        if run.occurrences[0].word(distance) == NUMBER:
            varying += len({o.written(distance) for o in run.occurrences}) > 1
    return varying > VARYING * run.length


def _is_about_nothing(
    run: Run, others: Sequence[_Article], article: Callable[[int], _Article]
) -> bool:
    """Whether most of the articles that share a run are unrelated to it and to one another."""
    heads = [article(occurrence.article).head for occurrence in run.occurrences[:COMPARED]]
    first, end = run.occurrences[0].span(run.length)
    unrelated = count_unrelated(heads, run.occurrences[0].split.words[first:end])
    if unrelated < max(LEAST_UNRELATED, UNRELATED * len(heads)):
        return False
    return not tell_one_story(heads, [other.head for other in others])


def _without_parts(passages: Iterable[FoundPassage]) -> list[FoundPassage]:
    """The passages without those that are part of another one in all of their articles."""
    kept: list[FoundPassage] = []
    for passage in sorted(passages, key=lambda p: (-len(p.words), p.words)):
        inside = f" {passage.words} "
        if not any(inside in f" {p.words} " and passage.articles <= p.articles for p in kept):
            kept.append(passage)
    return sorted(kept)
