"""Texts of one form: neither copies nor one story."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import run_night
from recommender.serving.recommender import Recommender
from tests.planted import RecordList, WordEncoder, as_record, newsdesk, settings

CASES = Path(__file__).parent


@pytest.mark.parametrize(
    ("file", "prefix"), [("obituaries.jsonl", "ob-"), ("obituaries-own-text.jsonl", "oc-")]
)
def test_obituaries_of_one_form_are_articles_and_stories_of_their_own(
    tmp_path: Path, file: str, prefix: str
) -> None:
    records = [json.loads(line) for line in (CASES / file).read_text().splitlines()]
    obituaries = [record for record in records if record["id"].startswith(prefix)]
    articles = RecordList([*map(as_record, newsdesk()), *obituaries], "newsdesk")
    run_night([articles], Artifacts(tmp_path), settings(), encoder=WordEncoder())
    rec = Recommender.open(tmp_path)
    people = [record["id"] for record in obituaries]
    assert len(people) >= 3
    assert not {a.id for story in rec.stories() for a in story.articles} & set(people)
    hits = [h for person in people for h in rec.related(person, floor=0, duplicates="keep")]
    assert hits
    assert not any(hit.reasons.duplicate or hit.reasons.same_story for hit in hits)
