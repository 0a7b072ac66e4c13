"""Near-duplicates: texts that tell the same in almost the same words, grouped under one lead.

Two texts are near-duplicates where the words of the shorter one stand, but for a few, in runs of
three or more that the longer one holds, too, and where they do not differ chiefly in numbers. Runs
may stand in another order, so a text survives a swap of paragraphs, a cut tail, a new headline.
Another opening over the same background is another article.

Candidates come from a sample of each text's runs, kept as its signature (bottom-k sketch); the
texts of candidates alone are then compared exactly.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from recommender._typing import Array
from recommender.dates import NO_DATE

__all__ = [
    "SIGNATURE_BYTES",
    "SIGNATURE_VERSION",
    "group_duplicates",
    "lead_order",
    "near_duplicates",
    "signature",
    "signatures",
    "source_ranks",
    "unpack_signatures",
]

# Whatever changes a signature raises this number; stored ones are then computed anew.
SIGNATURE_VERSION = 1
SAMPLE = 64
SIGNATURE_BYTES = 4 * (SAMPLE + 1)

RUN = 3  # words; shorter runs are shared by chance, of longer ones scattered changes leave few
COVERED = 0.75  # of the shorter text's words, in shared runs
# Where less is covered, most of both openings must be, too: they tell what is new.
SURELY_COVERED, OPENING_COVERED = 0.85, 0.5
OPENING_SHARE, OPENING_WORDS = 0.2, 40  # of a text, and at least so many
LENGTH = 0.5  # shorter : longer; below, one is an extract of the other
BLOCK_SHARE, BLOCK_WORDS = 0.25, 20  # the longest block that may differ; the larger one counts
FEW_WORDS = 12  # a text this short has too few runs to judge by: it must be equal
NUMBERS_CHANGED, NUMBERS_SHARE = 0.5, 0.02  # of the numbers and of all words: a template

NEAR, FAR = 8, 2  # texts that a run leads to; see `_candidates`
SHARED = 2  # sampled runs that a pair must share to be looked at
SAMPLE_COVERED = 0.2  # of its runs, by the sample; of plain words `COVERED` takes a quarter

HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
NONE = np.uint32(0xFFFFFFFF)  # fills the signature of a text with fewer runs than the sample

# Scripts written without spaces have no words to find; overlapping pieces stand in for them, about
# as telling as a word: two ideographs or kana, six letters of Thai, Lao, Burmese or Khmer.
_IDEOGRAPHS = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_IDEOGRAPH_PIECE, _UNSPACED_PIECE = 2, 6
# What parts words, in ASCII, Latin-1, Armenian, Hebrew, Arabic, Indic scripts, and the common
# blocks. What is no `\w` would not do: it parts Indic words at their vowel signs.
_MARKS = (
    r"\s\x00-/:-@\[-`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u0589\u05be\u060c\u061b\u061f\u06d4"
    r"\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u3000-\u303f"
)
_LETTER = f"[^{_MARKS}{_IDEOGRAPHS}{_UNSPACED}]"
_TOKEN = re.compile(
    # A number is one word with its units, so that no part of another number equals it.
    rf"\d+(?:[.,:/–-]\d+)*{_LETTER}*|{_LETTER}+|[{_IDEOGRAPHS}]+|[{_UNSPACED}]+"
)
_IDEOGRAPH, _CUT = re.compile(f"[{_IDEOGRAPHS}]"), re.compile(f"[{_IDEOGRAPHS}{_UNSPACED}]")


class HashedWords(NamedTuple):
    """The words of one text in order.

    `hashes` (words,) uint64; `numbers` (words,) bool: which are numbers; `widths` (words,) int64:
    over how many places a word reaches, which is 1 but for pieces, which overlap.
    """

    hashes: Array
    numbers: Array
    widths: Array


def signature(text: str) -> bytes:
    """`SIGNATURE_BYTES` bytes by which near-duplicates of `text` are found: see `signatures`."""
    return _sketch(_words(text)).tobytes()


def signatures(texts: Iterable[str]) -> Array:
    """The signatures of `texts`: (texts, 1 + SAMPLE) uint32, little-endian.

    The first column holds the number of words; the others the smallest hashes of the text's
    distinct runs, ascending, filled up with the largest number. Texts are sampled alike, so what
    two samples share tells what the texts share (bottom-k sketch: A. Broder, On the resemblance
    and containment of documents, 1997, section 3).
    """
    return unpack_signatures([signature(text) for text in texts])


def unpack_signatures(blobs: Sequence[bytes]) -> Array:
    """Signatures as `signatures` gives them, of the bytes that `signature` gives."""
    return np.frombuffer(b"".join(blobs), dtype="<u4").reshape(len(blobs), 1 + SAMPLE)


def source_ranks(sources: Sequence[str | None], preferred: Sequence[str]) -> Array:
    """Each source's place among the `preferred`, (texts,) int64; all others share the last."""
    place = {source: rank for rank, source in reversed(list(enumerate(preferred)))}
    ranks = (len(preferred) if s is None else place.get(s, len(preferred)) for s in sources)
    return np.fromiter(ranks, dtype=np.int64, count=len(sources))


