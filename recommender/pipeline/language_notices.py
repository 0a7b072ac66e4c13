"""Notices on languages: labels that name none, and articles in languages that few parts know."""

from collections.abc import Collection, Mapping

from recommender.corpus.languages import LanguageCounts
from recommender.counts import counted
from recommender.language.labels import name_of
from recommender.language.stop_words import stop_words_for
from recommender.pipeline.notices import Notice

__all__ = ["language_notices"]

_NAMED = 5  # so many languages or labels are named, the others counted
# A model that knows some fifty languages, needs no prompts and has its weights as safetensors.
_MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def language_notices(
    counts: LanguageCounts, model: str, known: Collection[str] | None
) -> list[Notice]:
    """What an operator should know of the languages of a night.

    Args:
        counts: The languages of the articles.
        model: The name of the encoder's model.
        known: The codes of the languages that the encoder knows; None if nothing says it.

    Returns:
        The notices; none where all is well.
    """
    notices = [_of_labels(counts.unknown)]
    if known is not None:
        others = _without(counts.articles, known)
        notices.append(_of_the_encoder(others, sum(counts.articles.values()), model))
    listed = [code for code in counts.articles if stop_words_for(code)]
    notices.append(_of_word_lists(_without(counts.articles, listed)))
    return [notice for notice in notices if notice.count]


def _of_labels(unknown: Mapping[str, int]) -> Notice:
    number = sum(unknown.values())
    return Notice(
        "unknown_language_labels",
        number,
        f"{counted(number, 'article has', 'articles have')} a language label that names no "
        f"language: {_listed({repr(label): n for label, n in unknown.items()})}",
        'their text decides instead; write a code such as "en" or "pt-BR"',
    )


def _of_the_encoder(others: Mapping[str, int], articles: int, model: str) -> Notice:
    number = sum(others.values())
    return Notice(
        "languages_unknown_to_encoder",
        number,
        f"{number:,} of {counted(articles, 'article')} {'is' if number == 1 else 'are'} in "
        f"languages that the encoder {model} does not know: {_named(others)}",
        "their related articles, stories and topics follow hardly more than shared words; "
        f'set [embedding] model = "{_MULTILINGUAL}" with revision = a commit of it, or '
        "model = the folder of a model that knows these languages",
    )


def _of_word_lists(others: Mapping[str, int]) -> Notice:
    number = sum(others.values())
    return Notice(
        "languages_without_stop_words",
        number,
        f"{counted(number, 'article is', 'articles are')} in languages without a list of stop "
        f"words: {_named(others)}",
        "their keywords and reasons may be common words; add "
        "recommender/language/lists/CODE/stop_words.txt",
    )


def _without(counts: Mapping[str, int], known: Collection[str]) -> dict[str, int]:
    return {code: number for code, number in counts.items() if code not in known}


def _named(counts: Mapping[str, int]) -> str:
    return _listed({name_of(code): number for code, number in counts.items()})


def _listed(counts: Mapping[str, int]) -> str:
    """The most frequent with their numbers, and how many others there are."""
    parts = [f"{name} ({number:,})" for name, number in [*counts.items()][:_NAMED]]
    if len(counts) > _NAMED:
        parts.append(f"{len(counts) - _NAMED:,} others")
    return ", ".join(parts)
