"""Canonical URLs: one article has one address, and a section's page is no article's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.canonical_urls import MAX_TITLES, canonical_url, same_addresses

FERRY = "https://news.example/norwick/ferry-aground"


@pytest.mark.parametrize(
    "url",
    [
        f"{FERRY}?utm_source=rss&utm_medium=local",
        f"{FERRY}/",
        f"{FERRY}#comments",
        f"{FERRY}/amp",
        f"{FERRY}/?fbclid=123",
        FERRY.replace("https://", "http://www."),
        FERRY.replace("https://", "https://amp."),
        FERRY.replace("https://news.example", "HTTPS://News.Example:443"),
        FERRY.replace("example/", "example/amp/"),
        FERRY.replace("example/", "example//"),
        f"  {FERRY}\n",
    ],
)
def test_spellings_of_one_address_are_equal(url: str) -> None:
    assert canonical_url(url) == canonical_url(FERRY) == "news.example/norwick/ferry-aground"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FERRY, f"{FERRY}-again"),
        (f"{FERRY}?id=7", f"{FERRY}?id=8"),
        (f"{FERRY}?page=2", FERRY),
        ("https://news.example/#/article/7", "https://news.example/#/article/8"),
        ("https://amp.example/x", "https://example/x"),
        ("https://news.example:8080/x", "https://news.example/x"),
        ("https://news.example/Ferry", "https://news.example/ferry"),
    ],
)
def test_other_articles_have_other_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", [None, "", "https://news.example", "https://news.example/?utm_source=a", "ferry.html",
            "mailto:a@b.example", "https://", "http://[broken", "https://news.example:port/x"],
)  # fmt: skip
def test_a_home_page_or_no_address_is_none(url: str | None) -> None:
    assert canonical_url(url) is None


@given(st.text())
def test_a_canonical_address_stays_as_it_is(path: str) -> None:
    address = canonical_url(f"https://www.news.example/{path}")
    assert address is None or address.startswith("news.example")
    assert canonical_url(f"http://news.example/{path}") == address


def test_articles_at_one_address_have_the_first_row() -> None:
    urls = [FERRY, None, f"{FERRY}?utm_source=x", None, "https://news.example/other"]
    assert same_addresses(urls, ["a", "b", "c", "d", "e"]).tolist() == [0, 1, 0, 3, 4]


def test_an_address_of_many_titles_is_no_articles_address() -> None:
    live = ["https://news.example/live"] * (MAX_TITLES + 1)
    assert same_addresses(live, [str(n) for n in range(len(live))]).tolist() == [0, 1, 2, 3]
    assert same_addresses(live, ["Same", "same ", "Same", "other"]).tolist() == [0, 0, 0, 0]
