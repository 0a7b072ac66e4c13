"""The nightly job: the one place that knows the order of the stages."""

import hashlib
import json
import logging
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from recommender import __version__
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import hold
from recommender.corpus.corpus import Corpus, load_corpus
from recommender.corpus.features import FEATURES_VERSION
from recommender.embedding.base import Encoder, EncoderSpec
from recommender.embedding.open import open_encoder
from recommender.errors import InputError, PublishRefused, SnapshotError, StorageError
from recommender.groups.previous import PreviousGroups, read_previous
from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import extract_phrases
from recommender.keywords.terms import count_terms
from recommender.language.word_lists import word_lists
from recommender.pipeline.assemble import Findings, assemble
from recommender.pipeline.build_graph import GraphBuild, build_graph
from recommender.pipeline.build_groups import Groups, build_groups, describe_groups
from recommender.pipeline.engines.base import Engine
from recommender.pipeline.engines.local import LocalEngine
from recommender.pipeline.gates import Gate, Tonight, judged
from recommender.pipeline.ingest import Intake, ingest_sources
from recommender.pipeline.new_texts import process_new_texts
from recommender.pipeline.run_log import Night, add_night
from recommender.progress import Progress, Silent, Timed
from recommender.settings import Settings
from recommender.snapshot.json_file import Scoring
from recommender.snapshot.publish import clean, prune, publish
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import FILES, Arrays
from recommender.snapshot.writer import Content
from recommender.sources.base import Source
from recommender.sources.open import open_source
from recommender.store.base import EncoderCoverage, Store
from recommender.store.open import open_store, sqlite_url
from recommender.types import Topic

__all__ = ["Night", "run_night"]

_COMPUTING = ("numpy", "faiss-cpu", "igraph", "regex", "scipy", "stop-words")

log = logging.getLogger(__name__)


