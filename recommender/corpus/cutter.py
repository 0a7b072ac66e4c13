"""Find the passages of a publisher in its texts, so that they can be cut."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from recommender.language.prepare import Span
from recommender.language.sentences import SentenceWords, size, split_words

__all__ = ["CutText", "Cutter"]

# A passage of so many words is cut wherever it stands, because nothing else says the same in as
# many words. A shorter one ("Read more") is cut only where it stands by itself.
ANYWHERE = 6
# Signs that may belong to the word behind them, and those that always do.
_BEFORE = "([{<\"'“‘«„@#-–—•|*/¿¡"
_OPENING = "([{<“‘«„@#¿¡"


class CutText(NamedTuple):
    """What is boilerplate in one text.

    Attributes:
        spans: The spans of the text, in reading order.
        words: How many words they hold.
        left: How many words are left.
    """

    spans: list[Span]
    words: int
    left: int


class Cutter:
    """Finds passages in texts.

    Args:
        passages: The passages of one publisher, each as its words with one space between them.

    Example:
        >>> cutter = Cutter(["share this", "sign up for our daily letter now"])
        >>> text = "Boats left. Share this. Lee: Sign up for our daily letter now! Tide is in."
        >>> [text[start:end] for start, end in cutter.find(text).spans]
        ['Share this.', 'Sign up for our daily letter now!']
        >>> cutter.find("They share this house.").spans
        []
    """

    def __init__(self, passages: Iterable[str]) -> None:
        self._passages = [_Sought.of(passage) for passage in sorted(passages)]

    def may_find(self, text: str) -> bool:
        """Whether a text may hold a passage; quick, so that most texts need not be split.

        Args:
            text: Any text.

        Returns:
            False only where nothing would be found.
        """
        folded = text.casefold()
        return any(passage.rarest in folded for passage in self._passages)

    def find(self, text: str) -> CutText:
        """Find everything in a text that is boilerplate.

        What is left is searched again until nothing more is found, so a text from which all spans
        are cut has none.

        Args:
            text: Any text.

        Returns:
            The spans.
        """
        split = split_words(text)
        if not self.may_find(text):
            return CutText([], 0, len(split.words))
        kept = list(range(len(split.words)))
        while found := self._found(split, kept):
            kept = [number for number in kept if number not in found]
        cut = sorted(set(range(len(split.words))) - set(kept))
        return CutText(_spans(text, split, cut), len(cut), len(kept))

    def _found(self, split: SentenceWords, kept: Sequence[int]) -> set[int]:
        """The words of all passages that stand in the words that were kept so far."""
        words = [split.words[number] for number in kept]
        line = f" {' '.join(words)} "
        starts = list(accumulate((len(word) + 1 for word in words), initial=0))
        found: set[int] = set()
        for passage in self._passages:
            place = line.find(passage.padded)
            while place >= 0:
                first = bisect_right(starts, place) - 1
                end = first + passage.words
                if passage.anywhere or _stands_alone(split, kept, first, end):
                    found.update(kept[first:end])
                place = line.find(passage.padded, place + 1)
        return found


class _Sought(NamedTuple):
    """A passage as it is sought: with spaces around it, and a word that texts with it contain."""

    padded: str
    words: int
    anywhere: bool
    rarest: str

    @classmethod
    def of(cls, passage: str) -> "_Sought":
        words = passage.split(" ")
        # Only words that stand in a case folded text as they are compared.
        plain = [word for word in words if word.isalpha()]
        rarest = max(plain, key=len, default="")
        return cls(f" {passage} ", len(words), size(words) >= ANYWHERE, rarest)


def _stands_alone(split: SentenceWords, kept: Sequence[int], first: int, end: int) -> bool:
    """Whether kept words begin and end where sentences do, or next to what was cut before."""
    begins = first == 0 or kept[first] in split.first or kept[first - 1] != kept[first] - 1
    return begins and (
        end == len(kept) or kept[end] in split.first or kept[end - 1] != kept[end] - 1
    )


def _spans(text: str, split: SentenceWords, cut: Sequence[int]) -> list[Span]:
    """The spans of some words of a text, ascending, with the signs that belong to them."""
    spans: list[Span] = []
    for number in cut:
        start = split.starts[number]
        before = split.ends[number - 1] if number else 0
        while start > before and text[start - 1] in _BEFORE:
            start -= 1
        end = split.ends[number]
        behind = split.starts[number + 1] if number + 1 < len(split.starts) else len(text)
        while end < behind and not text[end].isspace() and text[end] not in _OPENING:
            end += 1
        if spans and not text[spans[-1][1] : start].strip(_BEFORE + " \t\r\n\xa0"):
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
