"""Atomic writing: the old content or the new, and errors that say what to do."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from recommender.artifacts.atomic import storage_errors, sync_folder, write_atomically
from recommender.errors import StorageError


def test_the_content_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_atomically(path, b"one")
    write_atomically(path, b"two, longer")
    write_atomically(path, b"3")
    assert path.read_bytes() == b"3"
    assert [p.name for p in tmp_path.iterdir()] == ["CURRENT"]


def test_a_reader_that_opened_the_old_file_keeps_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_atomically(path, b"old")
    with path.open("rb") as file:
        write_atomically(path, b"new")
        assert file.read() == b"old"


def test_readers_see_the_old_content_or_the_new_never_a_mixture(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    contents = {bytes([letter]) * 200_000 for letter in b"abc"}
    write_atomically(path, next(iter(contents)))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for content in contents:
                write_atomically(path, content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [path.read_bytes() for _ in range(200)]
    finally:
        stop.set()
        writer.join()
    assert set(seen) <= contents


@pytest.mark.parametrize("place", ["missing folder", "folder in the way"])
def test_a_failed_write_is_a_storage_error_that_names_the_path(tmp_path: Path, place: str) -> None:
    if place == "missing folder":
        path = tmp_path / "absent" / "CURRENT"
    else:
        path = tmp_path / "CURRENT"
        path.mkdir()
    with pytest.raises(StorageError, match="then run again") as caught:
        write_atomically(path, b"x")
    assert str(path) in str(caught.value)
    assert list(tmp_path.rglob("*.tmp")) == []


def test_a_write_that_fails_half_way_leaves_the_old_content_alone(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_atomically(path, b"old")
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from recommender.errors import StorageError\n"
        "from recommender.artifacts.atomic import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))\n"
        "try: write_atomically(Path(sys.argv[1]), bytes(100))\n"
        "except StorageError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"writing {path} failed" in done.stdout
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["CURRENT"]


def test_only_an_os_error_becomes_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), storage_errors("writing", tmp_path):
        _ = 1 // 0
    with (
        pytest.raises(StorageError, match=r"writing .* failed: made up") as caught,
        storage_errors("writing", tmp_path),
    ):
        raise OSError("made up")
    assert isinstance(caught.value.__cause__, OSError)


def test_a_folder_is_synced_without_leaking_its_descriptor(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(20):
        sync_folder(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
