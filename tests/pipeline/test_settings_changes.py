"""Settings that changed: each is named with what it does again, and none is forgotten."""

import msgspec
import pytest

from recommender.pipeline.settings_changes import EFFECTS, settings_changes
from recommender.settings.sections import Settings
from tests.pipeline.newsroom import Newsroom, articles
from tests.planted import settings


def test_every_setting_of_a_manifest_has_its_effect() -> None:
    named = {f"{s}.{k}" for s, values in Settings().without_store().items() for k in values}
    assert set(EFFECTS) == named


def test_what_changed_is_said_with_both_values() -> None:
    before = settings("topics.resolution=0.4").without_store()
    after = settings("topics.resolution=0.6", 'rules.excluded_sections=["Stars"]')
    found = [str(change) for change in settings_changes(before, after)]
    assert found == [
        f'rules.excluded_sections [] → ["Stars"]: {EFFECTS["rules.excluded_sections"]}',
        f"topics.resolution 0.4 → 0.6: {EFFECTS['topics.resolution']}",
    ]
    assert settings_changes(before, settings()) == []
    assert settings_changes({}, after) == []


def test_settings_of_an_earlier_version_count_as_the_defaults() -> None:
    before = settings().without_store()
    del before["topics"]["count"], before["gates"]
    assert settings_changes(before, settings()) == []
    assert [c.name for c in settings_changes(before, settings("topics.count=4"))] == [
        "topics.count"
    ]


def test_of_long_lists_the_numbers_of_entries_are_said() -> None:
    pinned = [[f"article-{n}", f"article-{n + 1}"] for n in range(30)]
    after = msgspec.convert({"rules": {"pinned": pinned}}, Settings)
    (change,) = settings_changes(settings().without_store(), after)
    assert (change.before, change.after) == ("0 entries", "30 entries")


@pytest.mark.parametrize(
    ("override", "embeds"), [("embedding.max_tokens=9", False), ("topics.seed=3", False)]
)
def test_a_night_names_what_changed_since_the_published_one(
    newsroom: Newsroom, override: str, embeds: bool
) -> None:
    assert newsroom.night(*articles(12)).changed_settings == []
    night = newsroom.night(*articles(12), overrides=[override])
    assert [change.name for change in night.changed_settings] == [override.partition("=")[0]]
    assert bool(night.embedded) is embeds  # the planted encoder has no limit of its own


def test_the_effects_of_the_fingerprint_are_not_those_that_do_nothing_again() -> None:
    for name in EFFECTS:
        section = name.partition(".")[0]
        shapes = section in ("duplicates", "neighbours", "related", "rules", "topics")
        assert ("does nothing again" in EFFECTS[name]) <= (not shapes), name
