"""Answers: the ranked articles with the cards that a page shows and the reasons it prints."""

from collections.abc import Sequence

import numpy as np

from recommender.counts import counted
from recommender.dates import NO_DATE
from recommender.language.word_lists import DEFAULT_LANGUAGE, word_lists
from recommender.serving.explain import best_phrases, min_single_weight, shared_phrases
from recommender.serving.occurrence import occurs_in
from recommender.serving.request import RankedArticle, Request
from recommender.snapshot.reader import Snapshot
from recommender.types.article import Card
from recommender.types.reasons import Reasons
from recommender.types.related import Answer, Related
from recommender.types.value import fast_constructor

__all__ = ["answer"]

# Most of the values of an answer are made here, and their classes are slow to call.
_new_related, _new_reasons = fast_constructor(Related), fast_constructor(Reasons)
TENTH_OF_AN_HOUR = 360_000_000  # microseconds
SHOWN = 3  # names and phrases of a hit, together


def answer(
    request: Request, ranked: Sequence[RankedArticle], new_text: str | None = None
) -> Answer:
    """The answer to a request: what was ranked, with cards, reasons and a note.

    Args:
        request: The request.
        ranked: What was ranked for it, best first.
        new_text: The prepared text of an item that is not published.

    Returns:
        The hits as a page shows them.
    """
    note = _note(request, ranked) if len(ranked) < request.query.k else None
    snapshot, item = request.snapshot, request.item
    also = _also_at(request, ranked) if request.query.collapse else {}
    newer = _newer(request)
    rows = [row for row in (item.row, newer) if row is not None]
    rows += [hit.row for hit in ranked] + [row for others in also.values() for row in others]
    fields = dict(zip(rows, snapshot.cards.fields(rows), strict=True))
    article = None if item.row is None else Card(*fields[item.row])
    newest = None if newer is None else Card(*fields[newer])
    if not ranked:
        return Answer((), note, article, newest)
    hits = []
    for hit, why in zip(ranked, _reasons(request, ranked, new_text), strict=True):
        card = fields[hit.row]
        copies = tuple([Card(*fields[row]) for row in also.get(hit.row, ())])
        hits.append(_new_related(card[0], hit.score, *card[1:], copies, why, hit.fill))
    return Answer(hits, note, article, newest)


def _newer(request: Request) -> int | None:
    """The row of the newest version of the item, where that may be shown."""
    if request.item.row is None:
        return None
    newer = int(request.snapshot.arrays.superseded_by[request.item.row])
    may_be_shown = newer >= 0 and bool(request.row_filter.admits(np.array([newer]))[0])
    return newer if may_be_shown else None


def _also_at(request: Request, ranked: Sequence[RankedArticle]) -> dict[int, list[int]]:
    """For each ranked row the other admitted rows of its text that are no older versions."""
    arrays, row_filter = request.snapshot.arrays, request.row_filter
    start = arrays.copies_start.data
    found = {}
    for hit in ranked:
        first, end = start[hit.text], start[hit.text + 1]
        if end - first > 1:
            rows = arrays.copies[first:end]
            rows = rows[row_filter.admits(rows) & (rows != hit.row)]
            rows = rows[arrays.superseded_by[rows] < 0]
            if rows.size:
                found[hit.row] = rows.tolist()
    return found


def _reasons(
    request: Request, ranked: Sequence[RankedArticle], new_text: str | None
) -> list[Reasons]:
    """Why each of the ranked articles is in the answer."""
    snapshot, item = request.snapshot, request.item
    arrays = snapshot.arrays
    texts = [hit.text for hit in ranked]
    if item.text is None:
        common = _occurring_phrases(snapshot, new_text or "", texts)
    else:
        common = shared_phrases(arrays.phrases, item.text, texts)
    hours = _hours_apart(request, ranked)
    story_of = arrays.story_of.data
    own_story = None if item.text is None else story_of[item.text]
    found, min_single = [], min_single_weight(snapshot.manifest.texts)
    # Looked up once, because most hits share the same phrases with the item.
    known = list({phrase for phrases in common for phrase in phrases})
    weight, is_name = arrays.phrase_weights.data, arrays.phrase_names.data
    weights = {phrase: weight[phrase] for phrase in known}
    phrase_text = dict(zip(known, snapshot.phrases.take(known), strict=True))
    for hit, phrases, apart in zip(ranked, common, hours, strict=True):
        chosen = best_phrases(phrases, weights, phrase_text, SHOWN, min_single)
        found.append(
            _new_reasons(
                tuple([phrase_text[phrase] for phrase in chosen if is_name[phrase]]),
                tuple([phrase_text[phrase] for phrase in chosen if not is_name[phrase]]),
                story_of[hit.text] == own_story,
                hit.text == item.text,
                apart,
                hit.pinned,
                hit.filler,
            )
        )
    return found


def _hours_apart(request: Request, ranked: Sequence[RankedArticle]) -> list[float | None]:
    """Hours from the item's date to that of each ranked article; None where one has no date."""
    published, row = request.snapshot.arrays.published.data, request.item.row
    own = NO_DATE if row is None else published[row]
    if own == NO_DATE:
        return [None] * len(ranked)
    moments = [published[hit.row] for hit in ranked]
    return [
        None if moment == NO_DATE else round((moment - own) / TENTH_OF_AN_HOUR) / 10
        for moment in moments
    ]


def _note(request: Request, ranked: Sequence[RankedArticle]) -> str:
    """Why an answer is short: how many articles fit the question, and what else is shown."""
    query = request.query
    pinned = sum(hit.pinned for hit in ranked)
    fillers = sum(hit.filler is not None for hit in ranked)
    filled = sum(hit.fill for hit in ranked) - fillers
    found = len(ranked) - pinned - filled - fillers
    what = {"related": "related", "story": "of the same story", "background": "background to it"}
    floor = f" with a score of {query.floor:g} or more" if query.mode != "story" else ""
    admitted = " among those admitted" if request.row_filter.narrows else ""
    caps = " under the caps" if query.capped else ""
    articles = counted(found, "article is", "articles are") if found else "no articles are"
    note = f"{articles} {what[query.mode]}{floor}{admitted}{caps}"
    if pinned:
        note += f"; {counted(pinned, 'more is', 'more are')} pinned"
    if filled:
        note += f"; {counted(filled, 'more fills', 'more fill')} the list from below that"
    if fillers:
        newest = f"the newest of its {query.fallback}"
        note += f"; {counted(fillers, 'more is', 'more are')} {newest}"
    return note


def _occurring_phrases(snapshot: Snapshot, text: str, texts: Sequence[int]) -> list[list[int]]:
    """The phrases of each of `texts` that occur in the unpublished `text`."""
    text = " ".join(text.split())
    offices = word_lists(DEFAULT_LANGUAGE).offices
    rows = snapshot.arrays.phrases.take(texts, axis=0).tolist()
    known = {phrase for row in rows for phrase in row if phrase >= 0}
    occurring = {p for p in known if occurs_in(snapshot.phrases[p], text, offices)}
    return [[phrase for phrase in row if phrase in occurring] for row in rows]
