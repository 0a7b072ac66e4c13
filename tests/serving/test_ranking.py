"""Ranking: every option of a question, against slow functions over plain lists of scores."""

import random
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from recommender import Recommender
from recommender.types import Related
from tests.planted import START, newsdesk, publish_articles, report

# Every pair of texts is in the graph, so that it tells of any two how near they are.
WHOLE = (
    "neighbours.k=50",
    "related.floor=0",
    "related.diversity=0",
    "related.closeness=0",
    "topics.count=2",
)
ALL = 100
DAY = timedelta(days=1)
ASKED = [f"{name}-{n}" for name in ("strike", "collision", "frost") for n in range(6)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_articles(tmp_path_factory.mktemp("ranking"), newsdesk(), *WHOLE).root


@pytest.fixture(scope="module")
def rec(root: Path) -> Recommender:
    return Recommender.open(root)


def ids(hits: Sequence[Related]) -> list[str]:
    return [hit.id for hit in hits]


class Slow:
    """An answer as the options' words say it, from all hits by relevance alone."""

    def __init__(self, rec: Recommender, asked: str) -> None:
        self.asked, self.hits = rec.article(asked), rec.related(asked, ALL)
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
            worth += closeness * (near - 0.1) / (near + 0.1)
        if half_life is not None:
            worth = max(worth, 0.0)
            dates = [h.published for h in self.hits if h.published]
            age = max(dates) - (hit.published or min(dates))
            worth *= 2 ** (-(age / DAY) / half_life)
        return worth

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
                    like = [self.likeness[frozenset((article_id, c.id))] for c in chosen]
                    open_[article_id] = (1 - diversity) * worth - diversity * max(like, default=0)
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
def test_an_answer_is_what_the_options_say(
    rec: Recommender, asked: str, k: int, options: dict[str, Any]
) -> None:
    wanted = Slow(rec, asked).answer(k, **options)
    told = next(wanted, None)
    for hit in rec.related(asked, k, **options):
        assert told is not None
        best, worths = told
        # Of nearly equals either may come first; what follows goes on from the one that came.
        assert worths[hit.id] == pytest.approx(worths[best], abs=1e-5)
        try:
            told = wanted.send(hit.id)
        except StopIteration:
            told = None
    assert told is None


def test_scores_are_shown_as_they_were_before_days_and_age_counted(rec: Recommender) -> None:
    plain = {hit.id: hit.score for hit in rec.related("strike-1", ALL)}
    moved = rec.related("strike-1", ALL, closeness=1, half_life=0.5, diversity=0.5)
    assert {hit.id: hit.score for hit in moved} == plain
    assert ids(moved) != list(plain)


def test_nearness_in_time_counts_unasked_and_not_for_background(tmp_path: Path) -> None:
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
        publish_articles(tmp_path / "told", [asked, *twins, *others], *rules).root
    )
    order = ids(rec.related("frost-0", ALL))
    assert order.index("near") < order.index("far")
    plain = rec.related("frost-0", ALL, closeness=0)
    assert [hit.score for hit in plain] == sorted((hit.score for hit in plain), reverse=True)
    background = rec.related("frost-0", ALL, mode="background")
    assert ids(background) == ids(rec.related("frost-0", ALL, mode="background", closeness=0))


def test_nothing_is_near_to_an_article_without_a_date(rec: Recommender) -> None:
    assert rec.article("frost-5").published is None
    assert ids(rec.related("frost-5", ALL, closeness=1)) == ids(rec.related("frost-5", ALL))


@pytest.mark.parametrize("asked", ASKED)
def test_a_story_is_all_of_it_and_nothing_else_the_newest_first(
    rec: Recommender, asked: str
) -> None:
    told = rec.related(asked, ALL, mode="story", duplicates="keep", floor=1, half_life=1)
    assert {*ids(told), asked} == {card.id for card in rec.story_of(asked).articles}
    dates = [hit.published for hit in told]
    dated = [date for date in dates if date]
    assert dates == sorted(dated, reverse=True) + [None] * (len(dates) - len(dated))
    assert ids(rec.related(asked, 2, mode="story", duplicates="keep")) == ids(told)[:2]


@pytest.mark.parametrize("asked", ASKED)
def test_background_is_the_topic_without_the_story(rec: Recommender, asked: str) -> None:
    topic, story = rec.topic_of(asked), {card.id for card in rec.story_of(asked).articles}
    assert topic is not None
    wanted = [
        hit.id
        for hit in rec.related(asked, ALL)
        if hit.id not in story and rec.topic_of(hit.id) == topic
    ]
    assert ids(rec.related(asked, ALL, mode="background")) == wanted
    assert wanted


