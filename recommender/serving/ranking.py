"""Answering one question from one snapshot: candidates, their order, and what fills a short list.

Nearly all questions are answered from the neighbour graph. FAISS searches where it cannot: a
filter leaves a list short, `k` is larger than a list, the text is not in the snapshot.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE
from recommender.scoring.rerank import (
    Candidates,
    Cap,
    maximal_marginal_relevance,
    mmr_pool_size,
    newest_first,
    pairwise_scores,
    with_recency_decay,
    with_time_proximity,
    within_caps,
)
from recommender.scoring.score import SCORE_PARAMS, correct_hubness, expand_embeddings, hybrid_score
from recommender.scoring.word_overlap import WeightedWords, word_overlaps
from recommender.serving.filters import RowFilter
from recommender.serving.query import Query
from recommender.serving.rules import ArticleRules
from recommender.snapshot.reader import Snapshot

__all__ = ["QueryItem", "RankedArticle", "rank"]

POOL = 50  # texts a search finds at least, to be scored: as many as the build scores
POOL_A_HIT = 3
DEEPER = 4  # times as many, where caps leave too little
ENOUGH = 0.5  # of them must score high enough for a deeper search to promise anything


_NONE = np.empty(0, dtype=np.int32)
NOBODY = Candidates(_NONE, _NONE, np.empty(0, dtype=np.float32))


class QueryItem(NamedTuple):
    """What is asked about: an article's `row` and `text`, or a text that is not published.

    `vector` (dimension,) and `words` are those of an unpublished text, and None otherwise.
    """

    row: int | None
    text: int | None
    vector: Array | None = None
    words: WeightedWords | None = None


class RankedArticle(NamedTuple):
    """One chosen article: its row, its text, its score in [0, 1], and what else put it there."""

    row: int
    text: int
    score: float
    pinned: bool = False
    filler: str | None = None


def rank(
    snapshot: Snapshot, item: QueryItem, query: Query, row_filter: RowFilter, rules: ArticleRules
) -> list[RankedArticle]:
    """The articles that answer `query` about `item`, best first; see `questions.Options`."""
    ranked = _pinned(snapshot, item, query, row_filter, rules)
    barred = [*(hit.text for hit in ranked), *rules.apart]
    left = query._replace(k=query.k - len(ranked)) if ranked else query
    chosen = _chosen(snapshot, item, left, row_filter, barred)
    ranked += [
        RankedArticle(*hit)
        for hit in zip(
            chosen.rows.tolist(), chosen.texts.tolist(), chosen.scores.tolist(), strict=True
        )
    ]
    if query.fallback is not None and item.row is not None and len(ranked) < query.k:
        ranked += _newest(snapshot, item, query, row_filter, barred, ranked)
    return ranked


def _chosen(
    snapshot: Snapshot,
    item: QueryItem,
    query: Query,
    row_filter: RowFilter,
    barred: Sequence[int],
) -> Candidates:
    """What answers the question, in order: from the graph, and where that is short by a search.

    Caps may leave little of what a search finds; then it is searched deeper, as long as much of
    that scores high enough.
    """
    found, complete = _listed(snapshot, item, query, row_filter, barred)
    pool = max(POOL, POOL_A_HIT * query.k)
    while True:
        if complete or len(found.rows) >= query.k:
            places = _ordered(snapshot, item, found, query)
            if complete or len(places) >= query.k:
                return found.take(places)
        found, complete = _searched(snapshot, item, query, row_filter, barred, pool)
        pool *= DEEPER


def _listed(
    snapshot: Snapshot,
    item: QueryItem,
    query: Query,
    row_filter: RowFilter,
    barred: Sequence[int],
) -> tuple[Candidates, bool]:
    """Admitted candidates of the graph, best first, and whether these are all that there are."""
    arrays = snapshot.arrays
    if item.text is None:
        return NOBODY, False
    if query.mode == "story":
        texts, scores = _story(snapshot, item.text)
        complete = True
    else:
        texts, scores = arrays.neighbours[item.text], arrays.scores[item.text]
        # Scores fall: what the list leaves out scores no more than its last.
        complete = len(texts) == 0 or texts[-1] < 0 or bool(scores[-1] < query.floor)
        if complete:
            good = int(((scores >= query.floor) & (texts >= 0)).sum())
            texts, scores = texts[:good], scores[:good]
        complete = complete or len(texts) >= len(arrays.scores) - 1
    if query.mode == "background":
        kept = np.flatnonzero(_is_background(snapshot, item.text, texts))
        texts, scores = texts.take(kept), scores.take(kept)
    if barred:
        kept = np.flatnonzero(~np.isin(texts, barred))
        texts, scores = texts.take(kept), scores.take(kept)
    return _admitted(snapshot, item, texts, scores, query, row_filter), complete


def _admitted(
    snapshot: Snapshot,
    item: QueryItem,
    texts: Array,
    scores: Array,
    query: Query,
    row_filter: RowFilter,
) -> Candidates:
    """The articles of `texts` that pass: one of each, the lead where it does, or all."""
    arrays = snapshot.arrays
    start = arrays.copies_start
    if query.collapse:
        rows = arrays.copies.take(start.take(texts))
        passes = row_filter.admits(rows)
        if passes.all():
            return Candidates(rows, texts, scores)
        for place in np.flatnonzero(~passes).tolist():
            text = texts[place]
            others = arrays.copies[start[text] + 1 : start[text + 1]]
            others = others[row_filter.admits(others)] if others.size else others
            if others.size:
                rows[place], passes[place] = others[0], True
        return Candidates(rows, texts, scores).take(np.flatnonzero(passes))
    # Its own copies are as near as can be, and no background.
    if item.row is not None and item.text is not None and query.mode != "background":
        texts, scores = np.append(item.text, texts), np.append(np.float32(1.0), scores)
    size = start.take(texts + 1) - start.take(texts)
    first = np.cumsum(size) - size
    place = np.arange(size.sum()) + np.repeat(start.take(texts) - first, size)
    rows = arrays.copies.take(place)
    all_of = Candidates(rows, np.repeat(texts, size), np.repeat(scores, size))
    return all_of.take(np.flatnonzero(row_filter.admits(rows) & (rows != item.row)))


def _searched(
    snapshot: Snapshot,
    item: QueryItem,
    query: Query,
    row_filter: RowFilter,
    barred: Sequence[int],
    pool: int,
) -> tuple[Candidates, bool]:
    """Candidates of the `pool` nearest admitted texts, and whether to search deeper is vain."""
    index = snapshot.index()
    admitted = row_filter.texts()
    if item.text is not None:  # which is never its own answer
        if query.mode == "background":
            admitted = admitted & _is_background(snapshot, item.text, slice(None))
        else:
            admitted = admitted.copy()
        admitted[[item.text, *barred]] = False
        vector, words = index.vector(item.text), _words(snapshot, item.text)
    else:
        assert item.vector is not None  # noqa: S101 - one of the two is always known
        assert item.words is not None  # noqa: S101
        vector, words = _expanded(snapshot, item.vector, item.words), item.words
    found = index.search(vector, pool, admitted)
    scores = _scores(snapshot, words, found.texts, found.similarities)
    good = int((scores >= query.floor).sum())
    order = np.argsort(-scores, kind="stable")[:good]
    texts, scores = found.texts.take(order), scores.take(order)
    hits = _admitted(snapshot, item, texts, scores, query, row_filter)
    return hits, not query.capped or len(found.texts) < pool or good < pool * ENOUGH


def _expanded(snapshot: Snapshot, vector: Array, words: WeightedWords) -> Array:
    """The expanded embedding of an unpublished text; see `scoring`."""
    index = snapshot.index()
    found = index.search(vector, POOL)
    hybrids = hybrid_score(found.similarities, word_overlaps(words, _words(snapshot, found.texts)))
    nearest = np.argsort(-hybrids, kind="stable")[: SCORE_PARAMS.expansion_size]
    vectors = np.stack([index.vector(int(text)) for text in found.texts.take(nearest)])
    expanded: Array = expand_embeddings(vector[None, :], vectors[None], hybrids[None, nearest])[0]
    return expanded


def _scores(snapshot: Snapshot, words: WeightedWords, texts: Array, similarities: Array) -> Array:
    """Scores of `texts` for a text of these `words`, by their cosine `similarities` to it."""
    hybrids = hybrid_score(similarities, word_overlaps(words, _words(snapshot, texts)))
    hubness = snapshot.arrays.hubness.take(texts)
    return correct_hubness(hybrids, hubness, snapshot.scoring.mean_hubness)


def _words(snapshot: Snapshot, texts: Array | int) -> WeightedWords:
    arrays = snapshot.arrays
    return WeightedWords(arrays.words[texts], arrays.word_weights[texts])


def _exact(snapshot: Snapshot, text: int, others: Array) -> Array:
    """Scores of any `others` for `text`, in the graph or not."""
    index = snapshot.index()
    vectors = np.stack([index.vector(int(other)) for other in others])
    return _scores(snapshot, _words(snapshot, text), others, vectors @ index.vector(text))


def _story(snapshot: Snapshot, text: int) -> tuple[Array, Array]:
    """The other texts of a text's story, with their scores."""
    arrays = snapshot.arrays
    story = int(arrays.story_of[text])
    texts = arrays.story_texts[arrays.story_start[story] : arrays.story_start[story + 1]]
    texts = texts[texts != text]
    listed = dict(zip(arrays.neighbours[text].tolist(), arrays.scores[text].tolist(), strict=True))
    scores = np.array([listed.get(other, -1.0) for other in texts.tolist()], dtype=np.float32)
    unlisted = np.flatnonzero(scores < 0)
    if unlisted.size:
        scores[unlisted] = _exact(snapshot, text, texts.take(unlisted))
    return texts, scores


