"""What nightly runs did, and the record of them: a line of JSON for each that came to its end."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from recommender.artifacts.atomic import storage_errors
from recommender.artifacts.folder import Artifacts
from recommender.errors import NoSnapshot
from recommender.pipeline.ingest import Intake

__all__ = ["Night", "add_night", "last_night"]

TAIL = 1 << 20  # bytes in which the last line is looked for; a line is a few thousand


@dataclass(frozen=True, slots=True)
class Night:
    """What one run did; the machine-readable summary.

    `snapshot` serves when it is over: one that was made, or the one before where nothing changed
    (`unchanged`) or where the gates say why the new one is `refused`. `contents` counts
    different texts, `texts` those that are left where near-duplicates are one. `search_recall` is
    what the search finds of the nearest texts: 1 where it is exact. `changes` counts what became of
    "stories" and "topics" by kind, see `lineage.Event`; `gates` are the shares that were measured,
    and `forced` the gates that were passed over.
    """

    started: str
    snapshot: str
    unchanged: bool
    intake: Intake
    articles: int
    contents: int
    texts: int
    embedded: int
    reused: int
    truncated: int
    words_read_share: float
    topics: int
    finer_topics: int
    without_topic: int
    stories: int
    search_recall: float
    changes: dict[str, dict[str, int]]
    gates: dict[str, float]
    forced: list[str]
    refused: list[str]
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def add_night(artifacts: Artifacts, night: Night) -> None:
    """Append one night's record and sync it.

    Raises:
        StorageError: it cannot be written.
    """
    # What is no Unicode in the name of a file is escaped, as JSON escapes it.
    line = night.to_json().encode(errors="backslashreplace") + b"\n"
    with storage_errors("writing to", artifacts.nights), artifacts.nights.open("a+b") as file:
        if file.seek(0, os.SEEK_END) and not _ends_a_line(file):
            line = b"\n" + line  # a full disk cut the last one short
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def last_night(artifacts: Artifacts) -> dict[str, Any]:
    """The record of the last run.

    A line that a killed or full machine left unfinished is passed over.

    Raises:
        NoSnapshot: no run has come to its end here.
    """
    try:
        with artifacts.nights.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().splitlines()
    except FileNotFoundError:
        lines = []
    for line in reversed(lines):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            return record
    raise NoSnapshot(
        f"no nightly run is on record in {artifacts.nights}; "
        f"make one with: recommender nightly SOURCE --artifacts {artifacts.root}"
    )


def _ends_a_line(file: IO[bytes]) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
