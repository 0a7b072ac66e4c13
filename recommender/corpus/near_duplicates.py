"""Near-duplicates: texts that say the same in almost the same words, grouped under one lead.

Candidates are found by the texts' signatures (`candidate_pairs`). Only these are compared exactly
(`compare_texts`). Every text of a group was compared with its lead, so no group drifts.
"""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.candidate_pairs import candidate_pairs, same_openings
from recommender.corpus.compare_texts import MIN_LENGTH_RATIO, Likeness, compare_texts
from recommender.corpus.shingles import HashedWords, hash_texts
from recommender.dates import NO_DATE
from recommender.language.tokens import Tokens

__all__ = ["Contents", "group_duplicates"]

# A source corrects a fact of an article within this time. What it publishes later in the same words
# is the next report of one form.
MAX_CORRECTION_US = 12 * 3600 * 1_000_000


class Contents(NamedTuple):
    """The distinct texts of a corpus, and of each the article that would lead its copies.

    Attributes:
        signatures: (texts, 1 + SAMPLE) uint32, as `signatures.unpack_signatures` returns them.
        tokens: The tokens of the texts.
        titles: (texts,) the titles that the texts begin with; "" where there is none.
        sources: (texts,) integers, the source of each, -1 for none.
        published: (texts,) int64, microseconds since 1970 or `NO_DATE`.
        ranks: (texts,) integers; texts of a lower rank lead those of a higher one, whatever their
            dates. See `lead_order.source_ranks`.
    """

    signatures: Array
    tokens: Tokens
    titles: list[str]
    sources: Array
    published: Array
    ranks: Array


def group_duplicates(contents: Contents, chosen: Array | None = None) -> Array:
    """Group near-duplicates, each group under one text that leads it.

    Each text in turn joins the first lead that it is a near-duplicate of, or becomes a lead. The
    turn is that of rank and date, but of the versions of one source the newest has the place of the
    first, and earlier versions and extracts come last.

    Args:
        contents: The texts.
        chosen: (texts,) bool, the texts that are compared; by default all. The others have groups
            of their own.

    Returns:
        (texts,) int32, the number of each text's lead; a lead has its own number.
    """
    texts = len(contents.titles)
    pairs = _Pairs(contents, np.ones(texts, dtype=bool) if chosen is None else chosen)
    order = pairs.lead_order()
    place = np.full(texts, texts, dtype=np.int64)
    place[order] = np.arange(len(order))
    lead_of = np.arange(texts, dtype=np.int32)
    for text in order.tolist():
        known = pairs.alike.get(text, ())
        # A copy of a copy may be one of its lead, too, although signatures did not pair them.
        leads = {int(lead_of[other]) for other in known if place[other] < place[text]}
        for lead in sorted(leads, key=place.__getitem__):
            if lead in known or pairs.compare(text, lead):
                lead_of[text] = lead
                break
    return lead_of


class _Pairs:
    """The pairs of texts that were compared.

    Attributes:
        alike: Of each text the texts that may share a group with it.
    """

    def __init__(self, contents: Contents, chosen: Array) -> None:
        self._contents, self._chosen = contents, chosen
        self.alike: dict[int, set[int]] = {}
        self._behind = np.zeros(len(contents.titles), dtype=bool)
        self._first = contents.published.copy()
        order = self.lead_order()
        found = candidate_pairs(contents.signatures, order, MIN_LENGTH_RATIO)
        extracts = same_openings(contents.tokens)
        later, earlier = map(np.concatenate, zip(found, extracts, strict=True))
        both = chosen[later] & chosen[earlier]
        later, earlier = later[both], earlier[both]
        texts = np.unique(np.concatenate((later, earlier))).tolist()
        self._words: dict[int, HashedWords] = hash_texts(contents.tokens, texts, contents.titles)
        for text, other in zip(later.tolist(), earlier.tolist(), strict=True):
            if self.compare(text, other):
                self.alike.setdefault(text, set()).add(other)
                self.alike.setdefault(other, set()).add(text)

    def lead_order(self) -> Array:
        """The chosen texts, those that lead first: (chosen,) int64."""
        undated = self._first == NO_DATE
        order = np.lexsort((self._first, undated, self._behind, self._contents.ranks))
        return order[self._chosen[order]]

    def compare(self, one: int, other: int) -> bool:
        """Whether two texts may share a group; notes which of them stands behind the other."""
        likeness = compare_texts(self._words[one], self._words[other])
        older, newer = self._versions(one, other)
        if likeness is Likeness.EXTRACT:
            sizes = self._contents.signatures[[one, other], 0]
            self._behind[one if sizes[0] < sizes[1] else other] = True
        elif likeness is Likeness.CORRECTED:
            published = self._contents.published
            near = older >= 0 and published[newer] - published[older] <= MAX_CORRECTION_US
            likeness = Likeness.COPY if near else Likeness.DIFFERENT
        if likeness is Likeness.COPY and older >= 0 and self._differ(older, newer):
            self._behind[older] = True
            self._first[newer] = min(self._first[newer], self._first[older])
        return likeness is not Likeness.DIFFERENT

    def _versions(self, one: int, other: int) -> tuple[int, int]:
        """Two texts of one source, the older one first; -1, -1 where they are no versions."""
        sources, published = self._contents.sources, self._contents.published
        if sources[one] != sources[other] or sources[one] < 0:
            return -1, -1
        older, newer = sorted((one, other), key=published.__getitem__)
        if published[older] == NO_DATE or published[older] == published[newer]:
            return -1, -1
        return older, newer

    def _differ(self, one: int, other: int) -> bool:
        """Whether two texts differ in any word; marks and case make no new version."""
        return not np.array_equal(self._words[one].hashes, self._words[other].hashes)
