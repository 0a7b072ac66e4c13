"""Row filters: `admits` and `texts` agree with each other and with what `Filters` documents."""

from collections.abc import Sequence
from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import run_night
from recommender.serving.filters import RowFilter
from recommender.settings.load import load_settings
from recommender.snapshot.reader import Snapshot
from recommender.types.article import Article, Card
from recommender.types.rules import Filters, labels_of
from tests.planted import START, WordEncoder, write_jsonl

SECTIONS, LANGUAGES, SOURCES = ("news", "sport", None), ("en", "de", None), ("Gazette", None)


def newsroom() -> list[Article]:
    """Every combination of the labels, with and without a date."""
    return [
        Article(
            id=f"{section}/{language}/{source}/{hours}",
            title=f"title of {section} {language} {source} {hours}",
            text="words",
            published=None if hours is None else START + timedelta(hours=hours),
            section=section,
            language=language,
            source=source,
        )
        for section in SECTIONS
        for language in LANGUAGES
        for source in SOURCES
        for hours in (0, 1, None)
    ]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("filters")
    source = write_jsonl(root / "source.jsonl", newsroom())
    artifacts = Artifacts(root)
    run_night([source], artifacts, load_settings(environment={}), encoder=WordEncoder())
    return Snapshot(artifacts.snapshots / artifacts.current())


def passes(card: Card, filters: Filters) -> bool:
    """What the docstring of `Filters` says, as code."""
    return (
        all(
            not labels or getattr(card, facet) in labels
            for facet in ("section", "language", "source")
            for labels in [getattr(filters, facet)]
        )
        and (
            filters.since is None
            or (card.published is not None and card.published >= filters.since)
        )
        and card.id not in filters.exclude
    )


def some(labels: Sequence[str | None]) -> st.SearchStrategy[frozenset[str] | None]:
    known = [label for label in labels if label is not None]
    return st.none() | st.frozensets(st.sampled_from([*known, "unheard of"]), min_size=1)


@given(
    filters=st.builds(
        Filters,
        section=some(SECTIONS),
        language=some(LANGUAGES),
        source=some(SOURCES),
        since=st.none()
        | st.sampled_from([START + timedelta(minutes=m) for m in (-1, 0, 1, 60, 61)])
        | st.datetimes(timezones=st.just(timezone(timedelta(hours=-11)))),
        exclude=st.frozensets(st.sampled_from([*(a.id for a in newsroom()), "unheard of"])),
    ),
    removed=st.frozensets(st.integers(0, len(newsroom()) - 1)),
)
def test_a_row_passes_exactly_where_filters_documents_it(
    snapshot: Snapshot, filters: Filters, removed: frozenset[int]
) -> None:
    row_filter = RowFilter(snapshot, filters, removed)
    cards = snapshot.cards.of(range(snapshot.manifest.articles))
    wanted = [passes(card, filters) and row not in removed for row, card in enumerate(cards)]
    assert row_filter.admits(np.arange(len(cards))).tolist() == wanted
    texts = np.zeros(snapshot.manifest.texts, dtype=bool)
    texts[snapshot.arrays.text_of[np.array(wanted, dtype=bool)]] = True
    assert row_filter.texts().tolist() == texts.tolist()


@pytest.mark.parametrize("facet", ["section", "language", "source"])
def test_an_empty_list_of_labels_means_any_label(snapshot: Snapshot, facet: str) -> None:
    # `Filters` says "None or empty means any"; a form with nothing ticked gives an empty list.
    filters = Filters(**{facet: labels_of([])})
    assert RowFilter(snapshot, filters, frozenset()).texts().all()


def test_labels_may_be_one_several_or_none() -> None:
    assert labels_of(None) is None
    assert labels_of("news") == {"news"}
    assert labels_of(["news", "sport", "news"]) == {"news", "sport"}
    assert labels_of(label for label in ("news",)) == {"news"}