def _is_background(snapshot: Snapshot, text: int, texts: Array | slice) -> Array:
    """Which of `texts` share the topic of `text`, if it has one, and not its story, bool."""
    topic_of, story_of = snapshot.arrays.topic_of, snapshot.arrays.story_of
    own, topics = topic_of[text], topic_of[texts]
    background: Array = (topics == own) & (topics >= 0) & (story_of[texts] != story_of[text])
    return background


def _ordered(
    snapshot: Snapshot, item: QueryItem, candidates: Candidates, query: Query
) -> Sequence[int]:
    """Places of the chosen candidates in the order of the answer."""
    count, k = len(candidates.rows), query.k
    caps = _caps(snapshot, candidates, query) if query.capped else ()
    order: Array | None = None
    if query.mode == "story":
        published = snapshot.arrays.published.take(candidates.rows)
        order, scores = newest_first(published, candidates.scores), candidates.scores
    else:
        scores = _timely(snapshot, item, candidates, query)
        if scores is not candidates.scores:
            order = (-scores).argsort(kind="stable")
    if order is not None:
        caps = [Cap(cap.codes.take(order), cap.limit) for cap in caps]
    if query.diversity > 0 and query.mode != "story" and count > 1 and k > 0:
        texts = candidates.texts
        if order is not None:
            scores, texts = scores.take(order), texts.take(order)
        if not caps:
            count = mmr_pool_size(scores, query.diversity, k)
            scores, texts = scores[:count], texts[:count]
        similarity = _similarity(snapshot, texts, query)
        places = maximal_marginal_relevance(scores, similarity, query.diversity, k, caps)
    else:
        places = within_caps(count, k, caps) if caps else list(range(min(count, k)))
    return places if order is None else order.take(places).tolist()


