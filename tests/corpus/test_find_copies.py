"""Copies of a night: one address is one article, and the newest version of a source leads."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.corpus.compare_texts import Likeness, compare_texts
from recommender.corpus.find_copies import CopiesFound, Rows, equal_copies, find_copies
from recommender.corpus.signatures import signature
from recommender.dates import NO_DATE, to_microseconds
from recommender.language.prepare import embedded_text
from recommender.language.tokens import read_tokens, tokenise
from recommender.store.base import Features
from recommender.types.article import Article, Card
from tests.corpus.made_up_articles import Story, story, words_of
from tests.corpus.test_compare_texts import WEIR
from tests.planted import START

FERRY = "https://news.example/ferry"


def article(
    number: int, hours: float | None = 0, source: str | None = "Gazette", **fields: str
) -> Article:
    """The weir's article, `hours` after the first one, with other `fields`."""
    published = None if hours is None else START + timedelta(hours=hours)
    given = {"title": WEIR.title, "text": WEIR.body, **fields}
    return Article(f"a-{number}", **given, published=published, source=source)


def find(*articles: Article, near: bool = True, order: Sequence[str] = ()) -> CopiesFound:
    """The copies among `articles`, which are the rows in this order."""
    prepared = [embedded_text(item.title, item.text) for item in articles]
    texts = list(dict.fromkeys(prepared))
    cards = [
        Card(a.id, a.title, a.url, a.source, a.section, a.language, a.author, a.published)
        for a in articles
    ]
    published = [NO_DATE if c.published is None else to_microseconds(c.published) for c in cards]
    rows = Rows(
        cards, np.array(published), np.array([texts.index(text) for text in prepared]), order
    )
    features = Features(read_tokens(texts), [signature(tokenise(text)) for text in texts])
    return find_copies(rows, features) if near else equal_copies(rows)


def groups(*articles: Article, near: bool = True, order: Sequence[str] = ()) -> list[list[int]]:
    """The rows of each text, the lead first."""
    copies = find(*articles, near=near, order=order).copies
    start = copies.copies_start.tolist()
    return [copies.copies[a:b].tolist() for a, b in pairwise(start)]


def corrected(number: int, hours: float, source: str | None = "Gazette", **fields: str) -> Article:
    text = WEIR.body.replace("140", "104")
    return article(number, hours, source, **{"text": text, **fields})


def test_the_newest_version_of_one_source_leads() -> None:
    assert groups(article(0), corrected(1, 1)) == [[1, 0]]
    assert groups(corrected(0, 5), article(1)) == [[0, 1]]


def test_of_several_sources_the_first_one_leads_with_its_newest_version() -> None:
    early, copy, late = article(0), article(1, 1, "Herald"), corrected(2, 2)
    assert groups(early, copy, late) == [[2, 1, 0]]
    assert groups(early, copy, late, order=["Herald"]) == [[1, 2, 0]]
    # Versions without a source or a date are not known to be versions.
    assert groups(article(0, source=None), corrected(1, 1, None)) == [[0, 1]]
    assert groups(article(0, None), corrected(1, 1)) == [[1, 0]]


def test_a_source_denies_within_hours_what_it_said_and_others_are_other_articles() -> None:
    body = WEIR.body.replace("engineers said", "engineers denied, and had never said")
    deny = {"title": WEIR.title.replace("opens", "never opens")}
    assert groups(article(0), article(1, 3, **deny)) == [[1, 0]]
    assert groups(article(0), article(1, 3, "Herald", **deny)) == [[0], [1]]
    assert groups(article(0), article(1, 24, **deny)) == [[0], [1]]
    assert groups(article(0), article(1, 3, text=body, **deny))[0] == [1, 0]


def test_an_extract_never_leads_its_full_text() -> None:
    teaser = " ".join(WEIR.body.split()[:24]) + " Read on."
    assert groups(article(0, text=teaser), article(1, 5)) == [[1, 0]]
    assert groups(article(0), article(1, 5, text=teaser)) == [[0, 1]]


