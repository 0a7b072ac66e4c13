"""Notices on languages: what the encoder and the word lists do not know is said, with the cure."""

from pathlib import Path

from recommender.artifacts.folder import Artifacts
from recommender.corpus.languages import LanguageCounts
from recommender.pipeline.language_notices import language_notices
from recommender.pipeline.nightly import run_night
from tests.planted import RecordList, WordEncoder, as_record, newsdesk, settings

CHINESE = Path(__file__).parents[1] / "cases" / "chinese.jsonl"


def counts(articles: dict[str, int], unknown: dict[str, int] | None = None) -> LanguageCounts:
    return LanguageCounts(articles, {}, 0, unknown or {})


def test_languages_that_the_encoder_does_not_know_are_named_with_the_cure() -> None:
    [notice] = language_notices(counts({"en": 300, "zh": 6, "ar": 1}), "some-model", {"en"})
    assert (notice.name, notice.count) == ("languages_unknown_to_encoder", 7)
    assert "7 of 307 articles" in notice.text
    assert "some-model does not know: Chinese (6), Arabic (1)" in notice.text
    assert 'model = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"' in notice.advice


def test_an_encoder_that_knows_all_languages_or_says_nothing_is_no_notice() -> None:
    found = counts({"en": 300, "zh": 6})
    assert language_notices(found, "m", {"en", "zh"}) == []
    assert language_notices(found, "m", None) == []


def test_languages_without_stop_words_and_labels_of_none_are_said() -> None:
    found = counts({"en": 3, "sw": 2}, {"news": 1, "sport": 2})
    notices = language_notices(found, "m", None)
    assert [(n.name, n.count) for n in notices] == [
        ("unknown_language_labels", 3),
        ("languages_without_stop_words", 2),
    ]
    assert "'news' (1), 'sport' (2)" in notices[0].text
    assert "Swahili (2)" in notices[1].text


def test_one_article_is_no_plural() -> None:
    notices = language_notices(counts({"sw": 1}, {"news": 1}), "m", {"en"})
    assert [n.text for n in notices] == [
        "1 article has a language label that names no language: 'news' (1)",
        "1 of 1 article is in languages that the encoder m does not know: Swahili (1)",
        "1 article is in languages without a list of stop words: Swahili (1)",
    ]


def test_a_night_says_that_its_encoder_knows_no_chinese(tmp_path: Path) -> None:
    class English(WordEncoder):
        languages = frozenset({"en", "de"})

    articles = RecordList([as_record(article) for article in newsdesk()])
    night = run_night([articles, CHINESE], Artifacts(tmp_path), settings(), encoder=English())
    assert night.languages.articles["zh"] == 6
    [notice] = [n for n in night.notices if n.name == "languages_unknown_to_encoder"]
    assert "Chinese (6)" in notice.text
