"""Counts in sentences: the number and the right form of the noun."""

__all__ = ["counted"]


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun, as a sentence has it.

    Args:
        count: The number.
        singular: The noun in the singular.
        plural: The noun in the plural; by default the singular with an "s".

    Returns:
        The number with separators for thousands, and the noun.

    Example:
        >>> counted(1, "article"), counted(1200, "story", "stories")
        ('1 article', '1,200 stories')
    """
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"
