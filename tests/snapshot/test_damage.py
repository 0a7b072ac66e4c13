"""Errors about a snapshot's files: each names the file and the commands that mend it."""

from pathlib import Path

from recommender.snapshot.damage import (
    altered,
    damaged,
    newer_format,
    older_format,
    unreadable,
)

FILE = Path("/srv/a/snapshots/20260101T000000Z-0123abcd/neighbours.npy")
CURE = (
    "; return to an earlier snapshot with: recommender rollback --artifacts /srv/a, or publish "
    "again with: recommender nightly SOURCE --artifacts /srv/a"
)


def test_every_error_of_damage_has_the_same_cure() -> None:
    for error in (damaged(FILE, "is cut"), altered(FILE), unreadable(FILE, OSError(5, "bad disk"))):
        assert str(error).startswith(str(FILE))
        assert str(error).endswith(CURE)
    assert str(damaged(FILE.parent, "is empty")) == f"{FILE.parent} is empty{CURE}"


def test_a_file_that_the_system_names_is_the_one_in_the_sentence() -> None:
    error = OSError(5, "bad disk", str(FILE))
    assert str(unreadable(FILE.parent, error)).startswith(f"{FILE} cannot be read: bad disk")


def test_outside_an_artifacts_folder_no_folder_is_named() -> None:
    assert "--artifacts" not in str(damaged(Path("x/words.npy"), "is cut"))


def test_other_formats_say_who_can_read_them() -> None:
    older = str(older_format(FILE, 3, 6))
    assert older.endswith("again with: recommender nightly SOURCE --artifacts /srv/a")
    assert "format 3, and this version reads format 6" in older
    assert "pip install --upgrade recommender" in str(newer_format(FILE, 9, 6))


def test_where_the_file_may_be_whole_no_rollback_is_advised() -> None:
    error = PermissionError(13, "Permission denied", str(FILE))
    sentence = str(unreadable(FILE, error))
    assert sentence == f"{FILE} cannot be read: Permission denied; correct the permissions"
    sentence = str(unreadable(FILE, OSError(24, "Too many open files")))
    assert sentence.endswith("Too many open files; let the process open more files, for example "
                             "with ulimit -n 1024")  # fmt: skip