def run_night(
    sources: Sequence[str | Path | Source],
    artifacts: Artifacts,
    settings: Settings,
    *,
    force: bool = False,
    encoder: Encoder | None = None,
    store: Store | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Night:
    """Read `sources`, embed what is new, rebuild, publish a snapshot.

    A night on which nothing has changed publishes nothing. With `force` it does all the same, and
    the gates refuse nothing.

    Raises:
        LockHeld: another run works on these artifacts.
        InputError: a source is unreadable, too many records are bad, or there is no article.
        PublishRefused: a gate of the settings, or the new snapshot's check.
        StorageError, EncoderError: as they say. In all cases nothing has changed for readers.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    timed = Timed(progress or Silent())
    opened = [open_source(s) if isinstance(s, str | Path) else s for s in sources]
    for source in opened:
        _ = source.size  # raises where a source is missing, before anything is written
    with hold(artifacts.lock) as dead:
        if dead:
            log.warning("took over the lock of a run that died", extra={"holder": str(dead)})
        for name in clean(artifacts):
            log.warning("deleted what a killed run left behind", extra={"folder": name})
        encoder = encoder or _encoder(settings)
        with ExitStack() as stack:
            store = store or stack.enter_context(open_store(sqlite_url(artifacts.store)))
            intake = ingest_sources(store, opened, artifacts, settings.input, timed)
            embedded = process_new_texts(store, encoder, engine or LocalEngine(), timed)
            reading = store.coverage(encoder.spec.fingerprint)
            if reading.articles == 0:
                raise InputError(
                    "there is no article to publish: the sources held none and none is stored"
                )
            with timed.stage("load", None, "articles"):
                corpus = load_corpus(
                    store,
                    near=settings.duplicates.near,
                    source_order=settings.duplicates.source_order,
                )
                vectors = store.vectors(encoder.spec.fingerprint, corpus.lead_hashes)
                previous = read_previous(artifacts)
                inputs = _inputs_digest(corpus, vectors, encoder.spec, settings)
            taken_in = _TakenIn(started, intake, embedded, reading, corpus, timed.seconds)
            if not force and inputs == previous.inputs and _is_current(artifacts, previous.name):
                log.info("nothing has changed", extra={"snapshot": previous.name})
                prune(artifacts, settings.publish.keep)
                night = taken_in.unchanged(Snapshot(artifacts.snapshots / previous.name))
                return _recorded(artifacts, night)
        linked = build_graph(corpus, vectors, artifacts, encoder.spec.fingerprint, settings, timed)
        # Of a large corpus the most there is; from now on the index is asked.
        del vectors
        content, gates = _build(corpus, linked, encoder.spec, settings, previous, inputs, timed)
        if refused := [str(gate) for gate in gates if not gate.passed]:
            if not force:
                _recorded(artifacts, taken_in.night(previous.name, content, gates, refused=refused))
                raise PublishRefused(_refusal(refused, previous))
            log.warning("forced past the gates", extra={"gates": refused})
            content = replace(content, forced=refused)
        with timed.stage("publish", len(FILES), "files") as advance:
            snapshot = publish(artifacts, content, settings.publish.keep, advance)
        log.info("published", extra={"snapshot": snapshot, "articles": len(corpus.articles)})
        return _recorded(artifacts, taken_in.night(snapshot, content, gates))


def _encoder(settings: Settings) -> Encoder:
    embedding = settings.embedding
    return open_encoder(
        embedding.model,
        revision=embedding.revision,
        max_tokens=embedding.max_tokens,
        precision=embedding.precision,
        threads=settings.run.threads,
    )


def _build(
    corpus: Corpus,
    linked: GraphBuild,
    spec: EncoderSpec,
    settings: Settings,
    previous: PreviousGroups,
    inputs: str,
    timed: Timed,
) -> tuple[Content, list[Gate]]:
    rescored = linked.rescored
    build = _digest([inputs, linked.origin, previous.build])
    groups = build_groups(corpus, rescored, linked.lengths, previous, build, settings, timed)
    facets = corpus.facets()
    sources, authors = facets.labels["source"], facets.labels["author"]
    with timed.stage("keywords", None, "texts"):
        ngrams = find_ngrams(corpus.tokens, corpus.languages)
        terms = count_terms(ngrams, corpus.lead_contents, [*sources, *authors])
        words = describe_groups(
            corpus, rescored.graph, groups, previous, terms, settings.topics.keywords
        )
    with timed.stage("phrases", None, "texts"):
        phrases = extract_phrases(ngrams, corpus.text_of_content, sources)
    findings = Findings(corpus, facets, linked, groups, words, phrases)
    content = assemble(findings, settings, spec, build=build, inputs=inputs)
    return content, _gates(corpus, linked, groups, previous, settings)


def _gates(
    corpus: Corpus, linked: GraphBuild, groups: Groups, previous: PreviousGroups, settings: Settings
) -> list[Gate]:
    ids = [*groups.identities.topic_ids, None]  # the last place is that of -1
    topics = groups.topics.topic_of[corpus.copies.text_of].tolist()
    tonight = Tonight(
        dict(zip((card.id for card in corpus.cards), (ids[t] for t in topics), strict=True)),
        previous.broad_topics,
        linked.rescored.graph.scores.max(axis=1, initial=0.0),
        settings.related.floor,
    )
    return judged(tonight, settings.gates)


def _inputs_digest(corpus: Corpus, vectors: Array, spec: EncoderSpec, settings: Settings) -> str:
    """Over everything that one night has to shape a snapshot's content."""
    versions = {name: _version(name) for name in _COMPUTING}
    origin = [__version__, versions, platform.machine(), spec.fingerprint, settings.fingerprint()]
    lists = word_lists(frozenset(corpus.languages)).fingerprint()
    parts = [json.dumps([*origin, FEATURES_VERSION, lists], sort_keys=True).encode()]
    parts += [article.record_hash for article in corpus.articles]
    return _digest([*parts, vectors.data])


def _digest(parts: Iterable[str | bytes | memoryview]) -> str:
    """32 hexadecimal digits over the parts and where each ends."""
    digest = hashlib.sha256()
    for part in parts:
        data = memoryview(part.encode() if isinstance(part, str) else part)
        digest.update(data.nbytes.to_bytes(8))
        digest.update(data)
    return digest.hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed under another name, as other channels do
        return "unknown"


class _TakenIn(NamedTuple):
    """What a run knows of its night before anything is built."""

    started: str
    intake: Intake
    embedded: int
    reading: EncoderCoverage
    corpus: Corpus
    seconds: Mapping[str, float]

    def unchanged(self, snapshot: Snapshot) -> Night:
        """The night on which `snapshot` goes on."""
        arrays = snapshot.arrays
        return self._night(snapshot.name, snapshot.topics, arrays, snapshot.scoring, unchanged=True)

    def night(
        self, snapshot: str, content: Content, gates: Sequence[Gate], refused: Sequence[str] = ()
    ) -> Night:
        """The night that made `content`, published as `snapshot` or `refused`."""
        return self._night(
            snapshot,
            content.topics,
            content.arrays,
            content.scoring,
            changes={k: dict(Counter(c.kind for c in v)) for k, v in content.changes.items()},
            gates={gate.name: round(gate.value, 4) for gate in gates},
            forced=content.forced,
            refused=refused,
        )

    def _night(
        self,
        snapshot: str,
        topics: Sequence[Topic],
        arrays: Arrays,
        scoring: Scoring,
        *,
        unchanged: bool = False,
        changes: Mapping[str, dict[str, int]] = MappingProxyType({}),
        gates: Mapping[str, float] = MappingProxyType({}),
        forced: Sequence[str] = (),
        refused: Sequence[str] = (),
    ) -> Night:
        contents = len(self.corpus.text_of_hash)
        return Night(
            started=self.started,
            snapshot=snapshot,
            unchanged=unchanged,
            intake=self.intake,
            articles=len(self.corpus.articles),
            contents=contents,
            texts=len(arrays.neighbours),
            embedded=self.embedded,
            reused=contents - self.embedded,
            truncated=self.reading.truncated,
            words_read_share=round(self.reading.words_read / max(1, self.reading.words), 4),
            topics=sum(topic.level == 1 for topic in topics),
            finer_topics=sum(topic.level > 1 for topic in topics),
            without_topic=int((arrays.topic_of[arrays.text_of] < 0).sum()),
            stories=len(arrays.story_start) - 1,
            search_recall=round(scoring.recall, 4),
            changes=dict(changes),
            gates=dict(gates),
            forced=[*forced],
            refused=[*refused],
            seconds={name: round(value, 3) for name, value in self.seconds.items()},
        )


def _is_current(artifacts: Artifacts, name: str) -> bool:
    try:
        return artifacts.current() == name
    except SnapshotError:  # a lost pointer is mended by publishing again
        return False


def _recorded(artifacts: Artifacts, night: Night) -> Night:
    try:
        add_night(artifacts, night)
    except StorageError as error:  # what is published is published all the same
        log.warning("could not record the night", extra={"error": str(error)})
    return night


def _refusal(refused: Sequence[str], previous: PreviousGroups) -> str:
    serves = f"{previous.name} serves on" if previous.name else "nothing is published"
    return (
        f"the night was not published, {serves}: {'; '.join(refused)}. Look at the sources and the "
        "settings; if this is as it should be, run again with --force"
    )
