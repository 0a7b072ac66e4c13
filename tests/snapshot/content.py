"""What a published snapshot holds, ready to be changed and written again."""

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.snapshot.array_file import write_array
from recommender.snapshot.manifest import MANIFEST, FileEntry, Manifest
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.string_table import StringTable
from recommender.snapshot.writer import Content


def content_of(artifacts: Artifacts) -> Content:
    """What the current snapshot holds."""
    snapshot = Snapshot(artifacts.snapshots / artifacts.current())
    manifest = snapshot.manifest
    return Content(
        build=manifest.build,
        inputs=manifest.inputs,
        version=manifest.version,
        encoder=manifest.encoder,
        dimension=manifest.dimension,
        settings=manifest.settings,
        arrays=snapshot.arrays,
        strings=snapshot.strings,
        index=snapshot.index(),
        topics=snapshot.topics,
        changes={kind: snapshot.changes(kind) for kind in ("topics", "stories")},
        facets={name: list(labels) for name, labels in snapshot.facets.items()},
        rules=snapshot.rules,
        scoring=snapshot.scoring,
    )


def with_lists(content: Content) -> Content:
    """The content with the inverted lists that only a large corpus has."""
    vectors = np.stack([content.index.vector(text) for text in range(len(content.index))])
    centroids = vectors[:2]
    nearest = (vectors @ centroids.T).argmax(axis=1)
    return replace(
        content,
        arrays=content.arrays._replace(
            centroids=centroids,
            lists_start=np.append(0, np.cumsum(np.bincount(nearest, minlength=2))),
            lists_texts=np.argsort(nearest, kind="stable").astype(np.int32),
        ),
        scoring=content.scoring._replace(probes=1, recall=0.5),
    )


def rewrite(folder: Path, name: str, value: Array | StringTable) -> None:
    """Put other values into a file of a snapshot, and its new SHA-256 into the manifest."""
    manifest, file = Manifest.read(folder), BytesIO()
    if isinstance(value, StringTable):
        value.write(file, manifest.build)
    else:
        write_array(file, value, manifest.build)
    written = file.getvalue()
    (folder / name).unlink()  # whoever has the old file mapped keeps it
    (folder / name).write_bytes(written)
    entry = FileEntry(len(written), hashlib.sha256(written).hexdigest())
    files = manifest.files | {name: entry}
    (folder / MANIFEST).write_bytes(replace(manifest, files=files).to_bytes())
