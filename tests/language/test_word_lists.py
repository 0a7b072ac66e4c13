"""Word lists: a language is a folder of them, and a malformed file is named with its line."""

import shutil
from pathlib import Path

import pytest

from recommender.keywords.ngrams import find_ngrams
from recommender.keywords.terms import count_terms
from recommender.language import word_lists as module
from recommender.language.plurals import PluralRules
from recommender.language.stop_words import stop_words_for
from recommender.language.tokens import read_tokens, word_of
from recommender.language.word_lists import (
    WordLists,
    read_word_lists,
    word_lists,
)


def test_every_list_of_english_is_there() -> None:
    lists = word_lists("en")
    assert "monday" in lists.newsroom_words
    assert "prime minister" in lists.boilerplate_phrases
    assert [name for name in WordLists._fields if not getattr(lists, name)] == ["stop_words"]


def test_the_lists_of_all_languages_are_those_of_a_language_without_a_folder() -> None:
    shared = word_lists("tlh")
    assert "reuters" in shared.newsroom_words & word_lists("en").newsroom_words
    assert "van" in shared.name_particles & word_lists("en").name_particles
    assert not {"monday", "told"} & shared.newsroom_words
    assert shared.offices == frozenset()
    assert shared.plurals == ()


@pytest.mark.parametrize("name", [name for name in WordLists._fields if name != "plurals"])
def test_entries_are_written_as_words_are_counted(name: str) -> None:
    for phrase in getattr(word_lists("en"), name):
        assert all(word == word_of(word) for word in phrase.split())


def test_a_language_is_added_by_adding_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lists"
    shutil.copytree(module.FOLDER, folder)
    (folder / "xx").mkdir()
    for name, content in {
        "stop_words": "ond # and",
        "newsroom_words": "# who reports\nverslogger",
        "offices": "koninck",
        "boilerplate_phrases": "nieuws bureau",
        "plural_endings": "eren -> eer\nen ->",
        "singular_endings": "nen",
    }.items():
        (folder / "xx" / f"{name}.txt").write_text(content, encoding="utf-8")
    english, shared = word_lists("en"), word_lists("")
    monkeypatch.setattr(module, "FOLDER", folder)
    word_lists.cache_clear()
    stop_words_for.cache_clear()
    try:
        lists = word_lists("xx")
        assert lists.newsroom_words == shared.newsroom_words | {"verslogger"}
        assert lists.offices == {"koninck"}
        assert lists.plurals == (PluralRules((("eren", "eer"), ("en", "")), ("nen",)),)
        assert "ond" in stop_words_for("xx")
        assert word_lists("en") == english

        text = "molen ond kraan. verslogger. nieuws bureau. boeken. boek. schepen"
        terms = count_terms(find_ngrams(read_tokens([text] * 2), "xx")).terms
        assert terms == ["boek", "kraan", "molen", "schepen"]
    finally:
        word_lists.cache_clear()
        stop_words_for.cache_clear()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("offices", "mayor\nMayor", r"offices\.txt:2: 'Mayor' .* write 'mayor'"),
        ("offices", "vice president", r"offices\.txt:1: expected one word a line"),
        ("offices", "mayor\n\nmayor # again", r"offices\.txt:3: 'mayor' is listed twice"),
        ("boilerplate_phrases", "news  agency", r":1: .* write 'news agency'"),
        ("newsroom_words", "o’clock", r":1: .* write \"o'clock\""),
        ("plural_endings", "ies y", r'expected a line like "ies -> y" or "s ->", found'),
        ("plural_endings", "-> y", r'expected a line like "ies -> y"'),
        ("office", "mayor", r"office\.txt: there is no list of this name; .*offices\.txt"),
    ],
)
def test_a_malformed_list_is_an_error_that_says_where(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_word_lists(tmp_path)


def test_a_list_that_is_no_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "offices.txt").write_bytes("bürgermeister".encode("latin-1"))
    with pytest.raises(ValueError, match=r"offices\.txt: a list must be UTF-8 text"):
        read_word_lists(tmp_path)


def test_the_fingerprint_changes_with_every_list() -> None:
    lists = word_lists("en")
    assert lists.fingerprint() == lists._replace().fingerprint()
    changed = [lists._replace(**{name: frozenset({"tide"})}) for name in WordLists._fields[:-1]]
    changed.append(lists._replace(plurals=()))
    assert len({of.fingerprint() for of in [lists, *changed]}) == len(WordLists._fields) + 1


def test_a_folder_without_lists_holds_nothing(tmp_path: Path) -> None:
    assert read_word_lists(tmp_path) == WordLists()
