"""Word overlap against its own formula, written out word by word."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.language.tokens import count_words, read_tokens
from recommender.scoring import word_overlap
from recommender.scoring.word_overlap import (
    Lexicon,
    WeightedWords,
    weigh_corpus,
    weigh_query,
    word_overlaps,
)

WORDS = ("tide", "quay", "crane", "2017", "covid-19", "élan", "東", "zoo")
CORPORA = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=8)
# Weights are stored in float16.
NEAR = {"rel": 2e-3, "abs": 1e-4}


def weigh_texts(texts: Sequence[Sequence[str]]) -> tuple[Lexicon, WeightedWords]:
    return weigh_corpus(count_words(read_tokens(" ".join(text) for text in texts)))


def rows(lexicon: Lexicon, words: WeightedWords) -> list[dict[str, float]]:
    return [
        {lexicon.words[w]: float(x) for w, x in zip(row, weights, strict=True) if w >= 0}
        for row, weights in zip(words.words.tolist(), words.weights.tolist(), strict=True)
    ]


def frequencies(text: Sequence[str]) -> dict[str, int]:
    return {
        word: count * (2 if any(sign.isdigit() for sign in word) else 1)
        for word, count in Counter(text).items()
    }


def by_formula(
    text: Sequence[str], in_texts: Mapping[str, int], texts: int, mean_length: float
) -> dict[str, float]:
    """w(i,t) of the heaviest words of one text, by the formula at the head of word_overlap.py."""
    tf = frequencies(text)
    length = sum(tf.values())
    weight = {}
    for word, count in tf.items():
        n = in_texts.get(word, 0)
        idf = math.log(1 + (texts - n + 0.5) / (n + 0.5))
        norm = 1 - 0.75 + 0.75 * length / mean_length
        weight[word] = math.sqrt(idf) * count * (1.2 + 1) / (count + 1.2 * norm)
    heaviest = sorted(weight, key=lambda word: (-weight[word], word))[: word_overlap.MAX_WORDS]
    norm = math.sqrt(sum(weight[word] ** 2 for word in heaviest))
    return {word: weight[word] / norm for word in heaviest}


def corpus_by_formula(texts: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    in_texts = Counter(word for text in texts for word in set(text))
    mean = sum(sum(frequencies(text).values()) for text in texts) / len(texts)
    return [
        {w: x for w, x in by_formula(t, in_texts, len(texts), mean).items() if in_texts[w] > 1}
        for t in texts
    ]


@settings(deadline=None)
@given(CORPORA)
def test_weights_are_those_of_the_formula(texts: list[list[str]]) -> None:
    lexicon, words = weigh_texts(texts)
    assert rows(lexicon, words) == [pytest.approx(row, **NEAR) for row in corpus_by_formula(texts)]
    in_texts = Counter(word for text in texts for word in set(text))
    assert lexicon.words == sorted(word for word, n in in_texts.items() if n > 1)
    assert lexicon.texts == len(texts)
    assert lexicon.mean_length == pytest.approx(
        sum(sum(frequencies(text).values()) for text in texts) / len(texts)
    )
    assert lexicon.idf.tolist() == pytest.approx(
        [
            math.log(1 + (len(texts) - in_texts[w] + 0.5) / (in_texts[w] + 0.5))
            for w in lexicon.words
        ]
    )


@settings(deadline=None)
@given(CORPORA)
def test_rows_ascend_and_are_padded_in_front(texts: list[list[str]]) -> None:
    _, words = weigh_texts(texts)
    assert (words.words.dtype, words.weights.dtype) == (np.int32, np.float16)
    assert words.words.shape == words.weights.shape
    assert words.words.shape[1] >= 1
    for row, weights in zip(words.words.tolist(), words.weights.tolist(), strict=True):
        filled = [word for word in row if word >= 0]
        assert row == [-1] * (len(row) - len(filled)) + sorted(set(filled))
        assert all(w == 0 for w in weights[: len(row) - len(filled)])
        assert all(w > 0 for w in weights[len(row) - len(filled) :])


def test_only_the_heaviest_words_are_kept_with_a_norm_of_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(word_overlap, "MAX_WORDS", 3)
    texts = [["tide", "quay", "crane", "2017", "zoo"], ["tide", "quay", "crane", "zoo", "zoo"],
             ["tide"], ["tide", "quay", "2017"]]  # fmt: skip
    lexicon, words = weigh_texts(texts)
    assert words.words.shape == (4, 3)
    found = rows(lexicon, words)
    assert found == [pytest.approx(row, **NEAR) for row in corpus_by_formula(texts)]
    assert "tide" not in found[0]  # a word of every text weighs least
    assert sum(x * x for x in found[0].values()) == pytest.approx(1, rel=2e-3)


def test_of_equal_weights_the_first_words_in_alphabetical_order_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(word_overlap, "MAX_WORDS", 2)
    lexicon, words = weigh_texts([["zoo", "quay", "crane", "tide"]] * 2)
    assert [sorted(row) for row in rows(lexicon, words)] == [["crane", "quay"]] * 2


@settings(deadline=None)
@given(CORPORA)
def test_overlaps_are_symmetric_and_between_0_and_1(texts: list[list[str]]) -> None:
    _, words = weigh_texts(texts)
    table = np.stack(
        [word_overlaps(WeightedWords(*(a[i] for a in words)), words) for i in range(len(texts))]
    )
    assert table.dtype == np.float32
    np.testing.assert_allclose(table, table.T, rtol=0, atol=1e-6)
    assert (table >= 0).all()
    assert (table <= 1 + 2e-3).all()
    expected = corpus_by_formula(texts)
    for i, one in enumerate(expected):
        for j, other in enumerate(expected):
            dot = sum(weight * other.get(word, 0.0) for word, weight in one.items())
            assert table[i, j] == pytest.approx(dot, rel=4e-3, abs=1e-3)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=5))
def test_a_text_whose_words_are_all_shared_has_an_overlap_of_1_with_itself(
    texts: list[list[str]],
) -> None:
    _, words = weigh_texts([*texts, *texts])
    for i in range(len(texts)):
        own = WeightedWords(words.words[i], words.weights[i])
        found = word_overlaps(own, words)
        assert found[i] == pytest.approx(1, abs=3e-3)
        assert found[i + len(texts)] == found[i]


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=5))
def test_a_query_that_equals_a_text_of_the_corpus_has_its_weights(texts: list[list[str]]) -> None:
    lexicon, words = weigh_texts([*texts, *texts])
    for i, text in enumerate(texts):
        query = weigh_query(Counter(text), lexicon)
        row = words.words[i] >= 0
        assert query.words[0].tolist() == words.words[i][row].tolist()
        np.testing.assert_allclose(
            query.weights[0].astype(float), words.weights[i][row].astype(float), rtol=2e-3
        )


@settings(deadline=None)
@given(CORPORA, st.lists(st.sampled_from((*WORDS, "unheard", "1999")), max_size=12))
def test_a_query_is_weighed_by_the_formula_with_unknown_words_as_in_no_text(
    texts: list[list[str]], query: list[str]
) -> None:
    lexicon, _ = weigh_texts([*texts, *texts])  # so that every word occurs in two texts
    in_texts = Counter(word for text in texts for word in set(text) for _ in range(2))
    expected = {}
    if query:
        expected = by_formula(query, in_texts, lexicon.texts, lexicon.mean_length or 1.0)
    found = weigh_query(Counter(query), lexicon)
    assert rows(lexicon, found) == [
        pytest.approx({w: x for w, x in expected.items() if in_texts[w]}, **NEAR)
    ]


def test_words_of_a_single_text_are_dropped_but_count_in_the_norm() -> None:
    plain = [["tide", "quay"], ["tide", "quay"]]
    diluted = [["tide", "quay", "zeppelin"], ["tide", "quay"]]
    whole, less = (rows(*weigh_texts(texts))[0] for texts in (plain, diluted))
    assert whole.keys() == less.keys() == {"tide", "quay"}
    assert sum(x * x for x in whole.values()) == pytest.approx(1, rel=2e-3)
    assert sum(x * x for x in less.values()) < 0.5  # the rare word weighs most


def test_numbers_count_twice() -> None:
    lexicon, words = weigh_texts([["tide", "2017"], ["tide", "2017"]])
    found = rows(lexicon, words)[0]
    assert found["2017"] > found["tide"]


def test_texts_without_words_have_overlaps_of_0() -> None:
    lexicon, words = weigh_texts([[], ["tide"], ["tide"], ["unheard"]])
    assert words.words[0].tolist() == words.words[3].tolist() == [-1]
    for i in (0, 3):
        own = WeightedWords(words.words[i], words.weights[i])
        assert word_overlaps(own, words).tolist() == [0, 0, 0, 0]
    empty = weigh_query(Counter(), lexicon)
    assert word_overlaps(empty, words).tolist() == [0, 0, 0, 0]
    assert word_overlaps(empty, WeightedWords(words.words[:0], words.weights[:0])).tolist() == []


@pytest.mark.parametrize("texts", [[[]], [["tide"]], [[], []], [["tide"], ["quay"]]])
def test_corpora_without_shared_words_have_an_empty_lexicon(texts: list[list[str]]) -> None:
    lexicon, words = weigh_texts(texts)
    assert (list(lexicon.words), lexicon.idf.tolist()) == ([], [])
    assert words.words.tolist() == [[-1]] * len(texts)
    query = weigh_query({"tide": 1}, lexicon)
    assert word_overlaps(query, words).tolist() == [0] * len(texts)


def test_the_order_of_the_vocabulary_changes_no_bit() -> None:
    texts = ["crane tide quay 2017 tide", "quay zoo élan", "tide zoo 東 2017", "élan crane"]
    plain = read_tokens(texts)
    longer = read_tokens(["zeppelin", *reversed(texts), *texts]).take(np.arange(5, 9))
    one, other = (weigh_corpus(count_words(tokens)) for tokens in (plain, longer))
    assert one[0].words == other[0].words
    assert one[0].idf.tobytes() == other[0].idf.tobytes()
    assert one[0][2:] == other[0][2:]
    assert [a.tobytes() for a in one[1]] == [a.tobytes() for a in other[1]]
