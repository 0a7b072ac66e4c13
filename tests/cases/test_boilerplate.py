"""Notices over and in front of articles: the rest decides, as if the notice were not there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import Night, run_night
from recommender.serving.new_text import TextEncoder
from recommender.serving.recommender import Recommender
from recommender.sources.open import open_source
from recommender.store.boilerplate import Original
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from tests.corpus.unlike_articles import unlike_articles
from tests.planted import RecordList, WordEncoder, as_record, newsdesk, settings

CASES = Path(__file__).parent
VOLCANO = {"pw-1", "pw-5", "free-1"}
COOKIES = (
    "We and our partners store cookies on your device and process personal data, such as unique "
    "identifiers and standard information, for advertising and content, their measurement, "
    "audience research and the development of services. You may change your choice at any time. "
)


def quay_post(count: int = 39) -> list[Article]:
    """Articles of one source; the first ten and the next ten are pairs on the same subjects."""
    texts = unlike_articles(count)
    for place in range(10):
        title, text = texts[place]
        texts[place + 10] = Original(*(" ".join(reversed(part.split())) for part in (title, text)))
    return [
        Article(f"q-{n:02}", title, text, source="Quay Post", language="en")
        for n, (title, text) in enumerate(texts)
    ]


def publish(root: Path, articles: list[Article], *overrides: str, case: str = "") -> Night:
    sources = [RecordList([as_record(item) for item in articles], "articles")]
    files = [open_source(CASES / case)] if case else []
    chosen = settings("related.floor=0.1", "gates.least_articles=1000", *overrides)
    return run_night([*sources, *files], Artifacts(root), chosen, encoder=WordEncoder(256))


@pytest.mark.parametrize("case", ["paywall-notice.jsonl", "paywall-notice-short.jsonl"])
def test_headlines_over_one_notice_are_as_good_as_headlines_alone(
    tmp_path: Path, case: str
) -> None:
    night = publish(tmp_path, newsdesk(), case=case)
    with open_store(sqlite_url(Artifacts(tmp_path).store)) as store:
        (passage,) = store.passages()
        records = [json.loads(line) for line in (CASES / case).read_text().splitlines()]
        titles = {r["id"]: r["title"] for r in records if r["id"].startswith("pw-")}
        assert dict(zip(titles, store.prepared_texts([*titles]), strict=True)) == titles
    assert (passage.publisher, passage.articles) == ("Die Warte", 6)
    assert night.boilerplate.articles == 6
    assert list(night.boilerplate.by_publisher) == ["Die Warte"]

    rec = Recommender.open(tmp_path)
    for asked in VOLCANO:
        hits = rec.related(asked, 2)
        assert {hit.id for hit in hits} == VOLCANO - {asked}
    for asked in titles.keys() - VOLCANO:
        assert not titles.keys() & {hit.id for hit in rec.related(asked, 2) if hit.score >= 0.35}


def test_a_notice_in_front_of_a_source_changes_no_answer(tmp_path: Path) -> None:
    plain = [*newsdesk(), *quay_post()]
    noticed = [
        replace(item, text=COOKIES + item.text) if item.source == "Quay Post" else item
        for item in plain
    ]
    answers = {}
    for name, articles, overrides in (
        ("plain", plain, ()),
        ("cut", noticed, ()),
        ("whole", noticed, ("boilerplate.cut=false",)),
    ):
        publish(tmp_path / name, articles, *overrides)
        rec = Recommender.open(tmp_path / name)
        answers[name] = {
            item.id: [(hit.id, hit.score) for hit in rec.related(item.id, 5)] for item in plain
        }
    assert answers["cut"] == answers["plain"]
    asked = [item.id for item in quay_post()]
    own = {
        name: sum(h in asked for i in asked for h, _ in found[i]) for name, found in answers.items()
    }
    assert own["whole"] > 2 * own["plain"] > 0  # the notice alone relates what is under it


def test_a_published_text_is_recognised_with_its_notice_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = quay_post()
    noticed = [replace(item, text=COOKIES + item.text) for item in quay_post()]
    publish(tmp_path, noticed)
    monkeypatch.setattr(TextEncoder, "_encoder_of", lambda *_: pytest.fail("it is embedded"))
    rec = Recommender.open(tmp_path)
    wanted = [hit.id for hit in rec.related("q-03", 5)]
    assert wanted[0] == "q-13"
    for text in (plain[3].text, COOKIES + plain[3].text):
        assert [hit.id for hit in rec.related_to_text(plain[3].title, text, 5)] == wanted
