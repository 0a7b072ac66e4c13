"""Open a source by its URI: the only file that knows which kinds of sources there are."""

from collections.abc import Callable
from pathlib import Path

from recommender.errors import InputError
from recommender.sources.base import Source
from recommender.sources.csv_file import CsvSource
from recommender.sources.encodings import AUTO
from recommender.sources.json_lines import JsonSource
from recommender.sources.parquet_file import ParquetSource
from recommender.sources.standard_input import StandardInput

__all__ = ["open_source"]

_FILES: dict[str, Callable[[Path, str], Source]] = {
    ".jsonl": JsonSource,
    ".ndjson": JsonSource,
    ".json": JsonSource,
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".parquet": ParquetSource,
}
_EXPECTED = ".jsonl, .ndjson, .json, .csv or .tsv (each also as .gz), or .parquet"
# What to do about files of other kinds, by the ends of their names.
_CURES = {
    (".xml", ".rss", ".atom", ".rdf"): "feeds are not read yet; write its items as JSON Lines",
    (".zip", ".tar", ".tgz", ".tar.gz", ".7z"): "unpack the archive and name the files in it",
    (".zst", ".bz2", ".xz"): "unpack it, or pipe it: zstd -dc FILE | recommender nightly -",
    (".xlsx", ".xls", ".ods"): "save the sheet as CSV (UTF-8)",
    (".db", ".sqlite", ".sqlite3", ".sql"): "export its articles as JSON Lines or CSV",
    (".txt", ".dat"): "give the file the ending of what it holds, for example .csv or .jsonl",
}


def open_source(uri: str | Path, encoding: str = AUTO) -> Source:
    """Open the source that a URI names; nothing is read yet.

    To add a kind of source, write a class that follows `Source` and choose it here by what its
    URIs look like.

    Args:
        uri: The path of a file whose name ends in .jsonl, .ndjson, .json, .csv or .tsv (each also
            as .gz), or in .parquet, in any case; "-" for JSON Lines on standard input.
        encoding: How text files are written; by default that is found by their bytes.

    Returns:
        The source.

    Raises:
        InputError: There is no kind of source for such a URI.

    Example:
        >>> open_source("news/2026-03-01.jsonl.gz").name
        'news/2026-03-01.jsonl.gz'
    """
    name = str(uri)
    if name in ("-", "/dev/stdin"):
        return StandardInput(encoding)
    if name.startswith("/dev/"):  # what a shell makes of <(command)
        return JsonSource(Path(uri), encoding)
    if not name:
        raise InputError("the name of a source is empty; a variable of a script may have no value")
    lower = name.lower()
    if "://" in name:
        raise InputError(f"{name}: is an address; download it, and name the file")
    if Path(uri).is_dir():
        raise InputError(f"{name}: is a folder; name the files in it, for example {name}/*.jsonl")
    for ending, kind in _FILES.items():
        if lower.endswith(ending) or (lower.endswith(f"{ending}.gz") and ending != ".parquet"):
            return kind(Path(uri), encoding)
    cure = next((cure for ends, cure in _CURES.items() if lower.endswith(ends)), None)
    raise InputError(
        f"{name}: unknown kind of source{f': {cure}' if cure else ''}; expected {_EXPECTED}"
    )
