"""Measure which texts are taken for copies: labelled and planted ones, and groups of headlines."""

import json
import random
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from planted_copies import plant
from rich.console import RenderableType

from recommender.corpus.near_duplicates import Contents, group_duplicates
from recommender.corpus.signatures import signature, unpack_signatures
from recommender.dates import NO_DATE
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens, tokenise

__all__ = ["Report", "duplicates", "headline_groups", "planted"]

# Articles that copies are planted in, the least number of their words, and the seed of the choice.
ORIGINALS, MIN_WORDS, SEED = 100, 60, 5


class Report(NamedTuple):
    """What a task measured: figures with floors, what is printed, and what is written as JSON."""

    figures: dict[str, float]
    shown: RenderableType
    data: dict[str, Any]


def duplicates(articles: Path, truth: Path | None = None) -> Report:
    """Near-duplicates: the pairs that are grouped, compared with those of `truth`.

    Without `truth` the true pairs are those of equal dup_key. That key marks equal texts only, so
    a new headline over the same article counts as wrong there.
    """
    records = _read(articles)
    found = _pairs(_leads([(record["title"], record["text"]) for record in records]))
    if truth is None:
        true = _pairs([record["dup_key"] for record in records])
    else:
        place = {record["id"]: number for number, record in enumerate(records)}
        true = {frozenset((place[pair["a"]], place[pair["b"]])) for pair in _read(truth)}
    both = len(found & true)
    figures = {"precision": both / len(found), "recall": both / len(true)}
    shown = f"{len(found)} pairs found, {both} of the {len(true)} right ones; " + _listed(figures)
    return Report(figures, shown, {"figures": figures, "pairs": len(found)})


def planted(articles: Path) -> Report:
    """Copies and look-alikes that are planted in the articles of a set; see `planted_copies`.

    Recall is the share of copies that share a group with their original, precision the share of
    right ones among all planted articles that share a group with any other.
    """
    all_planted = plant(_originals(articles), SEED)
    leads = _leads([(article.title, article.text) for article in all_planted])
    sizes = Counter(leads)
    made, right, wrong = Counter[str](), Counter[str](), Counter[str]()
    for article, lead in zip(all_planted, leads, strict=True):
        if article.of is not None:
            made[article.kind] += 1
            right[article.kind] += lead == leads[article.of]
        elif article.kind != "original":
            made[article.kind] += 1
            wrong[article.kind] += sizes[lead] > 1
    copies = {article.kind for article in all_planted if article.of is not None}
    found = right.total()
    figures = {
        "precision": found / max(1, found + wrong.total()),
        "recall": found / sum(made[kind] for kind in copies),
    }
    lines = [
        f"  {kind}: {right[kind]} of {count} found"
        if kind in copies
        else f"  {kind}: {wrong[kind]} of {count} taken for copies"
        for kind, count in made.items()
    ]
    data = {"figures": figures, "right": right, "wrong": wrong, "planted": made}
    return Report(figures, "\n".join([_listed(figures), *lines]), data)


def headline_groups(headlines: Path) -> Report:
    """Groups of copies among headlines without a text, by size, and how many mix stories."""
    records = _read(headlines)
    groups: dict[int, list[str]] = {}
    for record, lead in zip(records, _leads([(r["title"], "") for r in records]), strict=True):
        groups.setdefault(lead, []).append(record["story"])
    several = [stories for stories in groups.values() if len(stories) > 1]
    mixed = sum(len(set(stories)) > 1 for stories in several)
    sizes = sorted(Counter(map(len, several)).items())
    figures = {"unmixed": 1 - mixed / max(1, len(several))}
    by_size = ", ".join(f"{count} of {size}" for size, count in sizes)
    shown = f"{len(several)} groups ({by_size}), {mixed} mix stories"
    return Report(figures, shown, {"figures": figures, "sizes": dict(sizes), "mixed": mixed})


def _originals(path: Path) -> list[tuple[str, str]]:
    """Long enough articles of a set that have no copy in it, under headlines that differ."""
    records = [r for r in _read(path) if len(r["text"].split()) >= MIN_WORDS and r["title"]]
    articles = [(record["title"], record["text"]) for record in records]
    leads = _leads(articles)
    alone = [a for a, lead in zip(articles, leads, strict=True) if leads.count(lead) == 1]
    random.Random(SEED).shuffle(alone)
    chosen: dict[frozenset[str], tuple[str, str]] = {}
    for title, text in alone:
        words = frozenset(title.casefold().split())
        if all(len(words & other) < len(words) / 2 for other in chosen):
            chosen[words] = (title, text)
        if len(chosen) == ORIGINALS:
            break
    return list(chosen.values())


def _leads(articles: list[tuple[str, str]]) -> list[int]:
    """The number of the article that leads each one's copies."""
    texts = [embedded_text(title, text) for title, text in articles]
    nothing = np.full(len(texts), -1)
    contents = Contents(
        unpack_signatures([signature(tokenise(text)) for text in texts]),
        read_tokens(texts),
        [title for title, _ in articles],
        sources=nothing,
        published=np.full(len(texts), NO_DATE),
        ranks=np.zeros(len(texts), dtype=np.int64),
    )
    leads: list[int] = group_duplicates(contents).tolist()
    return leads


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _listed(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items())


def _pairs(groups: list[Any]) -> set[frozenset[int]]:
    """All pairs of places with the same group."""
    members: dict[Any, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    return {frozenset(pair) for of in members.values() for pair in combinations(of, 2)}
