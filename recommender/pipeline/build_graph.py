"""One night's neighbour graph, and the index that finds the neighbours of any text."""

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
from recommender.language.compounds import add_compound_parts
from recommender.language.tokens import count_words
from recommender.progress import Timed
from recommender.scoring.word_overlap import Lexicon, WeightedWords, weigh_corpus
from recommender.settings.sections import Neighbours

__all__ = ["GraphBuild", "build_graph"]

log = logging.getLogger(__name__)


class GraphBuild(NamedTuple):
    """The graph of a night, and what is needed to score and find a text that is not in it.

    Attributes:
        lexicon: The words of all texts, with their weights in the corpus.
        words: The weighted words of each text.
        lengths: (texts,) The number of words of each text.
        rescored: Each text's neighbours with their scores.
        search: The index of the expanded vectors.
        lists: The inverted lists of a large index; empty lists for a small one.
        origin: The digest of the kept neighbours from which this graph was updated; empty after a
            full search.
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
    encoder: str,
    settings: Neighbours,
    threads: int,
    timed: Timed,
) -> GraphBuild:
    """Find the neighbours of all texts, score them, and build the index.

    Args:
        corpus: Tonight's articles and texts.
        vectors: (texts, dimension) float32, unit vectors.
        artifacts: Where a large night keeps its neighbours for the next one.
        encoder: The fingerprint of the encoder that made the vectors.
        settings: How many candidates are scored, and how many neighbours are kept.
        threads: How many threads search; 0 for one for each usable core.
        timed: Shows and times the stages "neighbours", "graph" and "index".

    Returns:
        The graph and the index.

    Raises:
        StorageError: The neighbours cannot be kept.
    """
    threads, hashes = threads or usable_cores(), corpus.lead_hashes
    with timed.stage("neighbours", len(vectors), "texts") as advance:
        previous = load_neighbours(artifacts.candidates, hashes, encoder)
        found = nearest(vectors, settings.candidates, threads, advance, previous)
        if not found.exact:
            save_neighbours(artifacts.candidates, found.lists, hashes, encoder)
    with timed.stage("graph", len(vectors), "texts") as advance:
        counted = count_words(corpus.tokens.take(corpus.lead_contents))
        languages = [corpus.languages[content] for content in corpus.lead_contents.tolist()]
        lexicon, words = weigh_corpus(add_compound_parts(counted, languages))
        rescored, expanded = rescore(*found.lists, vectors, words, settings.k, threads, advance)
    with timed.stage("index", None, "texts"):
        index = Index.build(expanded)
        lists = build_lists(index, threads)
    log.info("indexed", extra={"lists": len(lists.centroids), "recall": round(lists.recall, 4)})
    lengths = counted.counts.sum(axis=1)
    return GraphBuild(lexicon, words, lengths, rescored, index, lists, found.updated_from)
