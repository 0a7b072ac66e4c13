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
    notices = []
    if counts.unknown:
        number = sum(counts.unknown.values())
        notices.append(
            Notice(
                "unknown_language_labels",
                number,
                f"{counted(number, 'article has', 'articles have')} a language label that names no "
                "language: "
                f"{_listed({repr(label): n for label, n in counts.unknown.items()})}",
                'their text decides instead; write a code such as "en" or "pt-BR"',
            )
        )
    if known is not None and (others := _without(counts.articles, known)):
        number = sum(others.values())
        notices.append(
            Notice(
                "languages_unknown_to_encoder",
                number,
                f"{number:,} of {counted(sum(counts.articles.values()), 'article')} "
                f"{'is' if number == 1 else 'are'} in languages that the encoder {model} "
                f"does not know: {_named(others)}",
                "their related articles, stories and topics follow hardly more than shared words; "
                f'set [embedding] model = "{_MULTILINGUAL}" with revision = a commit of it, or '
                "model = the folder of a model that knows these languages",
            )
        )
    listed = [code for code in counts.articles if stop_words_for(code)]
    if others := _without(counts.articles, listed):
        number = sum(others.values())
        notices.append(
            Notice(
                "languages_without_stop_words",
                number,
                f"{counted(number, 'article is', 'articles are')} in languages without a list of "
                "stop words: "
                f"{_named(others)}",
                "their keywords and reasons may be common words; add "
                "recommender/language/lists/CODE/stop_words.txt",
            )
        )
    return notices


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
