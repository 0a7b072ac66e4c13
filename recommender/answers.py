"""Answers: what was picked, with the cards a page shows and the reasons it prints."""

from collections.abc import Sequence

from recommender.filters import RowFilter
from recommender.questions import Question
from recommender.ranking import Asked, Picked
from recommender.reasons import best, lone_weight, shared
from recommender.snapshot import NO_DATE, Snapshot
from recommender.types import Answer, Reasons, Related

__all__ = ["answer"]

TENTH_OF_AN_HOUR = 360_000_000  # microseconds
SHOWN = 3  # names and phrases of a hit


def answer(
    snapshot: Snapshot,
    asked: Asked,
    question: Question,
    picked: Sequence[Picked],
    row_filter: RowFilter,
    text: str | None = None,
) -> Answer:
    """What was `picked`, as a page shows it; `text` was asked about where it is not published."""
    note = _note(question, picked, row_filter) if len(picked) < question.k else None
    if not picked:
        return Answer(note=note)
    also = _also_at(snapshot, picked, row_filter) if question.collapse else {}
    rows = [hit.row for hit in picked] + [row for others in also.values() for row in others]
    cards = dict(zip(rows, snapshot.cards.of(rows), strict=True))
    reasons = _reasons(snapshot, asked, picked, text)
    hits = [
        Related(
            cards[hit.row][0],
            hit.score,
            *cards[hit.row][1:],
            tuple(cards[row] for row in also[hit.row]) if hit.row in also else (),
            why,
        )
        for hit, why in zip(picked, reasons, strict=True)
    ]
    return Answer(hits, note)


def _also_at(
    snapshot: Snapshot, picked: Sequence[Picked], row_filter: RowFilter
) -> dict[int, list[int]]:
    """For each picked row the other admitted rows of its text, where there are any."""
    arrays = snapshot.arrays
    start = arrays.copies_start.data
    found = {}
    for hit in picked:
        first, end = start[hit.text], start[hit.text + 1]
        if end - first > 1:
            rows = arrays.copies[first:end]
            rows = rows[row_filter.admits(rows) & (rows != hit.row)]
            if rows.size:
                found[hit.row] = rows.tolist()
    return found


def _reasons(
    snapshot: Snapshot, asked: Asked, picked: Sequence[Picked], text: str | None
) -> list[Reasons]:
    arrays = snapshot.arrays
    texts = [hit.text for hit in picked]
    if asked.text is None:
        common = _occurring(snapshot, text or "", texts)
    else:
        common = shared(arrays.phrases, asked.text, texts)
    hours = _hours_apart(snapshot, asked, picked)
    story_of = arrays.story_of.data
    own_story = None if asked.text is None else story_of[asked.text]
    found, alone = [], lone_weight(len(arrays.neighbours))
    # Looked up once for all hits: they share most of what they share with the one asked about.
    known = list({phrase for phrases in common for phrase in phrases})
    weight, is_name = arrays.phrase_weights.data, arrays.phrase_names.data
    weights = {phrase: weight[phrase] for phrase in known}
    said = dict(zip(known, snapshot.phrases.take(known), strict=True))
    for hit, phrases, apart in zip(picked, common, hours, strict=True):
        chosen = best(phrases, weights, said, SHOWN, alone)
        found.append(
            Reasons(
                tuple([said[phrase] for phrase in chosen if is_name[phrase]]),
                tuple([said[phrase] for phrase in chosen if not is_name[phrase]]),
                story_of[hit.text] == own_story,
                hit.text == asked.text,
                apart,
                hit.pinned,
                hit.filler,
            )
        )
    return found


def _hours_apart(snapshot: Snapshot, asked: Asked, picked: Sequence[Picked]) -> list[float | None]:
    published = snapshot.arrays.published.data
    own = NO_DATE if asked.row is None else published[asked.row]
    if own == NO_DATE:
        return [None] * len(picked)
    moments = [published[hit.row] for hit in picked]
    return [
        None if moment == NO_DATE else round((moment - own) / TENTH_OF_AN_HOUR) / 10
        for moment in moments
    ]


def _note(question: Question, picked: Sequence[Picked], row_filter: RowFilter) -> str:
    """Why an answer is short: how many there are of what was asked for, and what else is shown."""
    pinned = sum(hit.pinned for hit in picked)
    fillers = sum(hit.filler is not None for hit in picked)
    found = len(picked) - pinned - fillers
    what = {"related": "related", "story": "of the same story", "background": "background"}
    floor = f" with a score of {question.floor:g} or more" if question.mode != "story" else ""
    admitted = " among those admitted" if row_filter.narrows else ""
    caps = " under the caps" if question.capped else ""
    articles = "article is" if found == 1 else "articles are"
    told = f"{found or 'no'} {articles} {what[question.mode]}{floor}{admitted}{caps}"
    if pinned:
        told += f"; {pinned:,} more {'is' if pinned == 1 else 'are'} pinned"
    if fillers:
        newest = f"the newest of its {question.fallback}"
        told += f"; {fillers:,} more {'is' if fillers == 1 else 'are'} {newest}"
    return told


def _occurring(snapshot: Snapshot, text: str, texts: Sequence[int]) -> list[list[int]]:
    """The phrases of each of `texts` that stand in the unpublished `text`."""
    folded = f" {' '.join(text.split()).casefold()} "
    rows = snapshot.arrays.phrases.take(texts, axis=0).tolist()
    return [
        [phrase for phrase in row if phrase >= 0 and _stands_in(snapshot.phrases[phrase], folded)]
        for row in rows
    ]


def _stands_in(phrase: str, folded: str) -> bool:
    phrase = phrase.casefold()
    place = folded.find(phrase)
    while place >= 0:
        around = folded[place - 1] + folded[place + len(phrase)]
        if not any(map(str.isalnum, around)) or not phrase[0].isascii():
            return True
        place = folded.find(phrase, place + 1)
    return False
