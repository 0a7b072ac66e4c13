"""Which source a URI opens: its ending says which, and nothing is read yet."""

from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.sources.csv_file import CsvSource
from recommender.sources.json_lines import JsonSource
from recommender.sources.open import open_source
from recommender.sources.parquet_file import ParquetSource
from recommender.sources.standard_input import StandardInput


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("news.jsonl", JsonSource),
        ("news.JSONL.gz", JsonSource),
        ("a/b.c/news.ndjson", JsonSource),
        ("/news.ndjson.GZ", JsonSource),
        ("news.json", JsonSource),
        ("news.json.gz", JsonSource),
        ("/dev/fd/63", JsonSource),
        ("news.tsv", CsvSource),
        ("news.tsv.gz", CsvSource),
        ("news.csv", CsvSource),
        ("news.csv.gz", CsvSource),
        ("news.Parquet", ParquetSource),
    ],
)
@pytest.mark.parametrize("spelled", [str, Path])
def test_a_file_is_opened_by_its_ending(uri: str, kind: type, spelled: type) -> None:
    source = open_source(spelled(uri))
    assert type(source) is kind
    assert (source.name, source.position, list(source.columns)) == (uri, 0, [])


@pytest.mark.parametrize(
    ("uri", "cure"),
    [
        ("news", "expected .jsonl"),
        ("news.txt", "give the file the ending of what it holds"),
        ("cms-feed.xml", "write its items as JSON Lines"),
        ("news.parquet.zip", "unpack the archive"),
        ("news.jsonl.zst", "zstd -dc FILE | recommender nightly -"),
        ("news.xlsx", "save the sheet as CSV"),
        ("news.sqlite", "export its articles"),
        ("ftp://news.example/all.csv", "is an address; download it"),
    ],
)
def test_an_unknown_kind_says_what_to_do(uri: str, cure: str) -> None:
    with pytest.raises(InputError) as refused:
        open_source(uri)
    assert str(refused.value).startswith(f"{uri}: ")
    assert cure in str(refused.value)


def test_a_folder_is_named_with_the_files_to_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a folder; name the files in it"):
        open_source(tmp_path)


@pytest.mark.parametrize("uri", ["-", "/dev/stdin"])
def test_a_dash_is_standard_input(uri: str) -> None:
    assert isinstance(open_source(uri), StandardInput)


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").mkdir()
    with pytest.raises(InputError, match=r"export\.jsonl: is a folder; name the files in it"):
        open_source(tmp_path / "export.jsonl")


def test_an_empty_name_is_no_folder() -> None:
    with pytest.raises(InputError, match="the name of a source is empty"):
        open_source("")
