"""Assemble the content of a snapshot from the results of a night's stages."""

import logging
from typing import NamedTuple

from recommender import __version__
from recommender.corpus.corpus import Corpus, Facets
from recommender.embedding.base import EncoderSpec
from recommender.keywords.phrases import Phrases
from recommender.pipeline.build_graph import GraphBuild
from recommender.pipeline.build_groups import Groups
from recommender.pipeline.describe_groups import GroupDescriptions
from recommender.pipeline.keyword_texts import KeywordTexts
from recommender.settings.sections import Settings
from recommender.snapshot.cards import pack_cards
from recommender.snapshot.json_file import Scoring
from recommender.snapshot.lookup import (
    index_hashes,
    order_by_id,
    pack_keywords,
    pack_successors,
)
from recommender.snapshot.schema import Arrays, StringTables
from recommender.snapshot.string_table import SortedStringTable, StringTable
from recommender.snapshot.writer import Content
from recommender.types.rules import Rules

__all__ = ["Findings", "assemble"]

log = logging.getLogger(__name__)


class Findings(NamedTuple):
    """The results of one night's stages, in the order of the stages."""

    corpus: Corpus
    facets: Facets
    graph: GraphBuild
    groups: Groups
    descriptions: GroupDescriptions
    keyword_texts: KeywordTexts
    phrases: Phrases


def assemble(
    findings: Findings,
    settings: Settings,
    encoder: EncoderSpec,
    *,
    build: str,
    inputs: str,
) -> Content:
    """Assemble the content of a snapshot, ready to be published.

    Args:
        findings: What the stages of the night found.
        settings: The settings of the night. The manifest repeats them; a rule that names an
            unknown article or section is a warning in the log.
        encoder: The encoder of the texts' vectors.
        build: Digest that no other night has, 32 hexadecimal digits.
        inputs: Digest of what the night was made from, 32 hexadecimal digits.

    Returns:
        The arrays, index, groups and labels, in the form that `publish` writes.
    """
    facets, graph = findings.facets, findings.graph
    return Content(
        build=build,
        inputs=inputs,
        version=__version__,
        encoder=encoder,
        dimension=graph.search.dimension,
        settings=settings.without_store(),
        arrays=_arrays(findings),
        strings=_strings(findings),
        index=graph.search,
        topics=findings.descriptions.topics,
        changes=findings.descriptions.changes,
        facets=facets.labels,
        rules=_rules(findings.corpus, settings),
        scoring=Scoring(
            graph.lexicon.mean_length,
            float(graph.rescored.hubness.mean()) if len(graph.rescored.hubness) else 0.0,
            graph.lists.probes,
            graph.lists.recall,
        ),
    )


def _arrays(findings: Findings) -> Arrays:
    """The arrays of a snapshot, in the shapes that its schema declares."""
    corpus, graph = findings.corpus, findings.graph
    groups, phrases = findings.groups, findings.phrases
    return Arrays(
        centroids=graph.lists.centroids,
        lists_start=graph.lists.start,
        lists_texts=graph.lists.texts,
        **graph.rescored.graph._asdict(),
        hubness=graph.rescored.hubness,
        words=graph.words.words,
        word_weights=graph.words.weights,
        idf=graph.lexicon.idf,
        phrases=phrases.of_text,
        phrase_weights=phrases.weights,
        phrase_names=phrases.names,
        **corpus.copies._asdict(),
        superseded_by=corpus.superseded_by,
        **groups.stories._asdict(),
        story_central=groups.central,
        **findings.keyword_texts._asdict(),
        topic_of=groups.topics.topic_of,
        finest_of=groups.topics.finest_of,
        topic_strength=groups.strength,
        published=corpus.published,
        **findings.facets.codes,
        **index_hashes(corpus.text_of_any_hash)._asdict(),
        stories_by_id=order_by_id([story_id for story_id, _ in findings.descriptions.stories]),
    )


def _strings(findings: Findings) -> StringTables:
    """The string tables of a snapshot."""
    cards, stories = findings.corpus.cards, findings.descriptions.stories
    retired_ids, successors = pack_successors(findings.groups.identities.successors)
    return StringTables(
        ids=SortedStringTable.from_strings(card.id for card in cards),
        cards=pack_cards(cards),
        lexicon=StringTable.from_strings(findings.graph.lexicon.words),
        phrase_texts=StringTable.from_strings(findings.phrases.texts),
        story_ids=StringTable.from_strings(story_id for story_id, _ in stories),
        story_keywords=pack_keywords(keywords for _, keywords in stories),
        retired_ids=retired_ids,
        successors=successors,
    )


def _rules(corpus: Corpus, settings: Settings) -> Rules:
    """The settings' rules; a warning in the log names each article or section that is unknown."""
    chosen = settings.rules
    rules = Rules(
        chosen.pinned, chosen.apart, chosen.excluded_sections, tuple(sorted(chosen.embargo.items()))
    )
    named_ids = {i for pair in (*rules.pinned, *rules.apart) for i in pair} | {*chosen.embargo}
    for article_id in sorted(named_ids - {card.id for card in corpus.cards}):
        log.warning("a rule names an unknown article", extra={"article": article_id})
    for section in sorted({*rules.excluded_sections} - {card.section for card in corpus.cards}):
        log.warning("a rule names an unknown section", extra={"section": section})
    return rules
