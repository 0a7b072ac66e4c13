"""Compare two texts: whether one is a copy, an extract or a corrected version of the other.

A copy says the same in almost the same words, in both directions: shared shingles (runs of three
words) cover most words of the shorter text, neither text has a long passage of its own except that
the end of one may be cut, and what differs is not what the texts are about. Against a copy count

- headlines that contradict each other, or that both say nothing of what the texts share (a notice
  or a form under headlines of its own);
- names, numbers and contrary words that differ in corresponding places (see `differences`);
- marks of quotation in the longer text alone: it replies to the shorter one.

The order of shingles does not count, so that paragraphs may be swapped.
"""

from enum import IntEnum

import numpy as np

from recommender._typing import Array
from recommender.corpus.content_words import (
    have_same_content,
    headline_words,
    shared_headline,
)
from recommender.corpus.differences import Facts, different_facts, title_facts
from recommender.corpus.shingles import SHINGLE, HashedWords, shingles

__all__ = ["Likeness", "compare_texts", "fill_one_form"]

# The share of the shorter text's words that shared shingles must cover.
MIN_COVERED = 0.75
# If less than this share is covered, at least half of both openings must be covered as well,
# because an opening says what is new.
SURELY_COVERED = 0.85
MIN_OPENING_COVERED = 0.5
OPENING_SHARE, OPENING_WORDS = 0.2, 40  # an opening: this share of a text, at least this many words
# The shorter text must have this share of the longer one's words; with fewer it is an extract.
MIN_LENGTH_RATIO = 0.5
# The longest passage that one text may have alone, as a share of it, or in words if that is more.
# Under one title, paragraphs of the longer text may have been moved and then cut.
MAX_PASSAGE_SHARE, MAX_PASSAGE_SAME_TITLE, MAX_PASSAGE_WORDS = 0.25, 0.4, 20
# Texts with fewer words have too few shingles to judge by; see `content_words`.
FEW_WORDS, MIN_FEW_COVERED = 40, 0.5
# An extract: so much of its body stands at the opening of the other's, and at least so many words.
MIN_EXTRACTED, MIN_EXTRACTED_WORDS = 0.85, 8
MAX_EXTRACT_END = 6  # words such as "Read on."
# Two headlines are alike, and are one but for an edit, if they have this share of the content words
# of the longer one in common. A headline is about a text that holds this share of them.
MIN_HEADLINE_SHARED, SAME_HEADLINE, MIN_HEADLINE_HELD = 0.4, 0.75, 0.33
# Texts that share so many words share more than a notice or a form, whatever their headlines.
OWN_TEXT_WORDS = 250
# Two texts fill one form if they share at least so much of the shorter body.
MIN_FORM_SHARED = 1 / 3
# Texts state other facts if this share of their distinct names differs, or of their numbers, in
# this share of the places where they differ at all. One fact is a correction in a text of so many
# words.
MAX_FACTS_DIFFERING, MAX_FACTS_IN_GAPS = 0.2, 0.3
WORDS_PER_FACT = 80
# They also do if this share of the numbers differs, and more than this share of all words are such
# numbers.
MIN_NUMBERS_CHANGED, MIN_CHANGED_SHARE = 0.5, 0.02
# One pair of contrary words is chance in so many words.
WORDS_PER_CONTRARY = 300
# A reply has more than this many words beyond what it quotes. It marks several lines as quoted, or
# one within so many words from its start.
MAX_REPLY_WORDS, MAX_REPLY_START = 8, 15


class Likeness(IntEnum):
    """How alike two texts are.

    Attributes:
        DIFFERENT: They are two articles.
        CORRECTED: They would be copies if one fact did not differ.
        EXTRACT: The shorter one is the longer one's opening.
        COPY: They are near-duplicates.
    """

    DIFFERENT = 0
    CORRECTED = 1
    EXTRACT = 2
    COPY = 3


def compare_texts(one: HashedWords, other: HashedWords) -> Likeness:
    """Compare two texts exactly; their order does not matter.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        How alike they are.
    """
    short, long = (one, other) if _sort_key(one) <= _sort_key(other) else (other, one)
    if not len(short.hashes):
        return Likeness.DIFFERENT
    if np.array_equal(short.hashes, long.hashes):
        return Likeness.COPY
    return _Comparison(short, long).likeness()


def fill_one_form(one: HashedWords, other: HashedWords) -> bool:
    """Whether two texts have much of their wording in common, and nothing else.

    So do the obituaries of two people or the job ads of two firms: the headlines differ, and
    neither body says anything of the other's headline.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        False where a text has no headline: nothing tells what it is about.
    """
    short, long = (one, other) if _sort_key(one) <= _sort_key(other) else (other, one)
    if not short.title or not long.title or len(short.hashes) == short.title:
        return False
    return _Comparison(short, long).fills_one_form()


