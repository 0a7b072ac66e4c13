"""Gates: shares that a night must not exceed to be published.

A share of few articles moves in large steps, so each is judged by more than chance: a gate refuses
where so large a share would come in fewer than one night in twenty if the true share were the
limit. Where the limit is 20 %, 5 of 12 articles may be lost and 6 may not; of 1,000 articles
221 may.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.corpus import Corpus, Facets
from recommender.graph.own_hits import OwnHits, count_own_hits
from recommender.graph.rescore import Graph
from recommender.groups.previous import PreviousGroups
from recommender.pipeline.build_groups import Groups
from recommender.pipeline.notices import Notice
from recommender.settings.sections import Gates as Limits

__all__ = ["Comparison", "Gate", "compare", "measure", "refusal", "surely_above"]

CHANCE = 0.05  # what comes in fewer nights than this is no chance
# Where each text is a neighbour of a quarter of all texts, one topic of everything is natural.
LEAST_NEIGHBOURHOODS = 4

# The share of own hits of all sources counts as so many hits of each source, and a source with
# fewer is not judged: its share is chance.
PRIOR_HITS = 20

# What each gate measures a share of, and what to look at where it is large.
_MEANINGS = {
    "articles_lost": (
        "there are fewer articles than the night before",
        "a source delivers less than it did, or articles were withdrawn",
    ),
    "empty_related": (
        "texts have no related article",
        "look at related.floor, and at whether the export has lost its texts",
    ),
    "largest_topic": (
        "articles are of one topic",
        "look at topics.resolution and topics.count",
    ),
    "topics_changed": (
        "articles are of another topic than the night before",
        "other settings of [topics], another encoder or many new articles move them",
    ),
    "ids_lost": (
        "topics of the night before are gone",
        "other settings of [topics], another encoder or many new articles end them",
    ),
    "own_source": (
        "related articles of one source's articles are more often its own than the night before",
        "look at what its texts have in common, such as a new notice, and at [boilerplate]",
    ),
}


class Gate(NamedTuple):
    """One measured share and its limit.

    Attributes:
        name: The setting that holds the limit.
        part: How many of `whole` are concerned.
        whole: How many there are.
        limit: The largest share that passes, by the setting.
        as_before: A share that passes although it is larger: that of the night before, or 1 on a
            first night.
        source: The source that is concerned, where it is one.
    """

    name: str
    part: int
    whole: int
    limit: float
    as_before: float = 0.0
    source: str = ""

    @property
    def value(self) -> float:
        """The share, in [0, 1]; 0 where there is nothing to have a share of."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def passed(self) -> bool:
        """Whether this gate lets the night be published."""
        return not surely_above(self.part, self.whole, max(self.limit, self.as_before))

    @property
    def notice(self) -> Notice | None:
        """What to say of a share that passed although it is above the limit; None for nothing."""
        if not self.passed or not surely_above(self.part, self.whole, self.limit):
            return None
        return Notice(f"above_{self.name}", self.part, str(self), self.advice)

    @property
    def advice(self) -> str:
        """What to look at where the share is large."""
        return _MEANINGS[self.name][1]

    def __str__(self) -> str:
        source = f" ({self.source})" if self.source else ""
        return (
            f"{_MEANINGS[self.name][0]}{source}: {self.part:,} of {self.whole:,} "
            f"({self.value:.1%}), and gates.{self.name} admits {self.limit:.1%}"
        )


def surely_above(part: int, whole: int, limit: float) -> bool:
    """Whether a share exceeds a limit by more than chance.

    That is a one-sided binomial test: were the limit the true share, `part` or more would be found
    with a probability below `CHANCE`.

    Args:
        part: How many of `whole` are concerned.
        whole: How many there are.
        limit: The limit, in [0, 1].

    Returns:
        True where the share of `part` in `whole` is surely above `limit`.

    Example:
        >>> surely_above(2, 12, 0.1), surely_above(9, 12, 0.2)
        (False, True)
    """
    if part <= limit * whole:
        return False
    from scipy.special import betainc  # the regularised incomplete beta is the binomial's tail

    return bool(betainc(part, whole - part + 1, limit) < CHANCE)


class Comparison(NamedTuple):
    """What the gates look at: a night compared with the one before.

    Attributes:
        topics: The id of each article's broad topic by the article's id, None for none.
        previous_topics: The same of the night before without articles that were taken down since;
            empty where there was none.
        best_scores: (texts,) The score of each text's first neighbour.
        floor: The score that a related article must have.
        previous_empty: The share of texts without a related article the night before.
        neighbours: How many neighbours each text has.
        own_hits: How many related articles are of the same source, by source.
        previous_own_hits: The same of the night before.
    """

    topics: dict[str, str | None]
    previous_topics: dict[str, str | None]
    best_scores: Array
    floor: float
    previous_empty: float = 0.0
    neighbours: int = 0
    own_hits: Mapping[str, OwnHits] = MappingProxyType({})
    previous_own_hits: Mapping[str, OwnHits] = MappingProxyType({})


