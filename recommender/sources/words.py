"""Whether a string says anything: there must be a word of letters that is no placeholder."""

import re
from unicodedata import category

__all__ = ["PLACEHOLDERS", "has_word", "is_placeholder"]

# What exports write where there is nothing, without case and without punctuation around it.
PLACEHOLDERS = frozenset(
    (
        "blank",
        "empty",
        "loading",
        "n.a",
        "n/a",
        "na",
        "nan",
        "nat",
        "nil",
        "no content",
        "no description",
        "no text",
        "no title",
        "none",
        "null",
        "tba",
        "tbd",
        "undefined",
        "untitled",
        r"\n",
        "<na>",
    )
)
# A short note in brackets, such as [photo], [gallery ids="1,2"] or {{ embed }}.
_NOTE = re.compile(
    r"\[[^\[\]]{1,40}\]|\[/?[a-z_-]+(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\]]+))*+\s*/?\]"
    r"|\{\{[^{}]{1,80}\}\}",
    re.IGNORECASE,
)
# A text that is nothing but a short note in round brackets, such as (Photo) or （图）.
_WHOLE_NOTE = re.compile(r"\s*[(（【][^()（）【】]{1,40}[)）】]\s*")
_ADDRESS = re.compile(r"https?://|www\.|[^@]+@[^@]+\.", re.IGNORECASE)
_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lo"))
# Unicode calls these letters, though they show nothing.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_PUNCTUATION = " \t\r\n\u00a0.,:;!?-–—_()[]{}'\"*…"


def has_word(text: str) -> bool:
    r"""Whether there is a word in a text.

    A word has a letter. Digits, punctuation, emoji and invisible characters are none; neither are
    short notes in brackets, addresses, and a placeholder or a note in round brackets that is the
    whole text.

    Args:
        text: The text, without markup.

    Returns:
        True if there is one.

    Example:
        >>> [has_word(text) for text in ("Tide is in", "東京", "[photo]", "n/a", "… 0 \u200b 🙂")]
        [True, True, False, False, False]
    """
    if is_placeholder(text) or _WHOLE_NOTE.fullmatch(text):
        return False
    words = (word for word in _NOTE.sub(" ", text).split() if not _ADDRESS.match(word))
    return any(any(map(_is_letter, word)) for word in words)


def _is_letter(character: str) -> bool:
    """Whether a character is a letter that shows something, and no mark for one (ー, ʰ)."""
    return category(character) in _LETTERS and character not in _BLANK_LETTERS


def is_placeholder(text: str) -> bool:
    """Whether a text is nothing but what exports write for a missing value.

    Args:
        text: The text.

    Returns:
        True for those of `PLACEHOLDERS`, in any case and with punctuation around them.

    Example:
        >>> is_placeholder("(N/A)"), is_placeholder("None of them came")
        (True, False)
    """
    return len(text) <= 40 and text.strip(_PUNCTUATION).casefold() in PLACEHOLDERS
