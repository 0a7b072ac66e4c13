"""Files that cannot be read or are damaged as a whole, and how far reading has come."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.errors import InputError
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader
from tests.sources.reading import MAX_CHARACTERS, as_csv, good, read, read_bytes


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.jsonl: cannot be read: No such file"):
        read(tmp_path / "no.jsonl")


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").mkdir()
    with pytest.raises(InputError, match=r"in\.jsonl: is a folder; name the files in it"):
        read(tmp_path / "in.jsonl")


@pytest.mark.parametrize("name", ["in.jsonl.gz", "in.csv.gz"])
def test_a_truncated_gzip_is_refused(tmp_path: Path, name: str) -> None:
    rows = "id,text\na,x\n" if "csv" in name else json.dumps(good())
    with pytest.raises(InputError, match=rf"{name}: cannot be read: "):
        read_bytes(tmp_path, name, gzip.compress(rows.encode())[:-4])


def test_an_altered_gzip_is_refused(tmp_path: Path) -> None:
    rows = "".join(json.dumps(good(id=f"a-{n}")) + "\n" for n in range(200))
    packed = bytearray(gzip.compress(rows.encode()))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(InputError, match=r"in\.jsonl\.gz: cannot be read: "):
        read_bytes(tmp_path, "in.jsonl.gz", bytes(packed))


def test_a_gz_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Not a gzipped file"):
        read_bytes(tmp_path, "in.jsonl.gz", json.dumps(good()))


@pytest.mark.parametrize("cut", [3, 60])
def test_a_truncated_parquet_file_is_refused(tmp_path: Path, cut: int) -> None:
    pq.write_table(pa.table({"id": ["a"], "text": ["x"]}), tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()[:-cut]
    with pytest.raises(InputError, match="is not a readable Parquet file"):
        read_bytes(tmp_path, "in.parquet", content)


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv", "parquet"])
def test_the_position_grows_to_the_files_size(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    rows = [good(id=f"a-{n}") for n in range(3000)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        content = {"csv": as_csv(*rows).encode(), "jsonl.gz": gzip.compress(lines)}
        path.write_bytes(content.get(kind, lines))
    source = open_source(path)
    seen = [source.position for _ in ArticleReader({}, MAX_CHARACTERS).read(source)]
    assert seen == sorted(seen)
    assert seen[-1] == source.size == path.stat().st_size
