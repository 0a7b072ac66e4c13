"""Candidates: the graph's lists, what they lack, the story, the background and the copies."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from recommender import Recommender
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.serving.backend import ScoredTexts, SnapshotBackend
from recommender.snapshot.reader import Snapshot
from tests.planted import article, publish_articles
from tests.serving.newsroom import ALL, ASKED, PLAIN, ids

TEXTS = 40


@pytest.fixture(scope="module")
def rec(newsdesk_rec: Recommender) -> Recommender:
    return newsdesk_rec


class OneList(SnapshotBackend):
    """A backend that gives one list for every text, and notes what it searches."""

    def __init__(self, snapshot: Snapshot, found: ScoredTexts) -> None:
        super().__init__(snapshot)
        self.found, self.searches = found, 0

    def neighbours(self, texts: int | Array) -> ScoredTexts:
        assert isinstance(texts, int)
        return self.found

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> ScoredTexts:
        self.searches += 1
        return super().search(vector, k, admitted)


class Plain:
    """Articles that are all unlike, with the list that the graph holds for one of them."""

    def __init__(self, artifacts: Artifacts) -> None:
        self.root = artifacts.root
        snapshot = Snapshot(artifacts.snapshots / artifacts.current())
        rows = {f"a-{n}": snapshot.lookup.row_of(f"a-{n}") for n in range(TEXTS)}
        self.text_of = {i: int(snapshot.arrays.text_of[row]) for i, row in rows.items()}
        self.id_of = {text: i for i, text in self.text_of.items()}
        self.arrays = snapshot.arrays

    def whole_list(self, asked: str) -> list[tuple[int, np.float32]]:
        """The numbers and scores of all other texts, best first."""
        own = self.text_of[asked]
        texts, scores = self.arrays.neighbours[own], self.arrays.scores[own]
        return list(zip(texts.tolist(), scores, strict=True))

    def answer(
        self, asked: str, listed: list[tuple[int, np.float32]], floor: float = 0
    ) -> tuple[list[str], int]:
        """The answer where the graph lists these texts, and how often the index was searched."""
        texts = np.array([text for text, _ in listed], dtype=np.int32)
        scores = np.array([score for _, score in listed], dtype=np.float32)
        opened: list[OneList] = []

        def backend(snapshot: Snapshot) -> OneList:
            opened.append(OneList(snapshot, ScoredTexts(texts, scores)))
            return opened[-1]

        answers = ids(Recommender.open(self.root, backend).related(asked, ALL, floor=floor))
        return answers, opened[-1].searches


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Plain:
    # Each title names the theme, so that texts of a theme share a phrase.
    articles = [replace(article(n), section=None) for n in range(TEXTS)]
    rules = (f"neighbours.k={TEXTS - 1}", "duplicates.near=false", *PLAIN)
    return Plain(publish_articles(tmp_path_factory.mktemp("plain"), articles, *rules))


def test_a_list_that_ends_in_text_0_is_not_taken_as_complete(plain: Plain) -> None:
    asked = plain.id_of[1]
    everything = plain.whole_list(asked)
    assert sorted(text for text, _ in everything) == [0, *range(2, TEXTS)]
    end = [text for text, _ in everything].index(0) + 1
    assert end < TEXTS - 1  # some texts are less related than text 0
    answers, searches = plain.answer(asked, everything[:end])
    assert len(answers) == TEXTS - 1
    assert searches


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_a_list_that_is_padded_is_complete_and_the_padding_is_no_text(
    plain: Plain, kept: int
) -> None:
    asked = plain.id_of[1]
    listed = plain.whole_list(asked)[:kept]
    padding = [(-1, np.float32(0))] * 2
    expected = [plain.id_of[text] for text, _ in listed]
    assert plain.answer(asked, [*listed, *padding]) == (expected, 0)


def test_a_list_of_all_texts_or_of_none_needs_no_search(plain: Plain) -> None:
    asked = plain.id_of[1]
    everything = plain.whole_list(asked)
    expected = [plain.id_of[text] for text, _ in everything]
    assert plain.answer(asked, everything) == (expected, 0)
    assert plain.answer(asked, []) == ([], 0)
    answers, searches = plain.answer(asked, everything[:-1])  # one text is missing
    assert sorted(answers) == sorted(expected)
    assert searches


def test_a_list_that_ends_below_the_floor_is_complete_and_one_that_ends_at_it_is_not(
    plain: Plain,
) -> None:
    asked = plain.id_of[1]
    listed = plain.whole_list(asked)[:4]
    floor = float(listed[-1][1])  # a text that is not in the list may score as much
    answers, searches = plain.answer(asked, listed, floor)
    assert [plain.id_of[text] for text, _ in listed] == answers[:4]
    assert searches
    above = float(np.nextafter(listed[-1][1], np.float32(1)))
    answers, searches = plain.answer(asked, listed, above)
    assert (len(answers), searches) == (3, 0)


@pytest.mark.parametrize("asked", ASKED)
def test_mode_story_gives_the_whole_story_newest_first(rec: Recommender, asked: str) -> None:
    expected = rec.related(asked, ALL, mode="story", duplicates="keep", floor=1, half_life=1)
    assert {*ids(expected), asked} == {card.id for card in rec.story_of(asked).articles}
    dates = [hit.published for hit in expected]
    dated = [date for date in dates if date]
    assert dates == sorted(dated, reverse=True) + [None] * (len(dates) - len(dated))
    assert ids(rec.related(asked, 2, mode="story", duplicates="keep")) == ids(expected)[:2]


@pytest.mark.parametrize("asked", ASKED)
def test_mode_background_gives_the_topic_without_the_story(rec: Recommender, asked: str) -> None:
    topic, story = rec.topic_of(asked), {card.id for card in rec.story_of(asked).articles}
    assert topic is not None
    wanted = [
        hit.id
        for hit in rec.related(asked, ALL)
        if hit.id not in story and rec.topic_of(hit.id) == topic
    ]
    assert ids(rec.related(asked, ALL, mode="background")) == wanted
    assert wanted


def test_duplicates_keep_gives_every_copy(rec: Recommender) -> None:
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


def test_copies_of_an_article_are_not_its_background(rec: Recommender) -> None:
    background = rec.related("strike-0", ALL, mode="background", duplicates="keep")
    assert background
    assert not {hit.id for hit in background} & {"wire-strike-0", "late-strike-0"}
