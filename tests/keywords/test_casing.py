"""Casing: which words a corpus writes as names, and where its capitals say so."""

import numpy as np
import pytest

from recommender.keywords import casing as module
from recommender.keywords.casing import (
    INFORMATIVE,
    JOINS_NEXT,
    CasedTokens,
    Vocabulary,
    find_phrase_tokens,
    read_casing,
)
from recommender.language.tokens import Tokens, read_tokens


def read(*texts: str, language: str = "en") -> tuple[Tokens, Vocabulary, CasedTokens]:
    tokens = read_tokens(list(texts))
    return (tokens, *read_casing(tokens, language))


def stop_words(*texts: str) -> set[str]:
    _, words, _ = read(*texts)
    return {word for word, stop in zip(words.words, words.stop.tolist(), strict=True) if stop}


def marked(texts: tuple[str, ...], flag: int, language: str = "en") -> list[str]:
    _, vocabulary, found = read(*texts, language=language)
    return [
        vocabulary.surfaces[surface]
        for surface, flags in zip(found.surface.tolist(), found.flags.tolist(), strict=True)
        if flags & flag
    ]


def test_words_are_folded_and_known_by_their_places() -> None:
    tokens, words, found = read("The mayor’s harbour. The HARBOUR, 7 cranes!")
    assert words.words == sorted(["the", "mayor", "harbour", "cranes"])
    spelled = [words.words[word] if word >= 0 else "-" for word in found.word.tolist()]
    assert " ".join(spelled) == "the mayor harbour - the harbour - - cranes -"
    assert found.uses.sum() == len(found.surface) == len(tokens.tokens)


def test_capitals_are_not_informative_where_all_words_or_first_words_have_them() -> None:
    found = marked(("Harbour opens. The mayor met Hun Manet there; Cranes stood by.",), INFORMATIVE)
    assert "Manet" in found
    assert not {"Harbour", "The", "Cranes"} & set(found)
    assert marked(("HARBOUR OPENS AGAIN", "Harbour Opens Again"), INFORMATIVE) == []


@pytest.mark.parametrize(("names", "informative"), [(3, True), (4, False)])
def test_a_sentence_with_a_word_in_lower_case_for_three_capitals_is_no_headline(
    names: int, informative: bool
) -> None:
    capitals = ["Poipet", "Manet", "Brekke", "Holm"][:names]
    plain = "old ships lay near small boats while pilots drank bitter coffee under grey rain"
    found = marked((f"the {' '.join(capitals)} cranes. {plain}.",), INFORMATIVE)
    assert {*capitals, "cranes"} & {*found} == ({*capitals, "cranes"} if informative else set())


def test_capitals_are_not_informative_in_a_language_that_writes_all_nouns_so() -> None:
    german = tuple(
        f"gestern sah der Bürgermeister am Hafen {n} Kräne im Wind und alte Schiffe im Dock"
        for n in range(40)
    )
    english = tuple(
        f"yesterday the mayor saw {n} old cranes in the wind and ships at the dock of Poipet"
        for n in range(40)
    )
    assert marked(german, INFORMATIVE, "de") == []
    assert "Poipet" in marked(english, INFORMATIVE)


def test_a_stop_word_that_the_corpus_writes_as_a_name_is_no_stop_word() -> None:
    texts = [f"again the {name} spoke of {n} ships" for n in range(9) for name in ("UN", "WHO")]
    assert "un" not in stop_words(*texts)
    assert "who" not in stop_words(*texts)
    assert "who" in stop_words(*texts, *(f"those who saw {n} ships" for n in range(9)))
    assert {"the", "of", "again"} <= stop_words(*texts)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("old cranes stood", ["old", "cranes"]),
        ("old, cranes. stood", []),
        ("the mayor’s harbour", ["the"]),  # a possessive ends an n-gram
        ("7 cranes", []),
    ],
)
def test_tokens_join_the_next_one_where_nothing_stands_between(
    text: str, joined: list[str]
) -> None:
    assert marked((text,), JOINS_NEXT) == joined


def test_texts_do_not_join_each_other_and_empty_ones_have_no_words() -> None:
    assert marked(("old cranes", "stood by"), JOINS_NEXT) == ["old", "stood"]
    for texts in ((), ("",), ("", "...")):
        _, words, found = read(*texts)
        assert not words.words
        assert (found.word == -1).all()


def test_capitals_bind_a_stop_word_to_its_name_and_a_particle_between_two() -> None:
    texts = [
        f"old ships of New Dock and men of the Bank of Quay met {n} new ships "
        "and cranes near the old harbour bank"
        for n in range(9)
    ]
    _, words, found = read(*texts)
    in_phrase, bound = find_phrase_tokens(found, words)
    assert in_phrase.dtype == bound.dtype == bool
    chosen = {words.surfaces[s] for s in found.surface[in_phrase].tolist()}
    assert {"New", "Dock", "Bank", "of", "Quay"} <= chosen
    assert "new" not in chosen
    assert {words.surfaces[s] for s in found.surface[bound].tolist()} == {"New"}
    of = found.surface == words.surfaces.index("of")
    bank, quay = (words.surfaces.index(name) for name in ("Bank", "Quay"))
    between = (np.roll(found.surface, 1) == bank) & (np.roll(found.surface, -1) == quay)
    assert np.flatnonzero(of & in_phrase).tolist() == np.flatnonzero(of & between).tolist()


def test_only_the_beginning_of_a_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEADING_TOKENS", 3)
    _, words, found = read("one two three four five", "six seven")
    assert found.document.tolist() == [0, 0, 0, 1, 1]
    assert len(found.word) == 5
    whole = read_casing(read_tokens(["old cranes"] * 5), "en")[1]
    monkeypatch.setattr(module, "DOCUMENTS_A_TIME", 2)
    parted = read_casing(read_tokens(["old cranes"] * 5), "en")[1]
    for one, other in zip(whole, parted, strict=True):
        np.testing.assert_array_equal(one, other)
    assert words.words
