"""Labelled texts that are embedded once and measured many times: vectors, words, neighbours."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from stream import read_stream

from recommender._typing import Array
from recommender.embedding.base import Encoder
from recommender.evaluation.labelled_set import LabelledSet, read_labelled, rows_of_split
from recommender.evaluation.ranking_metrics import answerable
from recommender.graph.rescore import Graph, rescore
from recommender.knn.neighbours import nearest
from recommender.language.prepare import embedded_text
from recommender.language.tokens import count_words, read_tokens
from recommender.progress import ignore
from recommender.scoring.word_overlap import WeightedWords, weigh_corpus

CANDIDATES, DEPTH, THREADS = 50, 10, 2


class PreparedSet(NamedTuple):
    """Labelled texts with everything that a figure is computed from.

    Attributes:
        name: The name of the set, for the head of a column.
        queries: The texts that are asked about: each shares its label with another text.
        labels: The number of each text's label, (texts,) int.
        texts: The texts.
        vectors: Their embeddings, (texts, dimension) float32.
        words: Their weighted words.
        candidates: The `CANDIDATES` nearest texts of each, (texts, candidates) int32.
        similarities: The cosine of each candidate, (texts, candidates) float32.
        lengths: How many words each text has, (texts,) int.
        wide: The rescored graph of all candidates.
    """

    name: str
    queries: Array
    labels: Array
    texts: list[str]
    vectors: Array
    words: WeightedWords
    candidates: Array
    similarities: Array
    lengths: Array
    wide: Graph


def prepare(
    name: str,
    texts: list[str],
    labels: list[str],
    encoder: Encoder,
    asked: Array | None = None,
) -> PreparedSet:
    """Embed and count `texts`, and find the candidates of each; `asked` limits the queries."""
    numbers = np.unique(labels, return_inverse=True)[1]
    vectors = encoder.encode(texts).vectors
    counted = count_words(read_tokens(texts))
    words = weigh_corpus(counted)[1]
    queries = answerable(numbers, np.arange(len(texts)) if asked is None else asked)
    found = nearest(vectors, CANDIDATES, THREADS, ignore).lists
    wide = rescore(*found, vectors, words, DEPTH, THREADS, ignore)[0].wide
    lengths = counted.counts.sum(axis=1)
    return PreparedSet(name, queries, numbers, texts, vectors, words, *found, lengths, wide)


def prepare_file(path: Path, name: str, encoder: Encoder, split: str | None = None) -> PreparedSet:
    """Read a labelled set of stories and prepare it; only the articles of a `split` are queries."""
    labelled = read_labelled(path, {}, 1_000_000)
    asked = rows_of_split(labelled, split)
    return prepare(name, texts_of(labelled), labelled.labels, encoder, asked)


def prepare_stream(path: Path, name: str, encoder: Encoder, field: str = "story") -> PreparedSet:
    """The titles and first lines of a set as texts of their own, labelled by a `field`."""
    lines = read_stream(path, field)
    return prepare(name, [line.text for line in lines.articles], lines.labels, encoder)


def prepare_subjects(path: Path, encoder: Encoder) -> list[PreparedSet]:
    """Whole texts, headlines and lines labelled with subjects; and headlines with stories."""
    labelled = read_labelled(path, {}, 1_000_000)
    subjects = read_labelled(path, {}, 1_000_000, field="label").labels
    heads = [article.title or article.text.partition(". ")[0] for article in labelled.articles]
    return [
        prepare("subjects", texts_of(labelled), subjects, encoder),
        prepare("subjects, headlines", heads, subjects, encoder),
        prepare_stream(path, "subjects, lines", encoder, field="label"),
        prepare("headlines", heads, labelled.labels, encoder),
    ]


def texts_of(labelled: LabelledSet) -> list[str]:
    """The text of each article that is embedded."""
    return [embedded_text(article.title, article.text) for article in labelled.articles]