def _sort_key(words: HashedWords) -> tuple[int, bytes]:
    """The shorter text first; the order of texts of equal length follows from their words alone."""
    return len(words.hashes), words.hashes.tobytes()


class _Comparison:
    """The comparison of two texts that differ.

    Attributes:
        short: The shorter text.
        long: The longer text.
        in_short: Which words of the shorter text the longer one holds in its shingles, too.
        in_long: Which words of the longer text the shorter one holds.
        is_much_shorter: Whether the shorter text is too short to be a copy.
    """

    def __init__(self, short: HashedWords, long: HashedWords) -> None:
        self.short, self.long = short, long
        of_short, of_long = shingles(short.hashes), shingles(long.hashes)
        self.in_short = _covered(short, of_short, of_long)
        self.in_long = _covered(long, of_long, of_short)
        self.is_much_shorter = len(short.hashes) < MIN_LENGTH_RATIO * len(long.hashes)

    def fills_one_form(self) -> bool:
        """Whether much of the bodies is shared, and neither is about the other's headline."""
        short, long = self.short, self.long
        shared = self.in_short[short.title :]
        if shared.mean() < MIN_FORM_SHARED or shared.sum() >= OWN_TEXT_WORDS:
            return False
        if shared.sum() < MIN_EXTRACTED_WORDS or shared_headline(short, long) >= SAME_HEADLINE:
            return False
        # A name that both say in words of their own is no part of the form.
        own = short.hashes[short.names & ~self.in_short]
        if np.isin(own, long.hashes[long.names]).any():
            return False
        return not any(
            _holds_headline(set(one.hashes[one.title :].tolist()), other)
            for one, other in ((short, long), (long, short))
        )

    def likeness(self) -> Likeness:
        """How alike the texts are."""
        if self._is_reply():
            return Likeness.DIFFERENT
        if self._is_extract():
            return Likeness.EXTRACT if self.is_much_shorter else Likeness.COPY
        if self.is_much_shorter:
            return Likeness.DIFFERENT
        if len(self.short.hashes) < FEW_WORDS:
            # Texts with fewer shared shingles are no candidates.
            comparable = self.in_short.sum() > SHINGLE and self.in_short.mean() >= MIN_FEW_COVERED
            same = comparable and have_same_content(self.short, self.long)
            return Likeness.COPY if same else Likeness.DIFFERENT
        if not self._cover_each_other():
            return Likeness.DIFFERENT
        return self._judge_facts()

    def _is_reply(self) -> bool:
        """Whether one text marks as quoted what the other says itself, and adds to it."""
        for one, held_one, reply, held in (
            (self.short, self.in_short, self.long, self.in_long),
            (self.long, self.in_long, self.short, self.in_short),
        ):
            marked = np.flatnonzero(reply.quoted & held)
            more = len(marked) - int((one.quoted & held_one).sum())
            is_quote = more > 1 or (more > 0 and marked[0] <= reply.title + MAX_REPLY_START)
            if is_quote and (~held[reply.title :]).sum() > MAX_REPLY_WORDS:
                return True
        return False

    def _is_extract(self) -> bool:
        """Whether the shorter has the same title, and in its body the other's opening alone."""
        short, long, title = self.short, self.long, self.short.title
        words = len(short.hashes) - title
        if words < MIN_EXTRACTED_WORDS or not (self._has_same_title() or self._has_cut_title()):
            return False
        opening = long.hashes[long.title : long.title + words + MAX_EXTRACT_END]
        held = self.in_short[title:]
        alone = int((~held).sum())
        if alone > max((1 - MIN_EXTRACTED) * words, MAX_EXTRACT_END):
            return False
        body = short._replace(hashes=short.hashes[title:], widths=short.widths[title:])
        held = _covered(body, shingles(body.hashes), shingles(opening))
        alone = int((~held).sum())
        little = alone <= (1 - MIN_EXTRACTED) * words
        at_end = alone <= MAX_EXTRACT_END and bool(held[: words - alone].all())
        return (little or at_end) and not different_facts(short, long).total

    def _cover_each_other(self) -> bool:
        """Whether either text holds nearly all of the other, but for a cut end."""
        share = self.in_short.mean()
        if len(self.short.hashes) == len(self.long.hashes):
            share = min(share, self.in_long.mean())
        if share < MIN_COVERED:
            return False
        if share < SURELY_COVERED and not _share_openings(self.in_short, self.in_long):
            return False
        chance = SHINGLE + int(self.long.widths.max())
        if _longest_passage(self.in_short, chance, cut=False) > MAX_PASSAGE_SHARE:
            return False
        most = MAX_PASSAGE_SAME_TITLE if self._has_same_title() else MAX_PASSAGE_SHARE
        return _longest_passage(self.in_long, chance, cut=True) <= most

    def _has_same_title(self) -> bool:
        """Whether both texts have the same title, and any."""
        one, other = (words.hashes[: words.title] for words in (self.short, self.long))
        return len(one) > 0 and np.array_equal(one, other)

    def _has_cut_title(self) -> bool:
        """Whether one title has all content words of the other, at least two, and negates none."""
        one, other = map(headline_words, (self.short, self.long))
        shared = one & other
        cut = len(shared) > 1 and len(shared) == min(len(one), len(other))
        return cut and not title_facts(self.short, self.long).total

    def _judge_facts(self) -> Likeness:
        """How alike two texts are that cover each other, by their headlines and by facts."""
        facts = different_facts(self.short, self.long)
        against = self._states_other_facts(facts)
        if self.short.title and self.long.title:
            shared = shared_headline(self.short, self.long)
            is_long = int(self.in_short.sum()) >= OWN_TEXT_WORDS
            if shared < SAME_HEADLINE and not is_long and not self._headline_is_about_both():
                return Likeness.DIFFERENT
            if shared >= MIN_HEADLINE_SHARED:
                headline = title_facts(self.short, self.long)
                facts = facts.joined(headline)
                against = against or headline.total > 0
        if not against:
            return Likeness.COPY
        corrected = facts.total == 1 and not facts.names
        return Likeness.CORRECTED if corrected else Likeness.DIFFERENT

    def _headline_is_about_both(self) -> bool:
        """Whether the body that both texts share holds much of at least one of the headlines."""
        short = self.short
        body = set(short.hashes[short.title :][self.in_short[short.title :]].tolist())
        return any(_holds_headline(body, of_text) for of_text in (short, self.long))

    def _states_other_facts(self, facts: Facts) -> bool:
        """Whether so many facts differ that the texts are about different things."""
        short = self.short
        if len(facts.contraries) > len(short.hashes) / WORDS_PER_CONTRARY:
            return True
        if self._have_other_numbers():
            return True
        if not facts.total or (facts.total == 1 and len(short.hashes) >= WORDS_PER_FACT):
            return False
        shares = [
            len(changed) / (len(changed) + len(np.unique(short.hashes[known & self.in_short])))
            for changed, known in ((facts.names, short.names), (facts.numbers, short.numbers))
            if changed
        ]
        in_gaps = facts.total / max(facts.gaps, 1)
        return max(shares, default=0) >= MAX_FACTS_DIFFERING and in_gaps >= MAX_FACTS_IN_GAPS

    def _have_other_numbers(self) -> bool:
        """Whether many numbers were replaced by others, as in the reports of two days.

        The numbers' places are found by a second comparison in which all numbers are equal. An edit
        of words seldom turns a number into another one, and a correction changes few numbers.
        """
        short, covered = self.short, self.in_short
        fewest = MIN_CHANGED_SHARE * len(covered)
        if (short.numbers & ~covered).sum() <= fewest:
            return False
        one, other = (
            shingles(np.where(words.numbers, np.uint64(0), words.hashes))
            for words in (short, self.long)
        )
        in_place = short.numbers & (_covered(short, one, other) | covered)
        changed = int((in_place & ~covered).sum())
        return changed > fewest and changed >= MIN_NUMBERS_CHANGED * int(in_place.sum())


