"""How commands end, as real processes: full disks, closed pipes, signals, narrow terminals."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import click
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.cli.process import Terminated, keeping, run_process
from tests.conftest import Run
from tests.json_shapes import check_json
from tests.planted import article, publish_planted, write_jsonl

# A night whose first stage never ends, as one that is stopped in the middle of its work.
ENDLESS = """
import sys, time
from recommender.pipeline import nightly
def wait(*_, **__):
    print("working", flush=True)
    time.sleep(60)
nightly.ingest_sources = wait
from recommender.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("process")
    publish_planted(folder)
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "recommender", *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    return os.environ | variables


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["topics", "--json"], ["topics"], ["--help"]], ids=str)
def test_a_full_disk_is_named_and_has_its_code(root: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True,
            env=environment(RECOMMENDER_ARTIFACTS=str(root)),
        )  # fmt: skip
    assert done.returncode == 8
    assert done.stderr == "Error: cannot write the output: No space left on device\n"


def test_too_little_memory_is_no_internal_error(root: Path) -> None:
    script = (
        "import click; from recommender.cli import main\n"
        "@click.command()\n"
        "def fill(): raise MemoryError('128 MiB')\n"
        "main.recommender.add_command(fill); main.main()"
    )
    line = [sys.executable, "-c", script, "fill"]
    done = subprocess.run(line, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: out of memory; give the process more")
    assert "128 MiB" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_night_whose_report_cannot_be_written_says_that_it_was_done(root: Path) -> None:
    source = root / "empty.jsonl"
    source.touch()
    with Path("/dev/full").open("w") as full:
        line = command("nightly", source, "--artifacts", root)
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 8
    assert done.stderr.endswith(
        "Error: cannot write the output: No space left on device; the run itself was done: "
        f"recommender report --artifacts {root} tells of it\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_error_that_nobody_can_read_keeps_its_code(root: Path) -> None:
    with Path("/dev/full").open("w") as full:
        line = command("topics", "no-such-topic", "--json", "--artifacts", root)
        assert subprocess.run(line, stdout=full, stderr=full).returncode == 6


def test_a_reader_that_goes_away_ends_the_command_quietly(root: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("topics", "--artifacts", root), stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("number", "code", "by"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")]
)
def test_a_night_that_is_stopped_says_what_is_kept_and_frees_its_lock(
    tmp_path: Path, number: signal.Signals, code: int, by: str
) -> None:
    source = write_jsonl(tmp_path / "news.jsonl", [article(n) for n in range(3)])
    night = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, "nightly", source, "--artifacts", tmp_path, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert night.stdout is not None
    assert night.stdout.readline() == "working\n"
    night.send_signal(number)
    out, err = night.communicate(timeout=30)
    assert night.returncode == code
    assert f"Error: stopped by {by}; work is kept: the next run uses" in err
    assert "Traceback" not in err
    printed = json.loads(out)
    check_json(printed, "error")
    assert printed == {"error": err.strip().removeprefix("Error: "), "exit_code": code}
    with Artifacts(tmp_path).lock.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds it


def test_a_table_fits_a_terminal_of_40_columns(root: Path) -> None:
    primary, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    process = subprocess.Popen(
        command("stories", "--artifacts", root), stdout=terminal, stderr=terminal,
        env={n: v for n, v in environment(TERM="xterm").items() if n != "COLUMNS"},
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    while True:
        try:
            read = os.read(primary, 4096)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        shown += read
    os.close(primary)
    assert process.wait() == 0
    plain = shown.decode()
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m"):
        plain = plain.replace(code, "")
    assert max(map(len, plain.splitlines())) <= 40
    assert "articles  " in plain


def test_an_ascii_terminal_gets_the_nearest_characters(root: Path) -> None:
    done = subprocess.run(
        command("stories", "--artifacts", root), capture_output=True,
        env=environment(PYTHONIOENCODING="ascii", COLUMNS="40"),
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["topics", "--no-such-option"], 2), (["no-such-command"], 2), ([], 2),
        (["topics", "no-such-topic"], 6), (["stories", "--since", "yesterday"], 2),
        (["nightly", "missing.jsonl"], 3), (["nightly", "x.jsonl", "--set", "a.b=1"], 2),
        (["verify", "20200101T000000Z-00000000"], 7), (["restore", "zz-1"], 6),
    ],
    ids=str,
)  # fmt: skip
def test_every_error_is_one_object(
    run: Run, published: Artifacts, arguments: list[str], code: int
) -> None:
    artifacts = ["--artifacts", published.root] if len(arguments) > 1 else []
    done = run("recommender", *arguments, *artifacts, "--json")
    assert done.code == code
    printed = json.loads(done.out)
    check_json(printed, "error")
    assert printed["exit_code"] == code
    assert printed["error"]


def test_a_fault_of_our_own_is_one_object_with_a_traceback_beside_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    @click.option("--json", is_flag=True)
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a crane fell")

    monkeypatch.setattr(sys, "argv", ["broken", "--json"])
    with pytest.raises(SystemExit) as stop:
        run_process(broken)
    assert stop.value.code == 1
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "error": "internal error: ZeroDivisionError: a crane fell; please report it",
        "exit_code": 1,
    }
    assert "Traceback" in err


def test_a_second_signal_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def stubborn() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        finally:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "argv", ["stubborn"])
    with pytest.raises(SystemExit) as stop:
        run_process(stubborn)
    assert stop.value.code == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_kept_is_noted_on_the_way_out() -> None:
    with pytest.raises(Terminated) as stopped, keeping("all is kept"):
        raise Terminated
    assert stopped.value.__notes__ == ["all is kept"]


def test_an_error_of_the_system_names_its_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def unlucky() -> None:
        raise PermissionError(13, "Permission denied", "/srv/a/CURRENT")

    monkeypatch.setattr(sys, "argv", ["unlucky"])
    with pytest.raises(SystemExit) as stop:
        run_process(unlucky)
    assert stop.value.code == 8
    assert capsys.readouterr().err == "Error: /srv/a/CURRENT: Permission denied\n"
