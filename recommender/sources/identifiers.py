"""Ids of articles: read as strings, and ids that look alike are told apart."""

import re
from typing import NamedTuple
from unicodedata import category, normalize

from recommender.sources.base import BadRecord, describe_type

__all__ = ["MAX_ID_CHARACTERS", "Seen", "Twins", "read_identifier"]

MAX_ID_CHARACTERS = 512
_EXACT = 2**53  # floating point holds each integer up to here
# Characters that show nothing though Unicode calls them letters or symbols.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = re.compile("(?<=[^\\W\\d_])[\u200c\u200d](?=[^\\W\\d_])|(?<=\\w\u094d)[\u200c\u200d]")


def read_identifier(value: object, name: str) -> tuple[str, str | None]:
    """The id of a record, as it is asked for later.

    A number without a fraction is taken as its digits, and blanks around an id are cut off.

    Args:
        value: What the source delivered.
        name: The source's name of the field.

    Returns:
        The id, and what was changed about it; None where nothing but the type was.

    Raises:
        BadRecord: There is no id, or it cannot be asked for: it is too long, has invisible
            characters or is of another type.

    Example:
        >>> read_identifier(17, "id"), read_identifier(" na-1 ", "id")
        (('17', None), ('na-1', "' na-1 ' has blanks around it, which are cut off"))
    """
    if isinstance(value, BadRecord):  # what a table holds and Python cannot
        raise value
    if isinstance(value, dict) and value.keys() == {"$oid"}:  # as MongoDB exports it
        value = value["$oid"]
    if value is None or value == "":
        raise BadRecord(name, "no id")
    if isinstance(value, float) and not isinstance(value, bool):
        value = _integer(value, name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadRecord(name, f"expected a string or an integer, got {describe_type(value)}")
    identifier = value.strip()
    _check(identifier, name)
    changed = None if identifier == value else f"{value!r} has blanks around it, which are cut off"
    return identifier, changed


def _integer(value: float, name: str) -> int | None:
    """The integer that a float stands for, as tools write a column of integers with gaps."""
    if value != value:
        raise BadRecord(name, "no id")
    if not value.is_integer() or abs(value) > _EXACT:
        raise BadRecord(name, f"{value!r} is no integer that is certain to be whole; quote ids")
    return int(value)


def _check(identifier: str, name: str) -> None:
    if not identifier:
        raise BadRecord(name, "no id")
    if len(identifier) > MAX_ID_CHARACTERS:
        length = f"{len(identifier):,}"
        raise BadRecord(name, f"{length} characters; an id has at most {MAX_ID_CHARACTERS}")
    if identifier.isascii() and identifier.isprintable():
        return
    if all(_shows_nothing(character) for character in identifier):
        raise BadRecord(name, f"no id: {_codes(identifier)} shows nothing")
    if kept := re.search("[\ud800-\udfff]", identifier):
        what = (
            f"byte {ord(kept[0]) - 0xDC00:#04x}"
            if "\udc80" <= kept[0] <= "\udcff"
            else ascii(kept[0])
        )
        raise BadRecord(name, f"invalid UTF-8: {what} at character {kept.start()}")
    # Joiners between letters are spelling, in Persian for example.
    kinds = {character: category(character) for character in _JOINERS.sub("", identifier)}
    if any(kind in ("Cc", "Zl", "Zp") for kind in kinds.values()):
        raise BadRecord(name, "an id holds no line breaks or control characters")
    if hidden := [c for c, kind in kinds.items() if kind == "Cf" or c in _BLANK_LETTERS]:
        raise BadRecord(name, f"an id holds no invisible characters; it has {_codes(hidden[0])}")


def _shows_nothing(character: str) -> bool:
    return category(character)[0] in "CZM" or character in _BLANK_LETTERS


def _codes(characters: str) -> str:
    """The code points of characters that cannot be shown themselves."""
    first = " ".join(f"U+{ord(character):04X}" for character in characters[:4])
    return f"{first} …" if len(characters) > 4 else first


class Seen(NamedTuple):
    """An id, and where it came first."""

    id: str
    file: str
    line: int


class Twins:
    """Finds ids of one run that a reader takes for the same, though they are spelled differently.

    Two ids are twins if they are equal without case and without compatibility forms (Unicode's
    NFKC). Those that are equal already in NFC cannot be told apart by anybody.
    """

    def __init__(self) -> None:
        self._composed: dict[str, Seen] = {}
        self._folded: dict[str, Seen] = {}

    def find(self, identifier: str, file: str, line: int) -> tuple[Seen | None, bool]:
        """Look for an earlier twin of an id, and remember the id.

        Args:
            identifier: The id.
            file: The source of its record.
            line: Where it is there.

        Returns:
            The first id that looks like this one, None if there is none but itself; and whether
            nobody can tell the two apart.
        """
        seen = Seen(identifier, file, line)
        if identifier.isascii():
            first = self._folded.setdefault(identifier.lower(), seen)
        else:
            same = self._composed.setdefault(normalize("NFC", identifier), seen)
            if same.id != identifier:
                return same, True
            first = self._folded.setdefault(normalize("NFKC", identifier).casefold(), seen)
        return (None if first.id == identifier else first), False
