"""The documented table has a row for each file of a snapshot."""

from recommender.snapshot.files_table import files_table
from recommender.snapshot.schema import FILES


def test_the_table_has_a_row_for_each_file() -> None:
    head, rule, manifest, *rows = files_table().splitlines()
    assert head == "| file | shape, type | holds | values |"
    assert rule == "|---|---|---|---|"
    assert manifest.startswith("| `manifest.json` |")
    assert [row.split("`")[1] for row in rows] == [*FILES]
    assert {row.count(" | ") for row in (head, manifest, *rows)} == {3}
    assert (
        "| `words.npy` | texts × W, int32 | the heaviest words of each text | "
        "point to words, -1 = none, ascending in each row |"
    ) in rows
    assert "| `ids.strings` | articles, UTF-8 | the id of each row | ascending, each once |" in rows
