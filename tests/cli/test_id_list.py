"""Lists of ids: as arguments, from files of any line ends, and what is wrong with a list."""

import io
import sys
from pathlib import Path

import click
import pytest

from recommender.cli.id_list import read_ids
from recommender.errors import InputError


def test_ids_come_from_arguments_and_then_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xef\xbb\xbfa-1\r\n\n  a 2\t\n\xc3\xa4-3")
    assert read_ids(["x"], path) == ["x", "a-1", "a 2", "ä-3"]
    assert read_ids(["x", "y"], None) == ["x", "y"]


def test_a_hyphen_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\nb\n")))
    assert read_ids([], Path("-")) == ["a", "b"]
    with pytest.raises(InputError, match="standard input: holds no id"):
        read_ids([], Path("-"))


def test_a_list_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none: cannot be read: No such file"):
        read_ids([], tmp_path / "none")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_ids([], tmp_path)
    (tmp_path / "ids").write_bytes(b"a\nb\xff\n")
    with pytest.raises(InputError, match="ids:2: is not UTF-8"):
        read_ids([], tmp_path / "ids")
    (tmp_path / "ids").write_bytes(b" \n\n")
    with pytest.raises(InputError, match="holds no id"):
        read_ids(["a"], tmp_path / "ids")
    with pytest.raises(click.UsageError, match="--from"):
        read_ids([], None)
