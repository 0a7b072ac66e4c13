"""A newsroom with copies, whose right answers are known by comparing every pair of articles."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from recommender import Recommender, UnknownArticle
from recommender.snapshot.reader import Snapshot
from recommender.types.article import Article
from recommender.types.related import Related
from tests.planted import START, article, newsdesk, publish_articles

PLAIN = ("related.floor=0", "related.diversity=0", "related.closeness=0")


SHORT = ("neighbours.k=5", *PLAIN)  # lists that filters and a large k soon exhaust


COPIED = (3, 7, 8)

# Every pair of texts of `planted.newsdesk` is in the graph, so that the graph knows all scores.
WHOLE = ("neighbours.k=50", *PLAIN, "topics.count=2")
ASKED = [f"{name}-{n}" for name in ("strike", "collision", "frost") for n in range(6)]
ALL = 100  # more than there are articles


def newsroom() -> list[Article]:
    """Planted articles, some of them copied by other outlets, some with few labels and no date."""
    planted = [article(n) for n in range(44)]
    copies = [
        replace(
            article(n),
            id=f"copy-{turn}-of-{n}",
            source="Agency",
            section="wire" if turn else None,
            language="de" if turn else "en",
            # The first copy is older than the original, the second has no date at all.
            published=None if turn else START - timedelta(days=n),
        )
        for n in COPIED
        for turn in range(2)
    ]
    bare = [replace(article(n), published=None, source=None, section=None) for n in range(44, 50)]
    return [*planted, *copies, *bare]


class Oracle(NamedTuple):
    """Answers by scoring every pair of articles; `scores` (articles, articles)."""

    articles: list[Article]
    scores: Any

    @classmethod
    def over(cls, articles: list[Article], snapshot: Snapshot) -> "Oracle":
        """By the formula of the score, from what the snapshot holds of each text."""
        arrays = snapshot.arrays
        rows = [snapshot.lookup.row_of(a.id) for a in articles]
        texts = arrays.text_of[rows].tolist()
        vectors = np.stack([snapshot.index().vector(text) for text in texts]).astype(float)
        weights = np.zeros((len(articles), len(snapshot.lexicon) + 1))  # the last is no word
        for number, text in enumerate(texts):
            weights[number, arrays.words[text]] = arrays.word_weights[text]
        weights[:, -1] = 0
        hybrid = (vectors @ vectors.T + weights @ weights.T) / 2
        factor = (snapshot.scoring.mean_hubness / arrays.hubness[texts]) ** 0.6
        return cls(articles, np.clip(hybrid * np.clip(factor, 0.85, 1.3), 0, 1))

    def related(self, article_id: str, admitted: Sequence[Article]) -> list[tuple[str, float]]:
        """(id, score) of every admitted text but the article's own, best first."""
        place = {a.id: n for n, a in enumerate(self.articles)}
        asked = self.articles[place[article_id]]
        leads: dict[str, Article] = {}
        for a in sorted(admitted, key=lambda a: (a.published is None, a.published or START, a.id)):
            if (a.title, a.text) != (asked.title, asked.text):
                leads.setdefault(f"{a.title}\n{a.text}", a)
        scores = self.scores[place[article_id]]
        hits = [(a.id, float(scores[place[a.id]])) for a in leads.values()]
        return sorted(hits, key=lambda hit: -hit[1])


def agree(hits: Sequence[Related], wanted: Sequence[tuple[str, float]], k: int) -> None:
    """Check answers against the oracle's; articles of equal score may stand in any order."""
    assert len(hits) == min(k, len(wanted))
    scores = dict(wanted)
    assert len({hit.id for hit in hits}) == len(hits)
    for hit, (_, best) in zip(hits, wanted, strict=False):
        assert hit.score == pytest.approx(scores[hit.id], abs=1e-5)
        assert hit.score == pytest.approx(best, abs=1e-5)


def passes(a: Article, filters: dict[str, Any]) -> bool:
    for facet in ("section", "language", "source"):
        wanted = filters.get(facet)
        if wanted is not None:
            labels = [wanted] if isinstance(wanted, str) else wanted
            if getattr(a, facet) not in labels:
                return False
    since = filters.get("since")
    if since is not None and (a.published is None or a.published < since):
        return False
    return a.id not in filters.get("exclude", ())


def labels(*known: str) -> st.SearchStrategy[Any]:
    one = st.sampled_from([*known, "unheard of"])
    return one | st.lists(one, min_size=1, max_size=2) | st.frozensets(one, min_size=1)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "section": labels("harbour", "orchard", "glacier", "theatre", "wire"),
        "language": labels("en", "de"),
        "source": labels("Gazette", "Herald", "Courier", "Agency"),
        "since": st.integers(-200, 60).map(lambda h: START + timedelta(hours=h))
        | st.just(datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=9)))),
        "exclude": st.lists(st.sampled_from([a.id for a in newsroom()] + ["unheard of"])),
    },
)


def everything_answered(rec: Recommender) -> set[str]:
    ids = {a.id for a in newsroom()}
    answered = set()
    for article_id in ids:
        try:
            answered |= {hit.id for hit in rec.related(article_id, 100)}
            answered |= {hit.id for hit in rec.related(article_id, 3, section="harbour")}
            answered |= {i for i, _ in rec.related_ids(article_id, 3)}
        except UnknownArticle:
            continue
    return answered | set(rec.nearest_ids("a-1", 1000))


def ids(hits: Sequence[Related]) -> list[str]:
    return [hit.id for hit in hits]


def with_rules(folder: Path, *rules: str) -> Recommender:
    """A recommender over `planted.newsdesk` with these settings."""
    return Recommender.open(publish_articles(folder, newsdesk(), *PLAIN, *rules).root)
