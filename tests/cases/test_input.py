"""Text that comes in as exports write it: markup, texts without a word, dates, ids, files."""

import json
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.errors import InputError
from recommender.pipeline.nightly import Night, run_night
from recommender.serving.recommender import Recommender
from recommender.store.open import open_store, sqlite_url
from tests.planted import RecordList, WordEncoder, as_record, newsdesk, settings

CASES = Path(__file__).parent


def night(root: Path, *sources: Path | RecordList, overrides: tuple[str, ...] = ()) -> Night:
    articles = RecordList([as_record(article) for article in newsdesk()], "newsdesk")
    return run_night(
        [articles, *sources], Artifacts(root), settings(*overrides), encoder=WordEncoder()
    )


def prepared(root: Path, *ids: str) -> list[str]:
    with open_store(sqlite_url(Artifacts(root).store)) as store:
        return list(store.prepared_texts(ids))


def test_entities_and_tags_are_the_same_as_the_plain_text(tmp_path: Path) -> None:
    ids = ("h1", "h2", "h3", "h4")
    hits = []
    for name in ("entities", "entities_plain"):
        found = night(tmp_path / name, CASES / f"{name}.jsonl")
        assert found.intake.cleaned == (4 if name == "entities" else 0)
        rec = Recommender.open(tmp_path / name)
        hits.append([[(h.id, h.score) for h in rec.related(i, k=5, floor=0)] for i in ids])
        assert rec.article("h1").title == 'Minister: "We’ll resign"'
    assert prepared(tmp_path / "entities", *ids) == prepared(tmp_path / "entities_plain", *ids)
    assert hits[0] == hits[1]


def test_an_articles_own_html_copy_is_one_text_with_it(tmp_path: Path) -> None:
    alone = night(tmp_path / "alone")
    found = night(tmp_path / "copies", CASES / "raw-entities.jsonl")
    assert (found.articles, found.texts) == (alone.articles + 3, alone.texts + 1)
    rec = Recommender.open(tmp_path / "copies")
    assert rec.article("ent-raw").title == "Ireland’s budget ‘no giveaway’, says minister"
    assert not {"ent-clean", "ent-p"} & {hit.id for hit in rec.related("ent-raw", k=9, floor=0)}


@pytest.mark.parametrize("headlines", [False, True])
def test_texts_without_a_word_are_rejects(tmp_path: Path, headlines: bool) -> None:
    source = CASES / "texts-without-a-word.jsonl"
    overrides = ("input.max_rejects=1", f"input.headlines={str(headlines).lower()}")
    found = night(tmp_path, source, overrides=overrides)
    rejects = Path(str(found.intake.rejects_file)).read_text().splitlines()
    # With headlines, a title with a word is an article of its own.
    left_out = {f"e-{n}" for n in range(15)} | (set() if headlines else {"t-1", "t-3", "t-4"})
    assert {json.loads(line)["id"] for line in rejects} == left_out
    assert Recommender.open(tmp_path).article("t-2").title == "Video"


@pytest.mark.parametrize("name", ["integer-id.jsonl", "json-array.json"])
def test_an_integer_id_and_an_array_are_taken(tmp_path: Path, name: str) -> None:
    found = night(tmp_path, CASES / name)
    assert found.intake.rejected == 0
    assert Recommender.open(tmp_path).article("17").title == "A"


@pytest.mark.parametrize("name", ["Upper", "semicolon", "spaces_header", "tab"])
def test_csv_of_any_separator_and_header_is_read(tmp_path: Path, name: str) -> None:
    found = night(tmp_path, CASES / f"{name}.csv")
    assert found.intake.rejected == 0
    assert Recommender.open(tmp_path).article("1").title == "a"
    assert prepared(tmp_path, "1") == ["a. hello world"]


def test_csv_in_the_code_of_windows_is_read(tmp_path: Path) -> None:
    night(tmp_path, CASES / "latin1.csv")
    assert prepared(tmp_path, "1") == ["Müller. größer"]


def test_csv_in_utf_16_is_read(tmp_path: Path) -> None:
    found = night(tmp_path, CASES / "utf16.csv")
    assert (found.intake.rejected, prepared(tmp_path, "na-26")) == (0, ["hello"])


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("headerless.csv", "has no header: its first line is '1,a,hello world'. Put the names"),
        ("cms-feed.xml", "feeds are not read yet; write its items as JSON Lines"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_cure(tmp_path: Path, name: str, cure: str) -> None:
    with pytest.raises(InputError) as refused:
        night(tmp_path, CASES / name)
    assert cure in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("future", {"future-1"}, set()), ("future-date", {"d-2", "d-3"}, {"d-0", "d-1", "d-4"})],
)
def test_dates_that_no_article_can_have_are_left_out(
    tmp_path: Path, name: str, bad: set[str], good: set[str]
) -> None:
    found = night(tmp_path, CASES / f"{name}.jsonl")
    assert (found.intake.rejected, found.intake.noted) == (0, {"published": len(bad)})
    notes = Path(str(found.intake.notes_file)).read_text().splitlines()
    assert {json.loads(line)["id"] for line in notes} == bad
    rec = Recommender.open(tmp_path)
    assert {i for i in bad | good if rec.article(i).published is None} == bad
    assert any(notice.name == "values_noted" for notice in found.notices)