def _timely(snapshot: Snapshot, item: QueryItem, candidates: Candidates, query: Query) -> Array:
    """The candidates' scores as their dates move them; those of the question where none does."""
    scores, published = candidates.scores, snapshot.arrays.published
    # What is background is as good however far off.
    near = query.closeness > 0 and query.mode == "related" and item.row is not None
    moment = int(published[item.row]) if near else NO_DATE
    if moment == NO_DATE and query.half_life is None:
        return scores
    published = published.take(candidates.rows)
    if moment != NO_DATE:
        scores = with_time_proximity(scores, published, moment, NO_DATE, query.closeness)
    if query.half_life is not None:
        # What is worth less than nothing would gain where it fades.
        scores = with_recency_decay(np.maximum(scores, 0.0), published, NO_DATE, query.half_life)
    return scores


def _similarity(snapshot: Snapshot, texts: Array, query: Query) -> Array:
    """Scores of `texts` among one another, (texts, texts); copies of one text are all like it."""
    neighbours, scores = snapshot.arrays.neighbours, snapshot.arrays.scores
    if query.collapse:
        return pairwise_scores(neighbours, scores, texts)
    distinct, place = np.unique(texts, return_inverse=True)
    return pairwise_scores(neighbours, scores, distinct)[place[:, None], place]


