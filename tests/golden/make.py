"""Make a small artifacts folder whose snapshot uses every part of the format.

Usage: python -m tests.golden.make FOLDER
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.pipeline.nightly import run_night
from tests.planted import WordEncoder, report, settings, write_jsonl

KEPT = ("CURRENT", "snapshots", "expected.json")
OVERRIDES = (
    "publish.keep=1",
    "rules.pinned=[['strike-0', 'frost-1']]",
    "rules.apart=[['frost-0', 'frost-2']]",
    "rules.excluded_sections=['sponsored']",
    "rules.embargo={strike-3 = 2026-03-01T00:00:00Z}",
)


def make(root: Path) -> None:
    """Run two nights: in the second, the articles of one story have joined another.

    So an id of a story is retired that has a successor. One article is taken down in between.
    """
    root.mkdir(parents=True)
    first = [report(story, number) for story in ("strike", "frost", "prize") for number in range(4)]
    first[5] = replace(first[5], published=None, url=None, language="de")
    first.append(replace(first[0], id="wire-strike-0", source="Agency", author=None))
    second = [replace(report("frost", 8 + n), id=f"prize-{n}") for n in range(3)]
    for articles in (first, second):
        source = write_jsonl(root / "source.jsonl", articles)
        run_night([source], Artifacts(root), settings(*OVERRIDES), encoder=WordEncoder())
        Recommender.open(root).remove("prize-3", missing_ok=True)
    for path in root.iterdir():
        if path.name not in KEPT:
            path.unlink()
    (root / "expected.json").write_text(json.dumps(answers(root), indent=1))


def answers(root: Path) -> dict[str, Any]:
    """What the artifacts folder `root` answers to questions that read every part of a snapshot."""
    rec = Recommender.open(root)
    articles = rec.ids()
    return {
        "articles": articles,
        "related": {i: [hit.id for hit in rec.related(i, 5, floor=0)] for i in articles},
        "searched": [hit.id for hit in rec.related("strike-0", 20, floor=0)],
        "reasons": [[*hit.reasons.names, *hit.reasons.phrases] for hit in rec.related("strike-0")],
        "topics": {topic.id: [topic.label, topic.size] for topic in rec.topics()},
        "stories": {story.id: _ids(story.articles) for story in rec.stories(min_size=1)},
        "changes": [[change.kind, change.id, *change.others] for change in rec.changes("stories")],
        "successors": {
            change.id: rec.story(change.id).id
            for change in rec.changes("stories")
            if change.kind == "merged"
        },
    }


def _ids(cards: Iterable[Any]) -> list[str]:
    return [card.id for card in cards]


if __name__ == "__main__":
    make(Path(sys.argv[1]))
