"""Replay dated news night by night, and print what becomes of the ids of topics and stories.

Usage: python scripts/bench/replay.py NEWS.jsonl [--nights 30] [--keep FOLDER] [--json-file FILE]

The articles are sorted by date and divided into equal parts, one a night; each night is a real one.
At the end the last night is run again, and all articles are grouped once from nothing.
"""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from sklearn.metrics import adjusted_rand_score

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.groups.previous import PreviousGroups, read_previous
from recommender.pipeline.nightly import run_night
from recommender.settings.load import load_settings
from recommender.settings.sections import Settings
from recommender.snapshot.topic_tree import at_level, tree_of
from recommender.types.groups import CHANGE_KINDS


@dataclass(frozen=True, slots=True)
class Step:
    """One night compared with the night before.

    Attributes:
        night: The number of the night, from 1.
        articles: How many articles it has.
        topics: How many topics of all levels it has.
        lasting: How many topics of the night before have at least half of their articles in one
            topic tonight.
        kept: How many of these have kept their id.
        stories: How many stories it has.
        stories_lasting: The same as `lasting` for stories.
        stories_kept: The same as `kept` for stories.
        moved: Of the articles of both nights, the share with another broad topic than before.
        moved_without_new: The share of them whose previous and present topic have no new article.
        changes: How many topics changed, by kind of change.
        seconds: The seconds of the night without embedding.
    """

    night: int
    articles: int
    topics: int
    lasting: int
    kept: int
    stories: int
    stories_lasting: int
    stories_kept: int
    moved: float
    moved_without_new: float
    changes: dict[str, int]
    seconds: float


def read_by_date(news: Path) -> list[bytes]:
    """The records, one line each, oldest first; those without a date come first of all."""
    lines = news.read_bytes().splitlines()
    return sorted(lines, key=lambda line: (json.loads(line).get("published") or "", line))


def groups_of(previous: PreviousGroups, level: int) -> tuple[Array, list[str]]:
    """The topic of each article on one level, -1 for none, and the ids; level 0 means stories."""
    if level == 0:
        return previous.story_of, previous.story_ids
    numbers = at_level(previous.finest_of, *tree_of(previous.topics), level)
    return numbers, [topic.id for topic in previous.topics if topic.level == level]


def lasting(before: PreviousGroups, now: PreviousGroups, levels: Sequence[int]) -> tuple[int, int]:
    """How many previous groups have half of their articles in one group now, and kept their id.

    Deleted articles count as articles that left the group.
    """
    row_now = {article: row for row, article in enumerate(now.ids)}
    rows = np.array([row_now.get(article, -1) for article in before.ids])
    together = kept = 0
    for level in levels:
        old_groups, old_ids = groups_of(before, level)
        groups, ids = groups_of(now, level)
        new_groups = np.append(groups, -1)[rows]  # -1 for a deleted article
        sizes = np.bincount(old_groups[old_groups >= 0], minlength=len(old_ids))
        shared = Counter(zip(old_groups.tolist(), new_groups.tolist(), strict=True))
        for (old, new), count in shared.items():
            if old >= 0 and new >= 0 and count >= sizes[old] / 2:
                together += 1
                kept += old_ids[old] == ids[new]
    return together, kept


def moved(before: PreviousGroups, now: PreviousGroups) -> tuple[float, float]:
    """The share of the articles of both nights whose broad topic changed.

    The second number counts only articles whose previous and present topic have no new article.
    """
    then, tonight = before.broad_topics, now.broad_topics
    with_new = {topic for article, topic in tonight.items() if article not in then}
    both = then.keys() & tonight.keys()
    changed = [article for article in both if then[article] != tonight[article]]
    without_new = [a for a in changed if not {then[a], tonight[a]} & with_new]
    return len(changed) / max(len(both), 1), len(without_new) / max(len(both), 1)


