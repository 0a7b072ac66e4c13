"""Near-duplicates: texts that say the same in almost the same words, grouped under one lead.

Two texts are near-duplicates where nearly all words of the shorter one stand in shingles, runs of
three words, that the longer one holds as well, and where they do not differ chiefly in numbers.
Shingles may stand in another order, so a text survives a swap of paragraphs, a cut tail, a new
headline. Another opening over the same background is another article.

Candidates are found by the texts' signatures (`candidate_pairs`); they alone are compared exactly.
"""

from collections.abc import Sequence

import numpy as np

from recommender._typing import Array
from recommender.corpus.candidate_pairs import candidate_pairs
from recommender.corpus.shingles import SHINGLE, HashedWords, hash_texts, hash_words, shingles
from recommender.language.tokens import Tokens

__all__ = ["are_near_duplicates", "group_duplicates"]

# The share of the shorter text's words that must stand in shared shingles.
MIN_COVERED = 0.75
# Where less than this is covered, so must be half of both openings: they say what is new.
SURELY_COVERED = 0.85
MIN_OPENING_COVERED = 0.5
OPENING_SHARE, OPENING_WORDS = 0.2, 40  # an opening is this share of a text, and so many words
# Words of the shorter text in relation to the longer's. Below, one is an extract of the other.
MIN_LENGTH_RATIO = 0.5
# The longest passage that may differ, as a share of the shorter text or in words if that is more.
MAX_PASSAGE_SHARE, MAX_PASSAGE_WORDS = 0.25, 20
# A shorter text has too few shingles to judge by: it must be equal.
MIN_WORDS = 12
# Two texts are of one form with other numbers, as two days' market reports, where more than these
# shares of their numbers and of their words are numbers that have changed.
MIN_NUMBERS_CHANGED, MIN_CHANGED_SHARE = 0.5, 0.02


def group_duplicates(signatures: Array, order: Array, tokens: Tokens) -> Array:
    """The text that leads the group of each text.

    Each text in turn joins the first lead that it is a near-duplicate of, or becomes a lead. So no
    group drifts: its members are near-duplicates of the lead, not of one another alone.

    Args:
        signatures: (texts, 1 + SAMPLE) uint32, as `signatures.unpack_signatures` gives them.
        order: (texts,) int64, all texts, first those that lead; see `lead_order`.
        tokens: Those of the texts, from which the signatures were made.

    Returns:
        (texts,) int32, the number of each text's lead, and its own where none leads it.
    """
    lead_of = np.arange(len(signatures), dtype=np.int32)
    later, earlier = candidate_pairs(signatures, order, MIN_LENGTH_RATIO)
    words = hash_texts(tokens, np.unique(np.concatenate((later, earlier))).tolist())
    for text, lead in zip(later.tolist(), earlier.tolist(), strict=True):
        if (
            lead_of[text] == text
            and lead_of[lead] == lead
            and _near_duplicates(words[text], words[lead])
        ):
            lead_of[text] = lead
    return lead_of


def are_near_duplicates(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts are near-duplicates by the exact comparison, whichever comes first.

    Args:
        one: The tokens of a text as `language.tokens.tokenise` cuts them.
        other: Those of another.
    """
    return _near_duplicates(hash_words(one), hash_words(other))


def _near_duplicates(one: HashedWords, other: HashedWords) -> bool:
    lengths = len(one.hashes), len(other.hashes)
    if min(lengths) == 0:
        return False
    if np.array_equal(one.hashes, other.hashes):
        return True
    if min(lengths) < max(MIN_WORDS, MIN_LENGTH_RATIO * max(lengths)):
        return False
    # Texts of one length must contain each other, so that it does not matter which comes first.
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
    """Whether each text holds most of the other's first words, wherever."""
    for text, comparison in ((one, other), (other, one)):
        length = max(OPENING_WORDS, int(OPENING_SHARE * len(text.hashes)))
        if _covered(text, comparison)[:length].mean() < MIN_OPENING_COVERED:
            return False
    return True


def _covered(words: HashedWords, others: HashedWords) -> Array:
    """Which words stand in a shingle that the other text holds as well: (words,) bool."""
    shared = np.isin(shingles(words.hashes), shingles(others.hashes))
    covered = np.zeros(len(words.hashes), dtype=bool)
    for offset in range(SHINGLE):
        covered[offset : len(shared) + offset] |= shared
    whole = covered.copy()
    for offset in range(1, words.widths.max(initial=1)):
        whole[offset:] |= (covered & (words.widths > offset))[:-offset]
    return whole


def _have_other_numbers(short: HashedWords, long: HashedWords, covered: Array) -> bool:
    """Whether numbers have changed to other numbers in their places, as in two days' reports.

    Their places are found by comparing again, blind to numbers. An edit that changes words seldom
    turns a number into a number, and a correction changes few numbers.
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
