"""The record of nightly runs: one line of JSON for each run that ended without an error."""

import json
import logging
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from recommender.artifacts.atomic import storage_errors, sync_folder
from recommender.artifacts.folder import Artifacts
from recommender.corpus.publishers import CutCounts, count_cuts
from recommender.errors import NoSnapshot, StorageError
from recommender.pipeline.notices import Notice
from recommender.pipeline.settings_changes import SettingChange

if TYPE_CHECKING:
    from recommender.corpus.corpus import Corpus
    from recommender.corpus.languages import LanguageCounts
    from recommender.pipeline.gates import Gate
    from recommender.pipeline.ingest import Ingested, Intake
    from recommender.snapshot.reader import Snapshot
    from recommender.snapshot.writer import Content
    from recommender.store.base import EncoderCoverage

__all__ = ["Night", "RunLog", "add_night", "last_night", "last_nights"]

TAIL = 1 << 20  # bytes in which the last line is looked for; a line is a few thousand

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one run did; the summary that is printed and recorded.

    Attributes:
        started: When the run started, ISO 8601 in UTC.
        snapshot: The snapshot that serves now: the new one, or the previous one where nothing
            changed or the new one was refused.
        unchanged: Whether nothing changed, so that nothing was published.
        intake: What became of the records of the sources.
        withdrawn: Articles that were deleted because complete sources no longer hold them.
        not_delivered: Other stored articles that no record of the sources named.
        boilerplate: How much of the articles is cut as boilerplate.
        languages: Which languages the articles have, and how they were found.
        articles: Articles in the corpus.
        contents: Their distinct texts.
        texts: Distinct texts where near-duplicates count as one.
        same_address: Articles that can be read at the address of another one.
        superseded: Articles that a newer version of their source or at their address replaces.
        embedded: Texts that were embedded in this run.
        reused: Texts whose vector was stored before.
        truncated: Articles that are longer than the encoder reads.
        words_read_share: The share of all words that the encoder has read.
        topics: Broad topics.
        finer_topics: Topics below them.
        without_topic: Articles that are in no topic.
        stories: Stories, those of a single article included.
        search_recall: The share of the nearest texts that the search finds; 1 where it is exact.
        changes: How many "stories" and "topics" changed, by the kind of change; see
            `lineage.Event`.
        lists: The share of related lists that are "full", "filled", "short" and "empty"; see
            `list_lengths`. Empty where nothing was published.
        gates: The share that each gate measured; empty for a night too small to judge.
        changed_settings: The settings that are others than in the snapshot that was published
            before, and what each change does again.
        notices: What was counted that a person may want to act on.
        forced: What refused the night, if it was published in spite of that.
        refused: Why a night was not published.
        seconds: Wall-clock seconds of each stage.
    """

    started: str
    snapshot: str
    unchanged: bool = False
    intake: "Intake"
    withdrawn: int
    not_delivered: int
    boilerplate: CutCounts
    languages: "LanguageCounts"
    articles: int
    contents: int
    texts: int
    same_address: int
    superseded: int
    embedded: int
    reused: int
    truncated: int
    words_read_share: float
    topics: int
    finer_topics: int
    without_topic: int
    stories: int
    search_recall: float
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    lists: dict[str, float] = field(default_factory=dict)
    gates: dict[str, float] = field(default_factory=dict)
    changed_settings: list[SettingChange] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    forced: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """The summary for the record.

        Returns:
            One line of JSON.
        """
        return json.dumps(asdict(self), ensure_ascii=False)


class RunLog(NamedTuple):
    """Records how a run ends, with what is known of it before anything is built.

    Attributes:
        artifacts: Where the record lies.
        started: When the run started, ISO 8601 in UTC.
        intake: What became of the records of the sources.
        embedded: How many texts were embedded.
        coverage: How much of the articles the encoder has read.
        corpus: Tonight's articles.
        seconds: Seconds of each stage; read when the run ends.
        changed_settings: The settings that are others than in the published snapshot.
    """

    artifacts: Artifacts
    started: str
    ingested: "Ingested"
    embedded: int
    coverage: "EncoderCoverage"
    corpus: "Corpus"
    seconds: Mapping[str, float]
    changed_settings: list[SettingChange]

    def unchanged(self, snapshot: "Snapshot", lists: dict[str, float]) -> Night:
        """Record that nothing changed.

        Args:
            snapshot: The snapshot that is still served.
            lists: How full its related lists are.

        Returns:
            The summary of the run.
        """
        notices = self.ingested.notices
        night = self._night(snapshot.name, snapshot, unchanged=True, lists=lists, notices=notices)
        return self._record(night)

    def published(
        self, snapshot: str, content: "Content", gates: Sequence["Gate"], lists: dict[str, float]
    ) -> Night:
        """Record that a snapshot was published.

        Args:
            snapshot: Its name.
            content: Its content.
            gates: What the gates measured.
            lists: How full its related lists are.

        Returns:
            The summary of the run.
        """
        return self._record(self._built(snapshot, content, gates, lists=lists, refused=[]))

    def refused(
        self, previous: str, content: "Content", gates: Sequence["Gate"], refused: list[str]
    ) -> Night:
        """Record that a snapshot was not published.

        Args:
            previous: The name of the snapshot that is still served; "" if there is none.
            content: The content that was not published.
            gates: What the gates measured.
            refused: The gates that were not passed, each as a sentence.

        Returns:
            The summary of the run.
        """
        return self._record(self._built(previous, content, gates, refused=refused))

    def _built(
        self,
        snapshot: str,
        content: "Content",
        gates: Sequence["Gate"],
        refused: list[str],
        lists: dict[str, float] | None = None,
    ) -> Night:
        return self._night(
            snapshot,
            content,
            notices=[*self.ingested.notices, *(g.notice for g in gates if g.notice)],
            changes={k: dict(Counter(c.kind for c in v)) for k, v in content.changes.items()},
            lists=lists or {},
            gates={gate.name: round(gate.value, 4) for gate in gates},
            forced=[*content.forced],
            refused=refused,
        )

    def _night(self, name: str, content: "Content | Snapshot", **fields: Any) -> Night:
        """The summary of a run that ends with `content`; `fields` are those that have a default."""
        contents, coverage, arrays = len(self.corpus.text_of_hash), self.coverage, content.arrays
        return Night(
            started=self.started,
            snapshot=name,
            intake=self.ingested.intake,
            changed_settings=self.changed_settings,
            withdrawn=self.ingested.withdrawn,
            not_delivered=self.ingested.not_delivered,
            boilerplate=count_cuts(self.corpus.articles),
            languages=self.corpus.language_counts,
            articles=len(self.corpus.articles),
            contents=contents,
            texts=len(arrays.neighbours),
            same_address=self.corpus.same_address,
            superseded=int((self.corpus.superseded_by >= 0).sum()),
            embedded=self.embedded,
            reused=contents - self.embedded,
            truncated=coverage.truncated,
            words_read_share=round(coverage.words_read / coverage.words, 4)
            if coverage.words
            else 1.0,
            topics=sum(topic.level == 1 for topic in content.topics),
            finer_topics=sum(topic.level > 1 for topic in content.topics),
            without_topic=int((arrays.topic_of[arrays.text_of] < 0).sum()),
            stories=len(arrays.story_start) - 1,
            search_recall=round(content.scoring.recall, 4),
            seconds={stage: round(value, 3) for stage, value in self.seconds.items()},
            **fields,
        )

    def _record(self, night: Night) -> Night:
        try:
            add_night(self.artifacts, night)
        except StorageError as error:  # the snapshot is published in spite of it
            log.warning("could not record the night", extra={"error": str(error)})
        return night


def add_night(artifacts: Artifacts, night: Night) -> None:
    """Append one night's record and sync it to the disk.

    Args:
        artifacts: The artifacts folder.
        night: What the run did.

    Raises:
        StorageError: It cannot be written.
    """
    # File names may hold invalid Unicode, which is escaped as JSON escapes it.
    line = night.to_json().encode(errors="backslashreplace") + b"\n"
    with storage_errors("writing to", artifacts.nights):
        with artifacts.nights.open("a+b") as file:
            if file.seek(0, os.SEEK_END) and not _ends_a_line(file):
                line = b"\n" + line  # a full disk cut the last one short
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(artifacts.root)  # the first night creates the file


def last_night(artifacts: Artifacts) -> dict[str, Any]:
    """Read the record of the last run; see `last_nights`.

    Args:
        artifacts: The artifacts folder.

    Returns:
        The record, as `Night.to_json` wrote it.

    Raises:
        NoSnapshot: There is no record of a run.
    """
    return last_nights(artifacts, 1)[0]


def last_nights(artifacts: Artifacts, count: int) -> list[dict[str, Any]]:
    """Read the records of the last runs.

    A line that was cut short, by a kill or a full disk, is skipped.

    Args:
        artifacts: The artifacts folder.
        count: How many records at most.

    Returns:
        The records, the newest first. Those of earlier versions may lack fields.

    Raises:
        NoSnapshot: There is no record of a run.
        StorageError: The record cannot be read.
    """
    found: list[dict[str, Any]] = []
    try:
        with storage_errors("reading", artifacts.nights):
            for line in _lines_from_the_end(artifacts.nights, count):
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict) and {"started", "intake"} <= record.keys():
                    found.append(record)
                if len(found) == count:
                    break
    except StorageError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
    if not found:
        empty = not artifacts.nights.exists() or artifacts.nights.stat().st_size == 0
        none = "no nightly run is" if empty else "nothing that can be read is"
        raise NoSnapshot(
            f"{none} on record in {artifacts.nights}; "
            f"make one with: recommender nightly SOURCE --artifacts {artifacts.root}"
        )
    return found


def _lines_from_the_end(path: Path, count: int) -> list[bytes]:
    """The lines of a file, the last one first; of one night only those of the file's end."""
    with path.open("rb") as file:
        if count == 1:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        return file.read().splitlines()[::-1]


def _ends_a_line(file: IO[bytes]) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
