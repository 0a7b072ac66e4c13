"""Nightly runs in processes of their own, for tests/faults to kill, starve and race.

Start it as `python -m tests.nightly_process`; it imports everything once and then forks a child for
each job, one JSON object a line on stdin. What happens is printed line by line: "pid N",
"step NAME" (where asked for) and "stage NAME" as the run goes on, one JSON object with the outcome,
and "exit CODE". A killed run prints no outcome.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import igraph  # noqa: F401 - imported before the fork, or every child would spend a second on it
import sklearn.feature_extraction.text  # noqa: F401
import stop_words  # noqa: F401

from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoded
from recommender.errors import RecommenderError
from recommender.pipeline.nightly import Night, run_night
from recommender.progress import Advance, ignore
from recommender.types.article import Article
from tests.planted import WordEncoder, article, settings, write_jsonl


def edition(count: int, number: int) -> list[Article]:
    """`count` planted articles whose texts, titles and dates all carry the edition's number."""
    return [
        replace(
            article(n, seed=number),
            title=f"{article(n).title}, edition {number}",
            author=f"{number}",
        )
        for n in range(count)
    ]


def run_edition(root: Path, count: int, number: int, *overrides: str) -> Night:
    """Publish an edition into the artifacts folder `root`, in this process."""
    root.mkdir(parents=True, exist_ok=True)
    source = write_jsonl(root / "source.jsonl", edition(count, number))
    return run_night([source], Artifacts(root), settings(*overrides), encoder=WordEncoder())


class SlowEncoder(WordEncoder):
    """Takes `pause` seconds longer a text."""

    def __init__(self, pause: float) -> None:
        super().__init__()
        self._pause = pause

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        for _ in texts:
            time.sleep(self._pause)
        return super().encode(texts, advance)


class PrintingProgress:
    """A `Progress` that prints each stage as it begins, and calls a function before publishing."""

    def __init__(self, before_publishing: Callable[[], None]) -> None:
        self._before_publishing = before_publishing

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Advance]:
        send(f"stage {name}")
        if name == "publish":
            self._before_publishing()
        yield ignore


def send(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def limit_files(size: int) -> None:
    """No file may grow past `size` bytes: a write beyond it fails as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fill_disk(folder: Path, leave: int) -> None:
    """Fill the file system of `folder` but for `leave` bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - leave))


def die_at_step(number: int) -> None:
    """Kill this process before its `number`-th lasting change to the disk; send a line for each."""
    done = 0

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal done
            done += 1
            send(f"step {name}")
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return step

    for name in ("fsync", "rename", "replace", "rmdir", "unlink"):
        setattr(os, name, counted(name, getattr(os, name)))


def work(job: dict[str, Any]) -> None:
    """Do one job; see the keys that are read here."""
    artifacts = Artifacts(Path(job["artifacts"]))

    def before_publishing() -> None:
        if "uid_at_publish" in job:
            os.setuid(job["uid_at_publish"])
        if "file_limit" in job:
            limit_files(job["file_limit"])
        if "leave" in job:
            fill_disk(artifacts.root, job["leave"])
        if "die_at_step" in job:
            die_at_step(job["die_at_step"])

    if "uid" in job:
        os.setuid(job["uid"])
    if "leave_at_start" in job:
        fill_disk(artifacts.root, job["leave_at_start"])
    if "file_limit_at_start" in job:
        limit_files(job["file_limit_at_start"])
    try:
        night = run_night(
            [Path(job["source"])],
            artifacts,
            settings(*job.get("overrides", ())),
            encoder=SlowEncoder(job.get("pause", 0.0)),
            progress=PrintingProgress(before_publishing),
        )
    except RecommenderError as error:
        send(json.dumps({"error": type(error).__name__, "message": str(error)}))
    except BaseException as error:
        send(json.dumps({"error": f"uncaught {type(error).__name__}", "message": str(error)}))
    else:
        send(json.dumps({"snapshot": night.snapshot}))


def main() -> None:
    datetime.strptime("2026", "%Y")  # loads a module that a child without rights cannot
    send("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            send(f"pid {os.getpid()}")  # by the child: it may end before its parent gets to speak
            try:
                work(json.loads(line))
            finally:
                os._exit(0)
        send(f"exit {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}")


if __name__ == "__main__":
    main()
