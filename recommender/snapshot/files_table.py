"""The documented table of a snapshot's files, made from the schema."""

from recommender.snapshot.declarations import ArrayFile
from recommender.snapshot.schema import ARRAYS, FILES, STRINGS

__all__ = ["files_table"]


def files_table() -> str:
    """The Markdown table of a snapshot's files; the manifest comes first."""
    rows = [
        ("`manifest.json`", "–", "counts, origin, size and SHA-256 of every other file", "–"),
        *(_row(name, holds) for name, holds in FILES.items()),
    ]
    head = "| file | shape, type | holds | values |\n|---|---|---|---|\n"
    return head + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name: str, holds: str) -> tuple[str, ...]:
    stem, _, kind = name.partition(".")
    shape, values = "–", "–"
    if kind == "faiss":
        shape = "texts × dimension, float32"
    elif kind == "npy":
        shape = f"{ARRAYS[stem].describe_shape()}, {ARRAYS[stem].dtype}"
        values = ", ".join(_limits(ARRAYS[stem])) or "–"
    elif kind == "strings":
        shape = f"{STRINGS[stem].dimension}, UTF-8"
        values = "ascending, each once" if STRINGS[stem].in_order else "–"
    return f"`{name}`", shape, holds, values


def _limits(file: ArrayFile) -> list[str]:
    low, high = file.bounds or (0, 0)
    limits = (
        (file.points_to, f"point to {file.points_to}"),
        (file.none, "-1 = none"),
        (file.bounds, f"from {low:g} to {high:g}"),
        (file.each_once, "each once"),
        (file.in_rows, f"{file.in_rows} in each row"),
        (file.sorted_rows, "rows ascending, each once"),
        (file.sorts, f"sort `{file.sorts}`"),
        (file.cuts, f"cut `{file.cuts}`"),
        (file.empty_slices, "slices may be empty"),
        (file.groups, f"as `{file.groups}` says"),
    )
    return [limit for applies, limit in limits if applies]
