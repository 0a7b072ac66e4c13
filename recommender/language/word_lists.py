"""Word lists: what is known about a language's words, read from one folder of text files each.

The folder `lists/` beside this file holds one folder for each language, named by its ISO 639-1
code, and `lists/any/` for words that many languages share. Each file in such a folder holds one
list and is named like a field of `WordLists`; a language may leave out any of them. A file is UTF-8
text with one entry per line in lower case, in the usual spelling. A "#" begins a comment. Words are
compared as `folding.fold` writes them.

To add a language, add its folder: nothing else changes. Its lists are then used for the articles of
this language, together with those of `any`, which hold what texts of all languages quote: agencies'
names and the particles of names. Stop words of most languages come from a package (see
`recommender.language.stop_words`), so most languages need no list of them here.

Two files describe plurals. Each line of `plural_endings.txt` has a plural's ending, "->", and the
singular's ending ("ies -> y"). Each line of `singular_endings.txt` has an ending that no plural has
("ss").
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from recommender.language.folding import fold
from recommender.language.plurals import PluralRules

__all__ = ["DEFAULT_LANGUAGE", "WordLists", "read_word_lists", "word_lists"]

FOLDER = Path(__file__).with_name("lists")
_ANY_LANGUAGE = "any"
# Whose lists are used for an article whose language is unknown.
DEFAULT_LANGUAGE = "en"
_PLURAL_ENDINGS, _SINGULAR_ENDINGS = "plural_endings", "singular_endings"
_ARROW = "->"


class WordLists(NamedTuple):
    """The lists of one language.

    Attributes:
        articles: Words before names that are no part of them, even with a capital ("The Guardian").
        boilerplate_phrases: Phrases of the news trade that say nothing about a text's subject.
        content_words: Words that the general stop lists hold although news can be about them.
        honorifics: Forms of address ("mr"), which are no part of a name.
        name_conjunctions: Words that can stand before a name's last part ("Belt and Road").
        name_particles: Lower-case words that stand inside names ("of", "van").
        newsroom_words: Stop words of newsrooms, in addition to the general stop lists.
        offices: Offices that stand before names ("president").
        stop_words: General stop words, in addition to those of the package `stop-words`.
        weak_alone: Words that say nothing on their own, even with a capital.
        plurals: The plural rules of the language, if it has any.
    """

    articles: frozenset[str] = frozenset()
    boilerplate_phrases: frozenset[str] = frozenset()
    content_words: frozenset[str] = frozenset()
    honorifics: frozenset[str] = frozenset()
    name_conjunctions: frozenset[str] = frozenset()
    name_particles: frozenset[str] = frozenset()
    newsroom_words: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    stop_words: frozenset[str] = frozenset()
    weak_alone: frozenset[str] = frozenset()
    plurals: tuple[PluralRules, ...] = ()

    def fingerprint(self) -> str:
        """A digest of all lists.

        Returns:
            32 hexadecimal digits, which change when any entry of any list changes.
        """
        entries = [sorted(entries) for entries in self[:-1]]
        digest = hashlib.sha256(json.dumps([entries, self.plurals]).encode())
        return digest.hexdigest()[:32]


_WORD_SETS = tuple(name for name in WordLists._fields if name != "plurals")


@cache
def word_lists(language: str) -> WordLists:
    """The lists for articles in a language: its own and those of all languages.

    Args:
        language: The code of the language; see `recommender.language.labels`. One without a folder
            adds nothing.

    Returns:
        Each list as the union of the two.

    Raises:
        ValueError: A file is malformed; see `read_word_lists`.
    """
    folders = [FOLDER / code for code in (_ANY_LANGUAGE, language)]
    read = [read_word_lists(folder) for folder in folders if folder.is_dir()]
    words = {
        name: frozenset().union(*(getattr(lists, name) for lists in read)) for name in _WORD_SETS
    }
    plurals = tuple(rules for lists in read for rules in lists.plurals)
    return WordLists(**words, plurals=plurals)


def read_word_lists(folder: Path) -> WordLists:
    """The lists of one language.

    Args:
        folder: A folder of text files, each named like a list; see the top of this file.

    Returns:
        The lists; those that have no file are empty.

    Raises:
        ValueError: A file is no known list, or a line of it is malformed. The message names the
            file, the line, and what was expected.
    """
    known = {*_WORD_SETS, _PLURAL_ENDINGS, _SINGULAR_ENDINGS}
    entries: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.txt")):
        if file.stem not in known:
            raise ValueError(
                f"{file}: there is no list of this name; a language's folder may hold "
                f"{', '.join(f'{name}.txt' for name in sorted(known))}"
            )
        entries[file.stem] = _read_entries(file)
    plurals: tuple[PluralRules, ...] = ()
    if endings := entries.get(_PLURAL_ENDINGS):
        pairs = tuple(_ending(entry, folder / f"{_PLURAL_ENDINGS}.txt") for entry in endings)
        plurals = (PluralRules(pairs, tuple(entries.get(_SINGULAR_ENDINGS, ()))),)
    words = {name: frozenset(map(fold, entries.get(name, ()))) for name in _WORD_SETS}
    return WordLists(**words, plurals=plurals)


def _read_entries(file: Path) -> list[str]:
    """The entries of a list in the order of its lines."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: a list must be UTF-8 text: {error}") from error
    entries: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        if entry != (expected := " ".join(entry.casefold().replace("’", "'").split())):
            raise ValueError(
                f"{file}:{number}: {entry!r} is not written as words are counted; "
                f"write {expected!r}"
            )
        if " " in entry and file.stem not in ("boilerplate_phrases", _PLURAL_ENDINGS):
            raise ValueError(f"{file}:{number}: expected one word a line, found {entry!r}")
        if entry in entries:
            raise ValueError(f"{file}:{number}: {entry!r} is listed twice; delete one of the lines")
        entries[entry] = None
    return list(entries)


def _ending(entry: str, file: Path) -> tuple[str, str]:
    """A plural's ending and the singular's, from a line "ies -> y"."""
    plural, arrow, singular = (part.strip() for part in entry.partition(_ARROW))
    if not plural or not arrow or " " in plural + singular:
        raise ValueError(f'{file}: expected a line like "ies -> y" or "s ->", found {entry!r}')
    return plural, singular
