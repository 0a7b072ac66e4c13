"""The nightly job: the one place that knows the order of the stages."""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.lock import Holder, hold
from recommender.corpus.corpus import Corpus, load_corpus
from recommender.embedding.base import Encoder, EncoderSpec
from recommender.embedding.open import open_encoder
from recommender.errors import InputError, PublishRefused, SnapshotError
from recommender.groups.previous import PreviousGroups, read_previous
from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import extract_phrases
from recommender.keywords.terms import count_terms
from recommender.language.tokens import without_lost_letters
from recommender.pipeline.assemble import Findings, assemble
from recommender.pipeline.build_graph import GraphBuild, build_graph
from recommender.pipeline.build_groups import build_groups
from recommender.pipeline.chosen_labels import with_chosen_labels
from recommender.pipeline.cut_boilerplate import cut_boilerplate
from recommender.pipeline.describe_groups import describe_groups
from recommender.pipeline.engines.base import Engine
from recommender.pipeline.engines.local import LocalEngine
from recommender.pipeline.fingerprint import build_digest, inputs_digest
from recommender.pipeline.gates import Gate, compare, measure, refusal
from recommender.pipeline.ingest import ingest_sources
from recommender.pipeline.keyword_texts import find_keyword_texts
from recommender.pipeline.language_notices import language_notices
from recommender.pipeline.list_lengths import measure_lists
from recommender.pipeline.new_texts import process_new_texts
from recommender.pipeline.notices import Notice
from recommender.pipeline.published import Published, read_published
from recommender.pipeline.run_log import Night, RunLog
from recommender.pipeline.settings_changes import settings_changes
from recommender.progress import Progress, Silent, Timed
from recommender.settings.sections import Duplicates, Embedding, Publish, Run, Settings
from recommender.snapshot.publish import clean, prune, publish
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import FILES
from recommender.snapshot.writer import Content
from recommender.sources.base import Source
from recommender.sources.open import open_source
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url

__all__ = ["Night", "run_night"]

log = logging.getLogger(__name__)


# Longer than other functions: its arguments are the seams of the job, and its body is their order.
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
    """Read the sources, embed what is new, rebuild everything and publish a snapshot.

    Where nothing has changed since the night before, nothing is published.

    Args:
        sources: Paths or URIs, see `open_source`, or sources that are open already.
        artifacts: The folder in which everything is kept and published.
        settings: All settings of the job.
        force: Publish also where nothing has changed or a gate is not passed.
        encoder: Embeds the texts; by default the one of the settings.
        store: The memory between nights, which stays open; by default the one of the settings.
        engine: Where texts are processed; by default in this process.
        progress: Shows the stages; by default nothing does.

    Returns:
        What was done, which is also recorded among the artifacts.

    Raises:
        LockHeld: Another run works on these artifacts.
        InputError: A source is unreadable, too many records are bad, or there is no article.
        PublishRefused: A gate was not passed, the store is not that of the published snapshot, or
            the new snapshot failed its check.
        StorageError: A file cannot be read or written.
        EncoderError: The model cannot be used. In all cases nothing has changed for readers.
    """
    # Longer than other functions, so that the order of all stages is read in one place.
    started = datetime.now(UTC).isoformat(timespec="seconds")
    opened, timed = _open_sources(sources, settings.input.encoding), Timed(progress or Silent())
    with hold(artifacts.lock) as dead:
        _clean_up(artifacts, dead)
        encoder = encoder or _open_encoder(settings.embedding, settings.run)
        published = read_published(artifacts)
        changed = settings_changes(published.settings, settings)
        for change in changed:
            log.info("a setting has changed", extra={"setting": str(change)})
        url = settings.store.url or sqlite_url(artifacts.store)
        with nullcontext(store) if store else open_store(url) as memory:
            ingested = ingest_sources(
                memory,
                opened,
                artifacts,
                settings.input,
                timed,
                published=published,
                most_lost=settings.gates.articles_lost,
                force=force,
            )
            cut_boilerplate(memory, settings.boilerplate, started[:10], timed)
            embedded = process_new_texts(memory, encoder, engine or LocalEngine(), timed)
            coverage = memory.coverage(encoder.spec.fingerprint)
            with timed.stage("load", None, "articles"):
                corpus, vectors = _load(memory, encoder.spec.fingerprint, settings.duplicates)
                vectors = _checked(vectors, published, ingested.removed)
        with timed.clock("load"):
            previous = read_previous(artifacts)
            inputs = inputs_digest(
                corpus, vectors, encoder.spec.fingerprint, settings.fingerprint()
            )
        notices = [*ingested.notices, *_language_notices(corpus, encoder)]
        ingested = ingested._replace(notices=notices)
        run = RunLog(
            artifacts, started, ingested, embedded, coverage, corpus, timed.seconds, changed
        )
        if not force and inputs == previous.inputs and _is_current(artifacts, previous.name):
            log.info("nothing has changed", extra={"snapshot": previous.name})
            prune(artifacts, settings.publish.keep)
            snapshot = Snapshot(artifacts.snapshots / previous.name)
            return run.unchanged(snapshot, measure_lists(artifacts))
        graph = build_graph(
            corpus,
            vectors,
            artifacts,
            encoder.spec.fingerprint,
            settings.neighbours,
            settings.run.threads,
            timed,
        )
        del vectors  # the largest array of all; from here on the index holds what is needed
        content, gates = _build(
            corpus, graph, encoder.spec, settings, previous, inputs, ingested.removed, timed
        )
        return _publish(run, content, gates, previous.name, settings.publish, timed, force=force)


