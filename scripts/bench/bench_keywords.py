"""Measure the keywords of one night of a large newsroom; its texts are tokenised beforehand.

Usage: python scripts/bench/bench_keywords.py ARTICLES.jsonl... [--articles N]
                                              [--json-file FILE]

The newsroom is grown from ARTICLES: each of its articles is the first half of one of them and the
second half of another, both chosen at random. Words and phrases are as frequent as in news; which
of them occur together is made up. Articles with the same first half are a story. Those whose first
halves are from one stretch of ARTICLES are a topic, and a tenth of the stretch is a finer topic.
Prints the seconds of each step.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from figures import Row, resident, show, timed

from recommender._typing import Array
from recommender.keywords.casing import LEADING_TOKENS
from recommender.keywords.keywords import keywords
from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.terms import count_terms
from recommender.language.prepare import embedded_text
from recommender.language.tokens import Tokens, read_tokens

TOPICS, FINER = 30, 300
KEYWORDS = 10


def texts_of(sources: Sequence[Path]) -> list[str]:
    """The title and text of every article, in the form in which they are counted."""
    lines = (line for source in sources for line in source.read_text("utf-8").splitlines())
    return [embedded_text(record["title"], record["text"]) for record in map(json.loads, lines)]


def grow(tokens: Tokens, articles: int) -> tuple[Tokens, Array]:
    """The tokens of so many `articles`, and the text that each begins with, (articles,)."""
    texts = len(tokens.start) - 1
    first, second = np.random.default_rng(0).integers(0, texts, (2, articles))
    middle = (tokens.start[:-1] + tokens.start[1:]) // 2
    pieces = [
        tokens.tokens[begin:end]
        for one, other in zip(first.tolist(), second.tolist(), strict=True)
        for begin, end in (
            (tokens.start[one], middle[one]),
            (middle[other], tokens.start[other + 1]),
        )
    ]
    sizes = (middle - tokens.start[:-1])[first] + (tokens.start[1:] - middle)[second]
    start = np.concatenate(([0], np.cumsum(sizes)))
    return Tokens(tokens.vocabulary, np.concatenate(pieces), start), first


def measure(tokens: Tokens, first: Array) -> list[Row]:
    """Seconds of each step of a night's keywords, and of all steps."""
    articles, texts = len(first), int(first.max()) + 1
    seconds, ngrams = timed(lambda: find_ngrams(tokens, "en"))
    rows = [Row("n-grams", seconds, "s", note="phrases are read from them, too")]
    seconds, terms = timed(lambda: count_terms(ngrams))
    rows.append(Row("terms and the texts that contain them", seconds, "s"))
    for name, groups in (("topics", TOPICS), ("finer topics", FINER), ("stories", texts)):
        of = (first * groups // texts).astype(np.int32)
        seconds, _ = timed(lambda of=of: keywords(terms, of, KEYWORDS))  # type: ignore[misc]
        rows.append(Row(f"keywords of {groups:,} {name}", seconds, "s"))
    read = float(np.minimum(np.diff(tokens.start), LEADING_TOKENS).mean())
    note = f"{read:.0f} tokens are read of one, {len(terms.terms):,} terms"
    total = sum(row.value for row in rows)
    rows.append(Row(f"a night's keywords, {articles:,} articles", total, "s", "<= 10", note))
    rows.append(Row("peak memory", resident("VmHWM") / 1e6, "MB"))
    return rows


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--articles", default=200_000, show_default=True, help="It is grown to so many.")
@click.option("--json-file", type=click.Path(path_type=Path))
def main(sources: tuple[Path, ...], articles: int, json_file: Path | None) -> None:
    """Grow a newsroom from the articles of SOURCES, measure, and print the table."""
    show(measure(*grow(read_tokens(texts_of(sources)), articles)), json_file)


if __name__ == "__main__":
    main()
