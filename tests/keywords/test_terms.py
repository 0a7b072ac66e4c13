"""Terms: forms of one term are one, and every text that holds a term is found."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.terms import Terms, count_terms
from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import read_tokens
from recommender.language.word_lists import word_lists

WORDS = ["harbour", "crane", "tide", "quay", "bee", "the", "of", ".", ","]
# Enough words without capitals that the text is not taken for one of a language like German.
TAIL = " it rained: cold, windy, dull, grey, soggy, murky, muddy, chilly, damp, bleak"


def terms_of(*texts: str, language: str = "en", boilerplate: tuple[str, ...] = ()) -> Terms:
    return count_terms(find_ngrams(read_tokens(texts), language), None, boilerplate)


def texts_of(terms: Terms) -> dict[str, set[int]]:
    """The texts of each term."""
    return {
        term: set(np.flatnonzero(column).tolist())
        for term, column in zip(terms.terms, terms.holds.toarray().T, strict=True)
    }


def stands_in(term: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", text) is not None


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=8))
def test_each_term_has_the_texts_in_which_it_stands(texts: list[str]) -> None:
    terms = terms_of(*texts)
    assert terms.terms == sorted(set(terms.terms))
    assert terms.holds.shape == (len(texts), len(terms.terms))
    assert terms.families.shape == (len(terms.terms), 4)
    for term, own in texts_of(terms).items():
        assert not {"the", "of"} & set(term.split())
        assert len(own) >= 2
        assert own == {i for i, text in enumerate(texts) if stands_in(term, text)}
    assert set(terms.holds.data.tolist()) <= {1}


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=8))
def test_nested_pairs_are_all_there_are(texts: list[str]) -> None:
    terms = terms_of(*texts)
    found = {
        (terms.terms[a], terms.terms[b])
        for a, b in zip(terms.shorter.tolist(), terms.longer.tolist(), strict=True)
    }
    assert terms.longer.tolist() == sorted(terms.longer.tolist())
    assert found == {
        (a, b) for a in terms.terms for b in terms.terms if a != b and f" {a} " in f" {b} "
    }


def test_singular_and_plural_are_one_term_written_as_most_write_it() -> None:
    texts = [
        "tide rates. tide rates. cities. cities",
        "tide rate. a city",
        "a tide rate. tide rate. a city.",
    ]
    texts = [f"{text}. rates. rate. tide." for text in texts]
    assert texts_of(terms_of(*texts)) == {
        "cities": {0, 1, 2},
        "rate": {0, 1, 2},
        "tide": {0, 1, 2},
        "tide rate": {0, 1, 2},
    }


def test_a_name_that_is_cut_is_no_term_beside_other_words_either() -> None:
    tail = " while many critics of the plan complained about fares, late ferries and the price of"
    texts = [
        f"They sent a Securities and Exchange Commission {word} to the {place}{tail} bread."
        for word in ("filing", "report")
        for place in ("harbour", "court", "quay", "pilots")
    ]
    assert not {term for term in terms_of(*texts).terms if "Commission" in term}


def test_of_other_endings_nothing_is_made() -> None:
    terms = terms_of(*["glass, crisis, bus, glas, bu, crisi"] * 2)
    assert set(terms.terms) == {"glass", "crisis", "bus", "glas", "bu", "crisi"}


def test_an_office_is_no_part_of_a_name_and_lower_case_is_not() -> None:
    texts = [
        f"{office} Hun Manet {verb}, critics of Hun Manet. President Park {verb}.{TAIL}"
        for office, verb in [
            ("they say President", "left"), ("critics told President", "came"),
            ("they thank leader", "won"), ("they greet leader", "lost"),
        ]
    ]  # fmt: skip
    found = terms_of(*texts).terms
    assert {"Hun Manet", "President Park"} <= set(found)
    assert not [t for t in found if "Manet" in t and t != "Hun Manet" and t != "Manet"]


def test_words_of_one_family_are_known_as_such() -> None:
    terms = terms_of(*["korea. korean. korea. koreans. kore. quay. he saw PCs. a PC" + TAIL] * 2)
    family = dict(zip(terms.terms, terms.families[:, 0].tolist(), strict=True))
    assert family["korea"] == family["korean"] == family["kore"] != family["quay"]
    assert family["PCs"] == family["PC"] != family["quay"]


def test_scripts_without_spaces_have_terms_of_several_signs() -> None:
    terms = terms_of(*["港口。中国", "在港口。中国！"], language="zh")
    assert {"港口", "中国"} <= set(terms.terms)
    assert all(len(term) > 1 for term in terms.terms)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "nl"])
def test_no_ordinary_stop_word_is_a_term_however_it_is_written(language: str) -> None:
    stop_words = stop_words_for(language) - word_lists(language).content_words
    ordinary = [w for w in stop_words if re.fullmatch(r"\w+(?:['’]\w+)*", w)]
    assert len(ordinary) > 100
    written = [form for w in ordinary for form in (w, w.capitalize(), w.upper())]
    # A capital letter can have several small ones (ß, İ); those are no test of stop words. By
    # itself each is a text: behind another, two capitals would be a name.
    same = [form for form in written if form.casefold() in stop_words]
    assert terms_of(*same, *same, language=language).terms == []


def test_boilerplate_is_no_term() -> None:
    text = "Poipet, pilots told reporters on Monday, in March, cranes, winds, Reuters, hills, the "
    text += "Gazette, docks, critics, crews, Ann Quill." + TAIL
    texts = [f"{verb} {text}" for verb in ("praised", "mourned", "visited")]
    assert {"Poipet", "Gazette", "Ann Quill"} <= set(terms_of(*texts).terms)
    found = terms_of(*texts, boilerplate=("Gazette", "ann quill")).terms
    assert "Poipet" in found
    assert not {"Gazette", "Ann Quill", "Reuters", "March", "Monday", "told", "reporters"} & {
        *found
    }


def test_only_the_chosen_documents_are_read() -> None:
    ngrams = find_ngrams(read_tokens(["quay. tide", "quay. crane", "tide. quay", "tide"]), "en")
    terms = count_terms(ngrams, np.array([2, 0]))
    assert texts_of(terms) == {"quay": {0, 1}, "tide": {0, 1}}


def test_no_text_has_no_terms() -> None:
    for texts in ([], ["", ""]):
        assert terms_of(*texts).terms == []
