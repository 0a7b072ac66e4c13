"""Detection: the language of a text that does not say it, from its letters and syllables.

The package `py3langid` compares the sequences of bytes in a text with those of 140 languages, by
naive Bayes (M. Lui and T. Baldwin, "langid.py", 2012). Only a clear answer counts, because a wrong
language takes the stop words of another one away.
"""

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from recommender.errors import needs_extra
from recommender.language.labels import language_of

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["LEADING_CHARACTERS", "detect_language"]

# The beginning of a text tells its language; reading more takes longer and changes hardly anything.
LEADING_CHARACTERS = 300
# The least probability of an answer. On 3,824 English headlines no other language reaches it.
MIN_PROBABILITY = 0.9
_RULED_OUT = 0.001


def detect_language(text: str) -> str | None:
    """The language of a text, if it is clear.

    Args:
        text: The beginning of a text; `LEADING_CHARACTERS` of it are read.

    Returns:
        A code as `labels.language_of` returns it; None where no language is clear, as in a short
        text or in a list of names.

    Raises:
        MissingExtra: The packages of the build are not installed.

    Example:
        >>> detect_language("Le tribunal a rejeté la demande du club contre la fermeture.")
        'fr'
        >>> detect_language("PSG 4-0 FC") is None
        True
    """
    beginning = text[:LEADING_CHARACTERS]
    label, share = _identifier().classify(beginning)
    if share >= MIN_PROBABILITY:  # as most are; ranking all languages takes longer
        return language_of(label)
    shares: Counter[str] = Counter()
    for label, share in _identifier().rank(beginning):
        if share < _RULED_OUT:
            break
        # Varieties of one language share the probability between them.
        shares[language_of(label) or label] += share
    best, share = shares.most_common(1)[0]
    return best if share >= MIN_PROBABILITY and language_of(best) else None


@cache
def _identifier() -> "LanguageIdentifier":
    with needs_extra("build"):
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
