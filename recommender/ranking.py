"""Answering one question from one snapshot: candidates, their order, and what fills a short list.

Nearly all questions are answered from the neighbour graph. FAISS searches where it cannot: a
filter leaves a list short, `k` is larger than a list, the text is not in the snapshot.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.filters import RowFilter
from recommender.lexical import Words, overlaps
from recommender.questions import Question
from recommender.related import (
    Candidates,
    Cap,
    between,
    by_days,
    decayed,
    diversified,
    newest_first,
    within_caps,
    within_reach,
)
from recommender.rules import Beside
from recommender.scoring import RECIPE, corrected, expand, hybrid
from recommender.snapshot import NO_DATE, Snapshot

__all__ = ["Asked", "Picked", "rank"]

POOL = 50  # texts a search finds at least, to be scored: as many as the build scores
POOL_A_HIT = 3
DEEPER = 4  # times as many, where caps leave too little
ENOUGH = 0.5  # of them must score high enough for a deeper search to promise anything


_NONE = np.empty(0, dtype=np.int32)
NOBODY = Candidates(_NONE, _NONE, np.empty(0, dtype=np.float32))


class Asked(NamedTuple):
    """What is asked about: an article's `row` and `text`, or a text that is not published.

    `vector` (dimension,) and `words` are those of an unpublished text, and None otherwise.
    """

    row: int | None
    text: int | None
    vector: Array | None = None
    words: Words | None = None


class Picked(NamedTuple):
    """One chosen article: its row, its text, its score in [0, 1], and what else put it there."""

    row: int
    text: int
    score: float
    pinned: bool = False
    filler: str | None = None


def rank(
    snapshot: Snapshot, asked: Asked, question: Question, row_filter: RowFilter, beside: Beside
) -> list[Picked]:
    """The articles that answer `question` about `asked`, best first; see `questions.Options`."""
    picked = _pinned(snapshot, asked, question, row_filter, beside)
    barred = [*(hit.text for hit in picked), *beside.apart]
    left = question._replace(k=question.k - len(picked)) if picked else question
    chosen = _chosen(snapshot, asked, left, row_filter, barred)
    picked += [
        Picked(*hit)
        for hit in zip(
            chosen.rows.tolist(), chosen.texts.tolist(), chosen.scores.tolist(), strict=True
        )
    ]
    if question.fallback is not None and asked.row is not None and len(picked) < question.k:
        picked += _newest(snapshot, asked, question, row_filter, barred, picked)
    return picked


def _chosen(
    snapshot: Snapshot,
    asked: Asked,
    question: Question,
    row_filter: RowFilter,
    barred: Sequence[int],
) -> Candidates:
    """What answers the question, in order: from the graph, and where that is short by a search.

    Caps may leave little of what a search finds; then it is searched deeper, as long as much of
    that scores high enough.
    """
    found, complete = _listed(snapshot, asked, question, row_filter, barred)
    pool = max(POOL, POOL_A_HIT * question.k)
    while True:
        if complete or len(found.rows) >= question.k:
            places = _ordered(snapshot, asked, found, question)
            if complete or len(places) >= question.k:
                return found.take(places)
        found, complete = _searched(snapshot, asked, question, row_filter, barred, pool)
        pool *= DEEPER


def _listed(
    snapshot: Snapshot,
    asked: Asked,
    question: Question,
    row_filter: RowFilter,
    barred: Sequence[int],
) -> tuple[Candidates, bool]:
    """Admitted candidates of the graph, best first, and whether these are all that there are."""
    arrays = snapshot.arrays
    if asked.text is None:
        return NOBODY, False
    if question.mode == "story":
        texts, scores = _story(snapshot, asked.text)
        complete = True
    else:
        texts, scores = arrays.neighbours[asked.text], arrays.scores[asked.text]
        # Scores fall: what the list leaves out scores no more than its last.
        complete = len(texts) == 0 or texts[-1] < 0 or bool(scores[-1] < question.floor)
        if complete:
            good = int(((scores >= question.floor) & (texts >= 0)).sum())
            texts, scores = texts[:good], scores[:good]
        complete = complete or len(texts) >= len(arrays.scores) - 1
    if question.mode == "background":
        kept = np.flatnonzero(_is_background(snapshot, asked.text, texts))
        texts, scores = texts.take(kept), scores.take(kept)
    if barred:
        kept = np.flatnonzero(~np.isin(texts, barred))
        texts, scores = texts.take(kept), scores.take(kept)
    return _admitted(snapshot, asked, texts, scores, question, row_filter), complete


def _admitted(
    snapshot: Snapshot,
    asked: Asked,
    texts: Array,
    scores: Array,
    question: Question,
    row_filter: RowFilter,
) -> Candidates:
    """The articles of `texts` that pass: one of each, the lead where it does, or all."""
    arrays = snapshot.arrays
    start = arrays.copies_start
    if question.collapse:
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
    if asked.row is not None and asked.text is not None and question.mode != "background":
        texts, scores = np.append(asked.text, texts), np.append(np.float32(1.0), scores)
    size = start.take(texts + 1) - start.take(texts)
    first = np.cumsum(size) - size
    place = np.arange(size.sum()) + np.repeat(start.take(texts) - first, size)
    rows = arrays.copies.take(place)
    all_of = Candidates(rows, np.repeat(texts, size), np.repeat(scores, size))
    return all_of.take(np.flatnonzero(row_filter.admits(rows) & (rows != asked.row)))


def _searched(
    snapshot: Snapshot,
    asked: Asked,
    question: Question,
    row_filter: RowFilter,
    barred: Sequence[int],
    pool: int,
) -> tuple[Candidates, bool]:
    """Candidates of the `pool` nearest admitted texts, and whether to search deeper is vain."""
    index = snapshot.index()
    admitted = row_filter.texts()
    if asked.text is not None:  # which is never its own answer
        if question.mode == "background":
            admitted = admitted & _is_background(snapshot, asked.text, slice(None))
        else:
            admitted = admitted.copy()
        admitted[[asked.text, *barred]] = False
        vector, words = index.vector(asked.text), _words(snapshot, asked.text)
    else:
        assert asked.vector is not None  # noqa: S101 - one of the two is always known
        assert asked.words is not None  # noqa: S101
        vector, words = _expanded(snapshot, asked.vector, asked.words), asked.words
    found = index.search(vector, pool, admitted)
    scores = _scores(snapshot, words, found.texts, found.similarities)
    good = int((scores >= question.floor).sum())
    order = np.argsort(-scores, kind="stable")[:good]
    texts, scores = found.texts.take(order), scores.take(order)
    hits = _admitted(snapshot, asked, texts, scores, question, row_filter)
    return hits, not question.capped or len(found.texts) < pool or good < pool * ENOUGH


def _expanded(snapshot: Snapshot, vector: Array, words: Words) -> Array:
    """The expanded embedding of an unpublished text; see `scoring`."""
    index = snapshot.index()
    found = index.search(vector, POOL)
    hybrids = hybrid(found.similarities, overlaps(words, _words(snapshot, found.texts)))
    nearest = np.argsort(-hybrids, kind="stable")[: RECIPE.expansion]
    vectors = np.stack([index.vector(int(text)) for text in found.texts.take(nearest)])
    expanded: Array = expand(vector[None, :], vectors[None], hybrids[None, nearest])[0]
    return expanded


def _scores(snapshot: Snapshot, words: Words, texts: Array, similarities: Array) -> Array:
    """Scores of `texts` for a text of these `words`, by their cosine `similarities` to it."""
    hybrids = hybrid(similarities, overlaps(words, _words(snapshot, texts)))
    hubness = snapshot.arrays.hubness.take(texts)
    return corrected(hybrids, hubness, snapshot.scoring.mean_hubness)


def _words(snapshot: Snapshot, texts: Array | int) -> Words:
    arrays = snapshot.arrays
    return Words(arrays.words[texts], arrays.word_weights[texts])


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
    snapshot: Snapshot, asked: Asked, candidates: Candidates, question: Question
) -> Sequence[int]:
    """Places of the chosen candidates in the order of the answer."""
    count, k = len(candidates.rows), question.k
    caps = _caps(snapshot, candidates, question) if question.capped else ()
    order: Array | None = None
    if question.mode == "story":
        published = snapshot.arrays.published.take(candidates.rows)
        order, scores = newest_first(published, candidates.scores), candidates.scores
    else:
        scores = _timely(snapshot, asked, candidates, question)
        if scores is not candidates.scores:
            order = (-scores).argsort(kind="stable")
    if order is not None:
        caps = [Cap(cap.codes.take(order), cap.most) for cap in caps]
    if question.diversity > 0 and question.mode != "story" and count > 1 and k > 0:
        texts = candidates.texts
        if order is not None:
            scores, texts = scores.take(order), texts.take(order)
        if not caps:
            count = within_reach(scores, question.diversity, k)
            scores, texts = scores[:count], texts[:count]
        similarity = _similarity(snapshot, texts, question)
        places = diversified(scores, similarity, question.diversity, k, caps)
    else:
        places = within_caps(count, k, caps) if caps else list(range(min(count, k)))
    return places if order is None else order.take(places).tolist()


def _timely(snapshot: Snapshot, asked: Asked, candidates: Candidates, question: Question) -> Array:
    """The candidates' scores as their dates move them; those of the question where none does."""
    scores, published = candidates.scores, snapshot.arrays.published
    # What is background is as good however far off.
    near = question.closeness > 0 and question.mode == "related" and asked.row is not None
    moment = int(published[asked.row]) if near else NO_DATE
    if moment == NO_DATE and question.half_life is None:
        return scores
    published = published.take(candidates.rows)
    if moment != NO_DATE:
        scores = by_days(scores, published, moment, NO_DATE, question.closeness)
    if question.half_life is not None:
        # What is worth less than nothing would gain where it fades.
        scores = decayed(np.maximum(scores, 0.0), published, NO_DATE, question.half_life)
    return scores


