"""Stop words: common words that texts of a language use whatever they are about."""

from functools import cache

from recommender.errors import needs_extra
from recommender.language.folding import fold
from recommender.language.word_lists import word_lists

__all__ = ["stop_words_for"]

# The codes that the package has under another name.
_CODE_OF_PACKAGE = {"no": "nb"}


@cache
def stop_words_for(language: str) -> frozenset[str]:
    """The general stop words of a language.

    They come from the package `stop-words`, and from the language's own list `stop_words.txt`
    where there is one. A language that has neither has no stop words.

    Args:
        language: The code of the language; see `recommender.language.labels`.

    Returns:
        Words as `folding.fold` writes them.

    Raises:
        MissingExtra: The packages of the build are not installed.
        ValueError: A list of words is malformed.
    """
    with needs_extra("build"):
        import stop_words

    words = set(word_lists(language).stop_words)
    try:
        words.update(stop_words.get_stop_words(_CODE_OF_PACKAGE.get(language, language)))
    except stop_words.StopWordError:
        pass  # the package has no list of this language
    return frozenset(map(fold, words))
