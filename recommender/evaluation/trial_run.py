"""A trial of the product: labelled articles go through a real night, in a folder soon gone.

Nothing is measured on a copy of the product: `run_night` builds the snapshot that is judged.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoder, EncoderSpec
from recommender.language.prepare import content_hash, embedded_text
from recommender.pipeline.nightly import run_night
from recommender.progress import Progress
from recommender.settings import Settings
from recommender.snapshot.reader import Snapshot
from recommender.store.sql import Store
from recommender.types import Article

__all__ = ["TrialRun", "trial_run"]


class TrialRun(NamedTuple):
    """Articles published by a night of their own.

    `text_of` (articles,) is each article's text in the `snapshot`, `vectors` (articles, dimension)
    float32 are the embeddings as the encoder gave them, both in the order of the articles.
    """

    artifacts: Artifacts
    snapshot: Snapshot
    text_of: Array
    vectors: Array


@contextmanager
def trial_run(
    articles: list[Article], settings: Settings, encoder: Encoder | None, progress: Progress
) -> Iterator[TrialRun]:
    """Run a night on the `articles` alone: of their labels the job is to know nothing.

    Raises:
        StorageError, PublishRefused, EncoderError: as `run_night`.
    """
    with TemporaryDirectory(prefix="recommender-evaluate-") as folder:
        artifacts = Artifacts(Path(folder))
        source = artifacts.root / "articles.jsonl"
        _write(source, articles)
        # The names were mapped when the labelled set was read, which may hold headlines alone.
        named = msgspec.structs.replace(settings.input, fields={}, headlines=True)
        settings = msgspec.structs.replace(settings, input=named)
        # Forced, for the gates guard readers, and here are none: what is bad is to be measured.
        run_night([source], artifacts, settings, force=True, encoder=encoder, progress=progress)
        snapshot = Snapshot(artifacts.snapshots / artifacts.current())
        rows = {article_id: row for row, article_id in enumerate(snapshot.ids[:])}
        yield TrialRun(
            artifacts,
            snapshot,
            snapshot.arrays.text_of[[rows[article.id] for article in articles]],
            _vectors(artifacts, articles, snapshot.manifest.encoder),
        )


def _write(source: Path, articles: list[Article]) -> None:
    with source.open("w", encoding="utf-8") as file:
        for article in articles:
            record = asdict(article)
            if article.published is not None:
                record["published"] = article.published.isoformat()
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _vectors(artifacts: Artifacts, articles: list[Article], encoder: EncoderSpec) -> Array:
    hashes = [content_hash(embedded_text(a.title, a.text)) for a in articles]
    distinct = list(dict.fromkeys(hashes))
    place = {content: number for number, content in enumerate(distinct)}
    with Store(artifacts.store) as store:
        vectors = store.vectors(encoder.fingerprint, distinct)
    return np.asarray(vectors[[place[content] for content in hashes]])
