"""Which source a URI opens: its ending says which, and nothing is read yet."""

from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.sources.csv_file import CsvSource
from recommender.sources.json_lines import JsonLinesSource
from recommender.sources.open import open_source
from recommender.sources.parquet_file import ParquetSource


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("news.jsonl", JsonLinesSource),
        ("news.JSONL.gz", JsonLinesSource),
        ("a/b.c/news.ndjson", JsonLinesSource),
        ("/news.ndjson.GZ", JsonLinesSource),
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
    "uri", ["news.txt", "news", "news.json", "news.parquet.zip", "ftp://news.example/all"]
)
def test_an_unknown_kind_says_which_are_known(uri: str) -> None:
    with pytest.raises(InputError, match=r"unknown kind of source; expected \.jsonl") as refused:
        open_source(uri)
    assert str(refused.value).startswith(f"{uri}: ")