def _similarity(snapshot: Snapshot, texts: Array, question: Question) -> Array:
    """Scores of `texts` among one another, (texts, texts); copies of one text are all like it."""
    neighbours, scores = snapshot.arrays.neighbours, snapshot.arrays.scores
    if question.collapse:
        return between(neighbours, scores, texts)
    distinct, place = np.unique(texts, return_inverse=True)
    similarity: Array = between(neighbours, scores, distinct)[place[:, None], place]
    return similarity


def _caps(snapshot: Snapshot, candidates: Candidates, question: Question) -> list[Cap]:
    arrays = snapshot.arrays
    caps = []
    if question.per_source is not None:
        caps.append(Cap(arrays.source.take(candidates.rows), question.per_source))
    if question.per_author is not None:
        caps.append(Cap(arrays.author.take(candidates.rows), question.per_author))
    if question.per_story is not None:
        caps.append(Cap(arrays.story_of.take(candidates.texts), question.per_story))
    return caps


def _pinned(
    snapshot: Snapshot, asked: Asked, question: Question, row_filter: RowFilter, beside: Beside
) -> list[Picked]:
    """The pinned articles that pass the filters, in the order of the rules.

    Of copies the first, and none of the asked article, unless copies are asked for.
    """
    if asked.text is None or not beside.pinned:
        return []
    rows = np.array(beside.pinned, dtype=np.int32)
    rows = rows[row_filter.admits(rows)]
    texts = snapshot.arrays.text_of.take(rows)
    if question.collapse:
        first = np.sort(np.unique(texts, return_index=True)[1])
        first = first[texts[first] != asked.text]
        rows, texts = rows[first], texts[first]
    rows, texts = rows[: question.k], texts[: question.k]
    if not rows.size:
        return []
    scores = np.where(texts == asked.text, 1.0, _exact(snapshot, asked.text, texts))
    return [
        Picked(row, text, score, pinned=True)
        for row, text, score in zip(rows.tolist(), texts.tolist(), scores.tolist(), strict=True)
    ]


