"""Keywords: counted as a slow reading would count, weighted as the formula says by hand."""

import re
from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommender.keywords import (
    MIN_TEXTS,
    SMALL_CORPUS,
    class_tf_idf,
    count_terms,
    keywords,
    stop_words_for,
)

STOP = frozenset({"the", "is", "of"})
WORDS = ["harbour", "crane", "tide", "quay", "apple", "bee", "the", "is"]


def counted(texts: list[str], stop_words: frozenset[str] = STOP) -> list[dict[str, int]]:
    """`count_terms` as one dictionary of counts for each text."""
    terms, counts = count_terms(texts, stop_words)
    assert terms == sorted(set(terms))
    assert counts.shape == (len(texts), len(terms))
    return [
        {term: int(n) for term, n in zip(terms, row, strict=True) if n}
        for row in counts.toarray().tolist()
    ]


def counted_slowly(texts: list[str], stop_words: frozenset[str], minimum: int) -> list[Counter]:
    """Word by word, for texts of plain words, spaces and full stops."""
    result = []
    for text in texts:
        words = re.findall(r"[a-z]+|\.", text.lower())
        is_word = [len(w) > 1 and w not in stop_words for w in words]
        count = Counter(w for w, good in zip(words, is_word, strict=True) if good)
        for i in range(len(words) - 1):
            if is_word[i] and is_word[i + 1]:
                count[f"{words[i]} {words[i + 1]}"] += 1
        result.append(count)
    in_texts = Counter(term for count in result for term in count)
    frequent = {term for term, n in in_texts.items() if n >= minimum}
    return [Counter({t: n for t, n in count.items() if t in frequent}) for count in result]


@given(st.lists(st.text("abAB .", max_size=12), min_size=1, max_size=SMALL_CORPUS - 1))
def test_in_a_small_corpus_every_term_counts(texts: list[str]) -> None:
    stop = frozenset({"ab", "aa"})
    assert counted(texts, stop) == counted_slowly(texts, stop, minimum=1)


@given(st.lists(st.text("abc. ", max_size=9), min_size=SMALL_CORPUS, max_size=SMALL_CORPUS + 9))
def test_in_a_larger_one_a_term_must_be_in_several_texts(texts: list[str]) -> None:
    assert counted(texts, STOP) == counted_slowly(texts, STOP, minimum=MIN_TEXTS)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Harbour crane", {"harbour", "crane", "harbour crane"}),
        ("harbour, crane", {"harbour", "crane"}),
        ("harbour – crane", {"harbour", "crane"}),
        ("harbour (crane)", {"harbour", "crane"}),
        ("harbour of the crane", {"harbour", "crane"}),
        ("harbour 7 crane", {"harbour", "crane"}),
        ("harbour x crane", {"harbour", "crane"}),
        ("the harbour's crane", {"harbour", "crane", "harbour crane"}),
        ("the harbour’s", {"harbour"}),
        ("It’s THE quay", {"it", "quay"}),
        ("covid-19 rock'n'roll", {"covid-19", "rock'n'roll", "covid-19 rock'n'roll"}),
        ("2026 1.5 --- $ 90%", set()),
        ("Größe naïve 中文", {"größe", "naïve", "中文", "größe naïve", "naïve 中文"}),
        ("tide tide tide", {"tide", "tide tide"}),
        ("", set()),
    ],
)  # fmt: skip
def test_what_is_a_term(text: str, terms: set[str]) -> None:
    assert set(counted([text])[0]) == terms


def test_terms_are_counted_not_marked() -> None:
    assert counted(["tide tide quay tide quay."]) == [
        {"tide": 3, "quay": 2, "tide tide": 1, "tide quay": 2, "quay tide": 1}
    ]


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert counted(["harbour", "crane"]) == [{"harbour": 1}, {"crane": 1}]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "nl"])
def test_no_ordinary_stop_word_is_a_term_however_it_is_written(language: str) -> None:
    stop_words = stop_words_for(frozenset({language}))
    ordinary = [w for w in stop_words if re.fullmatch(r"\w+(?:['’]\w+)*", w)]
    assert len(ordinary) > 100
    written = [form for w in ordinary for form in (w, w.capitalize(), w.upper())]
    # A capital letter can have several small ones (ß, İ); those are no test of stop words.
    same = [form for form in written if form.lower() in stop_words]
    assert count_terms(same, stop_words).terms == []


def test_stop_words_hold_english_and_each_language_with_a_list() -> None:
    english, german = stop_words_for(frozenset()), stop_words_for(frozenset({"de"}))
    assert {"the", "don't", "don’t"} <= english
    assert "nicht" not in english
    assert {"the", "nicht"} <= german
    assert stop_words_for(frozenset({"de-AT"})) == german
    assert stop_words_for(frozenset({"DE_ch"})) == german
    assert stop_words_for(frozenset({"tlh", "", "x-none"})) == english


def test_weights_equal_the_formula_by_hand() -> None:
    # Topic 0 holds texts 0 and 2, topic 1 text 1; text 3 is in no topic.
    counts = csr_array(np.array([[2, 0, 1], [0, 3, 1], [1, 0, 0], [9, 9, 9]]))
    weights = class_tf_idf(counts, np.array([0, 1, 0, -1], dtype=np.int32), 2)
    mean = (4 + 4) / 2  # terms a topic
    expected = [
        [3 / 4 * log(1 + mean / 3), 0.0, 1 / 4 * log(1 + mean / 2)],
        [0.0, 3 / 4 * log(1 + mean / 3), 1 / 4 * log(1 + mean / 2)],
    ]
    np.testing.assert_allclose(weights, expected, rtol=1e-12)


def test_a_topic_without_terms_has_no_weights() -> None:
    weights = class_tf_idf(csr_array(np.array([[2], [0]])), np.array([0, 1], dtype=np.int32), 2)
    assert weights[1].tolist() == [0.0]
    assert np.isfinite(weights).all()


def test_no_topics_have_no_keywords() -> None:
    assert keywords(["harbour crane"], np.array([-1], dtype=np.int32), 5, []) == []


def test_a_topic_is_told_by_the_words_that_only_it_uses() -> None:
    texts = ["common. harbour. crane."] * 3 + ["common. orchard. apple."] * 2
    found = keywords(texts, np.array([0, 0, 0, 1, 1], dtype=np.int32), 2, [])
    # Of equal weight, so in alphabetical order.
    assert [[k.term for k in topic] for topic in found] == [
        ["crane", "harbour"],
        ["apple", "orchard"],
    ]


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS),
                     max_size=8).map(" ".join),
            st.integers(-1, 2),
        ),
        min_size=1, max_size=20,
    ),
    st.integers(1, 4),
)  # fmt: skip
def test_keywords_are_few_weighty_and_share_no_word(
    corpus: list[tuple[str, int]], count: int
) -> None:
    topic_of = np.array([topic for _, topic in corpus], dtype=np.int32)
    found = keywords([text for text, _ in corpus], topic_of, count, ["en"])
    assert len(found) == max(0, topic_of.max() + 1)
    for number, topic in enumerate(found):
        own = " . ".join(text for text, of in corpus if of == number)
        assert len(topic) <= count
        assert [k.weight for k in topic] == sorted((k.weight for k in topic), reverse=True)
        words = [word for k in topic for word in k.term.split()]
        assert not {"the", "is"} & set(words)
        for keyword in topic:
            assert keyword.weight > 0
            assert keyword.term in own
        terms = [set(k.term.split()) for k in topic]
        assert all(not a & b for i, a in enumerate(terms) for b in terms[:i])
