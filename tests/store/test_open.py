"""Which store a URL opens."""

import os
from pathlib import Path

import pytest

from recommender.errors import SettingsError
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from tests.store.backends import put

NAMES = ["store.sqlite", "100 % sure?#.sqlite", "東京.sqlite", os.fsdecode(b"caf\xe9.sqlite")]


@pytest.mark.parametrize("name", NAMES)
def test_a_sqlite_url_opens_the_file_of_its_path(tmp_path: Path, name: str) -> None:
    url = sqlite_url(tmp_path / name)
    assert url.isascii()
    with open_store(url) as store:
        put(store, Article("a", "", "x"))
    assert name in os.listdir(tmp_path)  # noqa: PTH208 - names as the system spells them
    with open_store(url) as store:
        assert [item.card.id for item in store.articles()] == ["a"]


def test_a_relative_path_starts_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///store.sqlite"):
        assert (tmp_path / "store.sqlite").exists()
    assert sqlite_url(Path("store.sqlite")) == "sqlite:///store.sqlite"


@pytest.mark.parametrize("url", ["postgresql://db/news", "store.sqlite", "", "sqlite://x"])
def test_an_unknown_kind_of_store_says_what_was_expected(url: str) -> None:
    with pytest.raises(SettingsError, match="expected sqlite:///PATH") as refused:
        open_store(url)
    assert repr(url.partition("://")[0]) in str(refused.value)


def test_a_password_in_a_url_is_not_printed() -> None:
    with pytest.raises(SettingsError) as refused:
        open_store("postgresql://desk:secret@db/news")
    assert "'postgresql'" in str(refused.value)
    assert "secret" not in str(refused.value)
