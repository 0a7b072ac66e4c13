"""Open a source by its URI: the only file that knows which kinds of sources there are."""

from collections.abc import Callable
from pathlib import Path

from recommender.errors import InputError
from recommender.sources.base import Source
from recommender.sources.csv_file import CsvSource
from recommender.sources.json_lines import JsonLinesSource
from recommender.sources.parquet_file import ParquetSource

__all__ = ["open_source"]

_FILES: dict[str, Callable[[Path], Source]] = {
    ".jsonl": JsonLinesSource,
    ".jsonl.gz": JsonLinesSource,
    ".ndjson": JsonLinesSource,
    ".ndjson.gz": JsonLinesSource,
    ".csv": CsvSource,
    ".csv.gz": CsvSource,
    ".parquet": ParquetSource,
}


def open_source(uri: str | Path) -> Source:
    """Open the source that a URI names; nothing is read yet.

    To add a kind of source, write a class that follows `Source` and choose it here by what its
    URIs look like.

    Args:
        uri: The path of a file whose name ends in .jsonl, .ndjson or .csv (each also as .gz), or
            in .parquet, in any case.

    Returns:
        The source.

    Raises:
        InputError: There is no kind of source for such a URI.

    Example:
        >>> open_source("news/2026-03-01.jsonl.gz").name
        'news/2026-03-01.jsonl.gz'
    """
    for ending, kind in _FILES.items():
        if str(uri).lower().endswith(ending):
            return kind(Path(uri))
    raise InputError(
        f"{uri}: unknown kind of source; expected .jsonl, .ndjson or .csv (each also as .gz), or "
        ".parquet"
    )