def compare(
    corpus: Corpus,
    facets: Facets,
    graph: Graph,
    groups: Groups,
    previous: PreviousGroups,
    floor: float,
    removed: Container[str] = (),
) -> Comparison:
    """Compare a night with the one before.

    Args:
        corpus: Tonight's articles.
        facets: The facets of these articles.
        graph: Tonight's scored neighbours.
        groups: Tonight's groups.
        previous: The groups of the night before.
        floor: The score that a related article must have.
        removed: The ids of articles that were taken down; they count as never published.

    Returns:
        The comparison, from which `measure` computes all shares.
    """
    ids = [*groups.identities.topic_ids, None]  # the last place is that of -1
    topics = groups.topics.topic_of[corpus.copies.text_of].tolist()
    return Comparison(
        dict(zip((card.id for card in corpus.cards), (ids[t] for t in topics), strict=True)),
        {i: topic for i, topic in previous.broad_topics.items() if i not in removed},
        graph.scores.max(axis=1, initial=0.0),
        floor,
        previous.empty_share,
        graph.scores.shape[1],
        count_own_hits(
            graph.neighbours,
            graph.scores,
            floor,
            facets.codes["source"][corpus.copies.leads],
            facets.labels["source"],
        ),
        previous.own_hits,
    )


def measure(night: Comparison, limits: Limits) -> list[Gate]:
    """Measure the share of every gate.

    A night may be as bad as the one before it, so that a corpus of unlike articles is published
    once it was accepted. A first night has nothing to be compared with and takes nothing from
    readers, so no share of it is too large.

    Args:
        night: What is measured.
        limits: The settings, with the limit of each gate.

    Returns:
        All gates; an empty list if both nights have fewer than `limits.least_articles` articles.
    """
    now, before = night.topics, night.previous_topics
    if max(len(now), len(before)) < limits.least_articles:
        return []
    both = now.keys() & before.keys()
    previous_ids = set(before.values()) - {None}
    empty = int(np.count_nonzero(night.best_scores < night.floor))
    cut = len(now) >= LEAST_NEIGHBOURHOODS * night.neighbours
    as_before = {
        "empty_related": night.previous_empty if before else 1.0,
        "largest_topic": _share(_largest(before), len(before)) if before and cut else 1.0,
    }
    counts = {
        "articles_lost": (max(0, len(before) - len(now)), len(before)),
        "empty_related": (empty, len(night.best_scores)),
        "largest_topic": (_largest(now), len(now)),
        "topics_changed": (sum(now[article] != before[article] for article in both), len(both)),
        "ids_lost": (len(previous_ids - set(now.values())), len(previous_ids)),
    }
    return [
        *(
            Gate(name, *count, getattr(limits, name), as_before.get(name, 0.0))
            for name, count in counts.items()
        ),
        _own_source(night, limits.own_source),
    ]


def _own_source(night: Comparison, limit: float) -> Gate:
    """The gate of the source whose related articles are more often its own than before.

    The share of hits from the own source is compared, so a corpus of one source, where it is always
    1, passes. A source that has doubled since the night before is not judged: its articles have
    more of their own to relate to.
    """
    before = night.previous_own_hits
    hits = sum(counts.hits for counts in before.values())
    of_all = _share(sum(counts.own for counts in before.values()), hits)
    gates = [Gate("own_source", 0, 0, limit)]
    for source, now in night.own_hits.items():
        then = before.get(source)
        if then and now.hits >= PRIOR_HITS and now.texts < 2 * then.texts:
            expected = (then.own + PRIOR_HITS * of_all) / (then.hits + PRIOR_HITS)
            more = max(0, now.own - round(expected * now.hits))
            gates.append(Gate("own_source", more, now.hits, limit, source=source))
    return max(gates, key=lambda gate: (not gate.passed, gate.value))


def refusal(refused: Sequence[Gate], previous: str) -> str:
    """Say why a night is not published, and what to do.

    Args:
        refused: The gates that were not passed.
        previous: The name of the snapshot that is served; "" if there is none.

    Returns:
        The message of the error.
    """
    served = f"{previous} is still served" if previous else "nothing is served"
    reasons = "; ".join(f"{gate} ({gate.advice})" for gate in refused)
    return (
        f"the night was not published; {served}: {reasons}. Look at the sources and the "
        "settings; if the night is as it should be, run again with --force"
    )


def _largest(topics: dict[str, str | None]) -> int:
    """The size of the largest topic."""
    sizes = Counter(topic for topic in topics.values() if topic is not None)
    return max(sizes.values(), default=0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
