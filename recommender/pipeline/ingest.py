"""What comes in at night: sources into the store, and vectors and tokens of what is new."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_removed
from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.signatures import signature
from recommender.embedding.base import Encoder
from recommender.errors import InputError
from recommender.language.prepare import content_hash
from recommender.language.tokens import tokenise
from recommender.progress import Timed
from recommender.settings import Settings
from recommender.sources.base import Source
from recommender.sources.rejects import RejectFile
from recommender.sources.validate import MAX_UNKNOWN_FIELDS, ArticleReader, Reject
from recommender.store.sql import IngestCounts, Store, chunks

if TYPE_CHECKING:
    from recommender.types import Article

__all__ = ["Intake", "count", "embed", "ingest_sources"]

INGEST_CHUNK = 1000
COUNT_CHUNK = 1000
EMBED_CHUNK = 1024  # texts between two commits: what a killed run loses at most

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """What the sources held. `read` = new + changed + unchanged + removed + rejected.

    `removed` counts records of taken-down articles, which are left out.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    rejects_file: str | None


def ingest_sources(
    store: Store,
    sources: Sequence[Source],
    artifacts: Artifacts,
    settings: Settings,
    timed: Timed,
) -> Intake:
    """Read all sources into the store, in one transaction that too many rejects undo."""
    given = settings.input
    reader = ArticleReader(given.fields, given.max_characters, headlines=given.headlines)
    removed = read_removed(artifacts)
    rejects = RejectFile(artifacts.rejects)
    counts = IngestCounts()
    read = skipped = 0
    with (
        timed.stage("read", sum(source.size for source in sources), "B") as advance,
        store.transaction(),
        rejects,
    ):
        batch: list[Article] = []
        for source in sources:
            position = 0
            for item in reader.read(source):
                read += 1
                advance(source.position - position)
                position = source.position
                if isinstance(item, Reject):
                    rejects.add(item)
                elif item.id in removed:
                    skipped += 1
                else:
                    batch.append(item)
                if len(batch) == INGEST_CHUNK:
                    counts = _sum(counts, store.ingest(batch))
                    batch.clear()
            advance(source.size - position)
        counts = _sum(counts, store.ingest(batch))
        _warn_of_unknown_fields(reader)
        if rejects.count > settings.input.max_rejects * read:
            raise InputError(
                f"{rejects.count:,} of {read:,} records are bad ({rejects.count / read:.1%}), more "
                f"than input.max_rejects = {settings.input.max_rejects:.1%} admits; nothing was "
                f"stored or published. All are listed in {rejects.path}; the first: {rejects.first}"
            )
        store.delete(removed)
    if read == 0:
        log.warning("the sources hold no record", extra={"sources": [s.name for s in sources]})
    intake = Intake(
        read, *counts, skipped, rejects.count, str(rejects.path) if rejects.count else None
    )
    if read != sum(counts) + skipped + rejects.count:
        raise RuntimeError(f"records were lost between reading and storing: {intake}")
    return intake


def embed(store: Store, encoder: Encoder, timed: Timed) -> int:
    """Embed every text that has no vector of this encoder; return how many."""
    fingerprint = encoder.spec.fingerprint
    missing = store.unembedded(fingerprint)
    if not missing:
        return 0
    with timed.stage("embed", len(missing), "texts") as advance:
        for chunk in chunks(missing, EMBED_CHUNK):
            texts = list(store.embedded_texts(chunk))
            encoded = encoder.encode(texts, advance)
            hashes = [content_hash(text) for text in texts]
            with store.transaction():
                store.add_vectors(fingerprint, hashes, *encoded)
    return len(missing)


def count(store: Store, timed: Timed) -> None:
    """Cut every text into tokens that is new, and sign it; see `store.Features`."""
    missing = store.uncounted(FEATURES_VERSION)
    if not missing:
        return
    with timed.stage("count", len(missing), "texts") as advance:
        for chunk in chunks(missing, COUNT_CHUNK):
            texts = list(store.embedded_texts(chunk))
            with store.transaction():
                tokens = [*map(tokenise, texts)]
                hashes, signatures = [*map(content_hash, texts)], [*map(signature, tokens)]
                store.add_features(FEATURES_VERSION, hashes, tokens, signatures)
            advance(len(texts))


def _warn_of_unknown_fields(reader: ArticleReader) -> None:
    for name, file in sorted(reader.unknown_fields.items()):
        log.warning("a field is unknown and kept out", extra={"field": name, "file": file})
    if len(reader.unknown_fields) >= MAX_UNKNOWN_FIELDS:
        log.warning("more unknown fields may have been kept out; no more are named")


def _sum(a: IngestCounts, b: IngestCounts) -> IngestCounts:
    return IngestCounts(*(x + y for x, y in zip(a, b, strict=True)))