def replay(lines: Sequence[bytes], nights: int, folder: Path, settings: Settings) -> list[Step]:
    """Run all nights in `folder`, and compare each with the night before."""
    artifacts, source = Artifacts(folder), folder / "night.jsonl"
    steps: list[Step] = []
    before: PreviousGroups | None = None
    for number, part in enumerate(np.array_split(np.arange(len(lines)), nights), start=1):
        source.write_bytes(b"\n".join(lines[place] for place in part))
        night = run_night([source], artifacts, settings, force=number > 1)
        now = read_previous(artifacts)
        if before is not None:
            depth = max(topic.level for topic in (*before.topics, *now.topics))
            steps.append(
                Step(
                    number,
                    night.articles,
                    len(now.topics),
                    *lasting(before, now, range(1, depth + 1)),
                    night.stories,
                    *lasting(before, now, [0]),
                    *moved(before, now),
                    night.changes["topics"],
                    sum(night.seconds.values()) - night.seconds.get("embed", 0.0),
                )
            )
        before = now
    again = run_night([source], artifacts, settings)
    click.echo(f"the last night once more: {'nothing changed' if again.unchanged else 'CHANGED'}")
    return steps


def against_rebuild(folder: Path, settings: Settings) -> dict[str, float]:
    """Adjusted Rand index of the last night's groups and those of a rebuild from nothing."""
    last = read_previous(Artifacts(folder))
    with TemporaryDirectory() as fresh:
        shutil.copy(folder / "store.sqlite", fresh)
        empty = Path(fresh) / "none.jsonl"
        empty.touch()
        run_night([empty], Artifacts(Path(fresh)), settings)
        anew = read_previous(Artifacts(Path(fresh)))
    return {
        "stories": adjusted_rand_score(anew.story_of, last.story_of),
        "topics": adjusted_rand_score(anew.topic_of, last.topic_of),
        "finest topics": adjusted_rand_score(anew.finest_of, last.finest_of),
    }


@click.command()
@click.argument("news", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--nights", type=click.IntRange(min=2), default=30, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the artifacts there.")
@click.option("--json-file", type=click.Path(path_type=Path), help="Write the figures there too.")
def main(news: Path, nights: int, keep: Path | None, json_file: Path | None) -> None:
    """Replay NEWS in so many nights, and print what becomes of its topics and stories."""
    settings = load_settings(environment={})
    with TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        steps = replay(read_by_date(news), nights, folder, settings)
        agreement = against_rebuild(folder, settings)
    click.echo("night articles  topics kept/lasting  stories kept/lasting  moved  no new  seconds")
    for s in steps:
        counted = ", ".join(
            f"{s.changes[kind]} {kind}" for kind in CHANGE_KINDS if kind in s.changes
        )
        click.echo(
            f"{s.night:5} {s.articles:8,} {s.topics:7} {s.kept:5}/{s.lasting:<6} {s.stories:9,} "
            f"{s.stories_kept:5,}/{s.stories_lasting:<6,} {s.moved:5.1%} {s.moved_without_new:6.1%}"
            f" {s.seconds:8.1f}  {counted}"
        )
    totals = {
        "topics that last keep their id": share(steps, "kept", "lasting"),
        "stories that last keep their id": share(steps, "stories_kept", "stories_lasting"),
        "median share of articles that move": float(np.median([s.moved for s in steps])),
        "greatest share that moves without new text": max(s.moved_without_new for s in steps),
        **{f"ARI with a rebuild, {name}": value for name, value in agreement.items()},
    }
    for name, value in totals.items():
        click.echo(f"{name:45} {value:.4f}")
    if json_file:
        record = {"nights": [asdict(step) for step in steps], "totals": totals}
        json_file.write_text(json.dumps(record, indent=1))


def share(steps: Sequence[Step], part: str, whole: str) -> float:
    """The ratio of two counts, summed over all nights."""
    parts = sum(getattr(step, part) for step in steps)
    return parts / max(sum(getattr(step, whole) for step in steps), 1)


if __name__ == "__main__":
    main()
