"""The manifest of a snapshot: its contents, its inputs, and the SHA-256 of every file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from recommender.embedding.base import EncoderSpec
from recommender.snapshot.damage import damaged, newer_format, older_format, unreadable

__all__ = [
    "FORMAT",
    "MANIFEST",
    "OLDEST_FORMAT",
    "FileEntry",
    "Manifest",
]

FORMAT = 7
OLDEST_FORMAT = 7
MANIFEST = "manifest.json"


class FileEntry(NamedTuple):
    """One file of a snapshot.

    Attributes:
        bytes: Its size.
        sha256: Its SHA-256, 64 hexadecimal digits.
    """

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One snapshot's description.

    Attributes:
        name: The name of its folder.
        build: Digest of `inputs` and of the nights before, whose stories and topics go on; 32
            hexadecimal digits. Every file of the snapshot names it, so that a file of another
            snapshot is noticed without reading it.
        inputs: Digest of what it was made from: articles, vectors, settings, versions.
        created: When it was written, in UTC.
        version: The version of this package that wrote it.
        articles: How many articles it has.
        texts: How many texts; articles with the same or nearly the same text share one.
        dimension: Numbers of a text's vector.
        encoder: The encoder of the vectors.
        settings: The settings of the night, by section.
        forced: The gates that it was published in spite of, each as a sentence.
        files: Every file but the manifest, by name.
    """

    name: str
    build: str
    inputs: str
    created: datetime
    version: str
    articles: int
    texts: int
    dimension: int
    encoder: EncoderSpec
    settings: dict[str, Any]
    forced: list[str]
    files: dict[str, FileEntry]

    @property
    def size(self) -> int:
        """Bytes of all files, the manifest itself left out."""
        return sum(entry.bytes for entry in self.files.values())

    def to_bytes(self) -> bytes:
        """Encode the manifest.

        Returns:
            JSON that contains the SHA-256 of the rest of it.
        """
        record = asdict(self) | {
            "format": FORMAT,
            "created": self.created.isoformat(timespec="seconds"),
            "files": {name: entry._asdict() for name, entry in sorted(self.files.items())},
        }
        return json.dumps(record | {"sha256": _digest(record)}, indent=1).encode()

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read and check the manifest of a snapshot.

        Args:
            folder: The folder of the snapshot.

        Returns:
            The manifest.

        Raises:
            SnapshotDamaged: It is missing, altered, another snapshot's, or of a format that is
                not read any more.
            NewerFormat: A newer version wrote it.
        """
        path = folder / MANIFEST
        try:
            record = json.loads(path.read_bytes())
            digest = record.pop("sha256")
            version = record.pop("format")
        except OSError as error:
            raise unreadable(path, error) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(path, f"is not a manifest: {error}") from error
        if isinstance(version, int) and version > FORMAT:
            raise newer_format(path, version, FORMAT)
        if isinstance(version, int) and version < OLDEST_FORMAT:
            raise older_format(path, version, OLDEST_FORMAT)
        if digest != _digest(record | {"format": version}):
            raise damaged(path, "was altered: its content does not match its own SHA-256")
        manifest = cls(
            **record
            | {
                "created": datetime.fromisoformat(record["created"]),
                "encoder": EncoderSpec(**record["encoder"]),
                "files": {name: FileEntry(**entry) for name, entry in record["files"].items()},
            }
        )
        if manifest.name != folder.name:
            raise damaged(path, f"belongs to the snapshot {manifest.name}")
        return manifest


def _digest(record: dict[str, Any]) -> str:
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
