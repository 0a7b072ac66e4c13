"""Tokens: text of any script cut the same way, counted as a plain counter would."""

from collections import Counter
from itertools import pairwise
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recommender.language.tokens import (
    Tokens,
    count_words,
    read_tokens,
    tokenise,
    without_lost_letters,
    word_of,
)

# Pieces of all scripts and signs that the cutting knows apart, in any order.
PIECES = st.sampled_from(
    ["Zürich", "zürich", "cafe\u0301", "O'Neill’s", "'s", "COVID-19", "1,000.5", "3.", ",5", "-",
     "‐", "हिन्दी", "में", "東京", "サッカー", "ー", "ไทย", "한국어", "👍🏽", "1️⃣", "№", "\u0301", " ",
     "  ", "\n", "。", "ß", "SS", "İ", "²"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=30))


PLAIN = st.lists(st.sampled_from(["tide", "Rises", "x", "7"]) | PIECES, max_size=8).map("".join)


@given(PLAIN, st.sampled_from(".,;:!?)"), PLAIN)
def test_a_word_is_cut_alike_whatever_ends_it(text: str, sign: str, other: str) -> None:
    # Plain words before a space or one of these signs are found by a shortcut, at an end not.
    assert tokenise(text + sign) == [*tokenise(text), sign]
    assert tokenise(f"{text} {other}") == tokenise(text) + tokenise(other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Der Zürcher Föhn, im März!", ["Der", "Zürcher", "Föhn", ",", "im", "März", "!"]),
        ("don't rock-'n'-roll", ["don't", "rock", "-", "'", "n", "'", "-", "roll"]),
        ("‘Trump’s’ plan", ["‘", "Trump’s", "’", "plan"]),
        ("co-operation, co‐operation", ["co-operation", ",", "co‐operation"]),
        ("the dogs' -tail- well-", ["the", "dogs", "'", "-", "tail", "-", "well", "-"]),
        ("1,000.5 of 3.5m in 2017.", ["1,000.5", "of", "3.5m", "in", "2017", "."]),
        ("9.30am, v2.0, a.b, 1,2", ["9.30am", ",", "v2.0", ",", "a", ".", "b", ",", "1,2"]),
        ("COVID-19 U.S. AT&T", ["COVID-19", "U", ".", "S", ".", "AT", "&", "T"]),
        ("हिन्दी में मुंबई की", ["हिन्दी", "में", "मुंबई", "की"]),
        ("한국어 기사", ["한국어", "기사"]),
        ("В Москве идёт дождь", ["В", "Москве", "идёт", "дождь"]),
        ("عام ٢٠١٧", ["عام", "٢٠١٧"]),
        ("北京，上海。", ["北京", "，", "上海", "。"]),
        ("ภาษาไทย", ["ภาษา", "ไทย"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("ニュースだ", ["ニュース", "だ"]),
        ("ok 👍🏽 :)", ["ok", "👍", "🏽", ":", ")"]),
        (
            "the ?ireann, F\ufffd\ufffdil? RT\ufffd",
            ["the", "?ireann", ",", "F\ufffd\ufffdil", "?", "RT\ufffd"],
        ),
        ("", []),
        (" \n\t\u00a0 ", []),
    ],
)
def test_each_script_is_cut_in_its_own_way(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2017年3月、東京で", ["2017", "年", "3", "月", "、", "東京", "で"]),
        ("iPhone的价格", ["iPhone", "的", "价格"]),
        ("サッカー選手権", ["サッカー", "選手権"]),
        ("ปี2560นี้", ["ปี", "2560", "นี้"]),
        ("A-東", ["A", "-", "東"]),
    ],
)
def test_a_word_ends_where_a_script_without_spaces_begins(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ver\u00adfassungs\u00adgericht", ["verfassungsgericht"]),
        ("\ufeffFirst word", ["first", "word"]),
        ("क्\u200dष", ["क्\u200dष"]),
        ("می\u200cخواهم", ["مي\u200cخواهم"]),
    ],
)
def test_characters_that_are_not_seen_cut_no_word(text: str, words: list[str]) -> None:
    assert [word_of(token) for token in tokenise(text)] == words


def test_composed_and_decomposed_accents_are_the_same_tokens() -> None:
    text = "Škoda café Ångström naïve ไม่ が"
    assert tokenise(normalize("NFD", text)) == tokenise(normalize("NFC", text))


@given(TEXTS)
def test_nothing_printed_is_lost_but_space(text: str) -> None:
    composed = normalize("NFC", text)
    unseen = "\u00ad\u2060\ufeff"
    kept = [sign for sign in composed if not sign.isspace() and sign not in unseen]
    found = "".join(tokenise(text))
    # What Python and Unicode call space differs in a few control characters.
    assert [sign for sign in found if not sign.isspace()] == kept


