"""The order of an answer: every option, against slow functions over plain lists of scores."""

import math
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from recommender import Recommender
from recommender.types.related import Related
from tests.planted import START, publish_articles, report
from tests.serving.newsroom import ALL, ASKED, ids

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rec(newsdesk_rec: Recommender) -> Recommender:
    return newsdesk_rec


class Slow:
    """An answer as the options' words say it, from all hits by relevance alone."""

    def __init__(self, rec: Recommender, asked: str) -> None:
        self.asked, self.hits = rec.article(asked), rec.related(asked, ALL)
        self.now = rec.health().created
        self.of_story = {hit.id: rec.story_of(hit.id).id for hit in self.hits}
        self.likeness: dict[frozenset[str], float] = {}
        for hit in self.hits:
            for other in rec.related(hit.id, ALL):
                pair = frozenset((hit.id, other.id))
                self.likeness[pair] = max(self.likeness.get(pair, 0.0), other.score)

    def worth(self, hit: Related, closeness: float, half_life: float | None) -> float:
        worth = hit.score
        if self.asked.published and hit.published:
            near = 2 ** (-abs((hit.published - self.asked.published) / DAY) / 2)
            # The same moment gains 9/11 of the factor, a distant one loses all of it.
            worth += closeness / (1 + 9 / 11) * (near - 0.1) / (near + 0.1)
        if half_life is not None:
            dates = [h.published for h in self.hits if h.published]
            age = self.now - (hit.published or min(dates))
            worth = math.log2(max(worth, 2**-10)) - age / DAY / half_life
        return worth

    def likest(self, article_id: str, chosen: list[Related], half_life: float | None) -> float:
        """The greatest similarity to a chosen hit; where age counts, how little it differs."""
        like = [self.likeness[frozenset((article_id, c.id))] for c in chosen]
        most = max(like, default=0.0)
        return most if half_life is None else -math.log2(max(1 - most, 2**-10))

    def full(self, hit: Related, chosen: list[Related], most: int | None, kind: str) -> bool:
        def label(of: Related) -> Any:
            return self.of_story[of.id] if kind == "story" else getattr(of, kind)

        own = label(hit)
        return most is not None and own is not None and [*map(label, chosen)].count(own) >= most

    def answer(
        self,
        k: int,
        *,
        diversity: float = 0.0,
        closeness: float = 0.0,
        half_life: float | None = None,
        per_source: int | None = None,
        per_author: int | None = None,
        per_story: int | None = None,
    ) -> Generator[tuple[str, dict[str, float]], str, None]:
        """Each chosen id, and what each that could be chosen in its place was worth."""
        left = {hit.id: (self.worth(hit, closeness, half_life), hit) for hit in self.hits}
        chosen: list[Related] = []
        caps = ((per_source, "source"), (per_author, "author"), (per_story, "story"))
        while left and len(chosen) < k:
            open_ = {}
            for article_id, (worth, hit) in left.items():
                if not any(self.full(hit, chosen, *cap) for cap in caps):
                    like = self.likest(article_id, chosen, half_life)
                    open_[article_id] = (1 - diversity) * worth - diversity * like
            if not open_:
                return
            best = yield max(open_, key=lambda i: open_[i]), open_
            chosen.append(left.pop(best)[1])


@limits(deadline=None, max_examples=60)
@given(
    st.sampled_from(ASKED),
    st.integers(1, 20),
    st.fixed_dictionaries(
        {},
        optional={
            "diversity": st.sampled_from([0.05, 0.3, 0.9, 1.0]),
            "closeness": st.sampled_from([0.05, 0.2, 1.0]),
            "half_life": st.sampled_from([0.5, 7.0, 90.0]),
            "per_source": st.integers(1, 3),
            "per_author": st.integers(1, 3),
            "per_story": st.integers(1, 3),
        },
    ),
)
def test_an_answer_is_in_the_order_that_the_options_describe(
    rec: Recommender, asked: str, k: int, options: dict[str, Any]
) -> None:
    wanted = Slow(rec, asked).answer(k, **options)
    expected = next(wanted, None)
    for hit in rec.related(asked, k, **options):
        assert expected is not None
        best, worths = expected
        # Of nearly equals either may come first; what follows goes on from the one that came.
        assert worths[hit.id] == pytest.approx(worths[best], abs=1e-5)
        try:
            expected = wanted.send(hit.id)
        except StopIteration:
            expected = None
    assert expected is None


def test_dates_and_age_change_the_order_and_not_the_scores_that_are_shown(rec: Recommender) -> None:
    plain = {hit.id: hit.score for hit in rec.related("strike-1", ALL)}
    moved = rec.related("strike-1", ALL, closeness=1, half_life=0.5, diversity=0.5)
    assert {hit.id: hit.score for hit in moved} == plain
    assert ids(moved) != list(plain)


def test_closeness_counts_by_default_and_not_for_background(tmp_path: Path) -> None:
    twins = [
        replace(report("frost", 1), id="far", published=START + 40 * DAY),
        replace(report("frost", 1), id="near", published=START + DAY),
    ]
    # Not copies: one word of each is its own.
    twins = [replace(a, text=f"{a.text} {word}.") for a, word in zip(twins, "xy", strict=True)]
    others = [report(name, n) for name in ("frost", "beetle") for n in (2, 3, 4)]
    asked = replace(report("frost", 0), published=START)
    rules = ("duplicates.near=false", "related.floor=0", "related.diversity=0")
    rec = Recommender.open(
        publish_articles(tmp_path / "expected", [asked, *twins, *others], *rules).root
    )
    order = ids(rec.related("frost-0", ALL))
    assert order.index("near") < order.index("far")
    plain = rec.related("frost-0", ALL, closeness=0)
    assert [hit.score for hit in plain] == sorted((hit.score for hit in plain), reverse=True)
    background = rec.related("frost-0", ALL, mode="background")
    assert ids(background) == ids(rec.related("frost-0", ALL, mode="background", closeness=0))


def test_closeness_changes_nothing_for_an_article_without_a_date(rec: Recommender) -> None:
    assert rec.article("frost-5").published is None
    assert ids(rec.related("frost-5", ALL, closeness=1)) == ids(rec.related("frost-5", ALL))
