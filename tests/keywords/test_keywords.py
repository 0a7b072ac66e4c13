"""Keywords: weighted by the formula, few, typical of their group, and sharing no word."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommender.keywords import keywords as module
from recommender.keywords.keywords import keywords, label_of
from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.terms import Terms, count_terms
from recommender.language.tokens import read_tokens
from recommender.types.groups import Keyword

WORDS = ["harbour", "crane", "tide", "quay", "apple", "bee", "the", "is", "."]


def terms_of(texts: list[str]) -> Terms:
    return count_terms(find_ngrams(read_tokens(texts), "en"))


def of_one_word(holds: list[list[int]], words: list[str]) -> Terms:
    """Terms of one word each, none a form of another."""
    families = np.full((len(words), 4), -1, dtype=np.int64)
    families[:, 0] = np.arange(len(words))
    none = np.empty(0, dtype=np.int64)
    return Terms(words, csr_array(np.array(holds, dtype=np.int32)), families, none, none)


def terms_of_groups(texts: list[str], groups: list[int], count: int = 10) -> list[list[str]]:
    found = keywords(terms_of(texts), np.array(groups, dtype=np.int32), count)
    return [[keyword.term for keyword in of] for of in found]


def test_weights_equal_the_formula_by_hand() -> None:
    # Group 0 holds texts 0, 1 and 2, group 1 texts 3 and 4; text 5 is in none.
    holds = [[1, 0, 1], [1, 0, 1], [0, 0, 1], [0, 1, 1], [0, 1, 0], [1, 1, 1]]
    terms = of_one_word(holds, ["crane", "quay", "tide"])
    found = keywords(terms, np.array([0, 0, 0, 1, 1, -1], dtype=np.int32), 10)
    mean = (5 + 3) / 2  # terms of a group
    crane = Keyword("crane", round(2 / 5 * log(1 + mean / 2), 6))
    tide = Keyword("tide", round(3 / 5 * log(1 + mean / 4) * (1 - (1 / 2) / (3 / 3)), 6))
    assert found == [(crane, tide), (Keyword("quay", round(2 / 3 * log(1 + mean / 2), 6)),)]


def test_no_groups_have_no_keywords_and_an_empty_group_has_none() -> None:
    terms = terms_of(["harbour crane"] * 2)
    nowhere = np.array([-1, -1], dtype=np.int32)
    assert keywords(terms, nowhere, 5) == []
    assert keywords(terms, nowhere, 5, groups=2) == [(), ()]
    assert keywords(terms_of([]), np.empty(0, dtype=np.int32), 5) == []
    assert [len(of) for of in keywords(terms, np.array([2, 2], dtype=np.int32), 5)] == [0, 0, 1]


def test_keywords_of_a_group_are_the_words_that_only_it_uses() -> None:
    texts = ["common. harbour. crane."] * 3 + ["common. orchard. apple."] * 2
    # Of equal weight, so in alphabetical order.
    assert terms_of_groups(texts, [0, 0, 0, 1, 1]) == [["crane", "harbour"], ["apple", "orchard"]]


def test_a_single_group_has_keywords_though_nothing_is_elsewhere() -> None:
    assert terms_of_groups(["harbour. crane."] * 3, [0, 0, 0]) == [["crane", "harbour"]]


def test_what_is_evenly_spread_is_no_keyword() -> None:
    texts = ["spread. harbour"] * 4 + ["harbour"] + ["spread. orchard"] * 4 + ["orchard"]
    assert terms_of_groups(texts, [0] * 5 + [1] * 5) == [["harbour"], ["orchard"]]


def test_a_longer_name_stands_for_its_words_where_texts_say_it() -> None:
    texts = ["visits by hun manet. manet won", "hun manet left. hun came", "manet. hun manet. hun"]
    other = ["orchard. bloom"] * 3
    assert "hun manet" in terms_of_groups(texts + other, [0] * 3 + [1] * 3)[0]
    assert not {"hun", "manet"} & set(terms_of_groups(texts + other, [0] * 3 + [1] * 3)[0])
    rarely = ["manet. hun manet. hun", "manet. a hun manet", *["manet", "manet"] * 3]
    assert terms_of_groups(rarely + other, [0] * 8 + [1] * 3)[0][0] == "manet"


def test_forms_of_one_word_are_one_keyword() -> None:
    texts = ["korea. korean. koreans. seoul"] * 2 + ["orchard"] * 2
    assert len(terms_of_groups(texts, [0, 0, 1, 1])[0]) == 2


def test_in_a_large_group_the_terms_that_go_together_come_first() -> None:
    # Every other text of the group has "harbour" and "crane", the others "apple"; both as many.
    texts = [f"{'harbour. crane. quay' if n % 2 else 'apple'}. tide" for n in range(30)]
    found = terms_of_groups(texts + ["orchard. bloom"] * 30, [0] * 30 + [1] * 30)[0]
    assert found[0] == "tide"
    assert found[-1] == "apple"


def slow_keywords(
    holds: list[list[int]], group_of: list[int], words: list[str], count: int
) -> list[dict[str, float]]:
    """The weights of the best words of each group, pair by pair, by the documented formula."""
    grouped = [n for n, group in enumerate(group_of) if group >= 0]
    groups = range(max(group_of) + 1)
    texts = len(grouped)
    everywhere = [sum(holds[n][w] for n in grouped) for w in range(len(words))]
    mean_terms = sum(everywhere) / len({group_of[n] for n in grouped})
    result = []
    for group in groups:
        own = [n for n in grouped if group_of[n] == group]
        others = [n for n in grouped if group_of[n] != group]
        all_terms = sum(sum(holds[n]) for n in own)
        weights = {}
        for w in range(len(words)):
            inside, outside = (sum(holds[n][w] for n in some) for some in (own, others))
            if inside < max(2, 0.02 * len(own)):
                continue
            excess = 1 - (outside / len(others)) / (inside / len(own))
            if excess >= 0.5:
                tf_idf = inside / all_terms * log(1 + mean_terms / everywhere[w])
                weights[w] = tf_idf * excess
        best = sorted(weights, key=lambda w: (-weights[w], w))[: 4 * count]

        def coherence(a: int, b: int, own: list[int], others: list[int]) -> float:
            """The NPMI of two words; outside the group they meet by chance."""
            together: float = sum(holds[n][a] * holds[n][b] for n in own)
            together += (
                sum(holds[n][a] for n in others) * sum(holds[n][b] for n in others) / len(others)
            )
            share = max(together, 1e-12) / texts
            return log(share / (everywhere[a] / texts * everywhere[b] / texts)) / -log(share)

        if len(own) >= 20:
            means = {}
            for a in best:
                rest = {b: weights[b] for b in best if b != a}
                total = sum(coherence(a, b, own, others) * weights[b] for b in rest)
                means[a] = max(total / sum(rest.values()), 0.02)
            weights = {w: weights[w] * (means[w] / max(means.values())) ** 2 for w in best}
        best = sorted(best, key=lambda w: (-weights[w], w))[:count]
        result.append({words[w]: weights[w] for w in best})
    return result


@pytest.mark.parametrize("size", [19, 20, 21, 120])
@pytest.mark.parametrize("count", [1, 2, 6])
def test_weights_equal_a_slow_formula_in_groups_of_any_size(size: int, count: int) -> None:
    rng = np.random.default_rng(size)
    words = [f"w{n:02}" for n in range(24)]
    group_of = [0] * size + [1] * 20 + [2] * 7 + [-1] * 5
    # The first words are of the first group, the next of the second, and the rest are anywhere.
    shares = np.full((4, 24), 0.1)
    shares[0, :9], shares[1, 9:18], shares[2, 15:20] = 0.45, 0.5, 0.6
    held = rng.random((len(group_of), 24)) < shares[group_of]
    held[: size // 2, 5:9] = False  # these are in the second half of the group only
    held[size // 2 : size, :3] = False
    holds = held.astype(int).tolist()
    found = keywords(of_one_word(holds, words), np.array(group_of, dtype=np.int32), count)
    expected = slow_keywords(holds, group_of, words, count)
    assert len(expected) == 3
    for of_group, wanted in zip(found, expected, strict=True):
        assert len(wanted) >= min(count, 3)
        assert [keyword.term for keyword in of_group] == [*wanted]
        weights = [keyword.weight for keyword in of_group]
        assert weights == pytest.approx([*wanted.values()], abs=1e-6)


def test_a_phrase_weighs_half_as_much_again_for_each_word_more() -> None:
    holds = [[1, 1, 1, 0]] * 3 + [[0, 0, 0, 1]] * 3
    terms = of_one_word(holds, ["bank of kelby", "tor brekke", "quay", "orchard"])
    terms.families[:3] = [[0, 1, 2, -1], [3, 4, -1, -1], [5, -1, -1, -1]]
    found = keywords(terms, np.array([0] * 3 + [1] * 3, dtype=np.int32), 5)[0]
    assert [keyword.term for keyword in found] == ["bank of kelby", "tor brekke", "quay"]
    phrase, name, word = (keyword.weight for keyword in found)
    assert word == pytest.approx(3 / 9 * log(1 + 6 / 3), abs=1e-6)
    assert (phrase, name) == pytest.approx((2 * word, 1.5 * word), abs=1e-5)


def test_a_keyword_of_a_large_group_is_in_a_fiftieth_of_its_texts() -> None:
    # Of 150 texts, "crane" is in three and "quay" in two; "tide" is in all.
    holds = [[n < 3, n < 2, 1, 0] for n in range(150)] + [[0, 0, 0, 1]] * 150
    group_of = np.array([0] * 150 + [1] * 150, dtype=np.int32)
    found = keywords(of_one_word(holds, ["crane", "quay", "tide", "orchard"]), group_of, 5)
    assert {keyword.term for keyword in found[0]} == {"tide", "crane"}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), st.integers(-1, 2)),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 4),
)
def test_keywords_are_few_weighty_and_share_no_word(
    corpus: list[tuple[str, int]], count: int
) -> None:
    group_of = np.array([group for _, group in corpus], dtype=np.int32)
    found = keywords(terms_of([text for text, _ in corpus]), group_of, count)
    assert len(found) == max(0, group_of.max() + 1)
    for number, group in enumerate(found):
        own = " . ".join(text for text, of in corpus if of == number)
        assert len(group) <= count
        assert [k.weight for k in group] == sorted((k.weight for k in group), reverse=True)
        words = [word for k in group for word in k.term.split()]
        assert not {"the", "is"} & set(words)
        for keyword in group:
            assert keyword.weight > 0
            assert keyword.term in own
        terms = [set(k.term.split()) for k in group]
        assert all(not a & b for i, a in enumerate(terms) for b in terms[:i])


@settings(deadline=None)
@given(st.lists(st.integers(-1, 5), min_size=12, max_size=12), st.integers(1, 9))
def test_keywords_are_the_same_in_portions_of_any_size(groups: list[int], texts: int) -> None:
    rng = np.random.default_rng(len(set(groups)))
    corpus = [" . ".join(rng.choice(WORDS, 6)) for _ in groups]
    at_once = terms_of_groups(corpus, groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TEXTS_A_TIME", texts)
        assert terms_of_groups(corpus, groups) == at_once


def test_a_label_is_two_or_three_keywords() -> None:
    short = [Keyword(term, 1.0) for term in ("Tony Blair", "election", "Labour", "vote")]
    assert label_of(short) == "Tony Blair, election, Labour"
    long = [Keyword("quay " * 4 + "quay", 1.0)] * 3
    assert label_of(long) == ", ".join(["quay quay quay quay quay"] * 2)
    assert label_of(short[:1]) == "Tony Blair"
    assert label_of([]) == ""


def test_the_label_of_a_part_repeats_at_most_one_term_of_the_whole() -> None:
    words = [Keyword(term, 1.0) for term in ("China", "market", "daily", "growth", "euros")]
    whole = label_of(words[:4])
    assert label_of(words, whole) == "China, growth, euros"
    assert label_of(words[3:], whole) == "growth, euros"
    assert label_of(words[:1], label_of(words[:1])) == "China"
