"""What a change of a setting does, measured on the articles of one source; fills docs/settings.md.

Copies the store of ARTIFACTS, so that nothing has to be embedded again, and runs one first night
for each value in a folder of its own. Settings of [related] are asked as options of one snapshot.
Prints a Markdown table for each setting; the value in use by default is marked with an asterisk.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice, product
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from recommender import Recommender, Related
from recommender.embedding.open import open_encoder
from recommender.evaluation.clustering_metrics import partition
from recommender.language.prepare import embedded_text
from recommender.settings.sections import Settings

HITS = 5
EMBEDDED = 200  # texts of the source that are embedded anew, to see how long that takes


class Trial(NamedTuple):
    """One night under one setting, and what the command printed of it as JSON.

    `default` is the folder of the night under the defaults, to compare with.
    """

    folder: Path
    night: dict[str, Any]
    default: Path

    def snapshot_bytes(self, name: str = "*") -> int:
        """Bytes of the snapshot's files of that name."""
        return sum(p.stat().st_size for p in self.folder.glob(f"snapshots/*/{name}"))

    def rejected(self) -> int:
        """Records that were rejected."""
        return int(self.night["intake"]["rejected"])

    def seconds(self, *stages: str) -> float:
        """Seconds of these stages, of all where none is named."""
        spent = self.night["seconds"]
        return float(sum(spent.get(stage, 0.0) for stage in stages or spent))


class Setting(NamedTuple):
    """A setting, the values to try, and the columns of its table."""

    name: str
    values: Sequence[object]
    columns: dict[str, Callable[[Trial], str]]


def topics_as_by_default(trial: Trial) -> str:
    """Agreement of the broad topics with those of the defaults, by the adjusted Rand index."""
    found, right = broad_topics(trial.folder), broad_topics(trial.default)
    return f"{partition(numbers(found), numbers(right))[3]:.2f}"


def broad_topics(folder: Path) -> list[str]:
    """The id of each article's broad topic, empty for none, in the order of article ids."""
    rec = Recommender.open(folder)
    topics = (rec.topic_of(article_id) for article_id in rec.ids())
    return [topic.id if topic else "" for topic in topics]


