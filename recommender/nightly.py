"""The nightly job: the one place that knows the order of the stages."""

import hashlib
import json
import logging
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender import __version__
from recommender.arrays import Array
from recommender.articles import MAX_UNKNOWN_FIELDS, Reader, Reject
from recommender.artifacts import Artifacts
from recommender.candidates import keep, read
from recommender.config import Settings
from recommender.corpus import RECIPE, Corpus, load_corpus
from recommender.duplicates import signature
from recommender.embedding import Encoder, SentenceEncoder
from recommender.errors import InputError
from recommender.graph import Graph, Rescored, rescore
from recommender.index import EXACT_UP_TO as EXACT_SEARCH_UP_TO
from recommender.index import Index, Lists
from recommender.keywords import keywords, label_of
from recommender.lexical import Lexicon, Words, weigh
from recommender.lock import hold
from recommender.manifest import EncoderSpec
from recommender.neighbours import EXACT_UP_TO, nearest, updated
from recommender.phrases import extract
from recommender.progress import Progress, Silent, Timed
from recommender.publish import FILES, Content, clean, publish
from recommender.rejects import RejectFile
from recommender.removals import read_removed
from recommender.representatives import representatives
from recommender.runs import find_runs
from recommender.snapshot import NO_DATE, Arrays, Scoring
from recommender.store import Ingested, Reading, Store, chunks
from recommender.stories import Stories, detect_stories, less_apart, story_thresholds
from recommender.strings import pack
from recommender.terms import Terms, count_terms
from recommender.text import content_hash
from recommender.tokens import count_words, tokenise
from recommender.topics import Topics, detect_topics, strengths
from recommender.types import Article, Rules, Topic

__all__ = ["Night", "run_night"]

INGEST_CHUNK = 1000
COUNT_CHUNK = 1000
EMBED_CHUNK = 1024  # texts between two commits: what a killed run loses at most
_COMPUTING = ("numpy", "faiss-cpu", "igraph", "regex", "scipy", "stop-words")

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
    """What one run did; the machine-readable summary.

    `contents` counts different texts, `texts` those that are left where near-duplicates are one.
    `search_recall` is what the search finds of the nearest texts: 1 where it is exact.
    """

    snapshot: str
    intake: Intake
    articles: int
    contents: int
    texts: int
    embedded: int
    reused: int
    truncated: int
    words_read_share: float
    topics: int
    finer_topics: int
    stories: int
    search_recall: float
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
            _count(store, timed)
            reading = store.reading(encoder.spec.fingerprint)
            if reading.articles == 0:
                raise InputError(
                    "there is no article to publish: the sources held none and none is stored"
                )
            with timed.stage("load", None, "articles"):
                corpus = load_corpus(
                    store,
                    encoder.spec.fingerprint,
                    near=settings.duplicates.near,
                    source_order=settings.duplicates.source_order,
                )
            content = _build(corpus, artifacts, encoder.spec, settings, timed)
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


def _count(store: Store, timed: Timed) -> None:
    """Cut every text into tokens that is new, and sign it; see `store.Features`."""
    missing = store.uncounted(RECIPE)
    if not missing:
        return
    with timed.stage("count", len(missing), "texts") as advance:
        for chunk in chunks(missing, COUNT_CHUNK):
            texts = list(store.embedded_texts(chunk))
            with store.transaction():
                store.add_features(
                    RECIPE, [*map(content_hash, texts)], [*map(tokenise, texts)],
                    [*map(signature, texts)],
                )  # fmt: skip
            advance(len(texts))


class _Scored(NamedTuple):
    """The graph of a night, and what scores a text that is not in it.

    `lengths` (texts,) counts the words of each text; `origin` names what the graph was made from
    beside tonight's texts, if anything.
    """

    lexicon: Lexicon
    words: Words
    lengths: Array
    rescored: Rescored
    origin: str


def _score(
    corpus: Corpus, artifacts: Artifacts, fingerprint: str, settings: Settings, timed: Timed
) -> _Scored:
    threads, texts = settings.run.threads or _cores(), len(corpus.vectors)
    k, hashes, origin = settings.neighbours.candidates, corpus.lead_hashes, ""
    with timed.stage("neighbours", texts, "texts") as advance:
        candidates = None
        if texts > EXACT_UP_TO and (former := read(artifacts.candidates, fingerprint)):
            numbers = former.numbers(hashes)
            candidates = updated(former.nearest, numbers, corpus.vectors, k, threads, advance)
            origin = former.digest if candidates else ""
        if candidates is None:
            candidates = nearest(corpus.vectors, k, threads, advance)
        if texts > EXACT_UP_TO:
            keep(artifacts.candidates, candidates, hashes, fingerprint)
    with timed.stage("graph", texts, "texts") as advance:
        counted = count_words(corpus.tokens.take(corpus.lead_contents))
        lexicon, words = weigh(counted)
        rescored = rescore(
            *candidates, corpus.vectors, words, settings.neighbours.k, threads, advance
        )
    return _Scored(lexicon, words, counted.counts.sum(axis=1), rescored, origin)


def _stories(corpus: Corpus, scored: _Scored, seed: int, articles: Array) -> Stories:
    neighbours, scores = scored.rescored.wide
    published = corpus.published[corpus.copies.leads]
    return detect_stories(
        neighbours,
        less_apart(neighbours, scores, published, NO_DATE),
        story_thresholds(scored.rescored.background, scored.lengths),
        seed,
        articles,
    )


