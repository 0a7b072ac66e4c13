"""The lock: one holder, named; one that died recognised."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recommender.artifacts.lock import hold
from recommender.errors import LockHeld, StorageError

HOLDER = """
import sys, time
from pathlib import Path
from recommender.artifacts.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "artifacts" / "nightly.lock"


def start_holder(path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_free_lock_is_held_and_released(path: Path) -> None:
    for _ in range(2):
        with hold(path) as stale:
            assert stale is None
            holder = json.loads(path.read_text())
            assert holder["pid"] == os.getpid()
            age = datetime.now(UTC) - datetime.fromisoformat(holder["started"])
            assert timedelta(seconds=-1) < age < timedelta(minutes=1)


def test_the_lock_is_released_when_the_block_raises(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(path):
        _ = 1 // 0
    with hold(path) as stale:
        assert stale is None


def test_a_second_holder_is_refused_with_pid_and_start_of_the_first(path: Path) -> None:
    with start_holder(path) as process:
        started = json.loads(path.read_text())["started"]
        with pytest.raises(LockHeld) as caught, hold(path):
            pass
        assert f"pid {process.pid}, started {started}" in str(caught.value)
        assert str(path) in str(caught.value)
        # The refused one must not have taken the holder's name off the file.
        assert json.loads(path.read_text())["pid"] == process.pid
        process.communicate()
    with hold(path) as stale:
        assert stale is None


def test_threads_of_one_process_exclude_each_other(path: Path) -> None:
    with hold(path):
        caught: list[Exception] = []

        def second() -> None:
            try:
                with hold(path):
                    pass
            except LockHeld as error:
                caught.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert [str(os.getpid()) in str(error) for error in caught] == [True]


def test_the_lock_of_a_killed_holder_is_taken_over_and_its_holder_is_known(path: Path) -> None:
    with start_holder(path) as process:
        process.kill()
        assert process.wait() == -signal.SIGKILL
    with hold(path) as stale:
        assert stale
        assert stale.pid == process.pid
        assert f"pid {process.pid}, started " in str(stale)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"pid": 1}', '{"pid": "x"}', "\0" * 99]
)
def test_a_lock_file_of_any_content_can_be_held(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with hold(path) as stale:
        assert stale is None
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_waiting_ends_when_the_holder_lets_go(path: Path) -> None:
    order: list[str] = []

    def wait() -> None:
        with hold(path, wait=True):
            order.append("second")

    with hold(path):
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(timeout=10)
    assert order == ["first", "second"]


def test_a_lock_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="locking"), hold(tmp_path / "file" / "nightly.lock"):
        pass
    with pytest.raises(StorageError, match="locking"), hold(tmp_path):
        pass


def test_a_full_disk_is_a_storage_error(path: Path) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from recommender.errors import StorageError; from recommender.artifacts.lock import hold\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    with hold(Path(sys.argv[1])): print('held')\n"
        "except StorageError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"writing {path} failed" in done.stdout
    # What could be written of the holder's name must not be taken for one.
    with hold(path) as stale:
        assert stale is None
