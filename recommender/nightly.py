"""The nightly job: the one place that knows the order of the stages."""

import hashlib
import json
import logging
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from recommender import __version__
from recommender.articles import MAX_UNKNOWN_FIELDS, Reader, Reject
from recommender.artifacts import Artifacts
from recommender.config import Settings
from recommender.corpus import Corpus, load_corpus
from recommender.embedding import Encoder, SentenceEncoder
from recommender.errors import InputError
from recommender.index import Index
from recommender.keywords import keywords
from recommender.lock import hold
from recommender.manifest import EncoderSpec
from recommender.neighbours import neighbour_graph
from recommender.progress import Advance, Progress, Silent, Timed
from recommender.publish import FILES, Content, clean, publish
from recommender.rejects import RejectFile
from recommender.related import related_lists
from recommender.removals import read_removed
from recommender.snapshot import Arrays
from recommender.store import Ingested, Reading, Store, chunks
from recommender.text import content_hash
from recommender.topics import detect_topics
from recommender.types import Article, Topic

__all__ = ["Night", "run_night"]

INGEST_CHUNK = 1000
EMBED_CHUNK = 1024  # texts between two commits: what a killed run loses at most
_COMPUTING = ("numpy", "faiss-cpu", "igraph", "scipy", "stop-words")

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


