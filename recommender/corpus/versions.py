"""Versions: which articles a newer article of the same source, or at the same address, replaces."""

from collections.abc import Iterator

import numpy as np

from recommender._typing import Array
from recommender.corpus.copies import Copies
from recommender.dates import NO_DATE

__all__ = ["superseded_by"]

# A text with less than this share of the longest one's words is an extract, and no newer version.
MIN_WHOLE = 0.5


def superseded_by(
    copies: Copies,
    sources: Array,
    addresses: Array,
    published: Array,
    signatures: Array,
    content_of: Array,
) -> Array:
    """Find the newest version of each article that is no longer the newest itself.

    The versions of an article are the articles of its text that are of one source, or that can be
    read at one address, and whose words differ. Articles without a date are no versions.

    Args:
        copies: Which articles share a text.
        sources: (articles,) integers, the source of each article, -1 for none.
        addresses: (articles,) integers, the first article at each one's address.
        published: (articles,) int64, microseconds since 1970 or `NO_DATE`.
        signatures: (contents, 1 + SAMPLE) uint32, the signature of each content.
        content_of: (articles,) integers, the content of each article.

    Returns:
        (articles,) int32: the row of the newest version, -1 for an article that is the newest.
    """
    newest = np.full(len(sources), -1, dtype=np.int32)
    for rows in _versions(copies, sources, addresses, published):
        texts = signatures[content_of[rows]]
        whole = np.flatnonzero(texts[:, 0] >= MIN_WHOLE * texts[:, 0].max()).tolist()
        last = max(whole, key=lambda place: (published[rows[place]], -place))
        differ = (texts != texts[last]).any(axis=1)
        for row, differs in zip(rows, differ.tolist(), strict=True):
            if differs and published[row] < published[rows[last]]:
                newest[row] = rows[last]
    return newest


def _versions(
    copies: Copies, sources: Array, addresses: Array, published: Array
) -> Iterator[list[int]]:
    """The dated rows of each text that have one source, then those that have one address."""
    start = copies.copies_start
    for text in np.flatnonzero(np.diff(start) > 1).tolist():
        of_text = copies.copies[start[text] : start[text + 1]]
        dated = of_text[published[of_text] != NO_DATE].tolist()
        for keys in (sources, addresses):
            groups: dict[int, list[int]] = {}
            for row in dated:
                groups.setdefault(int(keys[row]), []).append(row)
            yield from (rows for key, rows in groups.items() if key >= 0 and len(rows) > 1)
