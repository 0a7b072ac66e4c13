"""The encoding of a file is found by its first bytes, and what is no text is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources.encodings import LegacyLines, encoding_of, refuse_binary

WESTERN = st.text("abcdefgh äöüßéèñç", min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"", "utf-8"),
        (b"id,text\n", "utf-8"),
        (b"\xef\xbb\xbfid,text\n", "utf-8"),
        ("id,text\n".encode("utf-16"), "utf-16"),
        ("id,text\n".encode("utf-16-le"), "utf-16-le"),
        ("id,text\n".encode("utf-16-be"), "utf-16-be"),
        ("id,text\n".encode("utf-32"), "utf-32"),
    ],
)
def test_marks_and_zero_bytes_show_the_encoding(head: bytes, encoding: str) -> None:
    assert encoding_of(head) == encoding


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04...", "Excel workbook"),
        (b"PAR1...", "give it the ending .parquet"),
        (b"\x28\xb5\x2f\xfd...", "zstd -dc"),
        (b"SQLite format 3\0", "SQLite database"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>", "is XML or HTML"),
        (b"<!DOCTYPE html>", "is XML or HTML"),
        (b"id,text\n\0\0\0\0\x01", "holds NUL bytes"),
    ],
)
def test_another_kind_of_file_is_named(head: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what) as refused:
        refuse_binary(head, "in.csv")
    assert str(refused.value).startswith("in.csv: ")


@given(st.lists(WESTERN, max_size=8))
def test_utf_8_stays_and_windows_1252_becomes_utf_8(texts: list[str]) -> None:
    lines = [f"plain words that go on {text}\n" for text in texts]
    for encoding in ("utf-8", "cp1252"):
        written = [line.encode(encoding) for line in lines]
        legacy = LegacyLines(b"".join(written))
        assert [legacy.convert(line).decode() for line in written] == lines
        changed = sum(not line.isascii() for line in lines)
        assert legacy.count == (changed if encoding == "cp1252" else 0)


def test_damaged_utf_8_is_not_taken_for_windows_1252() -> None:
    lines = ["größe\n".encode(), b"plain \xe9 words\n"]
    for head in (b"".join(lines), b""):
        legacy = LegacyLines(head)
        assert [legacy.convert(line) for line in lines] == lines
        assert legacy.count == 0


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, мир", "cp1251"),
        ("Καλημέρα κόσμε", "cp1253"),
        ("id,text,颱風逼近台灣", "big5"),
        ("東京都知事選挙", "gbk"),
    ],
)
def test_another_alphabet_is_not_taken_for_windows_1252(text: str, encoding: str) -> None:
    line = text.encode(encoding)
    assert LegacyLines(line).convert(line) == line


def test_a_letter_that_the_head_cuts_does_not_hide_utf_8() -> None:
    head = "one line, no end ü".encode()[:-1]
    legacy = LegacyLines(head)
    assert legacy.convert("größe".encode()) == "größe".encode()
    assert legacy.count == 0