def _build(
    corpus: Corpus,
    artifacts: Artifacts,
    spec: EncoderSpec,
    settings: Settings,
    timed: Timed,
) -> Content:
    scored = _score(corpus, artifacts, spec.fingerprint, settings, timed)
    lexicon, words, rescored = scored.lexicon, scored.words, scored.rescored
    graph, chosen = rescored.graph, settings.topics
    articles = np.diff(corpus.copies.copies_start)
    with timed.stage("index", None, "texts"):
        index = Index.build(rescored.expanded)
        lists = Lists.none(index.dimension)
        if len(index) > EXACT_SEARCH_UP_TO:
            lists = index.lists(settings.run.threads or _cores())
    log.info("indexed", extra={"lists": len(lists.centroids), "recall": round(lists.recall, 4)})
    with timed.stage("stories", None, "texts"):
        stories = _stories(corpus, scored, chosen.seed, articles)
    with timed.stage("topics", None, "texts"):
        found = detect_topics(
            *rescored.wide, chosen.resolution, chosen.seed, articles, count=chosen.count or None
        )
    facets = corpus.facets()
    names = facets.labels["source"], facets.labels["author"]
    with timed.stage("keywords", None, "texts"):
        runs = find_runs(corpus.tokens, corpus.languages)
        terms = count_terms(runs, corpus.lead_contents, chain(*names))
        topics = _topics(corpus, found, graph, terms, chosen.keywords)
    with timed.stage("phrases", None, "texts"):
        phrases = extract(runs, corpus.text_of_content, facets.labels["source"])
    ids, ids_start = pack(card.id for card in corpus.cards)
    lexicon_blob, lexicon_start = pack(lexicon.words)
    phrase_texts, phrase_start = pack(phrases.texts)
    return Content(
        build=_build_digest(corpus, spec, settings, scored.origin),
        version=__version__,
        encoder=spec,
        dimension=corpus.vectors.shape[1],
        settings=settings.to_dict(),
        arrays=Arrays(
            centroids=lists.centroids,
            lists_start=lists.start,
            lists_texts=lists.texts,
            **graph._asdict(),
            hubness=rescored.hubness,
            words=words.words,
            word_weights=words.weights,
            lexicon=lexicon_blob,
            lexicon_start=lexicon_start,
            idf=lexicon.idf,
            phrases=phrases.of_text,
            phrase_weights=phrases.weights,
            phrase_names=phrases.names,
            phrase_texts=phrase_texts,
            phrase_start=phrase_start,
            **corpus.copies._asdict(),
            **stories._asdict(),
            topic_of=found.topic_of,
            finest_of=found.finest_of,
            topic_strength=strengths(*graph, found.topic_of),
            published=corpus.published,
            **facets.codes,
            ids=ids,
            ids_start=ids_start,
        ),
        index=index,
        cards=corpus.cards,
        text_of_hash=corpus.text_of_hash,
        topics=topics,
        facets=facets.labels,
        rules=_rules(corpus, settings),
        scoring=Scoring(
            lexicon.mean_length, float(rescored.hubness.mean()), lists.probes, lists.recall
        ),
    )


def _topics(corpus: Corpus, found: Topics, graph: Graph, terms: Terms, words: int) -> list[Topic]:
    """The topics of all levels, with keywords that set each apart from the others of its level."""
    topics: list[Topic] = []
    of = found.finest_of.copy()
    ids = corpus.lead_ids
    for level in range(int(found.levels.max(initial=1)), 0, -1):
        # The texts of topics that end above this level take no part in it.
        here = np.where(found.levels[of] == level, of, -1)
        first = int(np.searchsorted(found.levels, level))
        numbers = np.where(here >= 0, here - first, -1).astype(np.int32)
        told = keywords(terms, numbers, words)
        sizes = corpus.topic_sizes(numbers, len(told))
        shown = representatives(*graph, numbers).tolist()
        topics[:0] = [
            Topic(
                f"t{first + place + 1}",
                label_of(best),
                size,
                best,
                level,
                None if level == 1 else f"t{found.parents[first + place] + 1}",
                tuple(ids[text] for text in texts if text >= 0),
            )
            for place, (best, size, texts) in enumerate(zip(told, sizes, shown, strict=True))
        ]
        of = np.where(here >= 0, found.parents[of], of)
    return topics


def _rules(corpus: Corpus, settings: Settings) -> Rules:
    """The settings' rules; those that name an unknown article or section are said in the log."""
    chosen = settings.rules
    rules = Rules(
        chosen.pinned, chosen.apart, chosen.excluded_sections, tuple(sorted(chosen.embargo.items()))
    )
    named = {i for pair in (*rules.pinned, *rules.apart) for i in pair} | {*chosen.embargo}
    for article_id in sorted(named - {card.id for card in corpus.cards}):
        log.warning("a rule names an unknown article", extra={"article": article_id})
    for section in sorted({*rules.excluded_sections} - {card.section for card in corpus.cards}):
        log.warning("a rule names an unknown section", extra={"section": section})
    return rules


def _cores() -> int:
    """Cores this process may use; where the system cannot say, all there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _build_digest(corpus: Corpus, spec: EncoderSpec, settings: Settings, former: str) -> str:
    """32 hexadecimal digits over everything that shapes a snapshot's content."""
    versions = {name: _version(name) for name in _COMPUTING}
    origin = [__version__, versions, platform.machine(), spec.fingerprint, settings.fingerprint()]
    origin += [RECIPE, former]
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
    contents = len(corpus.text_of_hash)
    return Night(
        snapshot=snapshot,
        intake=intake,
        articles=len(corpus.articles),
        contents=contents,
        texts=len(content.arrays.neighbours),
        embedded=embedded,
        reused=contents - embedded,
        truncated=reading.truncated,
        words_read_share=round(reading.words_read / max(1, reading.words), 4),
        topics=sum(topic.level == 1 for topic in content.topics),
        finer_topics=sum(topic.level > 1 for topic in content.topics),
        stories=len(content.arrays.story_start) - 1,
        search_recall=round(content.scoring.recall, 4),
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
