"""A nightly run on labelled articles alone, published into a folder that is deleted afterwards.

What is evaluated is the product itself: `run_night` builds the snapshot that is measured.
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
from recommender.embedding.base import Encoder
from recommender.pipeline.nightly import run_night
from recommender.progress import Progress
from recommender.settings.sections import Settings
from recommender.snapshot.reader import Snapshot
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article

__all__ = ["TrialRun", "trial_run"]


class TrialRun(NamedTuple):
    """The snapshot of a trial run, and its articles' texts and vectors in the articles' order.

    Attributes:
        artifacts: The folder that the run published into; it can be opened with `Recommender`.
        snapshot: The snapshot that was published.
        texts: The text of each article that was embedded: its title, and its body without what was
            cut as boilerplate.
        text_of: The row of each article's text in the snapshot, (articles,) int32.
        vectors: The embeddings as the encoder returned them, (articles, dimension) float32.
    """

    artifacts: Artifacts
    snapshot: Snapshot
    texts: list[str]
    text_of: Array
    vectors: Array


@contextmanager
def trial_run(
    articles: list[Article], settings: Settings, encoder: Encoder | None, progress: Progress
) -> Iterator[TrialRun]:
    """Publish `articles` into a temporary folder; it is deleted when the block ends.

    The nightly job does not see the labels.

    Args:
        articles: The articles of a labelled set.
        settings: The settings of the run. The gates are passed over, because a bad snapshot is to
            be measured and no reader sees it.
        encoder: The encoder; None for the one that the settings name.
        progress: Shows each stage of the run.

    Yields:
        The published run.

    Raises:
        StorageError, PublishRefused, EncoderError: As `run_night`.
    """
    with TemporaryDirectory(prefix="recommender-evaluate-") as folder:
        artifacts = Artifacts(Path(folder))
        source = artifacts.root / "articles.jsonl"
        _write_jsonl(source, articles)
        # The publisher's field names were mapped when the labelled set was read, and a set may
        # consist of headlines.
        read_as_written = msgspec.structs.replace(settings.input, fields={}, headlines=True)
        settings = msgspec.structs.replace(settings, input=read_as_written)
        # A store of its own, whichever the settings name: a trial leaves nothing behind.
        with open_store(sqlite_url(artifacts.store)) as store:
            run_night(
                [source],
                artifacts,
                settings,
                force=True,
                encoder=encoder,
                store=store,
                progress=progress,
            )
            snapshot = Snapshot(artifacts.snapshots / artifacts.current())
            ids = [article.id for article in articles]
            texts = list(store.prepared_texts(ids))  # without what was cut as boilerplate
            vectors = _vectors(store, ids, snapshot.manifest.encoder.fingerprint)
        row_of = {article_id: row for row, article_id in enumerate(snapshot.ids[:])}
        rows = [row_of[article.id] for article in articles]
        yield TrialRun(artifacts, snapshot, texts, snapshot.arrays.text_of[rows], vectors)


def _write_jsonl(source: Path, articles: list[Article]) -> None:
    """Write the articles as a source of the nightly job."""
    with source.open("w", encoding="utf-8") as file:
        for article in articles:
            record = asdict(article)
            if article.published is not None:
                record["published"] = article.published.isoformat()
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _vectors(store: Store, ids: list[str], fingerprint: str) -> Array:
    """The stored vector of each article, (articles, dimension); equal texts share one."""
    hash_of = {article.card.id: article.content_hash for article in store.articles()}
    distinct = list(dict.fromkeys(hash_of[article_id] for article_id in ids))
    place = {content: number for number, content in enumerate(distinct)}
    vectors = store.vectors(fingerprint, distinct)
    return np.asarray(vectors[[place[hash_of[article_id]] for article_id in ids]])
