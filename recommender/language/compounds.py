"""Compounds: words written as one that consist of several, such as "Kraftfahrzeugsteuer".

Where a language writes compounds as one word, an article on a "Kfz-Steuer" shares no word with one
on a "Steuererhöhung". So the parts of a compound are counted beside it. The corpus itself tells
what is a part: a word that its articles use alone (P. Koehn and K. Knight, "Empirical methods for
compound splitting", 2003, sections 3.1 to 3.3). The last part says what the whole is, a tax or a
minister, so it also counts where the first part never stands alone.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import WordCounts

__all__ = ["COMPOUNDING", "add_compound_parts", "compound_parts"]

# Languages that write compounds as one word.
COMPOUNDING = frozenset(
    {"af", "da", "de", "et", "fi", "fo", "fy", "hu", "is", "lb", "nds", "nl", "no", "sv"}
)
# The least letters of a part; of the last part where the first is unknown, since many words end
# with a short one; and of a part beside a hyphen, which is often an abbreviation.
_MIN_PART, _MIN_LAST, _MIN_HYPHENED = 4, 5, 3
# Letters that join the parts of German, Dutch and Scandinavian compounds.
_LINKS = ("", "s", "es", "n", "en", "er", "e")


def compound_parts(word: str, commonness: Callable[[str], float]) -> tuple[str, ...]:
    """The parts of a compound.

    Of several ways to cut a word, the one is taken whose parts are the most common, by the
    geometric mean.

    Args:
        word: A word as it is counted.
        commonness: How common a word is where it stands alone; 0 for one that never does.

    Returns:
        The parts that are words; none for a word that is no compound.

    Example:
        >>> alone = {"steuer": 3, "bundes": 1, "bund": 2, "kanzler": 4}
        >>> compound_parts("bundeskanzler", lambda word: alone.get(word, 0))
        ('bund', 'kanzler')
        >>> compound_parts("kraftfahrzeugsteuer", lambda word: alone.get(word, 0))
        ('steuer',)
        >>> compound_parts("kfz-steuer", lambda word: alone.get(word, 0))
        ('kfz', 'steuer')
    """
    if "-" in word:
        pieces = [piece for piece in word.split("-") if len(piece) >= _MIN_HYPHENED]
        return (*pieces, *(part for piece in pieces for part in compound_parts(piece, commonness)))
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    last: tuple[str, ...] = ()
    for cut in range(_MIN_PART, len(word) - _MIN_PART + 1):
        tail = word[cut:]
        if not (common := commonness(tail)):
            continue
        if not last and len(tail) >= _MIN_LAST:
            last = (tail,)
        for link in _LINKS:
            head = word[: cut - len(link)]
            if len(head) >= _MIN_PART and word[:cut].endswith(link):
                best = max(best, (commonness(head) * common, (head, tail)))
    return best[1] if best[0] else last


def add_compound_parts(counted: WordCounts, languages: Sequence[str]) -> WordCounts:
    """Count the parts of compounds in the texts of languages that write them as one word.

    Args:
        counted: How often each word occurs in each text.
        languages: The code of each text's language.

    Returns:
        The same counts where no text is in such a language; otherwise those with the parts.
    """
    pairs: list[tuple[str, int, str]] = []
    for code in sorted(COMPOUNDING.intersection(languages)):
        pairs += _parts_in(code, counted, languages)
    if not pairs:
        return counted
    from scipy.sparse import csr_array, diags_array

    words = sorted({*counted.words, *(part for _, _, part in pairs)})
    place = {word: number for number, word in enumerate(words)}
    moved = np.array([place[word] for word in counted.words], dtype=np.int32)
    before, shape = counted.counts, (counted.counts.shape[0], len(words))
    counts = csr_array((before.data, moved[before.indices], before.indptr), shape=shape)
    for code in sorted({code for code, _, _ in pairs}):
        compounds = [moved[word] for of, word, _ in pairs if of == code]
        parts = [place[part] for of, _, part in pairs if of == code]
        has_part = csr_array(
            (np.ones(len(parts), dtype=np.float32), (compounds, parts)),
            shape=(len(words), len(words)),
        )
        of_code = diags_array(np.array([c == code for c in languages], dtype=np.float32))
        counts = counts + of_code @ counts @ has_part
    counts = csr_array(counts)
    counts.sort_indices()
    return WordCounts(words, counts)


def _parts_in(
    code: str, counted: WordCounts, languages: Sequence[str]
) -> Iterable[tuple[str, int, str]]:
    """The language, the compound's number and the part, for all compounds of one language."""
    texts = np.flatnonzero([language == code for language in languages])
    used, in_texts = np.unique(counted.counts[texts].indices, return_counts=True)
    stop = stop_words_for(code)
    alone: dict[str, float] = {}
    for number, count in zip(used.tolist(), in_texts.tolist(), strict=True):
        for piece in counted.words[number].split("-"):
            if len(piece) >= _MIN_PART and piece.isalpha() and piece not in stop:
                alone[piece] = alone.get(piece, 0) + count
    for number in used.tolist():
        for part in dict.fromkeys(compound_parts(counted.words[number], lambda w: alone.get(w, 0))):
            yield code, number, part
