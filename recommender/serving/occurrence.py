"""Occurrence: whether an unpublished text holds a phrase of the snapshot as it is shown."""

import re
from collections.abc import Collection

from recommender.serving.explain import is_unspaced

__all__ = ["occurs_in"]

# The word before a name and the one after it, where only a space lies between.
_WORD_BEFORE = re.compile(r"([^\W_][\w.'’-]*) $")
_WORD_AFTER = re.compile(r" ([^\W_][\w'’-]*)")
_SENTENCE_ENDS = re.compile(r"[.!?:]\s")
_LONG_LOWER = re.compile(r"\b[^\W\d_]{5,}")


def occurs_in(phrase: str, text: str, offices: Collection[str] = ()) -> bool:
    """Whether a phrase occurs in a text as whole words, and a name as a whole name.

    A phrase with capitals must stand there in the same letters. A capitalised word directly before
    or after it makes it a piece of a longer name, with two exceptions: an office before a name of
    several words, and a headline in which every longer word has a capital.

    Args:
        phrase: The phrase as readers are shown it.
        text: The text, with one space between words.
        offices: Words in lower case that can stand before a name of several words.

    Returns:
        True if it does. In a script without spaces, a phrase may occur anywhere.

    Example:
        >>> occurs_in("Mike Pence", "The Vice President Mike Pence smiled.", {"president"})
        True
        >>> occurs_in("President Mike Pence", "The Vice President Mike Pence smiled.")
        False
        >>> occurs_in("UN", "He met un homme there."), occurs_in("rate", "Rate cuts loom.")
        (False, True)
    """
    name = phrase != phrase.lower()
    if not name:
        text = text.casefold()
    if is_unspaced(phrase):
        return phrase in text
    place = text.find(phrase)
    while place >= 0:
        before, after = text[:place][-200:], text[place + len(phrase) :][:200]
        words = not (before[-1:].isalnum() or after[:1].isalnum())
        if words and not (name and _is_cut(phrase, before, after, offices)):
            return True
        place = text.find(phrase, place + 1)
    return False


def _is_cut(name: str, before: str, after: str, offices: Collection[str]) -> bool:
    """Whether a longer name goes on `before` or `after` a name."""
    earlier, later = _WORD_BEFORE.search(before), _WORD_AFTER.match(after)
    goes_on = later is not None and later[1][0].isupper() and name[-1].isalpha()
    begins = False
    if earlier is not None and earlier[1][0].isupper() and name[0].isupper():
        word = earlier[1].rstrip(".").casefold()
        begins = not (" " in name and any(part in offices for part in word.split("-")))
    if not (goes_on or begins):
        return False
    sentence = _SENTENCE_ENDS.split(before)[-1] + _SENTENCE_ENDS.split(after)[0]
    return any(word[0].islower() for word in _LONG_LOWER.findall(sentence))