def test_articles_at_one_address_are_one_article() -> None:
    other = story(1).body
    first, second = article(0, url=FERRY), article(1, 5, url=f"{FERRY}?utm_source=x", text=other)
    assert groups(first, second) == [[1, 0]]  # the newest text
    assert groups(first, second, near=False) == [[0], [1]]
    note = article(1, 5, url=f"{FERRY}/", text="Read this on our site.")
    assert groups(first, note) == [[0, 1]]  # an extract of other words
    third = article(2, 9, "Herald", text=other)
    assert groups(first, second, third) == [[1, 2, 0]]


def test_addresses_join_all_articles_of_a_text() -> None:
    first, again = article(0, url=FERRY), article(1, url="https://other.example/a")
    text = story(2).body
    linked = article(2, 1, text=text, url="https://other.example/a")
    assert groups(first, again, linked) == [[2, 0, 1]]


def superseded(*articles: Article) -> list[int]:
    rows: list[int] = find(*articles).superseded_by.tolist()
    return rows


def test_older_versions_of_a_source_or_an_address_are_superseded_by_the_newest() -> None:
    third = corrected(2, 2, text=WEIR.body.replace("140", "104").replace("Anglers", "Fishermen"))
    assert superseded(article(0), corrected(1, 1), third) == [2, 2, -1]
    assert superseded(article(0), corrected(1, 1, "Herald")) == [-1, -1]
    assert superseded(article(0, source=None), corrected(1, 1, None)) == [-1, -1]
    other = article(1, 5, "Herald", url=f"{FERRY}#top", text=story(1).body)
    assert superseded(article(0, url=FERRY), other) == [1, -1]
    assert find(article(0, url=FERRY), other, article(2)).same_address == 1


def test_the_same_words_again_an_extract_and_no_date_supersede_nothing() -> None:
    assert superseded(article(0), article(1, 1)) == [-1, -1]
    assert superseded(article(0), article(1, 1, text=WEIR.body.replace(". ", " – "))) == [-1, -1]
    teaser = " ".join(WEIR.body.split()[:24]) + " Read on."
    assert superseded(article(0), article(1, 5, text=teaser)) == [-1, -1]
    assert superseded(article(0, None), corrected(1, 1)) == [-1, -1]
    assert superseded(article(0, text=teaser), article(1, 5)) == [1, -1]


def test_superseded_articles_come_last_among_their_copies() -> None:
    copies = article(0), corrected(1, 1), article(2, 9, "Herald"), article(3, None, "Courier")
    assert groups(*copies) == [[1, 2, 3, 0]]


def test_without_near_copies_nothing_is_superseded() -> None:
    found = find(article(0), corrected(1, 1), near=False)
    assert found.superseded_by.tolist() == [-1, -1]
    assert found.same_address == 0


@given(st.permutations(range(5)))
def test_the_order_of_rows_does_not_count(order: list[int]) -> None:
    all_articles = [
        article(0), corrected(1, 1), article(2, 2, "Herald"), article(3, 4, text=story(1).body),
        corrected(4, 7, "Courier"),
    ]  # fmt: skip
    placed = [all_articles[number] for number in order]
    found = [[order[row] for row in rows] for rows in groups(*placed)]
    assert sorted(found) == [[1, 2, 4, 0], [3]]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=7
    )
)
def test_every_copy_is_near_its_lead(made: list[tuple[int, int, int]]) -> None:
    sources = ("Gazette", "Herald", None)
    changes = (("140", "104"), ("Anglers", "Fishermen"), ("opened", "never opened"), ("", ""))
    articles = [
        article(n, hours, sources[source], text=WEIR.body.replace(*changes[change]))
        for n, (source, change, hours) in enumerate(made)
    ]
    for lead, *others in groups(*articles):
        for row in others:
            one, other = (Story(articles[r].title, articles[r].text) for r in (lead, row))
            assert compare_texts(words_of(one), words_of(other)) > Likeness.DIFFERENT