def _build(
    corpus: Corpus,
    graph: GraphBuild,
    encoder: EncoderSpec,
    settings: Settings,
    previous: PreviousGroups,
    inputs: str,
    removed: frozenset[str],
    timed: Timed,
) -> tuple[Content, list[Gate]]:
    """Everything of the new snapshot, and the gates that it must pass."""
    build = build_digest(inputs, graph.origin, previous.build)
    scored = graph.rescored.graph
    groups = build_groups(
        corpus, graph.rescored, graph.lengths, previous, build, settings.topics, timed
    )
    facets = corpus.facets()
    sources, authors = facets.labels["source"], facets.labels["author"]
    publishers = [*sources, *map(without_lost_letters, sources)]
    with timed.stage("keywords", None, "texts"):
        ngrams = find_ngrams(corpus.tokens, corpus.languages)
        terms = count_terms(ngrams, corpus.lead_contents, [*publishers, *authors])
        words = describe_groups(corpus, scored, groups, previous, terms, settings.topics.keywords)
        words = with_chosen_labels(words, settings.rules.labels, groups.identities.successors)
        used = find_keyword_texts(words, groups, terms)
    with timed.stage("phrases", None, "texts"):
        phrases = extract_phrases(ngrams, corpus.text_of_content, publishers)
    findings = Findings(corpus, facets, graph, groups, words, used, phrases)
    content = assemble(findings, settings, encoder, build=build, inputs=inputs)
    night = compare(corpus, facets, scored, groups, previous, settings.related.floor, removed)
    return content, measure(night, settings.gates)


def _publish(
    run: RunLog,
    content: Content,
    gates: list[Gate],
    previous: str,
    settings: Publish,
    timed: Timed,
    *,
    force: bool,
) -> Night:
    """Publish the new snapshot, unless a gate is not passed."""
    refused = [gate for gate in gates if not gate.passed]
    if refused and not force:
        run.refused(previous, content, gates, [str(gate) for gate in refused])
        raise PublishRefused(refusal(refused, previous))
    if forced := [*run.ingested.forced, *map(str, refused)]:
        log.warning("forced past what refused the night", extra={"reasons": forced})
        content = replace(content, forced=forced)
    with timed.stage("publish", len(FILES), "files") as advance:
        snapshot = publish(run.artifacts, content, settings.keep, advance)
    log.info("published", extra={"snapshot": snapshot, "articles": len(run.corpus.articles)})
    with timed.clock("publish"):
        lists = measure_lists(run.artifacts)
    return run.published(snapshot, content, gates, lists)


def _open_sources(sources: Sequence[str | Path | Source], encoding: str) -> list[Source]:
    """The sources, opened; one that is missing is an error before anything is written."""
    opened = [open_source(s, encoding) if isinstance(s, str | Path) else s for s in sources]
    for source in opened:
        _ = source.size  # raises where the source is missing
    return opened


def _open_encoder(settings: Embedding, run: Run) -> Encoder:
    return open_encoder(
        settings.model,
        revision=settings.revision,
        max_tokens=settings.max_tokens,
        precision=settings.precision,
        threads=run.threads,
    )


def _load(store: Store, encoder: str, settings: Duplicates) -> tuple[Corpus, Array]:
    """All articles, and the vector of each text, (texts, dimension)."""
    corpus = load_corpus(store, near=settings.near, source_order=settings.source_order)
    hashes = corpus.lead_hashes
    return corpus, store.vectors(encoder, hashes) if hashes else np.empty((0, 0), dtype=np.float32)


def _checked(vectors: Array, published: Published, removed: frozenset[str]) -> Array:
    """The vectors, if there is an article, or if all that is published was taken down.

    Where all was taken down, an empty snapshot takes the place of the one that is served. It has
    vectors of the same dimension.
    """
    if len(vectors):
        return vectors
    if published.name and published.ids is not None and removed.issuperset(published.ids):
        return vectors.reshape(0, published.dimension)
    raise InputError("there is no article to publish: the sources held none and none is stored")


def _language_notices(corpus: Corpus, encoder: Encoder) -> list[Notice]:
    """What is to be said of the articles' languages, which is also logged."""
    known = getattr(encoder, "languages", None)  # an encoder need not say it
    notices = language_notices(corpus.language_counts, encoder.spec.model, known)
    for notice in notices:
        log.warning(notice.text, extra={"advice": notice.advice})
    return notices


def _clean_up(artifacts: Artifacts, dead: Holder | None) -> None:
    """Delete what a killed run left behind; `dead` is the process that held its lock."""
    if dead:
        log.warning("took over the lock of a run that died", extra={"holder": str(dead)})
    for name in clean(artifacts):
        log.warning("deleted what a killed run left behind", extra={"folder": name})


def _is_current(artifacts: Artifacts, name: str) -> bool:
    try:
        return artifacts.current() == name
    except SnapshotError:  # publishing again makes up for a lost pointer
        return False
