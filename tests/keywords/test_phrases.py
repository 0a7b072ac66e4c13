"""Phrases: every one stands in the texts that have it, and says what they are about."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.phrases import PER_TEXT, Phrases, extract_phrases
from recommender.language.prepare import embedded_text
from recommender.language.tokens import Tokens, read_tokens

DEMO = Path(__file__).parents[2] / "artifacts" / "demo" / "news.jsonl"
NAMES = ["Poipet", "Hun Manet", "World Harbour Union", "NATO", "Bank of Quay", "New Dock"]
PLAIN = ["harbour", "crane", "cyber-scam", "pilots’", "the", "of", "new", "and", "said", "7"]
SIGNS = [" ", ". ", ", ", "’s ", "\n", " – ", "! ", "-"]
made_up = st.lists(
    st.tuples(st.sampled_from(NAMES + PLAIN), st.sampled_from(SIGNS)), max_size=30
).map(lambda pieces: "".join(word + sign for word, sign in pieces))
anything = st.text("aA sS.’'-ßİé1中文かกั,\n", max_size=40)


def extract(tokens: Tokens, language: str, *others: Any, **named: Any) -> Phrases:
    return extract_phrases(find_ngrams(tokens, language), *others, **named)


def rows(found: Phrases) -> list[set[str]]:
    return [{found.texts[p] for p in row if p >= 0} for row in found.of_text.tolist()]


def of(*texts: str, language: str = "en") -> list[set[str]]:
    return rows(extract(read_tokens(texts), language))


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def check(found: Phrases, texts: list[str]) -> None:
    assert found.texts == sorted(set(found.texts))
    assert found.weights.dtype == np.float32
    assert found.of_text.dtype == np.int32
    assert found.names.shape == found.weights.shape == (len(found.texts),)
    assert found.of_text.shape == (len(texts), PER_TEXT)
    texts_with = Counter(p for row in found.of_text.tolist() for p in row if p >= 0)
    assert set(texts_with) == set(range(len(found.texts)))
    assert all(count >= 2 for count in texts_with.values())
    for row, text in zip(found.of_text.tolist(), texts, strict=True):
        own = [p for p in row if p >= 0]
        assert row == sorted(set(own)) + [-1] * (PER_TEXT - len(own))
        for phrase in own:
            assert found.texts[phrase].casefold() in folded(text)


@settings(deadline=None)
@given(st.lists(made_up, max_size=12))
def test_every_phrase_stands_in_its_texts(texts: list[str]) -> None:
    check(extract(read_tokens(texts), "en"), texts)


@settings(deadline=None)
@given(st.lists(anything, max_size=8))
def test_whatever_is_written_the_rows_hold_their_form(texts: list[str]) -> None:
    # White space between signs of scripts without spaces is no part of a phrase.
    check(extract(read_tokens(texts), ""), [*map(squeezed, texts)])


def squeezed(text: str) -> str:
    import regex

    sign = r"[\p{Han}\p{Hiragana}\p{Thai}]\p{M}*"
    return regex.sub(rf"({sign})\s+(?={sign})", r"\1", text)


@settings(deadline=None)
@given(st.lists(made_up, min_size=1, max_size=8), st.randoms())
def test_the_order_of_the_vocabulary_makes_no_difference(texts: list[str], random: object) -> None:
    tokens = read_tokens(texts)
    order = np.random.default_rng(len(tokens.tokens)).permutation(len(tokens.vocabulary))
    shuffled = Tokens(
        [tokens.vocabulary[i] for i in order],
        np.argsort(order).astype(np.int32)[tokens.tokens],
        tokens.start,
    )
    one, other = extract(tokens, "en"), extract(shuffled, "en")
    assert one.texts == other.texts
    for a, b in zip(one[1:], other[1:], strict=True):
        np.testing.assert_array_equal(a, b)


def test_names_are_distinguished_from_words_that_begin_a_sentence() -> None:
    texts = [
        "Sanctions Hit Poipet. Sanctions on Poipet hurt. They say sanctions in Poipet hurt people.",
        "SANCTIONS HIT POIPET. Sanctions came. Officials near Poipet called sanctions a bad thing.",
        "Sanctions against Poipet again. Officials who know Poipet dislike sanctions there.",
    ]
    found = extract(read_tokens(texts), "en")
    named = dict(zip(found.texts, found.names.tolist(), strict=True))
    assert named["Poipet"]
    assert not named["sanctions"]


def test_a_stop_word_and_a_particle_can_be_part_of_a_name() -> None:
    text = "Officials visited New York, where analysts praised the Bank of England, they explained."
    other = (
        "Protesters left New York because investors trusted the Bank of England, they explained."
    )
    third = "Tourists like New York as critics dislike the Bank of England, they explained."
    for row in of(text + TAIL, other + TAIL, third + TAIL):
        assert {"New York", "Bank of England"} <= row
        assert not {"York", "England", "Bank"} & row


# Enough words without capitals that the text is not taken for one of a language like German.
TAIL = " it rained: cold, windy, dull, grey, soggy, murky, muddy, chilly, damp, bleak skies"
MANET = [
    "ministers greeted Hun Manet. critics dislike Manet, others cheered",
    "cheering crowds saw Hun Manet, investors explained; friends of Manet celebrated",
    "envoys thanked Hun Manet because donors praised him",
]


def test_a_name_hides_its_words_unless_they_stand_outside_it_too() -> None:
    assert of(*[text + TAIL for text in MANET]) == [
        {"Hun Manet", "Manet"},
        {"Hun Manet", "Manet"},
        {"Hun Manet"},
    ]


def test_a_longer_name_beats_its_words() -> None:
    found = extract(read_tokens([f"{text}. {'saw Manet, ' * 9}{TAIL}" for text in MANET[:2]]), "en")
    weights = dict(zip(found.texts, found.weights.tolist(), strict=True))
    assert weights["Hun Manet"] > weights["Manet"]
    one = extract(
        read_tokens([f"{text}. {'saw Manet, ' * 9}{TAIL}" for text in MANET]), "", per_text=1
    )
    assert one.texts == ["Hun Manet"]


def test_a_possessive_ends_a_phrase() -> None:
    texts = [text.replace("Hun Manet", "Hun Manet’s Harbour") + TAIL for text in MANET]
    for row in of(*texts):
        assert {"Hun Manet", "Harbour"} <= row
        assert not any("Harbour" in p and "Manet" in p for p in row)


def test_boilerplate_is_no_phrase() -> None:
    verbs = ["praised", "mourned", "visited"]
    text = (
        "pilots {0} Poipet. {0} crews told reporters on Monday, {0} Reuters, {0} the Gazette."
        + TAIL
    )
    tokens = read_tokens([text.format(verb) for verb in verbs])
    assert rows(extract(tokens, "en", boilerplate=["Gazette"])) == [{"Poipet"}] * 3
    assert rows(extract(tokens, "en")) == [{"Poipet", "Gazette"}] * 3


def test_words_of_languages_that_capitalise_nouns_are_no_names_but_keep_capitals() -> None:
    text = "Die Regierung lobt den Hafen und sagt, der Hafen brauche Kräne. Im Hafen fehlt Geld. "
    found = extract(read_tokens([text * 2] * 3), "de")
    assert "Hafen" in found.texts
    assert not found.names.any()


def test_scripts_without_spaces_have_phrases_without_spaces() -> None:
    found = extract(read_tokens(["港口。港口", "在港口。港口！", "港口、港口"]), "zh")
    assert found.texts == ["港口"]
    assert not found.names.any()


def test_a_text_of_several_copies_has_what_all_of_them_have() -> None:
    texts = [
        "pilots praised Poipet and Quayside." + TAIL,
        "critics mourned Poipet." + TAIL,
        "cranes left Poipet and Quayside." + TAIL,
    ]
    tokens = read_tokens([*texts, texts[0]])
    alone = extract(tokens, "en")
    assert rows(alone)[0] == {"Poipet", "Quayside"}
    together = extract(tokens, "en", np.array([0, 0, 1, 2], dtype=np.int32))
    assert rows(together) == [{"Poipet"}, {"Poipet", "Quayside"}, {"Poipet", "Quayside"}]


def test_phrases_in_one_text_alone_cannot_be_shared() -> None:
    assert of("pilots praised Poipet", "critics mourned Quayside") == [set(), set()]
    assert of() == []
    assert of("", "") == [set(), set()]


@pytest.mark.skipif(not DEMO.exists(), reason="the demo's articles are fetched by `make demo`")
def test_on_real_news_every_phrase_stands_in_its_texts() -> None:
    with DEMO.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    texts = [embedded_text(r.get("title") or "", r["text"]) for r in records]
    found = extract(read_tokens(texts), "en")
    check(found, texts)
    assert len(found.texts) > len(texts)
    assert all(a < b for a, b in pairwise(found.texts))
