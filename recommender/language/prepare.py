"""Prepared text: the string that is embedded for an article, and its hash."""

import hashlib
from collections.abc import Sequence

__all__ = ["PREPARATION_VERSION", "Span", "content_hash", "embedded_text"]

Span = tuple[int, int]  # the place of the first character, and the place behind the last one

# A change in how text is prepared changes every vector, so it must raise this number.
PREPARATION_VERSION = 1

# A title that ends with one of these gets no full stop. Unlike `writing_systems.SENTENCE_ENDS` it
# has closing quotes; a change here changes vectors, too.
_SENTENCE_ENDS = (".", "!", "?", "…", ":", '"', "”", "’", "。")


def embedded_text(title: str, text: str, cuts: Sequence[Span] = ()) -> str:
    """Title and text as the one string that the encoder gets.

    Runs of white space become one space, and the title ends like a sentence. Long texts are not
    shortened here: each encoder says how much of a text it reads.

    Args:
        title: The article's title.
        text: The article's text.
        cuts: Spans of the text that are left out as boilerplate, in reading order.

    Returns:
        The prepared text; the title or the text alone where the other is empty.

    Example:
        >>> embedded_text("Tide is in", "Boats  left.")
        'Tide is in. Boats left.'
        >>> embedded_text("Tide is in", "Boats left. Share this", [(12, 22)])
        'Tide is in. Boats left.'
    """
    head, body = " ".join(title.split()), " ".join(_without(text, cuts).split())
    if not head or not body:
        return head or body
    return f"{head}{'' if head.endswith(_SENTENCE_ENDS) else '.'} {body}"


def _without(text: str, cuts: Sequence[Span]) -> str:
    """The text with a space in place of each span."""
    if not cuts:
        return text
    starts, ends = zip(*cuts, strict=True)
    return " ".join(text[a:b] for a, b in zip((0, *ends), (*starts, len(text)), strict=True))


def content_hash(prepared: str) -> bytes:
    """The hash by which equal texts are recognised.

    Args:
        prepared: A text as `embedded_text` returns it.

    Returns:
        The first 16 bytes of the SHA-256 of the text in UTF-8.
    """
    return hashlib.sha256(prepared.encode()).digest()[:16]
