"""The ids of stories and topics: kept from last night, or new and never used before."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from itertools import count

from recommender._typing import Array

__all__ = ["ALPHABET", "ID_LENGTH", "assign_ids"]

# Digits and consonants: without vowels they form no words, and 0, 1 and l look like others.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
ID_LENGTH = 6  # 28^6 is 482 million ids


def assign_ids(
    continues: Array,
    previous_ids: Sequence[str],
    seeds: Sequence[str],
    prefix: str,
    used: Container[str],
) -> list[str]:
    """The id of each of tonight's groups.

    Args:
        continues: (groups,) int, the group of last night that each continues, -1 for none.
        previous_ids: The ids of last night's groups.
        seeds: A string for each of tonight's groups, from which a new id is made: `prefix`, a
            hyphen and `ID_LENGTH` characters of a SHA-256.
        prefix: What new ids begin with.
        used: Ids that are never given again.

    Returns:
        The id of each group: that of last night's group if the group continues one, otherwise a
        new one. No id is given twice.
    """
    taken, ids = set(previous_ids), []
    for previous, seed in zip(continues.tolist(), seeds, strict=True):
        if previous >= 0:
            ids.append(previous_ids[previous])
            continue
        new = next(new for new in _new_ids(prefix, seed) if new not in taken and new not in used)
        taken.add(new)
        ids.append(new)
    return ids


def _new_ids(prefix: str, seed: str) -> Iterator[str]:
    """Ids made of a seed, in the order in which they are tried."""
    for attempt in count():
        text = f"{seed}\n{attempt}" if attempt else seed
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
        characters = ""
        for _ in range(ID_LENGTH):
            number, index = divmod(number, len(ALPHABET))
            characters += ALPHABET[index]
        yield f"{prefix}-{characters}"
