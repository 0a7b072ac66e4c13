"""One night's graph: each text's neighbours scored, and the index that finds any text's."""

import logging
import os
from typing import NamedTuple

from recommender.arrays import Array
from recommender.artifacts import Artifacts
from recommender.candidates import keep, read
from recommender.config import Settings
from recommender.corpus import Corpus
from recommender.graph import Rescored, rescore
from recommender.index import EXACT_UP_TO as EXACT_SEARCH_UP_TO
from recommender.index import Index, InvertedLists
from recommender.lexical import Lexicon, WeightedWords, weigh
from recommender.neighbours import EXACT_UP_TO, nearest, updated
from recommender.progress import Timed
from recommender.tokens import count_words

__all__ = ["GraphBuild", "build_graph"]

log = logging.getLogger(__name__)


class GraphBuild(NamedTuple):
    """The graph of a night, and what scores and finds a text that is not in it.

    `lengths` (texts,) counts the words of each text; `origin` names what the graph was made from
    beside tonight's texts, if anything.
    """

    lexicon: Lexicon
    words: WeightedWords
    lengths: Array
    rescored: Rescored
    search: Index
    lists: InvertedLists
    origin: str


def build_graph(
    corpus: Corpus,
    vectors: Array,
    artifacts: Artifacts,
    fingerprint: str,
    settings: Settings,
    timed: Timed,
) -> GraphBuild:
    """The graph of the texts' `vectors` (texts, dimension), and the index.

    Where exact search would take long, neighbours are kept among the `artifacts` with the encoder's
    `fingerprint`, and only those of new texts are searched for.
    """
    threads, hashes = settings.run.threads or _cores(), corpus.lead_hashes
    texts, k, origin = len(vectors), settings.neighbours.candidates, ""
    with timed.stage("neighbours", texts, "texts") as advance:
        candidates = None
        if texts > EXACT_UP_TO and (previous := read(artifacts.candidates, fingerprint)):
            numbers = previous.numbers(hashes)
            candidates = updated(previous.nearest, numbers, vectors, k, threads, advance)
            origin = previous.digest if candidates else ""
        if candidates is None:
            candidates = nearest(vectors, k, threads, advance)
        if texts > EXACT_UP_TO:
            keep(artifacts.candidates, candidates, hashes, fingerprint)
    with timed.stage("graph", texts, "texts") as advance:
        counted = count_words(corpus.tokens.take(corpus.lead_contents))
        lexicon, words = weigh(counted)
        rescored, expanded = rescore(
            *candidates, vectors, words, settings.neighbours.k, threads, advance
        )
    with timed.stage("index", None, "texts"):
        index = Index.build(expanded)
        lists = InvertedLists.none(index.dimension)
        if len(index) > EXACT_SEARCH_UP_TO:
            lists = index.lists(threads)
    log.info("indexed", extra={"lists": len(lists.centroids), "recall": round(lists.recall, 4)})
    return GraphBuild(lexicon, words, counted.counts.sum(axis=1), rescored, index, lists, origin)


def _cores() -> int:
    """Cores this process may use; where the system cannot say, all there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