def _newest(
    snapshot: Snapshot,
    asked: Asked,
    question: Question,
    row_filter: RowFilter,
    barred: Sequence[int],
    picked: Sequence[Picked],
) -> list[Picked]:
    """The newest admitted articles of the asked one's section or topic that fill up `picked`.

    Of a topic those of the same finer one come first. They stand under the same caps; `barred`
    texts are left out.
    """
    arrays = snapshot.arrays
    finer = np.zeros(len(arrays.finest_of), dtype=bool)
    if question.fallback == "section":
        own, column = arrays.section[asked.row], arrays.section
    else:
        own, column = arrays.topic_of[asked.text], arrays.topic_of.take(arrays.text_of)
        finer = arrays.finest_of == arrays.finest_of[asked.text]
    if own < 0:
        return []
    rows = np.flatnonzero(column == own)
    rows = rows[row_filter.admits(rows)]
    texts = arrays.text_of.take(rows)
    taken = [*barred, *(hit.text for hit in picked), int(arrays.text_of[asked.row])]
    fresh = ~np.isin(texts, taken)
    rows, texts = rows[fresh], texts[fresh]
    order = np.lexsort((rows, ~arrays.published.take(rows), ~finer.take(texts)))
    _, first = np.unique(texts[order], return_index=True)
    order = order[np.sort(first)]
    rows, texts = rows[order], texts[order]
    before = len(picked)
    if question.capped:
        all_rows = np.append(np.array([hit.row for hit in picked], dtype=np.int64), rows)
        all_of = Candidates(all_rows, arrays.text_of.take(all_rows), np.zeros(len(all_rows)))
        within = within_caps(len(all_rows), len(all_rows), _caps(snapshot, all_of, question))
        kept = np.array([place - before for place in within if place >= before], dtype=np.int64)
        rows, texts = rows[kept], texts[kept]
    rows, texts = rows[: question.k - before], texts[: question.k - before]
    return [
        Picked(row, text, 0.0, filler=question.fallback)
        for row, text in zip(rows.tolist(), texts.tolist(), strict=True)
    ]
