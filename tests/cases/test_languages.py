"""Articles in several languages beside English ones: the words of each are judged in its own."""

from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import Night, run_night
from recommender.serving.recommender import Recommender
from recommender.snapshot.reader import Snapshot
from tests.language.test_detect import TEXTS
from tests.planted import RecordList, WordEncoder, as_record, newsdesk, settings

CASES = Path(__file__).parent
# How one newsroom writes the language of each of its articles.
ENGLISH = ["en", "EN", "en-GB", "eng", "English"]


def publish(root: Path, *sources: Path | RecordList) -> tuple[Night, Recommender]:
    articles = RecordList([as_record(article) for article in newsdesk()], "newsdesk")
    night = run_night([articles, *sources], Artifacts(root), settings(), encoder=WordEncoder())
    return night, Recommender.open(root)


def phrases_and_keywords(root: Path) -> tuple[set[str], set[str]]:
    snapshot = Snapshot(Artifacts(root).snapshots / Artifacts(root).current())
    stories = {
        word.term
        for story in range(len(snapshot.arrays.story_start) - 1)
        for word in snapshot.lookup.story(story)[1]
    }
    topics = {word.term for topic in snapshot.topics for word in topic.keywords}
    return set(snapshot.phrases), stories | topics


@pytest.mark.parametrize("label", ["fr", "iso3", "word", "none"])
def test_french_is_french_however_it_is_labelled(tmp_path: Path, label: str) -> None:
    night, rec = publish(tmp_path, CASES / f"french-labelled-{label}.jsonl")
    assert rec.labels("language") == ["de", "en", "fr"]
    assert night.languages.articles["fr"] == 5
    assert night.languages.detected.get("fr", 0) == (5 if label == "none" else 0)
    assert night.languages.unknown == {}
    phrases, keywords = phrases_and_keywords(tmp_path)
    words = {word.casefold() for word in phrases | keywords}
    assert not words & {"pour", "contre", "la", "les", "que", "une", "dit", "cette"}
    assert "villebourg" in words
    assert {hit.language for hit in rec.related("f-0", k=4, language="fra")} == {"fr"}


def test_one_article_of_each_language_takes_no_english_word_away(tmp_path: Path) -> None:
    text = "War on the car tax. The mayor said that the car tax was a war. {} The car tax, he said."
    records = [
        {"id": f"tax-{n}", "title": f"Car tax {n}", "text": text.format(n), "language": label}
        for n, label in enumerate(ENGLISH)
    ]
    others = [
        ("de", "Die Steuer war hoch, und der Krieg war lang."),
        ("fr", "Il a voté pour la taxe, car le maire est contre."),
        ("es", "La mayor parte de un impuesto era otra cosa."),
    ]
    records += [{"id": code, "text": text, "language": code} for code, text in others]
    _, rec = publish(tmp_path, RecordList(records))
    phrases, keywords = phrases_and_keywords(tmp_path)
    assert "car tax" in phrases | keywords
    english = rec.related("tax-0", k=9, language="en-US", floor=0.0, duplicates="keep")
    assert {hit.id for hit in english} >= {"tax-1", "tax-2", "tax-3", "tax-4"}
    assert rec.labels("language") == ["de", "en", "es", "fr"]


def test_a_label_that_is_no_language_is_counted_and_the_text_decides(tmp_path: Path) -> None:
    text = "Le tribunal a rejeté la demande du club contre la fermeture de la piscine."
    night, rec = publish(tmp_path, RecordList([{"id": "f", "text": text, "language": "sports"}]))
    assert night.languages.unknown == {"sports": 1}
    assert night.languages.detected["fr"] == 1
    assert rec.article("f").language == "fr"


def test_spellings_with_ae_oe_and_ss_are_copies_and_compounds_are_related(tmp_path: Path) -> None:
    _, rec = publish(tmp_path, CASES / "german-spellings.jsonl")
    [hit] = rec.related("de-1", k=1, floor=0.0)
    assert {hit.id, *(copy.id for copy in hit.also_at)} == {"de-0", "de-ae", "de-nfd"}


def test_chinese_words_are_whole_in_phrases_and_keywords(tmp_path: Path) -> None:
    publish(tmp_path, CASES / "chinese.jsonl")
    phrases, keywords = phrases_and_keywords(tmp_path)
    assert {"台风", "北京"} <= phrases | keywords or any("福建" in word for word in phrases)
    for word in phrases | keywords:
        assert not word.startswith(("铁", "风", "建", "行", "款", "路"))


def test_the_default_model_relates_other_languages_by_words_and_says_so(tmp_path: Path) -> None:
    files = [CASES / f"{name}.jsonl" for name in ("chinese", "german-spellings")]
    articles = RecordList([as_record(article) for article in newsdesk()[:6]])
    night = run_night([articles, *files], Artifacts(tmp_path), settings())
    [notice] = [n for n in night.notices if n.name == "languages_unknown_to_encoder"]
    assert notice.count == night.languages.articles["zh"] + night.languages.articles["de"]
    assert "Chinese (6)" in notice.text
    assert "multilingual" in notice.advice
    rec = Recommender.open(tmp_path)
    for one, other in (("zh-0", "zh-1"), ("zh-2", "zh-3"), ("zh-4", "zh-5"), ("de-1", "de-0")):
        assert rec.related(one, k=1)[0].id == other


def test_many_languages_with_labels_of_all_kinds_are_told_apart(tmp_path: Path) -> None:
    labels = {
        "nl": "Niederländisch",
        "pl": "pl_PL.UTF-8",
        "tr": "TUR",
        "ar": "und",
        "he": "iw",
        "hi": "Hindi",
        "th": None,
        "ja": "jpn",
        "no": "nb-NO",
        "ru": "",
    }
    records = [
        {"id": f"{code}-{n}", "text": f"{TEXTS[code]} {n}", "language": label}
        for code, label in labels.items()
        for n in range(2)
    ]
    night, rec = publish(tmp_path, RecordList(records))
    assert {rec.article(f"{code}-0").language for code in labels} == set(labels)
    assert night.languages.unknown == {}
    assert night.languages.detected == {"ar": 2, "th": 2, "ru": 2}
    for code in labels:
        assert {hit.language for hit in rec.related("strike-0", 99, language=code, floor=0.0)} == {
            code
        }
    [notice] = [n for n in night.notices if n.name == "languages_without_stop_words"]
    assert "Thai (2)" in notice.text