@given(TEXTS)
def test_tokens_are_cut_no_further_when_cut_again(text: str) -> None:
    for token in tokenise(text):
        assert token
        assert tokenise(token) == [token]


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("Trump’s", "trump"),
        ("TRUMP'S", "trump"),
        ("Straße", "strasse"),
        ("it's", "it"),
        ("O’Neill", "o'neill"),
        ("COVID-19", "covid-19"),
        ("1,000.5", "1,000.5"),
        ("boss", "boss"),
        ("東", "東"),
        ("٢٠١٧", "٢٠١٧"),
        ("’", ""),
        ("-", ""),
        ("👍", ""),
        ("\u0301", ""),
        ("。", ""),
    ],
)
def test_a_token_counts_as_its_folded_word_and_a_sign_as_none(token: str, word: str) -> None:
    assert word_of(token) == word


def counted(text: str) -> Counter[str]:
    return Counter(word for token in tokenise(text) if (word := word_of(token)))


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=6))
@example([])
@example([""])
@example(["", "a", ""])
@example(["'s S's", "... ..."])
def test_words_are_counted_as_a_counter_counts_them(texts: list[str]) -> None:
    words, counts = count_words(read_tokens(texts))
    assert words == sorted(set().union(*map(counted, texts)))
    assert counts.shape == (len(texts), len(words))
    dense = counts.toarray()
    for row, text in zip(dense, texts, strict=True):
        found = {word: int(n) for word, n in zip(words, row.tolist(), strict=True) if n}
        assert found == counted(text)
    # Each word of a text stands once in the sparse matrix, in the order of the words.
    for a, b in pairwise(counts.indptr.tolist()):
        assert (np.diff(counts.indices[a:b]) > 0).all()


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_words_of_a_vocabulary_that_no_text_uses_are_counted_nowhere(texts: list[str]) -> None:
    tokens = read_tokens(["Zeppelin, zebra 42", *texts])
    counts = count_words(tokens.take(np.arange(1, len(texts) + 1)))
    plain = count_words(read_tokens(texts))
    dense = dict(zip(counts.words, counts.counts.toarray().T.tolist(), strict=True))
    wanted = dict(zip(plain.words, plain.counts.toarray().T.tolist(), strict=True))
    assert {word: column for word, column in dense.items() if any(column)} == wanted


def texts_of(tokens: Tokens) -> list[list[str]]:
    return [
        [tokens.vocabulary[token] for token in tokens.tokens[a:b].tolist()]
        for a, b in pairwise(tokens.start.tolist())
    ]


@settings(deadline=None)
@given(st.data(), st.lists(TEXTS, min_size=1, max_size=5))
def test_some_texts_are_taken_in_the_order_asked_for(data: st.DataObject, texts: list[str]) -> None:
    tokens = read_tokens(texts)
    assert texts_of(tokens) == [tokenise(text) for text in texts]
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=6))
    taken = tokens.take(np.array(places, dtype=np.int64))
    assert texts_of(taken) == [tokenise(texts[place]) for place in places]
    assert taken.start.dtype == np.int64
    assert taken.texts.tolist() == [
        text for text, place in enumerate(places) for _ in tokenise(texts[place])
    ]


def test_tokens_of_no_texts_are_empty() -> None:
    tokens = read_tokens([])
    assert (tokens.vocabulary, tokens.tokens.tolist(), tokens.start.tolist()) == ([], [], [0])
    assert tokens.take(np.empty(0, dtype=np.int64)).start.tolist() == [0]
    assert (tokens.tokens.dtype, tokens.start.dtype) == (np.int32, np.int64)


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("l’opposition", "opposition"),
        ("L'Élysée", "élysée"),
        ("qu'il", "il"),
        ("dell'acqua", "acqua"),
        ("jusqu’à", "à"),
        ("aujourd'hui", "aujourd'hui"),
        ("o'clock", "o'clock"),
        ("O'Brien", "o'brien"),
        ("rock'n'roll", "rock'n'roll"),
        ("don’t", "don't"),
        ("MAYOR’S", "mayor"),
        ("l'", "l'"),
    ],
)
def test_what_is_elided_before_a_word_is_no_part_of_it(token: str, word: str) -> None:
    assert word_of(token) == word


@given(st.text(st.sampled_from("北京地铁新线路周六开通。ภาษาไทยที่นี่ニュースだ東 aé2"), max_size=30))
def test_a_dictionary_loses_no_sign_and_joins_no_text(text: str) -> None:
    tokens = tokenise(text)
    assert "".join(tokens) == "".join(normalize("NFC", text).split())
    assert all(tokens)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("北京地铁新线路周六开通", "北京|地铁|新|线路|周六|开通"),
        ("颱風週日凌晨在福建沿海登陸", "颱風|週日|凌晨|在|福建|沿海|登陸"),
        ("日本銀行は金利を引き上げた", "日本|銀行|は|金利|を|引き上げ|た"),
        ("นายกเทศมนตรีกล่าว", "นายก|เทศมนตรี|กล่าว"),
        ("រាជធានីភ្នំពេញ", "រាជធានី|ភ្នំពេញ"),
    ],
)
def test_texts_without_spaces_are_cut_into_words(text: str, words: str) -> None:
    assert tokenise(text) == words.split("|")


def test_a_name_is_known_where_its_letters_were_lost() -> None:
    names = ["RTÉ", "BBC", "Süddeutsche", "Le Monde", "新华社"]
    assert [*map(without_lost_letters, names)] == ["RT", "BBC", "S ddeutsche", "Le Monde", ""]