def lead_order(published: Array, ranks: Array | None = None) -> Array:
    """All texts, those first that lead where they can: (texts,) int64.

    By `ranks` (texts,), if given, the smallest first; then by `published` (texts,) int64, in
    microseconds or `NO_DATE`, the earliest first and those without a date last; then by number.
    """
    if ranks is None:
        ranks = np.zeros(len(published), dtype=np.int64)
    return np.lexsort((published, published == NO_DATE, ranks))


def group_duplicates(
    signatures: Array, order: Array, texts_of: Callable[[list[int]], Iterable[str]]
) -> Array:
    """The number of the text that leads each text's group, its own where none does: (texts,) int32.

    `order` (texts,) are all texts, first those that lead (`lead_order`). Each in turn joins the
    first lead that it is a near-duplicate of, or becomes a lead. So no group drifts: its members
    are near-duplicates of the lead, not of one another alone.

    `texts_of(numbers)` gives the texts of ascending `numbers`; where there are candidates, it is
    asked for them, once.
    """
    lead_of = np.arange(len(signatures), dtype=np.int32)
    later, earlier = _candidates(signatures, order)
    numbers: list[int] = np.unique(np.concatenate((later, earlier))).tolist()
    words = dict(zip(numbers, map(_words, texts_of(numbers) if numbers else ()), strict=True))
    for text, lead in zip(later.tolist(), earlier.tolist(), strict=True):
        if lead_of[text] == text and lead_of[lead] == lead and _near(words[text], words[lead]):
            lead_of[text] = lead
    return lead_of


def near_duplicates(one: str, other: str) -> bool:
    """Whether two texts are near-duplicates: the exact judgement, whichever comes first."""
    return _near(_words(one), _words(other))


def _words(text: str) -> HashedWords:
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = _TOKEN.findall(folded)
    # `isdecimal` says what `\d` does.
    numbers, widths = [token[0].isdecimal() for token in found], [1] * len(found)
    if _CUT.search(folded):
        found, numbers, widths = _pieces(found)
    # CRC-32 is no good hash of its own, but fast and the same everywhere; `_runs` mixes it.
    hashes = [crc32(word.encode("utf-8", "surrogatepass")) for word in found]
    return HashedWords(
        np.array(hashes, np.uint64), np.array(numbers, bool), np.array(widths, np.int64)
    )


def _pieces(tokens: list[str]) -> tuple[list[str], list[bool], list[int]]:
    """The `tokens`, with pieces in place of those without spaces; which are numbers; the widths."""
    found: list[tuple[str, bool, int]] = []
    for token in tokens:
        number = token[0].isdecimal()
        if number or not _CUT.match(token):
            found.append((token, number, 1))
            continue
        size = _IDEOGRAPH_PIECE if _IDEOGRAPH.match(token) else _UNSPACED_PIECE
        for at in range(len(token)):
            piece = token[at : at + size]
            found.append((piece, False, len(piece)))
    words, numbers, widths = zip(*found, strict=True)
    return [*words], [*numbers], [*widths]


def _runs(hashes: Array) -> Array:
    """Hashes of the runs of `RUN` words, (words - RUN + 1,) uint64; a shorter text is one run."""
    if 0 < len(hashes) < RUN:
        hashes = np.concatenate((hashes, np.zeros(RUN - len(hashes), dtype=np.uint64)))
    runs = np.zeros(max(0, len(hashes) - RUN + 1), dtype=np.uint64)
    for offset in range(RUN):
        # Multiplied again at each word, so that the order of words counts.
        runs = _mixed(runs + hashes[offset : len(runs) + offset] + np.uint64(offset + 1))
    return runs


