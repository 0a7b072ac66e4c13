"""The title that a page shows: the article's own, or the beginning of its text."""

__all__ = ["TITLE_SOURCE", "shown_title"]

LONGEST = 80  # characters of a title that is made of the text
TITLE_SOURCE = 400  # characters of a text that are enough to make one


def shown_title(title: str, text: str) -> str:
    """What stands for an article in lists and on pages.

    Args:
        title: The headline; may be empty.
        text: The text, or its first `TITLE_SOURCE` characters.

    Returns:
        The headline. Where there is none, the first words of the text, with "…" where it goes on;
        "" only where there is neither.

    Example:
        >>> shown_title("", "Fog held up ferries. " * 9)
        'Fog held up ferries. Fog held up ferries. Fog held up ferries. Fog held up…'
    """
    if title.strip():
        return title
    beginning = " ".join(text[:TITLE_SOURCE].split())
    if len(beginning) <= LONGEST:
        return beginning
    cut = beginning[:LONGEST]
    # Scripts without spaces are cut anywhere.
    return f"{cut.rpartition(' ')[0] or cut}…"
