"""Labels that an editor chose for topics, in place of their keywords."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from recommender.pipeline.describe_groups import GroupDescriptions

__all__ = ["with_chosen_labels"]

log = logging.getLogger(__name__)


def with_chosen_labels(
    found: GroupDescriptions, chosen: Mapping[str, str], successors: Mapping[str, str | None]
) -> GroupDescriptions:
    """Give topics the labels that the setting `rules.labels` names by their ids.

    A chosen label stays with its id. Where another topic has taken over, the editor decides whether
    the name fits that one, too; a warning in the log names it.

    Args:
        found: The descriptions of the night's groups.
        chosen: A label by the id of its topic.
        successors: The group that took over from each id that is no more, or None.

    Returns:
        The descriptions, with those labels for topics and for their changes.
    """
    if not chosen:
        return found
    known = {topic.id for topic in found.topics}
    for topic_id in sorted(chosen.keys() - known):
        heir = successors.get(topic_id)
        if heir in known:
            log.warning(
                "rules.labels names a topic that another one took over; move its label or drop it",
                extra={"topic": topic_id, "label": chosen[topic_id], "took_over": heir},
            )
        else:
            log.warning("rules.labels names an unknown topic", extra={"topic": topic_id})
    changes = [
        replace(change, label=chosen.get(change.id, change.label))
        for change in found.changes["topics"]
    ]
    return found._replace(
        topics=[replace(topic, label=chosen.get(topic.id, topic.label)) for topic in found.topics],
        changes={**found.changes, "topics": changes},
    )
