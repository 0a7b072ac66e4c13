"""Keywords: the terms that set each group of texts apart from all others, and its label."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._ranks import rank_within_groups
from recommender._slices import slice_positions
from recommender._typing import Array
from recommender.keywords.npmi import npmi
from recommender.keywords.terms import Terms
from recommender.types.groups import Keyword

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["keywords", "label_of"]

# A keyword is in at least this many texts of its group, and in at least this share of them.
MIN_TEXTS = 2
MIN_SHARE = 0.02
# The least share of a term's frequency in the group that exceeds its frequency elsewhere. Terms
# that are as frequent elsewhere are boilerplate. At 0.5 a term is twice as frequent in the group.
MIN_EXCESS = 0.5
# The weight of a phrase of n words is multiplied by 1 + LENGTH_BONUS · (n - 1): a phrase says more
# than its words.
LENGTH_BONUS = 0.5
# A longer form replaces a shorter one if it is in this share of the shorter one's texts.
LONGER_SHARE = 0.5
# For each wanted keyword this many of a group's best terms are compared with each other, if the
# group has at least `COHERENCE_FROM` texts; see `_coherent`.
CANDIDATES = 4
COHERENCE_FROM = 20
COHERENCE_POWER = 2.0
MIN_COHERENCE = 0.02
# The NPMI of two terms that are never together is computed as if this many texts held both.
SMALLEST_TOGETHER = 1e-12
# A label has this many keywords, or one less if it would be longer than this many characters.
LABEL_TERMS = 3
LABEL_LENGTH = 48
SEPARATOR = ", "
# Groups are processed together up to this many texts.
TEXTS_A_TIME = 16_384


class _Corpus(NamedTuple):
    """The numbers of the whole corpus, with which each group is compared.

    Attributes:
        texts: The number of texts that are in groups.
        in_texts: (terms,) int64, the number of these texts that hold each term.
        mean_terms: The mean number of terms of a group, counted once for each text.
    """

    texts: int
    in_texts: Array
    mean_terms: float


class _Candidates(NamedTuple):
    """Terms that may become keywords, (candidates,) each.

    Attributes:
        group: The group.
        term: The term.
        texts: The number of the group's texts that hold the term.
        weight: How well the term sets the group apart.
    """

    group: Array
    term: Array
    texts: Array
    weight: Array

    def take(self, places: Array) -> "_Candidates":
        """The candidates at `places`, in that order, or those where a mask is true."""
        return _Candidates(*(column[places] for column in self))


def keywords(
    terms: Terms, group_of: Array, count: int, groups: int | None = None
) -> list[tuple[Keyword, ...]]:
    """Choose the best terms of each group. No two of them share a word or a form of it.

    The weight of term t in group c is the product of

    - tf(t, c) · log(1 + A / tf(t)) (c-TF-IDF: Grootendorst 2022, "BERTopic", eq. 4), where tf
      counts the texts that hold t and not its uses,
    - the share of its frequency that exceeds its frequency elsewhere, 1 - p(t | not c) / p(t | c),
    - a bonus for length,
    - in groups of at least `COHERENCE_FROM` texts, the squared ratio of its mean NPMI with the
      other good terms to the greatest such mean (after Lau et al. 2010, "Best topic word selection
      for topic labelling").

    Args:
        terms: The terms of the corpus.
        group_of: (texts,) int32, the group of each text, numbered from 0; -1 for none.
        count: The most keywords of a group.
        groups: The number of groups, if the last ones may have no text.

    Returns:
        The keywords of each group, best first.
    """
    grouped = np.flatnonzero(group_of >= 0)
    texts = grouped[np.argsort(group_of[grouped], kind="stable")]
    size = int(group_of.max(initial=-1)) + 1 if groups is None else groups
    sizes = np.bincount(group_of[texts], minlength=size)
    in_group = np.repeat(group_of >= 0, np.diff(terms.holds.indptr))
    in_texts = np.bincount(terms.holds.indices[in_group], minlength=len(terms.terms))
    corpus = _Corpus(len(texts), in_texts, in_texts.sum() / max((sizes > 0).sum(), 1))

    result: list[tuple[Keyword, ...]] = []
    start = np.concatenate(([0], np.cumsum(sizes)))
    low = 0
    while low < size:
        within = int(np.searchsorted(start, start[low] + TEXTS_A_TIME, side="right")) - 1
        high = min(max(within, low + 1), size)
        holds = terms.holds[texts[start[low] : start[high]]]
        found = _prefer_longer(terms, _candidates(terms, holds, sizes[low:high], corpus))
        found = _best(found, CANDIDATES * count)
        found = _coherent(found, holds, sizes[low:high], corpus)
        result += _choose(terms, found, high - low, count)
        low = high
    return result


def label_of(keywords: Sequence[Keyword], above: str = "") -> str:
    """Make a headline for a group from its first two or three keywords.

    A group within another one repeats at most one term of that one's label: readers see the two
    together, and a label says what sets the group apart.

    Args:
        keywords: The keywords of the group, best first.
        above: The label of the group that it is part of.

    Returns:
        The terms, separated by commas; "" without keywords.

    Example:
        >>> found = [Keyword("Tony Blair", 0.4), Keyword("election", 0.3), Keyword("tax", 0.1)]
        >>> label_of(found)
        'Tony Blair, election, tax'
        >>> label_of(found, "election, Labour, Tony Blair")
        'Tony Blair, tax'
    """
    known = above.split(SEPARATOR)
    repeated = [keyword.term for keyword in keywords if keyword.term in known][1:]
    terms = [keyword.term for keyword in keywords if keyword.term not in repeated]
    label = SEPARATOR.join(terms[:LABEL_TERMS])
    if len(label) > LABEL_LENGTH:
        label = SEPARATOR.join(terms[: LABEL_TERMS - 1])
    return label


def _candidates(terms: Terms, holds: "csr_array", sizes: Array, corpus: _Corpus) -> _Candidates:
    """The terms that are more frequent in a group than elsewhere, sorted by group and term.

    `holds` (texts, terms) has the texts of one group after another, and `sizes` (groups,) says how
    many each group has.
    """
    from scipy.sparse import csr_array

    texts = len(holds.indptr) - 1
    start = np.concatenate(([0], np.cumsum(sizes)))
    member = csr_array(
        (np.ones(texts, dtype=np.int32), np.arange(texts), start), shape=(len(sizes), texts)
    )
    counts = (member @ holds).sorted_indices()
    group = np.repeat(np.arange(len(sizes)), np.diff(counts.indptr))
    size, inside, term = sizes[group], counts.data, counts.indices.astype(np.int64)
    everywhere = corpus.in_texts[term]
    outside = (everywhere - inside) / np.maximum(corpus.texts - size, 1)
    excess = 1 - outside * size / inside
    least = np.minimum(np.maximum(MIN_TEXTS, MIN_SHARE * size), size)
    of_group = np.diff(holds.indptr[start])[group]
    weight = inside / of_group * np.log1p(corpus.mean_terms / everywhere) * excess
    weight *= 1 + LENGTH_BONUS * ((terms.families >= 0).sum(axis=1)[term] - 1)
    found = _Candidates(group, term, inside, weight)
    return found.take((inside >= least) & (excess >= MIN_EXCESS))


def _prefer_longer(terms: Terms, found: _Candidates) -> _Candidates:
    """Drop terms that a longer one replaces, as "Tony Blair" replaces "Blair".

    The longer term then weighs at least as much. `found` is sorted by group and term.
    """
    size = len(terms.terms)
    codes = found.group * size + found.term
    first = np.searchsorted(terms.longer, np.arange(size + 1))
    pieces = np.diff(first)[found.term]
    whole = np.repeat(np.arange(len(codes)), pieces)
    shorter = terms.shorter[slice_positions(first[found.term], pieces)]
    piece_code = found.group[whole] * size + shorter
    piece = np.searchsorted(codes, piece_code)
    piece[piece == len(codes)] = 0
    stands = (codes[piece] == piece_code) & (
        found.texts[whole] >= LONGER_SHARE * found.texts[piece]
    )
    whole, piece = whole[stands], piece[stands]
    weight, length = found.weight.copy(), (terms.families[found.term[whole]] >= 0).sum(axis=1)
    for words in np.unique(length).tolist():
        here = length == words
        np.maximum.at(weight, whole[here], weight[piece[here]])
    weight[piece] = 0
    return found._replace(weight=weight).take(weight > 0)


def _best(found: _Candidates, most: int) -> _Candidates:
    """The `most` best of each group, best first; of equals the lower term comes first."""
    found = found.take(np.lexsort((found.term, -found.weight, found.group)))
    return found.take(rank_within_groups(found.group) < most)


def _coherent(found: _Candidates, holds: "csr_array", sizes: Array, corpus: _Corpus) -> _Candidates:
    """The candidates, best first, with more weight for terms of a large group that go together.

    The weight of each is multiplied by a power of its mean NPMI with the group's other candidates.
    Outside the group, two terms are assumed to occur together as often as by chance.
    """
    weight = found.weight.copy()
    column = np.full(holds.shape[1], -1, dtype=np.int32)
    start = np.concatenate(([0], np.cumsum(sizes)))
    first = np.searchsorted(found.group, np.arange(len(sizes) + 1))
    for group in np.flatnonzero(sizes >= COHERENCE_FROM).tolist():
        here = slice(first[group], first[group + 1])
        inside = _dense(holds, start[group], start[group + 1], found.term[here], column)
        everywhere = corpus.in_texts[found.term[here]]
        elsewhere = everywhere - found.texts[here]
        chance = np.outer(elsewhere, elsewhere) / max(corpus.texts - sizes[group], 1)
        coherence = npmi(
            inside.T @ inside + chance, everywhere, corpus.texts, smallest=SMALLEST_TOGETHER
        )
        np.fill_diagonal(coherence, 0)
        own = weight[here]
        mean = np.maximum(coherence @ own / np.maximum(own.sum() - own, 1e-12), MIN_COHERENCE)
        weight[here] = own * (mean / mean.max(initial=MIN_COHERENCE)) ** COHERENCE_POWER
    found = found._replace(weight=weight)
    return found.take(np.lexsort((found.term, -weight, found.group)))


def _dense(holds: "csr_array", low: int, high: int, terms: Array, column: Array) -> Array:
    """Which of the texts from `low` to `high` hold which of `terms`: (texts, terms) float32.

    `column` (all terms,) int32 is scratch space that holds -1 before and after.
    """
    column[terms] = np.arange(len(terms))
    place = column[holds.indices[holds.indptr[low] : holds.indptr[high]]]
    column[terms] = -1
    row = np.repeat(np.arange(high - low), np.diff(holds.indptr[low : high + 1]))
    dense = np.zeros((high - low, len(terms)), dtype=np.float32)
    dense[row[place >= 0], place[place >= 0]] = 1
    return dense


def _choose(terms: Terms, found: _Candidates, groups: int, count: int) -> list[tuple[Keyword, ...]]:
    """The best `count` terms of each group that share no word.

    `found` is sorted by group and weight. Each round chooses one term for every group.
    """
    rank = rank_within_groups(found.group)
    width = int(rank.max(initial=-1)) + 1
    place = np.full((groups, width), -1)
    place[found.group, rank] = np.arange(len(rank))
    eligible = place >= 0
    eligible[eligible] = found.weight[place[eligible]] > 0
    families = terms.families[found.term][place]  # what stands at -1 is never eligible
    chosen: list[list[Keyword]] = [[] for _ in range(groups)]
    for _ in range(count):
        group = np.flatnonzero(eligible.any(axis=1))
        if not len(group):
            break
        best = eligible[group].argmax(axis=1)
        picked = place[group, best]
        for number, at in zip(group.tolist(), picked.tolist(), strict=True):
            term, weight = terms.terms[found.term[at]], round(float(found.weight[at]), 6)
            chosen[number].append(Keyword(term, weight))
        eligible[group, best] = False
        for family in terms.families[found.term[picked]].T:
            same = (families[group] == family[:, None, None]).any(axis=2)
            eligible[group] &= ~same | (family < 0)[:, None]
    return [tuple(keywords_of_group) for keywords_of_group in chosen]
