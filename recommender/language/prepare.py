"""What is embedded of an article, and the hash that says whether two texts are the same."""

import hashlib

__all__ = ["PREPARATION_VERSION", "content_hash", "embedded_text"]

# Changing how text is prepared changes every vector: raise this number with it.
PREPARATION_VERSION = 1

_SENTENCE_ENDS = (".", "!", "?", "…", ":", '"', "”", "’", "。")


def embedded_text(title: str, text: str) -> str:
    """Title and text as one string, white space folded, the title closed like a sentence.

    Nothing is cut here: how much of it the encoder reads is the encoder's to say and to report.
    """
    head, body = " ".join(title.split()), " ".join(text.split())
    if not head or not body:
        return head or body
    return f"{head}{'' if head.endswith(_SENTENCE_ENDS) else '.'} {body}"


def content_hash(prepared: str) -> bytes:
    """16 bytes of SHA-256 over an embedded text: equal exactly where the texts are."""
    return hashlib.sha256(prepared.encode()).digest()[:16]
