"""Keywords: the terms that set each group of texts apart from all others, and its label."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.terms import Terms
from recommender.types import Keyword

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["keywords", "label_of"]

# A term is in so many texts of a group at least, and of a large group in this share.
MIN_TEXTS = 2
MIN_SHARE = 0.02
# What is as frequent elsewhere is furniture: this share of a term's frequency in the group must be
# beyond its frequency elsewhere. At a half it is twice as frequent here.
MIN_EXCESS = 0.5
# A phrase of n words weighs 1 + LENGTH_BONUS · (n - 1) as much: it says more than its words.
LENGTH_BONUS = 0.5
# A longer form stands for a shorter one where it is in this share of the shorter one's texts.
LONGER_SHARE = 0.5
# For each keyword so many of a group's best terms are weighed by the company that they keep with
# each other, where the group has texts enough to tell.
CANDIDATES = 4
COMPANY_FROM = 20
COMPANY_POWER = 2.0
MIN_COMPANY = 0.02
# A label is made of so many keywords; of two where three are longer than this.
LABEL_TERMS = 3
LABEL_LENGTH = 48
# Groups are worked on together up to so many texts.
TEXTS_A_TIME = 16_384


class _Corpus(NamedTuple):
    """What all grouped texts hold: how many `texts` there are, how many of them each term is in,
    `in_texts` (terms,), and the `mean` number of terms of a group.
    """  # noqa: D205 - one sentence

    texts: int
    in_texts: Array
    mean: float


class _Found(NamedTuple):
    """Terms found in groups: (found,) `group`, `term`, `texts` of the group with it, `weight`."""

    group: Array
    term: Array
    texts: Array
    weight: Array

    def take(self, places: Array) -> "_Found":
        """Those at `places`, in that order; or those that are marked."""
        return _Found(*(column[places] for column in self))


def keywords(
    terms: Terms, group_of: Array, count: int, groups: int | None = None
) -> list[tuple[Keyword, ...]]:
    """The `count` best terms of each group, best first, none with a form of a better one's word.

    `group_of` (texts,) int32 is numbered from 0, -1 for none; `groups` may say that there are more.

    The weight of term t in group c is tf(t, c) · log(1 + A / tf(t)) (c-TF-IDF: Grootendorst 2022,
    "BERTopic", eq. 4), where texts that hold t are counted and not its uses, times the share of
    its frequency that is beyond that elsewhere, 1 - p(t | not c) / p(t | c), times a bonus for
    length. In groups of `COMPANY_FROM` texts the mean NPMI of t with the other good terms counts as
    well, as its square in proportion to that of the term that has most (after Lau et al. 2010,
    "Best topic word selection for topic labelling").
    """
    grouped = np.flatnonzero(group_of >= 0)
    texts = grouped[np.argsort(group_of[grouped], kind="stable")]
    size = int(group_of.max(initial=-1)) + 1 if groups is None else groups
    sizes = np.bincount(group_of[texts], minlength=size)
    held = np.repeat(group_of >= 0, np.diff(terms.holds.indptr))
    in_texts = np.bincount(terms.holds.indices[held], minlength=len(terms.terms))
    corpus = _Corpus(len(texts), in_texts, in_texts.sum() / max((sizes > 0).sum(), 1))

    result: list[tuple[Keyword, ...]] = []
    start = np.concatenate(([0], np.cumsum(sizes)))
    low = 0
    while low < size:
        within = int(np.searchsorted(start, start[low] + TEXTS_A_TIME, side="right")) - 1
        high = min(max(within, low + 1), size)
        holds = terms.holds[texts[start[low] : start[high]]]
        found = _longer(terms, _found(terms, holds, sizes[low:high], corpus))
        found = _in_company(_best(found, CANDIDATES * count), holds, sizes[low:high], corpus)
        result += _chosen(terms, found, high - low, count)
        low = high
    return result


def label_of(keywords: Sequence[Keyword]) -> str:
    """The first two or three keywords, as a headline for the group."""
    label = ", ".join(keyword.term for keyword in keywords[:LABEL_TERMS])
    if len(label) > LABEL_LENGTH:
        label = ", ".join(keyword.term for keyword in keywords[: LABEL_TERMS - 1])
    return label


def _found(terms: Terms, holds: "csr_array", sizes: Array, corpus: _Corpus) -> _Found:
    """The terms that tell the groups apart, by group and term.

    `holds` (texts, terms) are the texts of one group behind the other, `sizes` (groups,) of them.
    """
    from scipy.sparse import csr_array

    texts = len(holds.indptr) - 1
    start = np.concatenate(([0], np.cumsum(sizes)))
    member = csr_array(
        (np.ones(texts, dtype=np.int32), np.arange(texts), start), shape=(len(sizes), texts)
    )
    counts = (member @ holds).sorted_indices()
    group = np.repeat(np.arange(len(sizes)), np.diff(counts.indptr))
    size, held, term = sizes[group], counts.data, counts.indices.astype(np.int64)
    everywhere = corpus.in_texts[term]
    outside = (everywhere - held) / np.maximum(corpus.texts - size, 1)
    excess = 1 - outside * size / held
    least = np.minimum(np.maximum(MIN_TEXTS, MIN_SHARE * size), size)
    of_group = np.diff(holds.indptr[start])[group]
    weight = held / of_group * np.log1p(corpus.mean / everywhere) * excess
    weight *= 1 + LENGTH_BONUS * ((terms.families >= 0).sum(axis=1)[term] - 1)
    return _Found(group, term, held, weight).take((held >= least) & (excess >= MIN_EXCESS))


def _longer(terms: Terms, found: _Found) -> _Found:
    """Without the terms for which a longer one stands, "Blair" for "Tony Blair": it weighs as much.

    `found` is in order of group and term.
    """
    size = len(terms.terms)
    codes = found.group * size + found.term
    first = np.searchsorted(terms.longer, np.arange(size + 1))
    pieces = np.diff(first)[found.term]
    whole = np.repeat(np.arange(len(codes)), pieces)
    nth = np.arange(len(whole)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    piece_code = found.group[whole] * size + terms.shorter[first[found.term[whole]] + nth]
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


def _best(found: _Found, most: int) -> _Found:
    """The `most` best of each group, best first; ties fall to the lower term."""
    found = found.take(np.lexsort((found.term, -found.weight, found.group)))
    return found.take(_rank(found.group) < most)


def _rank(group: Array) -> Array:
    """The place of each member within its group, from 0; `group` (n,) ascends."""
    return np.arange(len(group)) - np.searchsorted(group, group)


def _in_company(found: _Found, holds: "csr_array", sizes: Array, corpus: _Corpus) -> _Found:
    """The terms of larger groups, weighed by their mean NPMI with each other, by weight.

    Together in texts outside the group they are taken to be as often as chance has it.
    """
    weight = found.weight.copy()
    column = np.full(holds.shape[1], -1, dtype=np.int32)
    start = np.concatenate(([0], np.cumsum(sizes)))
    first = np.searchsorted(found.group, np.arange(len(sizes) + 1))
    for group in np.flatnonzero(sizes >= COMPANY_FROM).tolist():
        here = slice(first[group], first[group + 1])
        candidates = found.term[here]
        column[candidates] = np.arange(len(candidates))
        low, high = holds.indptr[start[group]], holds.indptr[start[group + 1]]
        place = column[holds.indices[low:high]]
        row = np.repeat(
            np.arange(sizes[group]), np.diff(holds.indptr[start[group] : start[group + 1] + 1])
        )
        together = np.zeros((sizes[group], len(candidates)), dtype=np.float32)
        together[row[place >= 0], place[place >= 0]] = 1
        column[candidates] = -1
        everywhere = corpus.in_texts[candidates]
        elsewhere = everywhere - found.texts[here]
        chance = np.outer(elsewhere, elsewhere) / max(corpus.texts - sizes[group], 1)
        company = _npmi(together.T @ together + chance, everywhere, corpus.texts)
        np.fill_diagonal(company, 0)
        own = weight[here]
        kept = np.maximum(company @ own / np.maximum(own.sum() - own, 1e-12), MIN_COMPANY)
        weight[here] = own * (kept / kept.max(initial=MIN_COMPANY)) ** COMPANY_POWER
    found = found._replace(weight=weight)
    return found.take(np.lexsort((found.term, -weight, found.group)))


def _npmi(together: Array, alone: Array, texts: int) -> Array:
    """NPMI of all pairs (Bouma 2009), from how many of `texts` texts hold both, and each."""
    share = np.maximum(together, 1e-12) / texts
    independent = np.outer(alone, alone) / texts**2
    return np.log(share / independent) / -np.log(np.minimum(share, 1 - 1e-12))


def _chosen(terms: Terms, found: _Found, groups: int, count: int) -> list[tuple[Keyword, ...]]:
    """Of each group the best `count` that share no word; `found` is in order of group and weight.

    All groups choose at once, one term a round.
    """
    rank = _rank(found.group)
    width = int(rank.max(initial=-1)) + 1
    place = np.full((groups, width), -1)
    place[found.group, rank] = np.arange(len(rank))
    open_to = place >= 0
    open_to[open_to] = found.weight[place[open_to]] > 0
    families = terms.families[found.term][place]  # what stands at -1 is never open
    chosen: list[list[Keyword]] = [[] for _ in range(groups)]
    for _ in range(count):
        group = np.flatnonzero(open_to.any(axis=1))
        if not len(group):
            break
        best = open_to[group].argmax(axis=1)
        picked = place[group, best]
        for number, at in zip(group.tolist(), picked.tolist(), strict=True):
            term, weight = terms.terms[found.term[at]], round(float(found.weight[at]), 6)
            chosen[number].append(Keyword(term, weight))
        open_to[group, best] = False
        for family in terms.families[found.term[picked]].T:
            same = (families[group] == family[:, None, None]).any(axis=2)
            open_to[group] &= ~same | (family < 0)[:, None]
    return [tuple(of) for of in chosen]
