"""JSON Lines: a line that is no record is rejected in its place, and the others are read."""

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
        (b'{"id": "a", "text": "\xff"}', "invalid UTF-8: byte 0xff at 21"),
        (b'{"id": "caf\xe9", "text": "x"}', "invalid UTF-8: byte 0xe9 at 11"),
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


def test_utf_16_is_rejected_line_by_line(tmp_path: Path) -> None:
    content = (json.dumps(good()) + "\n").encode("utf-16")
    items = read_bytes(tmp_path, "in.jsonl", content)
    assert items
    assert all(isinstance(item, Reject) for item in items)


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