def _holds_headline(body: set[int], words: HashedWords) -> bool:
    """Whether a body holds so much of the headline of some text that it is about it."""
    headline = headline_words(words)
    return len(headline & body) >= MIN_HEADLINE_HELD * len(headline)


def _covered(words: HashedWords, own: Array, others: Array) -> Array:
    """Which words are part of a shingle that the other text holds as well: (words,) bool.

    `own` and `others` are the shingles of this text and of the other one.
    """
    ordered = np.sort(others)
    place = np.minimum(np.searchsorted(ordered, own), len(ordered) - 1)
    shared = ordered[place] == own
    covered = np.zeros(len(words.hashes), dtype=bool)
    for offset in range(SHINGLE):
        covered[offset : len(shared) + offset] |= shared[: len(covered) - offset]
    whole = covered.copy()
    for offset in range(1, words.widths.max(initial=1)):
        whole[offset:] |= (covered & (words.widths > offset))[:-offset]
    return whole


def _longest_passage(covered: Array, chance: int, *, cut: bool) -> float:
    """The share of a text that is its longest passage that the other lacks, 0 for a short one.

    The end is left out if it may be `cut`. Up to `chance` words in a row, such as a common phrase,
    are in both texts by chance.
    """
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], covered, [False]))))
    starts, ends = bounds[::2], bounds[1::2]
    shared = ends - starts > chance
    passages = np.append(starts[shared], len(covered)) - np.append(0, ends[shared])
    longest = int((passages[:-1] if cut else passages).max(initial=0))
    return longest / len(covered) if longest > MAX_PASSAGE_WORDS else 0.0


def _share_openings(*covered: Array) -> bool:
    """Whether each text holds, anywhere, at least half of the other's opening."""
    return all(
        c[: max(OPENING_WORDS, int(OPENING_SHARE * len(c)))].mean() >= MIN_OPENING_COVERED
        for c in covered
    )
