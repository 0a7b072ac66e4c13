"""Labelled sets: read as sources are, and refused with file, line, field and what to do."""

import json
from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.evaluation.labelled_set import read_labelled, rows_of_split

MAX_CHARACTERS = 1000


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def record(number: int, story: object = "flood", **fields: object) -> dict[str, object]:
    return {"id": f"a-{number}", "title": "Tide", "text": "In.", "story": story, **fields}


def test_articles_come_with_their_stories_and_splits(tmp_path: Path) -> None:
    path = write(
        tmp_path / "l.jsonl",
        record(1, split="val", published="2026-03-01", source="Gazette"),
        record(2, " flood ", mood="calm"),
        record(3, "fire", split=""),
    )
    found = read_labelled(path, {}, MAX_CHARACTERS)
    assert [a.id for a in found.articles] == ["a-1", "a-2", "a-3"]
    assert found.labels == ["flood", "flood", "fire"]
    assert found.splits == ["val", None, None]
    assert found.articles[0].source == "Gazette"
    assert found.articles[0].published is not None


def test_csv_with_mapped_names_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("id,body,story,split\n1,In.,flood,val\n2,Out.,flood,\n", encoding="utf-8")
    found = read_labelled(path, {"text": "body"}, MAX_CHARACTERS)
    assert [a.text for a in found.articles] == ["In.", "Out."]
    assert found.splits == ["val", None]


def test_parquet_is_read_too(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"id": ["1", "2"], "text": ["In.", "Out."], "story": ["flood", "flood"]})
    pq.write_table(table, tmp_path / "l.parquet")
    found = read_labelled(tmp_path / "l.parquet", {}, MAX_CHARACTERS)
    assert found.labels == ["flood", "flood"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (record(3, None), ":3: story: expected a string that is not empty, there is none; name"),
        (record(3, ""), ":3: story: expected a string that is not empty, there is none; name"),
        (record(3, "  "), ":3: story: expected a string that is not empty, it is blank; name"),
        (record(3, 7), ":3: story: expected a string that is not empty, got a number; name"),
        (record(3, split=1), ":3: split: expected a string, got a number; quote it"),
    ],
)
def test_a_bad_label_is_refused_with_its_line(tmp_path: Path, bad: object, message: str) -> None:
    path = write(tmp_path / "l.jsonl", record(1), record(2), bad, record(4))
    with pytest.raises(InputError) as refused:
        read_labelled(path, {}, MAX_CHARACTERS)
    assert str(refused.value).startswith(f"{path}{message}")


def test_a_headline_alone_is_accepted(tmp_path: Path) -> None:
    path = write(tmp_path / "l.jsonl", record(1), record(2, title="Harbour opens", text=""))
    assert [a.text == "" for a in read_labelled(path, {}, MAX_CHARACTERS).articles] == [False, True]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (record(3, title="", text=""), ":3: text: no text"),
        (record(1), ":3: id: repeats the id of"),
        ([], ":3: expected an object, got a list"),
    ],
)
def test_bad_articles_are_left_out_up_to_a_share(tmp_path: Path, bad: object, message: str) -> None:
    path = write(tmp_path / "l.jsonl", record(1), record(2), bad, record(4))
    found = read_labelled(path, {}, MAX_CHARACTERS, max_rejects=0.25)
    assert [a.id for a in found.articles] == ["a-1", "a-2", "a-4"]
    assert len(found.labels) == len(found.splits) == 3
    assert str(found.rejects[0]).startswith(f"{path}{message}")
    with pytest.raises(InputError) as refused:
        read_labelled(path, {}, MAX_CHARACTERS, max_rejects=0.2)
    assert str(refused.value).startswith("1 of 4 records are bad, more than input.max_rejects = 20")
    assert f"mend or delete them. The first: {path}{message}" in str(refused.value)


@pytest.mark.parametrize("stories", [(), ("flood",), ("flood", "fire", "frost")])
def test_a_set_in_which_no_two_articles_share_a_story_is_refused(
    tmp_path: Path, stories: tuple[str, ...]
) -> None:
    path = write(tmp_path / "l.jsonl", *(record(n, story) for n, story in enumerate(stories)))
    with pytest.raises(InputError, match=f"no two of its {len(stories)} articles have the same"):
        read_labelled(path, {}, MAX_CHARACTERS)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.jsonl: cannot be read"):
        read_labelled(tmp_path / "absent.jsonl", {}, MAX_CHARACTERS)


def test_topics_are_read_from_the_named_field(tmp_path: Path) -> None:
    path = write(tmp_path / "l.jsonl", *(record(n, section="Sport") for n in range(3)))
    found = read_labelled(path, {}, MAX_CHARACTERS, kind="topic", field="section")
    assert (found.kind, found.labels) == ("topic", ["Sport"] * 3)
    assert [a.section for a in found.articles] == ["Sport"] * 3
    with pytest.raises(InputError) as refused:
        read_labelled(path, {}, MAX_CHARACTERS, kind="topic")
    assert str(refused.value).startswith(
        f"{path}:1: topic: expected a string that is not empty, there is none; name the theme"
    )


def test_articles_of_a_split_are_found_by_number(tmp_path: Path) -> None:
    path = write(tmp_path / "l.jsonl", *(record(n, split=("a", "b")[n % 2]) for n in range(4)))
    found = read_labelled(path, {}, MAX_CHARACTERS)
    assert rows_of_split(found, "b").tolist() == [1, 3]
    assert rows_of_split(found, None).tolist() == [0, 1, 2, 3]
    with pytest.raises(InputError, match=r"no article has the split 'c'; there are: a \(2\), b"):
        rows_of_split(found, "c")
