"""Writing: the content of a snapshot as files, each synced and hashed, the manifest last."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from recommender.artifacts.atomic import sync_folder
from recommender.embedding.base import EncoderSpec
from recommender.knn.index import Index
from recommender.progress import Advance, ignore
from recommender.snapshot.array_file import write_array
from recommender.snapshot.json_file import (
    Scoring,
    encode,
    record_of_changes,
    record_of_rules,
    record_of_topics,
)
from recommender.snapshot.manifest import MANIFEST, FileEntry, Manifest
from recommender.snapshot.schema import (
    ARRAYS,
    FACETS,
    INDEX,
    LINEAGE,
    RULES,
    SCORING,
    STRINGS,
    TOPICS,
    Arrays,
    StringTables,
)
from recommender.snapshot.stamp import stamp
from recommender.types.groups import Change, Topic
from recommender.types.rules import Rules

__all__ = ["Content", "write_snapshot"]

_Write = Callable[[IO[bytes]], object]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a snapshot holds, before it is written.

    Attributes:
        build: Digest that no other snapshot has, 32 hexadecimal digits; see `Manifest`.
        inputs: Digest of what the snapshot was made from; see `Manifest`.
        version: Version of this package.
        encoder: The encoder of the texts' vectors.
        dimension: Numbers of a vector.
        settings: The settings of the night.
        arrays: The arrays that the schema declares.
        strings: The string tables that the schema declares.
        index: The index of the texts' expanded embeddings.
        topics: The topics, level by level.
        changes: What the night did to "topics" and to "stories".
        facets: The labels of each facet; a label's position is its code.
        rules: The publisher's rules.
        scoring: What scores a text that is not in the snapshot.
        forced: The gates that the snapshot is published in spite of, each as a sentence.
    """

    build: str
    inputs: str
    version: str
    encoder: EncoderSpec
    dimension: int
    settings: dict[str, Any]
    arrays: Arrays
    strings: StringTables
    index: Index
    topics: Sequence[Topic]
    changes: Mapping[str, Sequence[Change]]
    facets: Mapping[str, Sequence[str]]
    rules: Rules
    scoring: Scoring
    forced: Sequence[str] = ()


def write_snapshot(folder: Path, content: Content, advance: Advance = ignore) -> None:
    """Write all files of a snapshot into an empty folder, which has the snapshot's name.

    Args:
        folder: The folder.
        content: What to write.
        advance: Called with 1 after each file but the manifest.

    Raises:
        OSError: The disk is full or not writable.
    """
    entries: dict[str, FileEntry] = {}
    for name, write in _writers(content):
        entries[name] = _write(folder / name, write)
        advance(1)
    manifest = Manifest(
        name=folder.name,
        build=content.build,
        inputs=content.inputs,
        created=datetime.now(UTC).replace(microsecond=0),
        version=content.version,
        articles=len(content.arrays.text_of),
        texts=len(content.arrays.neighbours),
        dimension=content.dimension,
        encoder=content.encoder,
        settings=content.settings,
        forced=[*content.forced],
        files=entries,
    )
    _write(folder / MANIFEST, partial(_write_bytes, content=manifest.to_bytes()))
    sync_folder(folder)


def _writers(content: Content) -> Iterator[tuple[str, _Write]]:
    """Each file that the schema declares, and what writes it to an open file."""
    build = content.build
    for name in ARRAYS:
        yield f"{name}.npy", partial(write_array, array=getattr(content.arrays, name), build=build)
    for name in STRINGS:
        yield f"{name}.strings", partial(getattr(content.strings, name).write, build=build)
    yield INDEX, partial(content.index.write, end=stamp(build))
    records: dict[str, Mapping[str, object]] = {
        TOPICS: record_of_topics(content.topics),
        LINEAGE: record_of_changes(content.changes),
        FACETS: {"facets": content.facets},
        RULES: record_of_rules(content.rules),
        SCORING: {"scoring": content.scoring._asdict()},
    }
    for name, record in records.items():
        yield name, partial(_write_bytes, content=encode(build, record))


def _write_bytes(file: IO[bytes], content: bytes) -> None:
    file.write(content)


def _write(path: Path, write: _Write) -> FileEntry:
    """Write a file, sync it, and take its size and SHA-256."""
    with path.open("w+b") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return FileEntry(size, file_digest(file, "sha256").hexdigest())
