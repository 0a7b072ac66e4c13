"""Folding: spellings of one word, such as "Straße" and "STRASSE", made equal.

Words are compared in this form and never shown in it. It holds for all languages alike: that a
letter is written as two in one language takes no word away in another, because all texts are
folded in the same way. So a text needs no language to be compared.
"""

from unicodedata import normalize

__all__ = ["fold"]

# Letters that are also written in another way, by language, after case folding and NFKC.
_SPELLINGS = {
    # German: ä as ae, and ß as ss, which case folding sees to. Danish and Norwegian have æ, ø and å
    # where Swedish has ä, ö and å; typewriters had ae, oe and aa. French: œ.
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "æ": "ae",
    "ø": "oe",
    "œ": "oe",
    "å": "aa",
    # Turkish: capitals of i and ı are mixed up where a program does not know the language.
    "ı": "i",
    "\u0307": "",
    # Romanian with Turkish letters, as old fonts had it.
    "ş": "ș",
    "ţ": "ț",
    # Russian: the dots are often left out. Ukrainian: several signs for one apostrophe.
    "ё": "е",
    "ʼ": "'",
    "’": "'",
    "‘": "'",
    "`": "'",
    # Arabic: carriers of hamza, final forms and the stretching sign; Persian letters.
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",
    # Signs of vowels in Arabic and in Hebrew, which news leaves out as a rule.
    **{chr(code): "" for code in (*range(0x064B, 0x0653), 0x0670)},
    **{chr(code): "" for code in (*range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5)},
    # Hyphens.
    "‐": "-",
    "\u2011": "-",
}
_TABLE = str.maketrans(_SPELLINGS)


def fold(word: str) -> str:
    """A word in the form in which words are compared.

    Args:
        word: A word as it is written.

    Returns:
        The word in lower case, with one spelling for letters that have several.

    Example:
        >>> fold("Kölner"), fold("KOELNER"), fold("Straße"), fold("ＮＨＫ")
        ('koelner', 'koelner', 'strasse', 'nhk')
    """
    if word.isascii():
        return word.casefold().replace("`", "'")
    # Folding case can make signs that NFKC composes, and the other way round.
    folded = normalize("NFKC", normalize("NFKC", word).casefold())
    return normalize("NFC", folded.translate(_TABLE).casefold())
