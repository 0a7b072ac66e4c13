"""Assembling: what the stages of a night found, put together as the content of a snapshot."""

import logging
from typing import NamedTuple

from recommender import __version__
from recommender.corpus.corpus import Corpus, Facets
from recommender.embedding.base import EncoderSpec
from recommender.keywords.phrases import Phrases
from recommender.pipeline.build_graph import GraphBuild
from recommender.pipeline.build_groups import GroupDescriptions, Groups
from recommender.settings import Settings
from recommender.snapshot.cards import pack_cards
from recommender.snapshot.lookup import named
from recommender.snapshot.publish import Content
from recommender.snapshot.reader import Arrays, Scoring
from recommender.snapshot.string_table import pack
from recommender.types import Rules

__all__ = ["Findings", "assemble"]

log = logging.getLogger(__name__)


class Findings(NamedTuple):
    """What the stages of one night found, stage by stage."""

    corpus: Corpus
    facets: Facets
    graph: GraphBuild
    groups: Groups
    descriptions: GroupDescriptions
    phrases: Phrases


def assemble(
    findings: Findings,
    settings: Settings,
    encoder: EncoderSpec,
    *,
    build: str,
    inputs: str,
) -> Content:
    """The content of a snapshot, ready to be published.

    Args:
        findings: what the stages of the night found.
        settings: the settings of the night: their rules are checked, and the manifest repeats all.
        encoder: the encoder of the texts' vectors.
        build: digest that no other night has, 32 hexadecimal digits.
        inputs: digest of what the night was made from, 32 hexadecimal digits.

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
        settings=settings.to_dict(),
        arrays=_arrays(findings),
        index=graph.search,
        topics=findings.descriptions.topics,
        changes=findings.descriptions.changes,
        facets=facets.labels,
        rules=_rules(findings.corpus, settings),
        scoring=Scoring(
            graph.lexicon.mean_length,
            float(graph.rescored.hubness.mean()),
            graph.lists.probes,
            graph.lists.recall,
        ),
    )


def _arrays(findings: Findings) -> Arrays:
    """The arrays of a snapshot, in the shapes that its format gives."""
    corpus, graph, groups, phrases = (
        findings.corpus,
        findings.graph,
        findings.groups,
        findings.phrases,
    )
    ids = [card.id for card in corpus.cards]
    cards, cards_start = pack_cards(corpus.cards)
    lexicon, lexicon_start = pack(graph.lexicon.words)
    phrase_texts, phrase_start = pack(phrases.texts)
    names = named(
        ids, corpus.text_of_hash, findings.descriptions.stories, groups.identities.successors
    )
    return Arrays(
        centroids=graph.lists.centroids,
        lists_start=graph.lists.start,
        lists_texts=graph.lists.texts,
        **graph.rescored.graph._asdict(),
        hubness=graph.rescored.hubness,
        words=graph.words.words,
        word_weights=graph.words.weights,
        lexicon=lexicon,
        lexicon_start=lexicon_start,
        idf=graph.lexicon.idf,
        phrases=phrases.of_text,
        phrase_weights=phrases.weights,
        phrase_names=phrases.names,
        phrase_texts=phrase_texts,
        phrase_start=phrase_start,
        **corpus.copies._asdict(),
        **groups.stories._asdict(),
        story_central=groups.central,
        topic_of=groups.topics.topic_of,
        finest_of=groups.topics.finest_of,
        topic_strength=groups.strength,
        published=corpus.published,
        **findings.facets.codes,
        **names._asdict(),
        cards=cards,
        cards_start=cards_start,
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
