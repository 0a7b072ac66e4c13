"""Near-duplicates: texts that say the same in almost the same words, grouped under one lead.

Two texts are near-duplicates if nearly all words of the shorter one are part of shingles (runs of
three words) that the longer one holds as well, and if they do not differ chiefly in numbers. The
order of shingles does not count, so a text remains a near-duplicate when paragraphs are swapped,
its end is cut or its headline is new. A new opening over the same background is another article.

Candidates are found by the texts' signatures (`candidate_pairs`). Only these are compared exactly.
"""

import numpy as np

from recommender._typing import Array
from recommender.corpus.candidate_pairs import candidate_pairs
from recommender.corpus.shingles import SHINGLE, HashedWords, hash_texts, shingles
from recommender.language.tokens import Tokens

__all__ = ["are_near_duplicates", "group_duplicates"]

# The share of the shorter text's words that shared shingles must cover.
MIN_COVERED = 0.75
# If less than this share is covered, at least half of both openings must be covered as well,
# because an opening says what is new.
SURELY_COVERED = 0.85
MIN_OPENING_COVERED = 0.5
OPENING_SHARE, OPENING_WORDS = 0.2, 40  # an opening: this share of a text, at least this many words
# The shorter text must have this share of the longer one's words; with fewer it is an extract.
MIN_LENGTH_RATIO = 0.5
# The longest passage that may differ, as a share of the shorter text, or in words if that is more.
MAX_PASSAGE_SHARE, MAX_PASSAGE_WORDS = 0.25, 20
# A text with fewer words has too few shingles to judge by: only an equal text is its duplicate.
MIN_WORDS = 12
# Two texts are one form with other numbers, such as the market reports of two days, if at least
# this share of their numbers has changed, and more than this share of all words are such numbers.
MIN_NUMBERS_CHANGED, MIN_CHANGED_SHARE = 0.5, 0.02


def group_duplicates(signatures: Array, order: Array, tokens: Tokens) -> Array:
    """Group near-duplicates, each group under one text that leads it.

    Each text in turn joins the first lead that it is a near-duplicate of, or becomes a lead. This
    keeps groups from drifting: every member is a near-duplicate of the lead itself.

    Args:
        signatures: (texts, 1 + SAMPLE) uint32, as `signatures.unpack_signatures` returns them.
        order: (texts,) int64, all texts, those that lead first; see `lead_order`.
        tokens: The tokens of the texts.

    Returns:
        (texts,) int32, the number of each text's lead; a lead has its own number.
    """
    lead_of = np.arange(len(signatures), dtype=np.int32)
    later, earlier = candidate_pairs(signatures, order, MIN_LENGTH_RATIO)
    words = hash_texts(tokens, np.unique(np.concatenate((later, earlier))).tolist())
    for text, lead in zip(later.tolist(), earlier.tolist(), strict=True):
        if (
            lead_of[text] == text
            and lead_of[lead] == lead
            and are_near_duplicates(words[text], words[lead])
        ):
            lead_of[text] = lead
    return lead_of


def are_near_duplicates(one: HashedWords, other: HashedWords) -> bool:
    """Compare two texts exactly; their order does not matter.

    Args:
        one: The words of one text.
        other: The words of the other text.

    Returns:
        Whether they are near-duplicates.
    """
    lengths = len(one.hashes), len(other.hashes)
    if min(lengths) == 0:
        return False
    if np.array_equal(one.hashes, other.hashes):
        return True
    if min(lengths) < max(MIN_WORDS, MIN_LENGTH_RATIO * max(lengths)):
        return False
    # Texts of equal length must contain each other, so that their order does not matter.
    return (lengths[0] > lengths[1] or _is_contained(one, other)) and (
        lengths[0] < lengths[1] or _is_contained(other, one)
    )


def _is_contained(short: HashedWords, long: HashedWords) -> bool:
    """Whether `long` holds enough of `short`, and neither a passage nor the numbers differ."""
    covered = _covered(short, long)
    share = covered.mean()
    if share < MIN_COVERED or (share < SURELY_COVERED and not _share_openings(short, long)):
        return False
    ends = np.flatnonzero(np.diff(np.concatenate(([True], covered, [True]))))
    longest = int((ends[1::2] - ends[::2]).max(initial=0))
    if longest > max(MAX_PASSAGE_WORDS, MAX_PASSAGE_SHARE * len(covered)):
        return False
    return not _have_other_numbers(short, long, covered)


def _share_openings(one: HashedWords, other: HashedWords) -> bool:
    """Whether each text holds, anywhere, at least half of the other's opening."""
    for text, comparison in ((one, other), (other, one)):
        length = max(OPENING_WORDS, int(OPENING_SHARE * len(text.hashes)))
        if _covered(text, comparison)[:length].mean() < MIN_OPENING_COVERED:
            return False
    return True


def _covered(words: HashedWords, others: HashedWords) -> Array:
    """Which words are part of a shingle that the other text holds as well: (words,) bool."""
    shared = np.isin(shingles(words.hashes), shingles(others.hashes))
    covered = np.zeros(len(words.hashes), dtype=bool)
    for offset in range(SHINGLE):
        covered[offset : len(shared) + offset] |= shared
    whole = covered.copy()
    for offset in range(1, words.widths.max(initial=1)):
        whole[offset:] |= (covered & (words.widths > offset))[:-offset]
    return whole


def _have_other_numbers(short: HashedWords, long: HashedWords, covered: Array) -> bool:
    """Whether many numbers were replaced by others, as in the reports of two days.

    The numbers' places are found by a second comparison in which all numbers are equal. An edit of
    words seldom turns a number into another one, and a correction changes few numbers.
    """
    one, other = (
        words._replace(hashes=np.where(words.numbers, np.uint64(0), words.hashes))
        for words in (short, long)
    )
    in_place = short.numbers & (_covered(one, other) | covered)
    changed = int((in_place & ~covered).sum())
    return changed > MIN_CHANGED_SHARE * len(covered) and changed >= MIN_NUMBERS_CHANGED * int(
        in_place.sum()
    )
