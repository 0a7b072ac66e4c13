"""Labels of languages: what publishers write for a language, as one code each.

Publishers write "en", "EN", "en-GB", "en_US", "eng", "English" or "Englisch" and mean one language.
The code is that of ISO 639: two letters where the language has them, otherwise three. Region and
script are left out, and varieties whose readers read each other count as one language, such as the
two standards of Norwegian. The table `names.tsv` beside this file holds all codes and names; see
scripts/language_names.py. Serving uses this file, so it imports no package.
"""

import re
from functools import cache
from pathlib import Path
from unicodedata import normalize

__all__ = ["language_of", "name_of"]

_FILE = Path(__file__).with_name("names.tsv")
# A tag begins with the code. Parts of letters and digits follow, as in "zh-Hant-TW", and what a
# computer's locale adds, as in "de_DE.UTF-8".
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*(?:[.@][\w.@=-]*)?", re.ASCII)
_BRACKETED = re.compile(r"\s*[(\[（].*")


def language_of(label: str) -> str | None:
    """The code of the language that a label means.

    Args:
        label: A code of ISO 639, a tag such as "pt-BR", or a language's name.

    Returns:
        The code in lower case; None if the label names no language that is known, as "und".

    Example:
        >>> [language_of(label) for label in ("EN", "en-GB", "eng", "English", "Français (Canada)")]
        ['en', 'en', 'en', 'en', 'fr']
        >>> [language_of(label) for label in ("zh-Hant", "nb_NO", "x-default", "mul", "news")]
        ['zh', 'no', None, None, None]
    """
    folded = " ".join(normalize("NFC", label).casefold().split())
    table = _table()
    if tag := _TAG.fullmatch(folded):
        return table.get(tag[1]) or table.get(folded)
    return table.get(folded) or table.get(_BRACKETED.sub("", folded))


def name_of(code: str) -> str:
    """The English name of a language, for messages.

    Args:
        code: A code as `language_of` returns it.

    Returns:
        The name, or the code itself where there is none.

    Example:
        >>> name_of("pt"), name_of("q")
        ('Portuguese', 'q')
    """
    return _english_names().get(code, code)


@cache
def _table() -> dict[str, str]:
    """The code of each code and name, in lower case."""
    table: dict[str, str] = {}
    for code, others, names, _ in _rows():
        table.update(dict.fromkeys((code, *others.split(), *names.split("|")), code))
    table.pop("", None)
    return table


@cache
def _english_names() -> dict[str, str]:
    return {code: english for code, _, _, english in _rows()}


def _rows() -> list[list[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
