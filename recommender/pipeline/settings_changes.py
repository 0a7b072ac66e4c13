"""Which settings changed since the published snapshot was made, and what each change does again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recommender.settings.sections import Settings

__all__ = ["EFFECTS", "SettingChange", "settings_changes"]

SHOWN = 60  # characters of a value; of a longer list only the length is said

_DELIVERED = "holds for records from now on; stored articles change when they are delivered again"
_TONIGHT = "holds for this night's check and does nothing again"
_EMBED = "all texts are embedded again, once"
_TOPICS = "topics are found anew, not from those of the night before; ids may end"
_ANSWERS = "holds for all answers from this snapshot on; nothing is found again"
_CUT = "texts are cut anew, and those that change are embedded again"

# What a change of each setting does; see the stages of a run in docs/reference/night.md.
EFFECTS: Mapping[str, str] = {
    "input.fields": _DELIVERED,
    "input.headlines": _DELIVERED,
    "input.max_rejects": _TONIGHT,
    "input.max_characters": _DELIVERED,
    "input.encoding": _DELIVERED,
    "input.markup": _DELIVERED,
    "input.strict": _DELIVERED,
    "input.complete": "what complete sources no longer hold is deleted from now on",
    "boilerplate.cut": _CUT,
    "boilerplate.keep": _CUT,
    "embedding.model": _EMBED,
    "embedding.revision": _EMBED,
    "embedding.max_tokens": _EMBED,
    "embedding.precision": "holds for new texts; nothing is embedded again",
    "duplicates.near": "copies are grouped anew; stories and topics may move",
    "duplicates.source_order": "other copies lead, and their texts stand for the group",
    "neighbours.candidates": "all neighbours are found and scored again; stories and topics move",
    "neighbours.k": "all neighbours are chosen again; stories and topics may move",
    "related.closeness": _ANSWERS,
    "related.diversity": _ANSWERS,
    "related.fill": _ANSWERS,
    "related.floor": _ANSWERS,
    "rules.pinned": _ANSWERS,
    "rules.apart": _ANSWERS,
    "rules.excluded_sections": _ANSWERS,
    "rules.embargo": _ANSWERS,
    "rules.labels": _ANSWERS,
    "topics.resolution": _TOPICS,
    "topics.count": _TOPICS,
    "topics.seed": f"{_TOPICS}; stories move, too",
    "topics.keywords": _TOPICS,
    "topics.unassigned": _TOPICS,
    "gates.articles_lost": _TONIGHT,
    "gates.empty_related": _TONIGHT,
    "gates.largest_topic": _TONIGHT,
    "gates.topics_changed": _TONIGHT,
    "gates.ids_lost": _TONIGHT,
    "gates.own_source": _TONIGHT,
    "gates.least_articles": _TONIGHT,
    "publish.keep": "other numbers of old snapshots are kept",
    "run.threads": "the night takes more or less time; the results are the same",
}


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting that is another one than in the published snapshot.

    Attributes:
        name: The section and the key, "topics.resolution".
        before: The value that the published snapshot was made with, in words.
        after: The value of this night, in words.
        effect: What the change does again.

    Example:
        >>> print(SettingChange("run.threads", "0", "2", "the results are the same"))
        run.threads 0 → 2: the results are the same
    """

    name: str
    before: str
    after: str
    effect: str

    def __str__(self) -> str:
        return f"{self.name} {self.before} → {self.after}: {self.effect}"


def settings_changes(before: Mapping[str, Any], settings: Settings) -> list[SettingChange]:
    """Compare the settings of a night with those of the published snapshot.

    Args:
        before: The settings of the snapshot by section, as its manifest has them; empty where there
            is none. A setting that an earlier version did not have counts as its default.
        settings: The settings of this night. Those of the store are not in a manifest.

    Returns:
        The settings that differ, in the order of the sections.
    """
    if not before:
        return []
    defaults, now = Settings().without_store(), settings.without_store()
    return [
        SettingChange(f"{section}.{key}", *_in_words(old, new), EFFECTS[f"{section}.{key}"])
        for section, values in now.items()
        for key, value in values.items()
        if (old := _plain(before.get(section, {}).get(key, defaults[section][key])))
        != (new := _plain(value))
    ]


def _plain(value: Any) -> Any:
    """The value as the manifest's JSON gives it back."""
    return json.loads(json.dumps(value))


def _in_words(old: Any, new: Any) -> tuple[str, str]:
    """Both values; of long ones the numbers of entries."""
    first, second = (json.dumps(value, ensure_ascii=False) for value in (old, new))
    if max(len(first), len(second)) <= SHOWN or not all(
        isinstance(value, list | dict) for value in (old, new)
    ):
        return first, second
    return f"{len(old):,} entries", f"{len(new):,} entries"
