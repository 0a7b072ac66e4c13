"""The reject file, and that of the notes: a line of JSON for each record or value left out."""

import json
import os
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from recommender.artifacts.atomic import make_folder, storage_errors, sync_folder
from recommender.sources.base import Reject

__all__ = ["RejectFile"]

KEPT_FILES = 30


class RejectFile:
    """The reject file of one run; a context manager that closes it.

    It is created when the first record is rejected. The oldest files of earlier runs are deleted,
    so that there are at most `KEPT_FILES`.

    Args:
        folder: The folder of reject files; it is created if it is missing.

    Attributes:
        path: The path of this run's file, even while it does not exist.
        count: How many records were rejected so far.
        first: The first of them.
        by_field: How many there were of each field.
        first_of: The first of each field.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.jsonl"
        self.count = 0
        self.first: Reject | None = None
        self.by_field: Counter[str] = Counter()
        self.first_of: dict[str, Reject] = {}
        self._file: IO[str] | None = None

    def __enter__(self) -> "RejectFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with storage_errors("writing", self.path):
                with self._file as file:
                    file.flush()
                    os.fsync(file.fileno())
                sync_folder(self.path.parent)
            for old in sorted(self.path.parent.glob("*.jsonl"))[:-KEPT_FILES]:
                old.unlink(missing_ok=True)

    def add(self, reject: Reject) -> None:
        """Write the line of one rejected record.

        Args:
            reject: The record, and why it was rejected.

        Raises:
            StorageError: The file cannot be written.
        """
        with storage_errors("writing", self.path):
            if self._file is None:
                make_folder(self.path.parent)
                self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace")
            self._file.write(json.dumps(asdict(reject), ensure_ascii=False) + "\n")
        self.first = self.first or reject
        self.first_of.setdefault(reject.field, reject)
        self.by_field[reject.field] += 1
        self.count += 1
