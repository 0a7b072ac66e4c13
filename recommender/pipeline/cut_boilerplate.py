"""Learn what each publisher repeats, and cut it from the texts before they are embedded."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np

from recommender.corpus.boilerplate import FoundPassage, learn_passages
from recommender.corpus.cutter import Cutter
from recommender.corpus.publishers import publisher_of
from recommender.language.detect import detect_language
from recommender.language.labels import language_of
from recommender.language.prepare import content_hash, embedded_text
from recommender.language.sentences import EDGE, EDGES_VERSION, edge_hash, pack_edges, split_words
from recommender.language.stop_words import stop_words_for
from recommender.progress import Timed
from recommender.settings.sections import Boilerplate
from recommender.store.base import Store, StoredArticle, chunks
from recommender.store.boilerplate import Cut, Original
from recommender.types.passage import Passage

__all__ = ["cut_boilerplate"]

log = logging.getLogger(__name__)

DETECTED = 8  # articles whose language is detected where a publisher does not label its articles
CHUNK = 2000  # articles whose texts are in memory at a time
OFF = "off"  # the version of the edges while nothing is cut, so that all are computed anew after


def cut_boilerplate(store: Store, settings: Boilerplate, today: str, timed: Timed) -> None:
    """Learn the boilerplate of all publishers with new articles, and cut it, in one transaction.

    What was learned stays while an article has it, so that the same words are cut in each night.
    The texts of other articles are read only if what is cut from their publisher has changed.

    Args:
        store: Holds the articles; takes what is learned and cut.
        settings: Whether anything is cut, and what never is.
        today: The date, ISO 8601.
        timed: Shows and times the stage "boilerplate".

    Raises:
        StorageError: The store cannot be read or written.
    """
    version = EDGES_VERSION if settings.cut else OFF
    with store.transaction():
        new = store.without_edges(version)
        with timed.stage("boilerplate", len(new), "articles") as advance:
            for chunk in chunks(new, CHUNK):
                texts = (text for _, text in store.originals(chunk))
                packed = (pack_edges(text) if settings.cut else b"" for text in texts)
                store.add_edges(version, list(zip(chunk, packed, strict=True)))
                advance(len(chunk))
            publishers = _Publishers(store, frozenset(new))
            known = _by_publisher(store.passages())
            changed = False
            for publisher in sorted({*publishers.touched, *known}):
                before = known.get(publisher, [])
                after = publishers.learn(publisher, before, today) if settings.cut else []
                after = [_keep(passage, settings.keep) for passage in after]
                if after != before:
                    store.set_passages(publisher, after)
                changed |= publishers.cut(publisher, before, after)
            if changed:
                store.delete(())  # the vectors and features of texts as they were before


class _Publishers:
    """The articles of each publisher, of which some are new."""

    def __init__(self, store: Store, new: frozenset[str]) -> None:
        self._store, self._new = store, new
        self._articles: dict[str, list[StoredArticle]] = defaultdict(list)
        # An order that is the same in each night, and that no publisher's ids have a part in.
        for article in sorted(store.articles(), key=lambda a: crc32(a.card.id.encode())):
            self._articles[publisher_of(article.card)].append(article)
        self.touched = {
            publisher
            for publisher, articles in self._articles.items()
            if any(article.card.id in new for article in articles)
        }
        self._edges = store.edges() if self.touched else {}

    def learn(self, publisher: str, before: Sequence[Passage], today: str) -> list[Passage]:
        """What is boilerplate now: what is found, and what was before and still occurs."""
        articles = self._articles[publisher]
        if publisher not in self.touched:
            return [*before] if articles else []
        ids = [article.card.id for article in articles]
        edges = [self._edges[article_id] for article_id in ids]

        def read(number: int) -> Original:
            return next(self._store.originals([ids[number]]))

        found = {p.words: p for p in learn_passages(edges, read, self._stop_words(articles))}
        learned = {passage.words: passage for passage in before}
        all_edges = set(np.unique(np.frombuffer(b"".join(edges), dtype="<u4")).tolist())
        kept = [p for p in before if p.words not in found and _occurs(p, all_edges)]
        return sorted(
            [*kept, *(_passage(publisher, p, learned.get(p.words), today) for p in found.values())]
        )

    def _stop_words(self, articles: Sequence[StoredArticle]) -> frozenset[str]:
        """The stop words of all languages of a publisher's articles."""
        labels = {article.card.language for article in articles}
        codes = {code for label in labels if label and (code := language_of(label))}
        unlabelled = [article.card.id for article in articles if not article.card.language]
        for title, text in self._store.originals(unlabelled[:DETECTED]):
            codes |= {code for code in (detect_language(f"{title}. {text}"),) if code}
        return frozenset().union(*(stop_words_for(code) for code in sorted(codes)))

    def cut(self, publisher: str, before: Sequence[Passage], after: Sequence[Passage]) -> bool:
        """Cut what is boilerplate now; say whether the text of an older article has changed."""
        articles = self._articles[publisher]
        was, now = ({p.words for p in passages if not p.kept} for passages in (before, after))
        cutter, difference = Cutter(now), Cutter(was ^ now)
        changed = False
        read = articles if was != now else [a for a in articles if a.card.id in self._new]
        for chunk in chunks(read, CHUNK):
            cuts = []
            texts = self._store.originals([article.card.id for article in chunk])
            for article, (title, text) in zip(chunk, texts, strict=True):
                new = article.card.id in self._new
                if (new and (article.cut_words or cutter.may_find(text))) or (
                    not new and difference.may_find(text)
                ):
                    cut = _cut(article.card.id, title, text, cutter)
                    if cut.content_hash != article.content_hash or cut.words != article.cut_words:
                        cuts.append(cut)
                        changed |= not new or article.cut_words > 0
            self._store.set_cuts(cuts)
        return changed


def _by_publisher(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        found[passage.publisher].append(passage)
    return found


def _passage(publisher: str, found: FoundPassage, before: Passage | None, today: str) -> Passage:
    """A passage as it is stored; one that was known keeps its example and its day."""
    example = before.example if before else found.example
    day = before.learned if before else today
    return Passage(publisher, found.words, example, found.articles, day)


def _occurs(passage: Passage, edges: set[int]) -> bool:
    """Whether a sentence of any article still begins or ends as a passage does."""
    words = passage.words.split(" ")
    possible = {edge_hash(words[-EDGE:], ends=True)}
    for length in range(1, EDGE + 1):  # sentences shorter than an edge are edges as a whole
        possible |= {edge_hash(words[:length]), edge_hash(words[-length:])}
    return not possible.isdisjoint(edges)


def _keep(passage: Passage, phrases: Sequence[str]) -> Passage:
    """A passage, protected if it has one of the phrases that an editor wants to keep."""
    inside = f" {passage.words} "
    kept = any(f" {' '.join(split_words(phrase).words)} " in inside for phrase in phrases)
    return passage._replace(kept=kept)


def _cut(article_id: str, title: str, text: str, cutter: Cutter) -> Cut:
    """What is cut from an article; a text without a title is never cut to nothing."""
    found = cutter.find(text)
    if found.words and not found.left and not split_words(title).words:
        found = found._replace(spans=[], words=0)
    whole, prepared = embedded_text(title, text), embedded_text(title, text, found.spans)
    return Cut(article_id, found.spans, found.words, content_hash(prepared), content_hash(whole))
