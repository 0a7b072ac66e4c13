"""Candidate pairs: copies are among them, and what many texts share makes no pairs of them all."""

import random

import numpy as np
import pytest

from recommender.corpus import candidate_pairs as module
from recommender.corpus.candidate_pairs import candidate_pairs
from tests.corpus.made_up_articles import (
    FOOTER,
    changed_words,
    made_up_words,
    signatures,
    story,
)


def pairs(texts: list[str], order: list[int] | None = None) -> list[tuple[int, int]]:
    ranked = np.arange(len(texts)) if order is None else np.array(order)
    later, earlier = candidate_pairs(signatures(texts), ranked, 0.5)
    return list(zip(later.tolist(), earlier.tolist(), strict=True))


def test_only_texts_that_share_words_are_paired() -> None:
    texts = [story(n).text for n in range(50)]
    texts.append(texts[7].upper())
    assert pairs(texts) == [(50, 7)]
    assert pairs(texts, [50, *range(50)]) == [(7, 50)]
    assert pairs([]) == []


def test_texts_of_very_different_lengths_are_not_paired() -> None:
    text = story(1).text
    words = text.split()
    assert pairs([text, " ".join(words[: len(words) * 6 // 10])]) == [(1, 0)]
    assert pairs([text, " ".join(words[: len(words) * 4 // 10])]) == []


def test_many_copies_lead_to_the_first_few_alone() -> None:
    rng = random.Random(8)
    copies = [changed_words(story(0), rng, made_up_words(rng, 50)).text for _ in range(150)]
    found = pairs([story(0).text, *copies])
    assert {later for later, earlier in found if earlier == 0} == set(range(1, 151))
    assert len(found) < 150 * 150 / 4


def test_a_footer_makes_few_pairs() -> None:
    texts = [f"{story(n, 90).text} {FOOTER}" for n in range(300)]
    assert len(pairs(texts)) <= 2 * module.PAIRED_WITH * 300


def test_pairs_are_the_same_in_portions_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(9)
    texts = [changed_words(story(n % 5), rng, ["tide", "quay"]).text for n in range(40)]
    at_once = pairs(texts)
    monkeypatch.setattr(module, "PAIRS_A_TIME", 7)
    assert pairs(texts) == at_once
    assert at_once
