"""Candidate pairs: texts whose signatures share enough shingles for an exact comparison."""

import numpy as np

from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.corpus.signatures import EMPTY
from recommender.language.tokens import Tokens

__all__ = ["candidate_pairs", "same_openings"]

# A shingle of at most `RARE_IN` texts pairs a text with all earlier ones, a commoner one with the
# first `PAIRED_WITH` only; see `candidate_pairs`.
RARE_IN, PAIRED_WITH = 8, 2
# How many sampled shingles a pair must share.
MIN_SHARED = 2
# The share of the shorter text's shingles that the longer one must hold, judged by the samples. It
# is lower than in the exact comparison, because each changed word breaks three shingles.
MIN_CONTAINED = 0.2
PAIRS_A_TIME = 65_536
# Texts that begin with the same tokens, so many, are candidates however their lengths differ.
OPENING_TOKENS = 12

# Two uint32 in one uint64, so that they are sorted at once.
GOLDEN_RATIO, LOW_BITS = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
HIGH_HALF, LOW_HALF = np.uint64(32), np.uint64(0xFFFFFFFF)


def candidate_pairs(
    signatures: Array, order: Array, min_length_ratio: float
) -> tuple[Array, Array]:
    """Find pairs of texts that may be near-duplicates.

    Texts are paired by the sampled shingles that they share. If at most `RARE_IN` texts hold a
    shingle, each of them is paired with all earlier ones. If more do, each is paired with the first
    `PAIRED_WITH` only: a lead comes before its copies, and a shingle that many texts share, such as
    a footer or a common phrase, must not pair them all.

    Args:
        signatures: (texts, 1 + SAMPLE) uint32, as `unpack_signatures` returns them.
        order: (texts,) int64, all texts, those that lead first.
        min_length_ratio: The least number of words of the shorter text, as a share of the longer
            one's.

    Returns:
        later, earlier: (pairs,) int64 each, the two texts of each pair; later and earlier are meant
        in `order`. Pairs are sorted by the place of the later text, then of the earlier one.
    """
    samples = signatures[order, 1:]
    filled = samples != EMPTY
    sizes = filled.sum(axis=1)
    # The shingle in the high half, the place in `order` in the low half.
    entries = samples[filled].astype(np.uint64) << HIGH_HALF
    entries |= np.repeat(np.arange(len(order), dtype=np.uint64), sizes)
    entries.sort()
    pairs, shared = np.unique(_sharing_pairs(entries), return_counts=True)
    later, earlier = (pairs >> HIGH_HALF).astype(np.int64), (pairs & LOW_HALF).astype(np.int64)
    enough = shared >= np.minimum(MIN_SHARED, np.minimum(sizes[later], sizes[earlier]))
    later, earlier = order[later[enough]], order[earlier[enough]]
    plausible = _plausible(signatures, later, earlier, min_length_ratio)
    return later[plausible], earlier[plausible]


def same_openings(tokens: Tokens) -> tuple[Array, Array]:
    """Find pairs of texts of which one may be the beginning of the other.

    Args:
        tokens: The tokens of all texts.

    Returns:
        shorter, longer: (pairs,) int64 each: of the texts that begin with the same tokens, each one
        with the `PAIRED_WITH` longest of them.
    """
    size = np.diff(tokens.start)
    texts = np.flatnonzero(size >= OPENING_TOKENS)
    key = np.zeros(len(texts), dtype=np.uint64)
    for place in range(OPENING_TOKENS):
        # A multiplicative hash (D. Knuth, "The Art of Computer Programming", vol. 3, 6.4).
        key = (
            key + tokens.tokens[tokens.start[texts] + place].astype(np.uint64) + np.uint64(1)
        ) * (GOLDEN_RATIO)
        key ^= key >> LOW_BITS
    order = np.lexsort((texts, -size[texts], key))
    texts, key = texts[order], key[order]
    places = np.arange(len(texts))
    first = np.maximum.accumulate(np.where(np.diff(key, prepend=~key[:1]) != 0, places, 0))
    shorter, longer = [], []
    for rank in range(PAIRED_WITH):
        paired = np.flatnonzero(places > first + rank)
        shorter.append(texts[paired])
        longer.append(texts[first[paired] + rank])
    return np.concatenate(shorter), np.concatenate(longer)


def _sharing_pairs(entries: Array) -> Array:
    """Pairs of places that share a shingle, once per shingle, the later place in the high half."""
    shingles = entries >> HIGH_HALF
    first = np.flatnonzero(np.diff(shingles, prepend=~shingles[:1]))
    del shingles
    size = np.diff(first, append=len(entries))
    first, size = first[size > 1], size[size > 1]
    start = np.repeat(first, size)
    before = slice_positions(0, size)
    places = entries[start + before] & LOW_HALF
    taken = np.where(np.repeat(size, size) <= RARE_IN, before, np.minimum(before, PAIRED_WITH))
    earlier = entries[slice_positions(start, taken)] & LOW_HALF
    pairs: Array = np.repeat(places << HIGH_HALF, taken) | earlier
    return pairs


def _plausible(signatures: Array, later: Array, earlier: Array, min_length_ratio: float) -> Array:
    """Which pairs can be near-duplicates by their lengths and samples: (pairs,) bool."""
    words = signatures[:, 0].astype(np.float64)
    short = np.where(words[later] <= words[earlier], later, earlier)
    long = later + earlier - short
    possible: Array = words[short] >= min_length_ratio * words[long]
    pairs = np.flatnonzero(possible)
    for low in range(0, len(pairs), PAIRS_A_TIME):
        at = pairs[low : low + PAIRS_A_TIME]
        a, b = signatures[short[at], 1:], signatures[long[at], 1:]
        # A sample is complete up to its greatest hash, so hashes are compared up to the lower end.
        end = np.minimum(a[:, -1:], b[:, -1:])
        both = np.sort(np.concatenate((a, b), axis=1), axis=1)
        same = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != EMPTY)).sum(axis=1)
        possible[at] = same >= MIN_CONTAINED * ((a <= end) & (a != EMPTY)).sum(axis=1)
    return possible
