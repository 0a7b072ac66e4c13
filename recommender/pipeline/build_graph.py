"""One night's graph: each text's neighbours scored, and the index that finds any text's."""

import logging
from typing import NamedTuple

from recommender._cpu import usable_cores
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.corpus.corpus import Corpus
from recommender.graph.rescore import Rescored, rescore
from recommender.knn.cache import load_neighbours, save_neighbours
from recommender.knn.index import Index, InvertedLists
from recommender.knn.inverted_lists import build_lists
from recommender.knn.neighbours import nearest
from recommender.language.tokens import count_words
from recommender.progress import Timed
from recommender.scoring.word_overlap import Lexicon, WeightedWords, weigh_corpus
from recommender.settings import Settings

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
    threads, hashes = settings.run.threads or usable_cores(), corpus.lead_hashes
    with timed.stage("neighbours", len(vectors), "texts") as advance:
        previous = load_neighbours(artifacts.candidates, hashes, fingerprint)
        found = nearest(vectors, settings.neighbours.candidates, threads, advance, previous)
        if not found.exact:
            save_neighbours(artifacts.candidates, found.lists, hashes, fingerprint)
    with timed.stage("graph", len(vectors), "texts") as advance:
        counted = count_words(corpus.tokens.take(corpus.lead_contents))
        lexicon, words = weigh_corpus(counted)
        rescored, expanded = rescore(
            *found.lists, vectors, words, settings.neighbours.k, threads, advance
        )
    with timed.stage("index", None, "texts"):
        index = Index.build(expanded)
        lists = build_lists(index, threads)
    log.info("indexed", extra={"lists": len(lists.centroids), "recall": round(lists.recall, 4)})
    lengths = counted.counts.sum(axis=1)
    return GraphBuild(lexicon, words, lengths, rescored, index, lists, found.updated_from)
