"""Verification: every byte of a snapshot read, and every number in it looked at."""

import hashlib
from pathlib import Path

import numpy as np

from recommender.errors import SnapshotDamaged
from recommender.snapshot.lookup import HASH_BYTES
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.reader import INDEX, Snapshot, altered, check_files

__all__ = ["verify"]

# Of these -1 stands for none in no place.
_ALWAYS_SOME = {
    "text_of",
    "copies",
    "hash_texts",
    "story_of",
    "story_texts",
    "story_central",
    "stories_by_id",
}
_ALIKE = (
    ("scores", "neighbours"),
    ("word_weights", "words"),
    ("story_ids_start", "story_start"),
    ("stories_by_id", "story_central"),
    ("story_keywords_start", "story_start"),
    ("heirs_start", "dead_start"),
)
_OF_PHRASES = ("phrase_weights", "phrase_names")
_DIVIDED = (
    ("cards_start", "cards"),
    ("copies_start", "copies"),
    ("dead_start", "dead"),
    ("heirs_start", "heirs"),
    ("ids_start", "ids"),
    ("lexicon_start", "lexicon"),
    ("lists_start", "lists_texts"),
    ("phrase_start", "phrase_texts"),
    ("story_ids_start", "story_ids"),
    ("story_keywords_start", "story_keywords"),
    ("story_start", "story_texts"),
)
_MAYBE_EMPTY = {"lists_start", "heirs_start"}


def verify(folder: Path) -> Snapshot:
    """Read every byte of the snapshot in `folder` and check it; return it opened.

    Raises:
        SnapshotDamaged, NewerFormat: the first file that is not what was published.
    """
    manifest = Manifest.read(folder)
    check_files(folder, manifest)
    for name, entry in manifest.files.items():
        if name == INDEX:
            continue  # the largest file: `index()` hashes it below, before it loads it
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                raise altered(folder / name)
    snapshot = Snapshot(folder)
    _check_ranges(snapshot)
    snapshot.lookup.check()
    return snapshot


def _check_ranges(snapshot: Snapshot) -> None:
    arrays, manifest = snapshot.arrays, snapshot.manifest
    limits = {
        "lists_texts": manifest.texts,
        "neighbours": manifest.texts,
        "words": len(snapshot.lexicon),
        "phrases": len(snapshot.phrases),
        "text_of": manifest.texts,
        "copies": manifest.articles,
        "story_of": len(arrays.story_start) - 1,
        "story_texts": manifest.texts,
        "story_central": manifest.texts,
        "hash_texts": manifest.texts,
        "stories_by_id": len(arrays.story_start) - 1,
        "topic_of": len(snapshot.topics),
        "finest_of": len(snapshot.topics),
        **{name: len(labels) for name, labels in snapshot.facets.items()},
    }
    for name, limit in limits.items():
        array, least = getattr(arrays, name), 0 if name in _ALWAYS_SOME else -1
        if array.size and not (array.min() >= least and array.max() < limit):
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy points outside 0..{limit - 1}")
    for name, other in _ALIKE:
        if getattr(arrays, name).shape != getattr(arrays, other).shape:
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy does not match {other}.npy")
    for name, strings in (("idf", "lexicon"), *((n, "phrases") for n in _OF_PHRASES)):
        if len(getattr(arrays, name)) != len(getattr(snapshot, strings)):
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy does not match the {strings}")
    for name, other in _DIVIDED:
        starts = getattr(arrays, name)
        whole = len(starts) and starts[0] == 0 and starts[-1] == len(getattr(arrays, other))
        least = 0 if name in _MAYBE_EMPTY else 1
        if not (whole and (np.diff(starts) >= least).all()):
            raise SnapshotDamaged(f"{snapshot.folder / name}.npy does not divide {other}.npy")
    if arrays.hashes.shape != (len(arrays.hash_texts), HASH_BYTES):
        raise SnapshotDamaged(f"{snapshot.folder / 'hashes'}.npy does not match hash_texts.npy")
    if len(arrays.story_central) != len(arrays.story_start) - 1:
        raise SnapshotDamaged(
            f"{snapshot.folder / 'story_central'}.npy does not match story_start.npy"
        )
    if len(snapshot.index()) != manifest.texts:
        raise SnapshotDamaged(
            f"{snapshot.folder / INDEX} holds {len(snapshot.index())} vectors, not {manifest.texts}"
        )
