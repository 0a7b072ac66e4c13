"""Notices: what a night counted that a person may want to act on, with the advice what to do."""

from dataclasses import dataclass

__all__ = ["Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a night counted, and what to do about it.

    Attributes:
        name: A fixed name for programs, in lower case with underscores.
        count: How many; a notice of nothing is not made.
        text: What was counted, as a sentence with the count in it and without its full stop.
        advice: What to do about it, as a sentence without its full stop; empty for nothing.

    Example:
        >>> print(Notice("bad_dates", 2, "2 dates cannot be read", "mend the export"))
        2 dates cannot be read: mend the export
    """

    name: str
    count: int
    text: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.advice}" if self.advice else self.text