def _mixed(numbers: Array) -> Array:
    """Every bit of each uint64 spread over all (the finaliser of SplitMix64, G. Steele 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _sketch(words: HashedWords) -> Array:
    sample = np.unique((_runs(words.hashes) >> np.uint64(32)).astype(np.uint32))[:SAMPLE]
    sketch = np.full(1 + SAMPLE, NONE, dtype="<u4")
    sketch[0] = len(words.hashes)
    sketch[1 : len(sample) + 1] = sample
    return sketch


def _candidates(signatures: Array, order: Array) -> tuple[Array, Array]:
    """Pairs of texts to compare: the later and the earlier in `order`, in the order of both.

    A sampled run leads from each text that holds it to all earlier ones where at most `NEAR` texts
    do, else to the first `FAR`: a lead stands before its copies, and what many texts share, a
    footer or a common phrase, must not make pairs of them all.
    """
    samples = signatures[order, 1:]
    filled = samples != NONE
    sizes = filled.sum(axis=1)
    # Sorted at once: the run in the high half, the place in `order` in the low half.
    entries = samples[filled].astype(np.uint64) << HALF
    entries |= np.repeat(np.arange(len(order), dtype=np.uint64), sizes)
    entries.sort()
    pairs, shared = np.unique(_pairs(entries), return_counts=True)
    later, earlier = (pairs >> HALF).astype(np.int64), (pairs & LOW).astype(np.int64)
    enough = shared >= np.minimum(SHARED, np.minimum(sizes[later], sizes[earlier]))
    later, earlier = order[later[enough]], order[earlier[enough]]
    plausible = _plausible(signatures, later, earlier)
    return later[plausible], earlier[plausible]


def _pairs(entries: Array) -> Array:
    """Pairs of places that share a run, the later in the high half: one entry for each run."""
    runs = entries >> HALF
    first = np.flatnonzero(np.diff(runs, prepend=~runs[:1]))
    del runs
    size = np.diff(first, append=len(entries))
    first, size = first[size > 1], size[size > 1]
    start = np.repeat(first, size)
    before = _ramps(size)
    places = entries[start + before] & LOW
    taken = np.where(np.repeat(size, size) <= NEAR, before, np.minimum(before, FAR))
    earlier = entries[np.repeat(start, taken) + _ramps(taken)] & LOW
    pairs: Array = np.repeat(places << HALF, taken) | earlier
    return pairs


def _ramps(lengths: Array) -> Array:
    """0, 1, ... n - 1 for each n of `lengths`, one after the other."""
    ends = np.cumsum(lengths)
    ramps: Array = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return ramps


def _plausible(signatures: Array, later: Array, earlier: Array) -> Array:
    """Which pairs of texts can be near-duplicates by their lengths and samples: (pairs,) bool."""
    words = signatures[:, 0].astype(np.float64)
    short = np.where(words[later] <= words[earlier], later, earlier)
    long = later + earlier - short
    possible: Array = words[short] >= LENGTH * words[long]
    for at in _blocks(np.flatnonzero(possible)):
        a, b = signatures[short[at], 1:], signatures[long[at], 1:]
        # Only below both samples' ends is it known what is in a text and what is not.
        end = np.minimum(a[:, -1:], b[:, -1:])
        both = np.sort(np.concatenate((a, b), axis=1), axis=1)
        same = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != NONE)).sum(axis=1)
        possible[at] = same >= SAMPLE_COVERED * ((a <= end) & (a != NONE)).sum(axis=1)
    return possible


def _blocks(rows: Array, size: int = 65536) -> list[Array]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _near(one: HashedWords, other: HashedWords) -> bool:
    lengths = len(one.hashes), len(other.hashes)
    if min(lengths) == 0:
        return False
    if np.array_equal(one.hashes, other.hashes):
        return True
    if min(lengths) < max(FEW_WORDS, LENGTH * max(lengths)):
        return False
    # Of texts of one length both must pass, so that it does not matter which comes first.
    return (lengths[0] > lengths[1] or _passes(one, other)) and (
        lengths[0] < lengths[1] or _passes(other, one)
    )


def _passes(short: HashedWords, long: HashedWords) -> bool:
    """Whether `long` holds enough of `short`, and what differs is neither a block nor numbers."""
    covered = _covered(short, long)
    share = covered.mean()
    if share < COVERED or (share < SURELY_COVERED and not _share_openings(short, long)):
        return False
    ends = np.flatnonzero(np.diff(np.concatenate(([True], covered, [True]))))
    longest = int((ends[1::2] - ends[::2]).max(initial=0))
    if longest > max(BLOCK_WORDS, BLOCK_SHARE * len(covered)):
        return False
    return not _is_template(short, long, covered)


def _share_openings(one: HashedWords, other: HashedWords) -> bool:
    """Whether each text tells most of the first words of the other, wherever."""
    for text, comparison in ((one, other), (other, one)):
        length = max(OPENING_WORDS, int(OPENING_SHARE * len(text.hashes)))
        if _covered(text, comparison)[:length].mean() < OPENING_COVERED:
            return False
    return True


def _covered(words: HashedWords, others: HashedWords) -> Array:
    """Which words stand in a run that the other text holds, too: (words,) bool."""
    shared = np.isin(_runs(words.hashes), _runs(others.hashes))
    covered = np.zeros(len(words.hashes), dtype=bool)
    for offset in range(RUN):
        covered[offset : len(shared) + offset] |= shared
    whole = covered.copy()
    for offset in range(1, words.widths.max(initial=1)):
        whole[offset:] |= (covered & (words.widths > offset))[:-offset]
    return whole


def _is_template(short: HashedWords, long: HashedWords, covered: Array) -> bool:
    """Whether numbers have changed to other numbers in their places, as in two days' reports.

    Their places are found by comparing again, blind to numbers. An edit that spares no word turns
    a number into a number too seldom to be taken for that, a correction changes few.
    """
    one, other = (
        w._replace(hashes=np.where(w.numbers, np.uint64(0), w.hashes)) for w in (short, long)
    )
    placed = short.numbers & (_covered(one, other) | covered)
    changed = int((placed & ~covered).sum())
    return changed > NUMBERS_SHARE * len(covered) and changed >= NUMBERS_CHANGED * int(placed.sum())
