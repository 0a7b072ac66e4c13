"""Stems: which shorter word a word can be a form of."""

__all__ = ["stems"]

# Words of which one is the other with an ending of up to three letters are forms of one word, as
# "Korea" and "Korean", if the shorter one has four letters or more: short words are often alike.
MAX_ENDING = 3
MIN_STEM = 4


def stems(word: str) -> list[str]:
    """The beginnings of a word that it can be a form of, shortest first.

    Args:
        word: One word, case folded.

    Returns:
        Its beginnings of four letters or more that lack one to three letters.

    Example:
        >>> stems("korean")
        ['kore', 'korea']
    """
    return [word[:end] for end in range(max(MIN_STEM, len(word) - MAX_ENDING), len(word))]
