"""Runs of words on which texts agree from a common edge, and whether they stand alone."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from recommender.language.sentences import SentenceWords

__all__ = ["Occurrence", "Run", "shared_runs", "stands_alone"]

ALIGNED = 0.75  # the share of the texts, at least, in which a run seems to stand by itself
SURE = 0.125  # the share in which this is certain, because names have capitals inside sentences
_BRACKETS = "()[]|•"


class Occurrence(NamedTuple):
    """An edge of a sentence in one text.

    Attributes:
        article: The number of the article.
        text: Its text.
        split: The words of the text.
        place: The first word of the edge where it begins a sentence, else the word behind it.
        begins: Whether the edge begins a sentence.
    """

    article: int
    text: str
    split: SentenceWords
    place: int
    begins: bool

    def span(self, length: int) -> tuple[int, int]:
        """A run of words from the edge on.

        Args:
            length: The number of words.

        Returns:
            The number of its first word, and of the word behind its last one.
        """
        return (
            (self.place, self.place + length) if self.begins else (self.place - length, self.place)
        )

    def word(self, distance: int) -> str | None:
        """A word counted from the edge, into the sentence.

        Args:
            distance: 0 for the outermost word.

        Returns:
            The word; None beyond the text.
        """
        number = self._number(distance)
        return self.split.words[number] if 0 <= number < len(self.split.words) else None

    def written(self, distance: int) -> str:
        """A word as the text has it.

        Args:
            distance: As for `word`; the text must have this word.

        Returns:
            The word.
        """
        number = self._number(distance)
        return self.text[self.split.starts[number] : self.split.ends[number]]

    def _number(self, distance: int) -> int:
        return self.place + distance if self.begins else self.place - distance - 1


class Run(NamedTuple):
    """A run of words that several texts share.

    Attributes:
        length: The number of words.
        occurrences: Where it stands.
    """

    length: int
    occurrences: list[Occurrence]


def shared_runs(occurrences: Sequence[Occurrence], least: int) -> list[Run]:
    """Find the runs of words that at least half of the texts share from an edge on.

    Args:
        occurrences: The edge in each text.
        least: How many texts must share a run at least.

    Returns:
        The longest run, and before it each shorter one that more texts share; none where no word
        is shared.
    """
    least = max(least, (len(occurrences) + 1) // 2)
    runs: list[Run] = []
    length, sharing = 0, list(occurrences)
    while True:
        following = Counter(word for o in sharing if (word := o.word(length)) is not None)
        word, count = following.most_common(1)[0] if following else ("", 0)
        if length and count < len(sharing):
            runs.append(Run(length, sharing))
        if count < least:
            return runs
        sharing = [o for o in sharing if o.word(length) == word]
        length += 1


def stands_alone(run: Run, stop_words: Collection[str]) -> bool:
    """Whether a run is a unit of its own, such as a sentence, and not the beginning of many.

    One end of it is the edge of a sentence. At the other end, a sentence must end, too, or where
    the full stop is missing, the next word must have a capital and the last one none. This is
    certain only where the next word is a stop word, which has no capital inside a sentence.

    Args:
        run: The run.
        stop_words: The stop words of the texts.

    Returns:
        Whether it stands by itself in most of its texts, and certainly in some.
    """
    seeming = sure = 0
    for occurrence in run.occurrences:
        first, end = occurrence.span(run.length)
        if occurrence.begins:
            certain, likely = _ends(occurrence, end, stop_words)
        else:
            certain = likely = _begins(occurrence, first)
        seeming += likely
        sure += certain
    number = len(run.occurrences)
    return seeming >= ALIGNED * number and sure >= SURE * number


def _begins(occurrence: Occurrence, word: int) -> bool:
    """Whether a word begins a sentence or stands behind an address or a bracket."""
    text, split = occurrence.text, occurrence.split
    if word == 0 or _is_first(split, word) or split.words[word - 1] == "@":
        return True
    return any(sign in _BRACKETS for sign in text[split.ends[word - 1] : split.starts[word]])


def _ends(occurrence: Occurrence, word: int, stop_words: Collection[str]) -> tuple[bool, bool]:
    """Whether what stands before a word ends there: for certain, and in all likelihood."""
    text, split = occurrence.text, occurrence.split
    if word == len(split.words) or _is_first(split, word):
        return True, True
    gap = text[split.ends[word - 1] : split.starts[word]]
    if any(sign in _BRACKETS for sign in gap):
        return True, True
    capital = text[split.starts[word]].isupper() and not text[split.starts[word - 1]].isupper()
    likely = (
        capital and not gap.strip(":\"'“”‘’«»-– \t\xa0") and split.words[word - 1] not in stop_words
    )
    return likely and split.words[word] in stop_words, likely


def _is_first(split: SentenceWords, word: int) -> bool:
    place = bisect_left(split.first, word)
    return place < len(split.first) and split.first[place] == word