def _caps(snapshot: Snapshot, candidates: Candidates, query: Query) -> list[Cap]:
    arrays = snapshot.arrays
    caps = []
    if query.per_source is not None:
        caps.append(Cap(arrays.source.take(candidates.rows), query.per_source))
    if query.per_author is not None:
        caps.append(Cap(arrays.author.take(candidates.rows), query.per_author))
    if query.per_story is not None:
        caps.append(Cap(arrays.story_of.take(candidates.texts), query.per_story))
    return caps


def _pinned(
    snapshot: Snapshot, item: QueryItem, query: Query, row_filter: RowFilter, rules: ArticleRules
) -> list[RankedArticle]:
    """The pinned articles that pass the filters, in the order of the rules.

    Of copies the first, and none of the asked article, unless copies are asked for.
    """
    if item.text is None or not rules.pinned:
        return []
    rows = np.array(rules.pinned, dtype=np.int32)
    rows = rows[row_filter.admits(rows)]
    texts = snapshot.arrays.text_of.take(rows)
    if query.collapse:
        first = np.sort(np.unique(texts, return_index=True)[1])
        first = first[texts[first] != item.text]
        rows, texts = rows[first], texts[first]
    rows, texts = rows[: query.k], texts[: query.k]
    if not rows.size:
        return []
    scores = np.where(texts == item.text, 1.0, _exact(snapshot, item.text, texts))
    return [
        RankedArticle(row, text, score, pinned=True)
        for row, text, score in zip(rows.tolist(), texts.tolist(), scores.tolist(), strict=True)
    ]


def _newest(
    snapshot: Snapshot,
    item: QueryItem,
    query: Query,
    row_filter: RowFilter,
    barred: Sequence[int],
    ranked: Sequence[RankedArticle],
) -> list[RankedArticle]:
    """The newest admitted articles of the asked one's section or topic that fill up `ranked`.

    Of a topic those of the same finer one come first. They stand under the same caps; `barred`
    texts are left out.
    """
    arrays = snapshot.arrays
    finer = np.zeros(len(arrays.finest_of), dtype=bool)
    if query.fallback == "section":
        own, column = arrays.section[item.row], arrays.section
    else:
        own, column = arrays.topic_of[item.text], arrays.topic_of.take(arrays.text_of)
        finer = arrays.finest_of == arrays.finest_of[item.text]
    if own < 0:
        return []
    rows = np.flatnonzero(column == own)
    rows = rows[row_filter.admits(rows)]
    texts = arrays.text_of.take(rows)
    taken = [*barred, *(hit.text for hit in ranked), int(arrays.text_of[item.row])]
    fresh = ~np.isin(texts, taken)
    rows, texts = rows[fresh], texts[fresh]
    order = np.lexsort((rows, ~arrays.published.take(rows), ~finer.take(texts)))
    _, first = np.unique(texts[order], return_index=True)
    order = order[np.sort(first)]
    rows, texts = rows[order], texts[order]
    before = len(ranked)
    if query.capped:
        all_rows = np.append(np.array([hit.row for hit in ranked], dtype=np.int64), rows)
        all_of = Candidates(all_rows, arrays.text_of.take(all_rows), np.zeros(len(all_rows)))
        within = within_caps(len(all_rows), len(all_rows), _caps(snapshot, all_of, query))
        kept = np.array([place - before for place in within if place >= before], dtype=np.int64)
        rows, texts = rows[kept], texts[kept]
    rows, texts = rows[: query.k - before], texts[: query.k - before]
    return [
        RankedArticle(row, text, 0.0, filler=query.fallback)
        for row, text in zip(rows.tolist(), texts.tolist(), strict=True)
    ]
