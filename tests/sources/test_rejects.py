"""The reject file: a line for each record that was left out, and no file where none was."""

import json
from pathlib import Path

import pytest

from recommender.errors import StorageError
from recommender.sources.rejects import KEPT_FILES, RejectFile
from recommender.sources.validate import Reject

BAD = Reject("in.jsonl", 3, "text", "no text", "é")


def test_each_reject_is_a_line_in_order(tmp_path: Path) -> None:
    other = Reject("naïve\udcff.csv", 9, "", "broken CSV", None)
    with RejectFile(tmp_path / "rejects") as rejects:
        rejects.add(BAD)
        rejects.add(other)
    assert (rejects.count, rejects.first) == (2, BAD)
    first, second = (json.loads(line) for line in rejects.path.read_text("utf-8").splitlines())
    assert first == {
        "file": "in.jsonl", "line": 3, "id": "é", "field": "text", "reason": "no text"
    }  # fmt: skip
    # A name that is no UTF-8 is written so that it can be read and printed.
    assert (second["file"], second["line"], second["id"]) == ("naïve\udcff.csv", 9, None)


def test_without_a_reject_there_is_no_file(tmp_path: Path) -> None:
    with RejectFile(tmp_path / "rejects") as rejects:
        pass
    assert (rejects.count, rejects.first) == (0, None)
    assert not (tmp_path / "rejects").exists()


def test_the_newest_files_are_kept(tmp_path: Path) -> None:
    old = [tmp_path / f"20000101T{n:06}.000000Z.jsonl" for n in range(KEPT_FILES + 4)]
    for path in old:
        path.touch()
    (tmp_path / "notes.txt").touch()
    with RejectFile(tmp_path) as rejects:
        rejects.add(BAD)
    assert sorted(tmp_path.glob("*.jsonl")) == [*old[5:], rejects.path]
    assert (tmp_path / "notes.txt").exists()


def test_an_old_file_that_someone_else_deletes_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [tmp_path / f"20000101T{n:06}.000000Z.jsonl" for n in range(KEPT_FILES + 1)]
    for path in old[1:]:
        path.touch()
    # The first is still listed, and gone when it is to be deleted.
    monkeypatch.setattr(Path, "glob", lambda folder, _: {*old, *folder.iterdir()})
    with RejectFile(tmp_path) as rejects:
        rejects.add(BAD)
    assert rejects.path.exists()
    assert not old[1].exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "rejects").touch()  # a file where the folder should be
    with RejectFile(tmp_path / "rejects") as rejects, pytest.raises(StorageError) as failed:
        rejects.add(BAD)
    assert str(tmp_path / "rejects") in str(failed.value)


def test_two_runs_in_one_second_have_a_file_each(tmp_path: Path) -> None:
    paths = set()
    for _ in range(3):
        with RejectFile(tmp_path) as rejects:
            rejects.add(BAD)
        paths.add(rejects.path)
    assert len(paths) == len([*tmp_path.iterdir()]) == 3
