"""Prepared text: what is embedded of an article, and the hash by which equal texts are known."""

import hashlib

__all__ = ["PREPARATION_VERSION", "content_hash", "embedded_text"]

# A change in how text is prepared changes every vector, so it must raise this number.
PREPARATION_VERSION = 1

_SENTENCE_ENDS = (".", "!", "?", "…", ":", '"', "”", "’", "。")


def embedded_text(title: str, text: str) -> str:
    """Title and text as the one string that the encoder gets.

    White space is folded, and the title ends like a sentence. Nothing is cut off here: each
    encoder says how much of a text it reads.

    Example:
        >>> embedded_text("Tide is in", "Boats  left.")
        'Tide is in. Boats left.'
    """
    head, body = " ".join(title.split()), " ".join(text.split())
    if not head or not body:
        return head or body
    return f"{head}{'' if head.endswith(_SENTENCE_ENDS) else '.'} {body}"


def content_hash(prepared: str) -> bytes:
    """The first 16 bytes of the SHA-256 of an embedded text: equal where the texts are equal.

    Args:
        prepared: A text as `embedded_text` gives it.
    """
    return hashlib.sha256(prepared.encode()).digest()[:16]
