"""The vocabulary: each word is judged by the lists of the language of its own article."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import extract_phrases
from recommender.keywords.terms import count_terms
from recommender.keywords.vocabulary import number_languages, read_vocabulary
from recommender.language.folding import fold
from recommender.language.tokens import read_tokens, without_elision

# Enough words in lower case that capitals mean names.
TAIL = " it rained: cold, windy, dull, grey, soggy, murky, muddy, chilly, damp, bleak"
WORDS = ["l'eau", "d'Ivoire", "die", "war", "un", "UN", "car", "pour", "mayor", "the", "."]
CODES = ["en", "fr", "de"]


def terms_of(texts: list[str], languages: list[str]) -> list[str]:
    return count_terms(find_ngrams(read_tokens(texts), languages)).terms


def test_an_article_of_another_language_takes_no_word_from_english_articles() -> None:
    english = ["The war on the car tax: the mayor said war and car tax. Vote on car tax."] * 3
    others = {
        "de": "Der Krieg war lang, die Steuer war hoch, und er war es nicht.",
        "fr": "Il a voté pour le maire, car la taxe est contre lui.",
        "es": "El alcalde es un hombre, pero la guerra mayor era otra.",
    }
    alone = terms_of(english, ["en"] * 3)
    together = terms_of([*english, *others.values()], ["en"] * 3 + [*others])
    assert {"war", "car tax", "mayor"} <= set(alone)
    assert together == alone


def test_the_french_article_and_the_united_nations_are_two_words() -> None:
    english = [f"Envoys of the UN met {n}. The UN voted, and UN troops left.{TAIL}" for n in "abc"]
    french = [f"Un maire a vu un port {n}, un pont et un quai." for n in "def"]
    tokens = read_tokens([*english, *french])
    ngrams = find_ngrams(tokens, ["en"] * 3 + ["fr"] * 3)
    assert "UN" in count_terms(ngrams).terms
    phrases = extract_phrases(ngrams)
    place = phrases.texts.index("UN")
    assert phrases.names[place]
    assert (phrases.of_text == place).any(axis=1).tolist() == [True] * 3 + [False] * 3


def test_a_stop_word_inside_a_name_does_not_part_the_name_by_language() -> None:
    english = [f"old men of the Bank of Quay met {n} in the rain.{TAIL}" for n in "abcd"]
    dutch = [f"de mannen zagen de Bank of Quay {n} in de regen en het was koud" for n in "efgh"]
    terms = count_terms(find_ngrams(read_tokens([*english, *dutch]), ["en"] * 4 + ["nl"] * 4))
    assert terms.terms.count("Bank of Quay") == 1
    column = terms.holds[:, [terms.terms.index("Bank of Quay")]].toarray().ravel()
    assert column.tolist() == [1] * 8


def test_a_name_is_one_word_in_all_languages() -> None:
    texts = [f"cranes of Poipet moved {n}.{TAIL}" for n in "ab"]
    texts += [f"les grues de Poipet, les ponts et la ville {n}" for n in "cd"]
    terms = count_terms(find_ngrams(read_tokens(texts), ["en", "en", "fr", "fr"]))
    column = terms.holds[:, [terms.terms.index("Poipet")]].toarray().ravel()
    assert column.tolist() == [1] * 4


def test_plurals_follow_the_rules_of_their_own_language() -> None:
    english = ["crane and cranes, dock and docks"] * 2
    french = ["le pays et la pay"] * 2
    terms = terms_of([*english, *french], ["en", "en", "fr", "fr"])
    assert not {"crane", "cranes"} <= set(terms)
    assert {"pays", "pay"} <= set(terms)


def test_what_is_elided_before_a_french_word_is_no_part_of_it() -> None:
    texts = [f"selon l’opposition, l’usine {n} ferme ; opposition et usine" for n in "ab"]
    assert terms_of(texts, ["fr", "fr"]) == ["ferme", "opposition", "usine"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_name_keeps_what_is_elided_inside_it(language: str) -> None:
    texts = [f"les grues de Côte d’Ivoire sont {n}{TAIL}" for n in ("là", "ici", "loin")]
    assert "Côte d’Ivoire" in terms_of(texts, [language] * 3)


def test_spellings_of_one_word_are_one_term() -> None:
    texts = ["alte Straße am Hafen und laute Kräne", "breite Strasse zum Hafen, hohe Kraene"]
    assert terms_of(texts, ["de", "de"]) == ["Hafen", "Kräne", "Straße"]


def test_words_without_spaces_make_phrases_that_begin_and_end_with_words() -> None:
    texts = ["台风登陆福建沿海，高铁停运。", "台风过后，福建沿海恢复供电。", "福建沿海的台风"]
    found = set(terms_of(texts, ["zh"] * 3))
    assert {"台风", "福建沿海"} <= found
    assert not any(term.startswith(("建", "海", "风")) for term in found)


def test_agencies_are_named_in_all_languages() -> None:
    texts = ["la grue du port, reuters, la grue du quai"] * 2
    assert "reuters" not in terms_of(texts, ["fr", "fr"])
    assert "grue" in terms_of(texts, ["fr", "fr"])


def test_an_unknown_language_counts_as_english() -> None:
    texts = ["the crane and the quay"] * 2
    assert terms_of(texts, ["", ""]) == terms_of(texts, ["en", "en"]) == ["crane", "quay"]


def test_languages_are_numbered_in_alphabetical_order() -> None:
    codes, of = number_languages(["fr", "", "de", "fr"], 4)
    assert codes == ["de", "en", "fr"]
    assert of.tolist() == [2, 1, 0, 2]
    assert number_languages("de", 2)[1].tolist() == [0, 0]
    assert number_languages([], 0)[0] == ["en"]
    with pytest.raises(ValueError, match="the languages of 3 documents, got 1"):
        number_languages(["en"], 3)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(WORDS), max_size=9), st.sampled_from(CODES)),
        min_size=1,
        max_size=6,
    )
)
def test_each_token_has_its_word_and_each_word_its_languages(
    documents: list[tuple[list[str], str]],
) -> None:
    tokens = read_tokens([" ".join(words) for words, _ in documents])
    codes, of = number_languages([code for _, code in documents], len(documents))
    vocabulary = read_vocabulary(tokens, codes, of)
    assert len(vocabulary.surfaces) == len(vocabulary.word_of) == len(vocabulary.flags_of)
    seen = {}
    for document, number in enumerate(of.tolist()):
        held = tokens.tokens[tokens.start[document] : tokens.start[document + 1]]
        for token, form in zip(held, vocabulary.form_in[number, held], strict=True):
            surface = without_elision(tokens.vocabulary[token])
            assert vocabulary.surfaces[form] in (surface, tokens.vocabulary[token])
            word = vocabulary.word_of[form]
            if word >= 0:
                assert vocabulary.words[word] == fold(vocabulary.surfaces[form])
                seen.setdefault(int(word), set()).add(number)
    # A name may keep what is elided before it, so that form has a word without being used.
    unused = set(range(len(vocabulary.words))) - set(seen)
    assert all("'" in vocabulary.words[word] for word in unused)
    for word, numbers in seen.items():
        found = set(np.flatnonzero(vocabulary.languages[word]).tolist())
        assert found == numbers or ("'" in vocabulary.words[word] and found > numbers)
        assert not vocabulary.stop[word] or len(numbers) == 1
