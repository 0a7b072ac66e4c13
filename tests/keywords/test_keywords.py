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
