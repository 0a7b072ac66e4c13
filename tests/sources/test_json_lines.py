"""JSON Lines: a line that is no record is rejected in its place, and the others are read."""

import gzip
import json
from pathlib import Path

import pytest

from recommender.sources import files
from recommender.sources.validate import Reject
from recommender.types.article import Article
from tests.sources.reading import good, only_reject, places, read_bytes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a", "text": "x"', "invalid JSON: Expecting ',' delimiter at column 24"),
        (b"nonsense", "invalid JSON: Expecting value at column 1"),
        (b'{"id": "a"} {"id": "b"}', "invalid JSON: Extra data at column 13"),
        (b'["a", "x"]', "expected an object, got a list"),
        (b'"a"', "expected an object, got a str"),
        (b"null", "expected an object, got null"),
        (b"3", "expected an object, got a number"),
        (
            b'{"id": "a", "text": "\x81"}',  # a byte that Windows-1252 has not, either
            "invalid UTF-8: byte 0x81 at 21; see the setting input.encoding",
        ),
        pytest.param(b"[" * 200_000, "invalid JSON: nested too deeply", id="deep"),
    ],
)
def test_a_line_that_is_no_object_is_rejected_whole(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    content = json.dumps(good()).encode() + b"\n" + line + b"\n" + b'{"id": "z", "text": "x"}'
    first, reject, last = read_bytes(tmp_path, "in.jsonl", content)
    file = str(tmp_path / "in.jsonl")
    assert (reject, str(reject)) == (Reject(file, 2, "", reason), f"{file}:2: {reason}")
    assert [getattr(first, "id", None), getattr(last, "id", None)] == ["a", "z"]


def test_a_number_of_thousands_of_digits_is_a_bad_line(tmp_path: Path) -> None:
    content = b'{"id": ' + b"9" * 5000 + b', "text": "x"}'
    assert only_reject(read_bytes(tmp_path, "in.jsonl", content)).reason.startswith("invalid JSON")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_of_unicode_is_read_in_any_width(
    tmp_path: Path, encoding: str, indent: int | None
) -> None:
    rows = "".join(json.dumps(good(text=t), indent=indent) + "\n" for t in ("Größe 漢", "two"))
    items = read_bytes(tmp_path, "in.jsonl", rows.encode(encoding))
    assert [getattr(item, "text", item) for item in items] == ["Größe 漢", "two"]


def test_a_file_in_the_old_code_of_windows_is_read_and_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = "".join(json.dumps(good(text=t), ensure_ascii=False) + "\n" for t in ("Größe", "x", "é"))
    items = read_bytes(tmp_path, "in.jsonl", rows.encode("cp1252"))
    assert [getattr(item, "text", item) for item in items] == ["Größe", "x", "é"]
    assert [vars(record)["lines"] for record in caplog.records] == [2]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(good()).encode()
    assert places(read_bytes(tmp_path, "in.jsonl", content)) == ["a"]


def test_an_absurdly_long_line_is_rejected_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 100)
    rows = "".join(json.dumps(good(id=i, text=t)) + "\n" for i, t in (("a", "x" * 990), ("b", "y")))
    reject, article = read_bytes(tmp_path, "in.jsonl", rows)
    assert reject == Reject(str(tmp_path / "in.jsonl"), 1, "", "a line of more than 100 bytes")
    assert isinstance(article, Article)
    assert article.id == "b"


@pytest.mark.parametrize("name", ["in.json", "in.jsonl", "in.json.gz"])
@pytest.mark.parametrize(
    "written",
    [
        '[{"id": "1", "text": "one"}, {"id": "2", "text": "two"}]',
        '[\n  {\n  "id": "1",\n  "text": "one"\n  },\n  {"id": "2", "text": "two"}\n]\n',
        '{\n"id": "1",\n"text": "one"\n}\n{\n"id": "2", "text": "two"}',
        '{"id": "1",\n"text": "one"},\n{"id": "2", "text": "two"},\n',
        '{"n": 2, "articles": [{"id": "1", "text": "one"}, {"id": "2", "text": "two"}]}',
        '{"items": [\n{"id": "1", "text": "one"},\n{"id": "2", "text": "two"}], "next": null}',
        '{"id": "1", "text": "one", "items": [{}]}\n{"id": "2", "text": "two"}',
    ],
)
def test_a_document_of_records_is_read_like_lines(tmp_path: Path, name: str, written: str) -> None:
    content = gzip.compress(written.encode()) if name.endswith("gz") else written
    assert places(read_bytes(tmp_path, name, content)) == ["1", "2"]


def test_what_is_no_record_in_a_list_is_rejected_by_its_number(tmp_path: Path) -> None:
    content = '[{"id": "1", "text": "one"}, 3, {"id": "2"}, null, {"id": "3", "text": "x"}]'
    assert places(read_bytes(tmp_path, "in.json", content)) == [
        "1",
        (2, ""),
        (3, "text"),
        (4, ""),
        "3",
    ]


def test_commas_and_marks_around_lines_are_passed_over(tmp_path: Path) -> None:
    content = '{"id": "1", "text": "x"},\n\x1e{"id": "2", "text": "x"}\n'
    assert places(read_bytes(tmp_path, "in.jsonl", content)) == ["1", "2"]


def test_records_that_lie_deeper_are_named_with_the_way_to_them(tmp_path: Path) -> None:
    content = json.dumps({"response": {"docs": [{"id": "1", "text": "one"}]}}, indent=1)
    reject = only_reject(read_bytes(tmp_path, "in.json", content))
    assert reject.reason.startswith("holds records at .response.docs[]; write them one a line")


@pytest.mark.parametrize("content", ["", "[]", " [ ] ", '{"articles": []}'])
def test_an_empty_document_holds_no_records(tmp_path: Path, content: str) -> None:
    assert read_bytes(tmp_path, "in.json", content) == []
