"""Contrary words: the lists are read, and a malformed one is named."""

from pathlib import Path

import pytest

from recommender.language.contraries import FOLDER, contrary_words, read_contrary_words


def test_words_of_two_groups_of_a_line_are_contrary() -> None:
    places = contrary_words().places
    for one, other in (
        ("rose", "fell"),
        ("monday", "friday"),
        ("lundi", "mardi"),
        ("zwei", "drei"),
    ):
        assert {line for line, _ in places[one]} & {line for line, _ in places[other]}
        assert not places[one] & places[other]
    assert {"not", "nicht", "pas", "não"} <= contrary_words().negations
    assert {"seven", "sept"} <= contrary_words().numbers
    assert "rose" not in contrary_words().numbers


def test_every_file_of_the_folder_has_negations() -> None:
    for file in FOLDER.glob("*.txt"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert sum(line.startswith("no:") for line in lines) == 1, file


@pytest.mark.parametrize("line", ["alone", "a |", "A | b", "| b"])
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "xx.txt").write_text(f"# comment\nup | down\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"xx\.txt:3: "):
        read_contrary_words(tmp_path)


def test_numbers_and_comments(tmp_path: Path) -> None:
    (tmp_path / "xx.txt").write_text("no: nay\nnumber: un | deux # two\n\n", encoding="utf-8")
    found = read_contrary_words(tmp_path)
    assert found.negations == {"nay"}
    assert found.numbers == found.places.keys() == {"un", "deux"}
