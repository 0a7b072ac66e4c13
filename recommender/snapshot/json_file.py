"""JSON files of a snapshot: small records that begin with the format and the build."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from recommender.snapshot.damage import altered, damaged, newer_format
from recommender.snapshot.manifest import FORMAT, Manifest
from recommender.types.groups import Change, Keyword, Topic
from recommender.types.rules import Rules

__all__ = [
    "Scoring",
    "changes_of",
    "encode",
    "read_json",
    "record_of_changes",
    "record_of_rules",
    "record_of_topics",
    "rules_of",
    "topics_of",
]


class Scoring(NamedTuple):
    """What scores and finds a text that is not in the snapshot, beside the arrays.

    Attributes:
        mean_length: Mean number of counted words of a text; see `scoring.word_overlap.Lexicon`.
        mean_hubness: Mean of the texts' hubness; see `scoring.score`.
        probes: Lists that a search reads; see `knn.index.InvertedLists`.
        recall: The share of the nearest texts that it then finds.
    """

    mean_length: float
    mean_hubness: float
    probes: int
    recall: float


def encode(build: str, record: Mapping[str, object]) -> bytes:
    """Encode a JSON file.

    Args:
        build: The build that the file belongs to.
        record: What the file holds.

    Returns:
        The bytes of the file.
    """
    stamped = {"format": FORMAT, "build": build, **record}
    return json.dumps(stamped, ensure_ascii=False, indent=1).encode()


def read_json(path: Path, manifest: Manifest) -> dict[str, Any]:
    """Read and check one of the JSON files that the manifest lists.

    Args:
        path: The file.
        manifest: The manifest of its snapshot.

    Returns:
        What the file holds.

    Raises:
        SnapshotDamaged: It is unreadable, altered or another snapshot's.
        NewerFormat: A newer version wrote it.
        OSError: It cannot be opened.
    """
    content = path.read_bytes()
    try:
        record: dict[str, Any] = json.loads(content)
        version, build = int(record["format"]), record["build"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, f"is unreadable: {error}") from error
    if version > FORMAT:
        raise newer_format(path, version, FORMAT)
    if build != manifest.build:
        raise damaged(path, f"belongs to another snapshot (build {build})")
    if hashlib.sha256(content).hexdigest() != manifest.files[path.name].sha256:
        raise altered(path)
    return record


def record_of_topics(topics: Sequence[Topic]) -> dict[str, object]:
    """Turn topics into the record of topics.json.

    Args:
        topics: The topics.

    Returns:
        The record, for `encode`.
    """
    records = [topic.to_dict() for topic in topics]
    for record, topic in zip(records, topics, strict=True):
        record["keywords"] = [[keyword.term, keyword.weight] for keyword in topic.keywords]
        del record["asked"]  # a part of answers, not of the topic
    return {"topics": records}


def topics_of(record: Mapping[str, Any]) -> tuple[Topic, ...]:
    """Read the topics of a record.

    Args:
        record: What `record_of_topics` made.

    Returns:
        The topics.
    """
    return tuple(
        Topic(
            **found
            | {
                "keywords": tuple(Keyword(term, weight) for term, weight in found["keywords"]),
                "representatives": tuple(found["representatives"]),
            }
        )
        for found in record["topics"]
    )


def record_of_changes(changes: Mapping[str, Sequence[Change]]) -> dict[str, object]:
    """Turn changes into the record of lineage.json.

    Args:
        changes: The changes of "topics" and of "stories".

    Returns:
        The record, for `encode`.
    """
    return {kind: [change.to_dict() for change in found] for kind, found in changes.items()}


def changes_of(record: Mapping[str, Any], kind: str) -> tuple[Change, ...]:
    """Read the changes of one kind of groups.

    Args:
        record: What `record_of_changes` made.
        kind: "topics" or "stories".

    Returns:
        The changes.
    """
    return tuple(Change(**found | {"others": tuple(found["others"])}) for found in record[kind])


def record_of_rules(rules: Rules) -> dict[str, object]:
    """Turn rules into the record of rules.json.

    Args:
        rules: The publisher's rules.

    Returns:
        The record, for `encode`.
    """
    embargo = [(article_id, moment.isoformat()) for article_id, moment in rules.embargo]
    return {"rules": asdict(rules) | {"embargo": embargo}}


def rules_of(record: Mapping[str, Any]) -> Rules:
    """Read the rules of a record.

    Args:
        record: What `record_of_rules` made.

    Returns:
        The rules.
    """
    found = record["rules"]
    return Rules(
        tuple((first, second) for first, second in found["pinned"]),
        tuple((first, second) for first, second in found["apart"]),
        tuple(found["excluded_sections"]),
        tuple((i, datetime.fromisoformat(moment)) for i, moment in found["embargo"]),
    )