def test_copies_are_kept_apart_where_that_is_asked_for(rec: Recommender) -> None:
    copies = {"strike-0", "wire-strike-0", "late-strike-0"}
    kept = rec.related("strike-0", ALL, duplicates="keep")
    assert {hit.id for hit in kept[:2]} == copies - {"strike-0"}
    assert all(hit.reasons.duplicate and hit.score == 1 for hit in kept[:2])
    assert not any(hit.also_at for hit in kept)
    assert Counter(ids(kept)).most_common(1)[0][1] == 1
    shown = rec.related("collision-0", ALL)
    assert len(copies & {*ids(shown)}) == 1
    lead = next(hit for hit in shown if hit.id in copies)
    assert {lead.id, *(card.id for card in lead.also_at)} == copies


@pytest.mark.parametrize("fallback", ["section", "topic"])
def test_a_short_list_is_filled_with_the_newest_of_its_own(rec: Recommender, fallback: Any) -> None:
    good = rec.related("beetle-0", ALL, floor=0.5)
    filled = rec.related("beetle-0", 12, floor=0.5, fallback=fallback)
    assert 0 < len(good) < len(filled)
    assert ids(filled)[: len(good)] == ids(good)
    fillers = filled[len(good) :]
    assert all(hit.reasons.filler == fallback and hit.score == 0 for hit in fillers)
    if fallback == "section":
        assert {hit.section for hit in fillers} == {"orchard"}
    else:
        assert {rec.topic_of(hit.id) for hit in fillers} == {rec.topic_of("beetle-0")}
    dates = [hit.published or START - 9999 * DAY for hit in fillers]
    assert dates == sorted(dates, reverse=True)
    assert len({*ids(filled), "beetle-0"}) == len(filled) + 1


def test_without_a_section_there_is_nothing_to_fill_with(rec: Recommender) -> None:
    assert rec.article("prize-5").section is None
    good = ids(rec.related("prize-5", 30, floor=0.6))
    assert ids(rec.related("prize-5", 30, floor=0.6, fallback="section")) == good


def test_a_full_list_is_not_filled(rec: Recommender) -> None:
    assert not any(hit.reasons.filler for hit in rec.related("beetle-0", 5, fallback="topic"))


def test_fillers_stand_under_the_caps(rec: Recommender) -> None:
    filled = rec.related("beetle-0", 12, floor=0.5, fallback="topic", per_source=2, per_story=5)
    assert any(hit.reasons.filler for hit in filled)
    sources = Counter(hit.source for hit in filled if hit.source)
    assert max(sources.values()) == 2


def test_an_articles_copies_are_no_background(rec: Recommender) -> None:
    background = rec.related("strike-0", ALL, mode="background", duplicates="keep")
    assert background
    assert not {hit.id for hit in background} & {"wire-strike-0", "late-strike-0"}


def test_where_caps_leave_a_list_short_the_search_goes_deeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ("neighbours.k=4", "related.floor=0", "related.diversity=0", "related.closeness=0")
    rec = Recommender.open(publish_articles(tmp_path, newsdesk(), *rules).root)
    whole = {rec.story_of(hit.id).id for hit in rec.related("frost-0", ALL)}
    monkeypatch.setattr("recommender.serving.ranking.POOL", 4)
    monkeypatch.setattr("recommender.serving.ranking.POOL_A_HIT", 1)
    hits = rec.related("frost-0", len(whole), per_story=1)
    assert {rec.story_of(hit.id).id for hit in hits} == whole
    assert hits.note is None
    more = rec.related("frost-0", len(whole) + 1, per_story=1)
    assert (
        more.note == f"{len(whole)} articles are related with a score of 0 or more under the caps"
    )


def test_fillers_of_the_same_finer_topic_come_first(tmp_path: Path) -> None:
    # Enough texts for a topic to be cut, and fewer of a kind than a text has candidates.
    words = {
        "tides": "tide quay pilot buoy",
        "cranes": "crane dock cargo rope",
        "ferries": "ferry hull radar fog",
    }
    articles = [
        replace(
            report("strike", 0),
            id=f"{kind}-{n}",
            title=f"{kind} {n}",
            text=" ".join(
                random.Random(f"{kind}/{n}").choices(own.split(), k=20) + ["harbour"] * 3
            ),
            published=START + n * DAY,
        )
        for kind, own in words.items()
        for n in range(40)
    ]
    rules = ("topics.count=1", "topics.resolution=1", "duplicates.near=false", "related.floor=1")
    rec = Recommender.open(
        publish_articles(tmp_path, articles, *rules, "gates.largest_topic=1").root
    )
    finest = {a.id: rec.topic_of(a.id, 3) for a in articles}
    filled = rec.related("tides-0", 100, fallback="topic")
    same = [finest[hit.id] == finest["tides-0"] for hit in filled]
    assert True in same
    assert False in same
    assert same == sorted(same, reverse=True)
    dates = [hit.published for hit in filled[: same.index(False)]]
    assert dates == sorted(dates, reverse=True)  # type: ignore[type-var]
