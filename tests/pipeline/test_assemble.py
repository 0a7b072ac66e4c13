"""Assembling: the content of a snapshot says what the stages found, and nothing else."""

import logging
from typing import Any, NamedTuple

import numpy as np
import pytest

from recommender import __version__
from recommender.pipeline import nightly
from recommender.pipeline.assemble import Findings, assemble
from recommender.settings.sections import Settings
from recommender.snapshot.writer import Content
from tests.planted import WordEncoder, newsdesk, publish_articles, settings

SPEC = WordEncoder().spec


class Night(NamedTuple):
    findings: Findings
    settings: Settings

    def content(self, *overrides: str) -> Content:
        chosen = settings(*overrides) if overrides else self.settings
        return assemble(self.findings, chosen, SPEC, build="b" * 32, inputs="i" * 32)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """What a real night handed to `assemble`."""
    given: list[Any] = []

    def spied(*args: Any, **named: Any) -> Content:
        given[:] = args
        return assemble(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "assemble", spied)
        publish_articles(tmp_path_factory.mktemp("desk"), newsdesk())
    return Night(given[0], given[1])


def test_content_names_its_origin(night: Night) -> None:
    content = night.content()
    assert (content.build, content.inputs) == ("b" * 32, "i" * 32)
    assert (content.version, content.encoder) == (__version__, SPEC)
    assert content.settings == night.settings.without_store()
    assert content.dimension == WordEncoder().dimension
    assert content.forced == ()


def test_arrays_are_those_that_the_stages_found(night: Night) -> None:
    found, arrays = night.findings, night.content().arrays
    for array, wanted in (
        (arrays.neighbours, found.graph.rescored.graph.neighbours),
        (arrays.scores, found.graph.rescored.graph.scores),
        (arrays.word_weights, found.graph.words.weights),
        (arrays.phrases, found.phrases.of_text),
        (arrays.copies, found.corpus.copies.copies),
        (arrays.story_of, found.groups.stories.story_of),
        (arrays.story_central, found.groups.central),
        (arrays.finest_of, found.groups.topics.finest_of),
        (arrays.published, found.corpus.published),
        (arrays.section, found.facets.codes["section"]),
    ):
        assert np.array_equal(array, wanted)


def test_topics_changes_and_labels_are_those_that_the_stages_found(night: Night) -> None:
    found, content = night.findings, night.content()
    assert content.topics == found.descriptions.topics
    assert content.changes == found.descriptions.changes
    assert content.facets == found.facets.labels
    assert content.scoring.mean_hubness == pytest.approx(found.graph.rescored.hubness.mean())


def test_rules_are_those_of_the_settings_and_unknown_names_are_logged(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "recommender"):
        rules = night.content(
            "rules.pinned=[['frost-1', 'frost-2'], ['frost-1', 'nobody']]",
            "rules.excluded_sections=['harbour', 'nowhere']",
        ).rules
    assert rules.pinned == (("frost-1", "frost-2"), ("frost-1", "nobody"))
    assert rules.excluded_sections == ("harbour", "nowhere")
    warned = [(r.getMessage(), getattr(r, "article", None) or r.section) for r in caplog.records]  # type: ignore[attr-defined]
    assert warned == [
        ("a rule names an unknown article", "nobody"),
        ("a rule names an unknown section", "nowhere"),
    ]
