"""The texts of each keyword: those of its group that use it, as reading them says."""

import re

import pytest

from recommender.snapshot.reader import Snapshot
from recommender.snapshot.topic_tree import at_level, tree_of
from tests.planted import newsdesk, publish_articles


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    artifacts = publish_articles(tmp_path_factory.mktemp("desk"), newsdesk())
    return Snapshot(artifacts.snapshots / artifacts.current())


def test_each_keyword_has_the_texts_of_its_group_that_use_it(snapshot: Snapshot) -> None:
    arrays = snapshot.arrays
    said = {a.id: f"{a.title}. {a.text}".lower() for a in newsdesk()}
    leads = snapshot.ids.take(arrays.copies[arrays.copies_start[:-1]].tolist())
    groups = []
    for level in sorted({topic.level for topic in snapshot.topics}):
        of_level = at_level(arrays.finest_of, *tree_of(snapshot.topics), level)
        topics = [topic for topic in snapshot.topics if topic.level == level]
        groups += [(topic.keywords, of_level == n) for n, topic in enumerate(topics)]
    number = sum(len(keywords) for keywords, _ in groups)
    for story, at in enumerate(arrays.story_keywords_at.tolist()):
        keywords = snapshot.lookup.story(story)[1]
        assert at == (number if keywords else -1)
        number += len(keywords)
        groups.append((keywords, arrays.story_of == story))
    assert number == len(arrays.keyword_start) - 1
    place = 0
    for keywords, member in groups:
        for keyword in keywords:
            start = arrays.keyword_start
            found = arrays.keyword_texts[start[place] : start[place + 1]].tolist()
            # Singular and plural, and a name with and without its office, are one term.
            whole = re.compile(rf"\b{re.escape(keyword.term.lower().removesuffix('s'))}")
            using = [t for t, i in enumerate(leads) if member[t] and whole.search(said[i])]
            assert sorted(found) == using, keyword.term
            place += 1