@dataclass(frozen=True, slots=True)
class Night:
    """What one run did; the machine-readable summary."""

    snapshot: str
    intake: Intake
    articles: int
    texts: int
    embedded: int
    reused: int
    truncated: int
    words_read_share: float
    topics: int
    articles_without_topic: int
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def run_night(
    sources: Sequence[Path],
    artifacts: Artifacts,
    settings: Settings,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> Night:
    """Read `sources`, embed what is new, rebuild, publish a snapshot.

    Raises:
        LockHeld: another run works on these artifacts.
        InputError: a source is unreadable, too many records are bad, or there is no article.
        StorageError, PublishRefused, EncoderError: as they say; nothing has changed for readers.
    """
    timed = Timed(progress or Silent())
    size = sum(map(_size, sources))  # a source that is missing is said before anything is made
    with hold(artifacts.lock) as dead:
        if dead:
            log.warning("took over the lock of a run that died", extra={"holder": str(dead)})
        for name in clean(artifacts):
            log.warning("deleted what a killed run left behind", extra={"folder": name})
        encoder = encoder or _encoder(settings)
        with Store(artifacts.store) as store:
            intake = _take_in(store, sources, size, artifacts, settings, timed)
            embedded = _embed(store, encoder, timed)
            reading = store.reading(encoder.spec.fingerprint)
            if reading.articles == 0:
                raise InputError(
                    "there is no article to publish: the sources held none and none is stored"
                )
            with timed.stage("load", None, "articles"):
                corpus = load_corpus(store, encoder.spec.fingerprint)
            content = _build(store, corpus, encoder.spec, settings, timed)
        with timed.stage("publish", FILES, "files") as advance:
            snapshot = publish(artifacts, content, settings.publish.keep, advance)
    log.info("published", extra={"snapshot": snapshot, "articles": len(corpus.articles)})
    return _night(snapshot, intake, embedded, reading, corpus, content, timed.seconds)


def _encoder(settings: Settings) -> SentenceEncoder:
    embedding = settings.embedding
    return SentenceEncoder(
        embedding.model,
        revision=embedding.revision,
        max_tokens=embedding.max_tokens,
        precision=embedding.precision,
        threads=settings.run.threads,
    )


def _take_in(
    store: Store,
    sources: Sequence[Path],
    size: int,
    artifacts: Artifacts,
    settings: Settings,
    timed: Timed,
) -> Intake:
    """Read all sources into the store, in one transaction that too many rejects undo."""
    reader = Reader(settings.input.fields, settings.input.max_characters)
    removed = read_removed(artifacts)
    rejects = RejectFile(artifacts.rejects)
    counts = Ingested()
    read = skipped = 0
    with (
        timed.stage("read", size, "B") as advance,
        store.transaction(),
        rejects,
    ):
        batch: list[Article] = []
        for path in sources:
            position = 0
            for item in reader.read(path):
                read += 1
                advance(reader.bytes_read - position)
                position = reader.bytes_read
                if isinstance(item, Reject):
                    rejects.add(item)
                elif item.id in removed:
                    skipped += 1
                else:
                    batch.append(item)
                if len(batch) == INGEST_CHUNK:
                    counts = _sum(counts, store.ingest(batch))
                    batch.clear()
            advance(_size(path) - position)
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
        log.warning("the sources hold no record", extra={"sources": [str(p) for p in sources]})
    intake = Intake(
        read, *counts, skipped, rejects.count, str(rejects.path) if rejects.count else None
    )
    if read != sum(counts) + skipped + rejects.count:
        raise RuntimeError(f"records were lost between reading and storing: {intake}")
    return intake


def _embed(store: Store, encoder: Encoder, timed: Timed) -> int:
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


def _build(
    store: Store, corpus: Corpus, spec: EncoderSpec, settings: Settings, timed: Timed
) -> Content:
    threads = settings.run.threads or _cores()
    texts = len(corpus.vectors)
    with timed.stage("neighbours", texts, "texts") as advance:
        index = Index.build(corpus.vectors)
        graph = neighbour_graph(index, corpus.vectors, settings.neighbours.k, threads, advance)
    with timed.stage("related", None, "texts"):
        lists = related_lists(*graph, settings.related.length)
    with timed.stage("topics", None, "texts"):
        topic_of = detect_topics(
            *graph,
            settings.topics.resolution,
            settings.topics.seed,
            articles=np.diff(corpus.copies.copies_start),
        )
    with timed.stage("keywords", texts, "texts") as advance:
        words = keywords(
            _counted(store.embedded_texts(corpus.lead_ids), advance),
            topic_of,
            settings.topics.keywords,
            corpus.languages,
        )
    sizes = corpus.topic_sizes(topic_of, len(words))
    facets, (ids, ids_start) = corpus.facets(), corpus.ids()
    return Content(
        build=_build_digest(corpus, spec, settings),
        version=__version__,
        encoder=spec,
        dimension=corpus.vectors.shape[1],
        settings=settings.to_dict(),
        arrays=Arrays(
            **graph._asdict(),
            **lists._asdict(),
            **corpus.copies._asdict(),
            **facets.codes,
            topic_of=topic_of,
            published=corpus.published,
            ids=ids,
            ids_start=ids_start,
        ),
        index=index,
        cards=corpus.cards,
        text_hashes=corpus.text_hashes,
        topics=[
            Topic(f"t{number}", ", ".join(k.term for k in found[:3]), size, found)
            for number, (found, size) in enumerate(zip(words, sizes, strict=True), start=1)
        ],
        facets=facets.labels,
    )


def _cores() -> int:
    """Cores this process may use; where the system cannot say, all there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _build_digest(corpus: Corpus, spec: EncoderSpec, settings: Settings) -> str:
    """32 hexadecimal digits over everything that shapes a snapshot's content."""
    versions = {name: _version(name) for name in _COMPUTING}
    origin = [__version__, versions, platform.machine(), spec.fingerprint, settings.fingerprint()]
    digest = hashlib.sha256(json.dumps(origin, sort_keys=True).encode())
    for article in corpus.articles:
        digest.update(article.record_hash)
    digest.update(corpus.vectors.data)
    return digest.hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed under another name, as other channels do
        return "unknown"


def _night(
    snapshot: str,
    intake: Intake,
    embedded: int,
    reading: Reading,
    corpus: Corpus,
    content: Content,
    seconds: dict[str, float],
) -> Night:
    texts = len(corpus.text_hashes)
    topic_of_article = content.arrays.topic_of[corpus.copies.text_of]
    return Night(
        snapshot=snapshot,
        intake=intake,
        articles=len(corpus.articles),
        texts=texts,
        embedded=embedded,
        reused=texts - embedded,
        truncated=reading.truncated,
        words_read_share=round(reading.words_read / max(1, reading.words), 4),
        topics=len(content.topics),
        articles_without_topic=int((topic_of_article < 0).sum()),
        seconds={name: round(value, 3) for name, value in seconds.items()},
    )


def _warn_of_unknown_fields(reader: Reader) -> None:
    for name, file in sorted(reader.unknown_fields.items()):
        log.warning("a field is unknown and kept out", extra={"field": name, "file": file})
    if len(reader.unknown_fields) >= MAX_UNKNOWN_FIELDS:
        log.warning("more unknown fields may have been kept out; no more are named")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _sum(a: Ingested, b: Ingested) -> Ingested:
    return Ingested(*(x + y for x, y in zip(a, b, strict=True)))


def _counted(texts: Iterator[str], advance: Advance) -> Iterator[str]:
    for text in texts:
        yield text
        advance(1)