def numbers(labels: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The labels as numbers."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def hits_changed(trial: Trial) -> str:
    """Share of the first five hits that the defaults do not show."""
    before = {i: {hit.id for hit in hits} for i, hits in lists(trial.default)}
    changed = [hit.id not in before[i] for i, hits in lists(trial.folder) for hit in hits]
    return f"{mean(changed):.1%}"


def largest_topic(trial: Trial) -> str:
    """Share of the articles in the largest broad topic."""
    rec = Recommender.open(trial.folder)
    return f"{max(topic.size for topic in rec.topics()) / len(rec.ids()):.0%}"


def graph_bytes(trial: Trial) -> str:
    """Bytes of the neighbours and their scores, per article."""
    size = sum(trial.snapshot_bytes(name) for name in ("neighbours.npy", "scores.npy"))
    return f"{size / trial.night['articles']:,.0f}"


def keywords_shown(trial: Trial) -> str:
    """The keywords of the largest topic, the last three where they are many."""
    words = [keyword.term for keyword in Recommender.open(trial.folder).topics()[0].keywords]
    return ", ".join(words if len(words) <= 5 else ["…", *words[-3:]])


GROUPS: dict[str, Callable[[Trial], str]] = {
    "broad topics": lambda t: str(t.night["topics"]),
    "finer topics": lambda t: str(t.night["finer_topics"]),
    "largest": largest_topic,
    "agreement": topics_as_by_default,
}
NIGHTS = (
    Setting("input.max_characters", [2_000, 10_000, 1_000_000], {
        "rejected": lambda t: str(t.rejected()),
    }),
    Setting("duplicates.near", [True, False], {
        "texts": lambda t: f"{t.night['texts']:,}",
        "hits changed": hits_changed,
    }),
    Setting("neighbours.candidates", [30, 50, 100, 200], {
        "seconds of neighbours and graph": lambda t: f"{t.seconds('neighbours', 'graph'):.1f}",
        "hits changed": hits_changed,
    }),
    Setting("neighbours.k", [10, 30, 50], {
        "bytes of the graph, per article": graph_bytes,
        "snapshot, MB": lambda t: f"{t.snapshot_bytes() / 1e6:.1f}",
        "stories of two articles or more": lambda t: str(len(stories(t))),
        "broad topics": lambda t: str(t.night["topics"]),
        "hits changed": hits_changed,
    }),
    Setting("topics.resolution", [0.1, 0.2, 0.4, 0.8, 1.6], GROUPS),
    Setting("topics.count", [0, 4, 10, 20], GROUPS),
    Setting("topics.seed", [0, 1, 2], GROUPS),
    Setting("topics.keywords", [5, 10, 20], {"of the largest topic": keywords_shown}),
    Setting("topics.unassigned", [0.0, 0.05, 0.2], {
        "articles without a topic": lambda t: f"{t.night['without_topic']:,}",
    }),
    Setting("run.threads", [1, 2], {
        "seconds of the night": lambda t: f"{t.seconds():.1f}",
        "same arrays": lambda t: "yes" if same_arrays(t) else "no",
    }),
)  # fmt: skip
OPTIONS = {
    "related.floor": [0.25, 0.35, 0.45, 0.55],
    "related.closeness": [0.0, 0.05, 0.2, 0.5],
    "related.diversity": [0.0, 0.05, 0.2, 0.5],
}


def stories(trial: Trial) -> list[int]:
    """Sizes of the stories of two articles or more."""
    return [story.size for story in Recommender.open(trial.folder).stories()]


def same_arrays(trial: Trial) -> bool:
    """Whether every array file of both snapshots has the same bytes."""
    (folder,), (other,) = (f.glob("snapshots/*") for f in (trial.folder, trial.default))
    files = sorted(folder.glob("*.npy"))
    return all(file.read_bytes() == (other / file.name).read_bytes() for file in files)


def lists(folder: Path, **options: Any) -> Iterator[tuple[str, list[Related]]]:
    """Every article's first five hits that pass the floor."""
    rec = Recommender.open(folder)
    for article_id in rec.ids():
        yield article_id, rec.related(article_id, HITS, fill=0, **options)


def option_table(name: str, values: Sequence[float], folder: Path) -> Iterator[str]:
    """What an option of related lists does, by its values."""
    rec = Recommender.open(folder)
    story_of = {card.id: s.id for s in rec.stories(min_size=1) for card in s.articles}
    dates = {article_id: rec.article(article_id).published for article_id in rec.ids()}
    before = {i: {hit.id for hit in hits} for i, hits in lists(folder)}
    yield (
        f"| `{name}` | lists of five | empty lists | mean score | stories in a list | "
        "median days apart | hits changed |"
    )
    yield "|---|---|---|---|---|---|---|"
    key = name.partition(".")[2]
    for value in values:
        found = dict(lists(folder, **{key: value}))
        hits = [(i, hit) for i, answer in found.items() for hit in answer]
        apart = [
            abs((hit.published - dates[i]).total_seconds()) / 86_400  # type: ignore[operator]
            for i, hit in hits
            if hit.published and dates[i]
        ]
        full = [answer for answer in found.values() if len(answer) == HITS]
        row = [
            f"{len(full) / len(found):.1%}",
            f"{mean(not answer for answer in found.values()):.1%}",
            f"{mean(hit.score for _, hit in hits):.3f}",
            f"{mean(len({story_of.get(h.id, h.id) for h in answer}) for answer in full):.2f}",
            f"{median(apart):.1f}",
            f"{mean(hit.id not in before[i] for i, hit in hits):.1%}",
        ]
        yield f"| {marked(name, value)} | {' | '.join(row)} |"


def embedding_table(source: Path) -> Iterator[str]:
    """What limits of tokens and precisions do to the time that embedding takes."""
    records = [json.loads(line) for line in islice(source.open(encoding="utf-8"), EMBEDDED)]
    texts = [embedded_text(record["title"], record["text"]) for record in records]
    yield "| `embedding.max_tokens` | `embedding.precision` | texts per second | words read |"
    yield "|---|---|---|---|"
    for limit, precision in product([64, 128, None], ["float32", "bfloat16"]):
        encoder = open_encoder(max_tokens=limit, precision=precision)
        encoder.encode(texts[:8])  # loads the model
        began = perf_counter()
        encoded = encoder.encode(texts)
        speed = len(texts) / (perf_counter() - began)
        read = sum(encoded.words_read) / sum(encoded.words)
        shown = "not set *" if limit is None else f"`{limit}`"
        yield f"| {shown} | `{precision}` | {speed:.0f} | {read:.0%} |"


def marked(name: str, value: object) -> str:
    """The value as TOML writes it, with an asterisk where it is the default."""
    section, key = name.split(".")
    default = Settings().to_dict()[section][key]
    return f"`{json.dumps(value)}`{' *' if value == default else ''}"


@contextmanager
def night(
    source: Path, store: Path, setting: str | None = None, default: Path | None = None
) -> Iterator[Trial]:
    """A first night of the source with a copy of the store, under one changed setting.

    `default` is the folder to compare with; None is for the night under the defaults itself.
    """
    with TemporaryDirectory(prefix="settings-effects-") as name:
        folder = Path(name)
        with (
            closing(sqlite3.connect(store)) as before,
            closing(sqlite3.connect(folder / "store.sqlite")) as after,
        ):
            before.backup(after)
        command = [sys.executable, "-m", "recommender", "nightly", str(source), "--json", "--force"]
        changed = ["--set", setting] if setting else []
        where = ["--no-progress", "--artifacts", str(folder), "--set", "input.max_rejects=1"]
        run = subprocess.run(
            [*command, *where, *changed], check=True, capture_output=True, text=True
        )
        yield Trial(folder, json.loads(run.stdout), default or folder)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="for example artifacts/demo/news.jsonl")
    parser.add_argument("artifacts", type=Path, nargs="?", default=Path("artifacts"))
    parser.add_argument("--only", help="settings that begin with this, for example topics.")
    wanted = parser.parse_args()
    store = wanted.artifacts / "store.sqlite"
    with night(wanted.source, store) as default:
        for setting in NIGHTS:
            if setting.name.startswith(wanted.only or ""):
                print(
                    *night_table(setting, wanted.source, store, default.folder),
                    "",
                    sep="\n",
                    flush=True,
                )
        if "embedding.".startswith(wanted.only or ""):
            print(*embedding_table(wanted.source), "", sep="\n", flush=True)
        for name, values in OPTIONS.items():
            if name.startswith(wanted.only or ""):
                print(*option_table(name, values, default.folder), "", sep="\n", flush=True)


def night_table(setting: Setting, source: Path, store: Path, default: Path) -> Iterator[str]:
    """One row for each value of a setting, from a night of its own."""
    yield f"| `{setting.name}` | {' | '.join(setting.columns)} |"
    yield "|".join(["", *chain(["---"], ("---" for _ in setting.columns)), ""])
    for value in setting.values:
        with night(source, store, f"{setting.name}={json.dumps(value)}", default) as trial:
            row = [measure(trial) for measure in setting.columns.values()]
        yield f"| {marked(setting.name, value)} | {' | '.join(row)} |"


if __name__ == "__main__":
    main()
