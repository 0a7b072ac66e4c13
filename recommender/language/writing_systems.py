r"""Writing systems: the scripts that put no space between words, and the signs that end a sentence.

The constants that name signs hold code points to be put between the brackets of a character class:
`f"[{UNSPACED}]"` works in `re` and in `regex`. Serving uses them, so this file imports nothing.

Example:
    >>> import re
    >>> re.findall(f"[{IDEOGRAPHS}]", "NHK 東京")
    ['東', '京']
    >>> [bool(re.match(f"[{UNSPACED}]", text)) for text in ("東京", "ไทย", "서울", "Paris")]
    [True, True, False, False]
"""

__all__ = [
    "IDEOGRAPHS",
    "SENTENCE_ENDS",
    "UNSPACED",
    "UNSPACED_LETTERS",
    "UNSPACED_MARKS",
    "may_be_a_word",
]

# The Unicode scripts Han, Hiragana and Katakana, and the sign of a long vowel in kana.
IDEOGRAPHS = (
    "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9"
    "\U00016fe2\U00016fe3\U00016ff0-\U00016ff6\U00020000-\U0003ffff"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u32d0-\u32fe\u3300-\u3357"
    "\uff66-\uff9d\U0001aff0-\U0001affe\U0001b000-\U0001b168\U0001f200"
)
# The Unicode scripts Thai, Lao, Khmer and Myanmar, whose letters stand for sounds.
UNSPACED_LETTERS = (
    "\u0e01-\u0e3a\u0e40-\u0e5b\u0e81-\u0edf\u1780-\u17dd\u17e0-\u17f9\u19e0-\u19ff"
    "\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f\U000116d0-\U000116e3"
)
# The marks among them, which belong to the letter before them.
UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e"
    "\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f"
    "\u109a-\u109d\u17b4-\u17d3\u17dd\ua9e5\uaa7b-\uaa7d"
)
# All signs of scripts that put no space between words.
UNSPACED = IDEOGRAPHS + UNSPACED_LETTERS

SENTENCE_ENDS = frozenset(".!?…:。！？")

# A single letter is no word in the scripts before this code point: Latin, Greek, Cyrillic, Arabic
# and those of India. A single sign can be a word in those after it, such as Han, kana and Hangul.
_ONE_SIGN_WORDS = "\u0e00"


def may_be_a_word(text: str) -> bool:
    """Whether a text is long enough to be a word: one letter of most scripts is not.

    Args:
        text: A token, case folded.

    Returns:
        True for two characters or more, and for one sign of Han, kana, Hangul and the like.

    Example:
        >>> [may_be_a_word(text) for text in ("a", "ab", "東")]
        [False, True, True]
    """
    return len(text) > 1 or text >= _ONE_SIGN_WORDS
