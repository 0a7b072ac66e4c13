"""Stop words: common words that texts of a language use whatever they are about."""

from functools import cache

from recommender.errors import needs_extra
from recommender.language.word_lists import language_codes, word_lists

__all__ = ["stop_words_for"]


@cache
def stop_words_for(languages: frozenset[str]) -> frozenset[str]:
    """The general stop words of some languages, and of English in any case.

    They come from the package `stop-words`, and from the language's own list `stop_words.txt`
    where there is one. A language that has neither adds nothing.

    Args:
        languages: Tags such as "de" or "pt-BR"; see `word_lists.language_codes`.

    Returns:
        Words in lower case. Words with an apostrophe are included in both spellings, "don't" and
        "don’t", since texts use both.

    Raises:
        MissingExtra: The packages of the build are not installed.
        ValueError: A list of words is malformed.
    """
    with needs_extra("build"):
        import stop_words

    words = set(word_lists(languages).stop_words)
    for language in language_codes(languages):
        try:
            words.update(stop_words.get_stop_words(language))
        except stop_words.StopWordError:
            continue
    return frozenset(words | {word.replace("'", "’") for word in words})
