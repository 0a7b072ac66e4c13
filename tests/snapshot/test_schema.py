"""The schema: complete, and consistent in itself."""

import numpy as np
import pytest

from recommender.snapshot.schema import (
    ARRAYS,
    FILES,
    STRINGS,
    Arrays,
    StringTables,
)
from recommender.snapshot.string_table import SortedStringTable
from recommender.types.article import FACET_NAMES

DIMENSIONS = {
    "articles", "dimension", "topics", *(f"{facet} labels" for facet in FACET_NAMES),
    *(axis for file in ARRAYS.values() for axis in file.shape if isinstance(axis, str)),
    *(file.dimension for file in STRINGS.values()),
}  # fmt: skip


def test_every_field_is_declared_in_its_order() -> None:
    assert [*Arrays._fields] == [*ARRAYS]
    assert [*StringTables._fields] == [*STRINGS]
    assert not ARRAYS.keys() & STRINGS.keys()


@pytest.mark.parametrize("name", ARRAYS)
def test_what_an_array_refers_to_is_declared_too(name: str) -> None:
    file = ARRAYS[name]
    assert np.dtype(file.dtype).kind in "fiub"
    assert not file.points_to or file.points_to in DIMENSIONS
    assert not file.none or file.points_to
    assert not file.cuts or ARRAYS[file.cuts]
    assert not file.groups or (file.cuts and ARRAYS[file.groups].points_to == file.shape[0])
    assert not file.sorts or STRINGS[file.sorts].dimension == file.points_to
    assert file.in_rows in ("", "ascending", "descending")


def test_tables_that_are_searched_are_sorted() -> None:
    for name, hint in StringTables.__annotations__.items():
        assert hint.__origin__ is not SortedStringTable or STRINGS[name].in_order


def test_every_file_is_said_once_and_in_few_words() -> None:
    assert len(FILES) == len(ARRAYS) + len(STRINGS) + 6
    assert len({*FILES.values()}) == len(FILES)
    for holds in FILES.values():
        assert holds
        assert not holds.endswith(".")
        assert len(holds) < 90


def test_shapes_are_said_in_words() -> None:
    shapes = {name: ARRAYS[name].describe_shape() for name in ARRAYS}
    assert shapes["neighbours"] == "texts × K"
    assert shapes["hashes"] == "contents × 16"
    assert shapes["copies_start"] == "texts + 1"
    assert shapes["lists_texts"] == "texts or none"
