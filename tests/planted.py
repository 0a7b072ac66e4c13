"""A made-up newsroom with a planted answer: articles of one theme share words, and only those.

`WordEncoder` is a real encoder of the `Encoder` protocol in milliseconds: a hashed bag of words.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoded, EncoderSpec
from recommender.pipeline.nightly import Night, run_night
from recommender.progress import Advance, ignore
from recommender.settings.load import load_settings
from recommender.settings.sections import Settings
from recommender.sources.base import FieldNames, NumberedRow
from recommender.types.article import Article

THEMES = {
    "harbour": "harbour crane container tide pilot quay freight anchor dock cargo",
    "orchard": "orchard apple blossom graft harvest cider pruning bee crate ladder",
    "glacier": "glacier moraine crevasse meltwater ice summit ridge avalanche rope camp",
    "theatre": "theatre curtain rehearsal actor stage lighting premiere script chorus prompter",
}
# Each story: the theme that it belongs to, the name that only it holds, and its own words.
STORIES = {
    "strike": ("harbour", "Vera Holm", "walkout picket union wages ballot stevedores talks pay"),
    "collision": ("harbour", "Tor Brekke", "ferry hull radar fog rescue lifeboat inquiry captain"),
    "dredging": ("harbour", "Ines Duarte", "dredger silt channel survey sediment permit barge"),
    "frost": ("orchard", "Olga Marek", "frost heaters candles dawn forecast nights smoke buds"),
    "beetle": ("orchard", "Pavel Sorin", "beetle larvae traps quarantine spray bark felling saws"),
    "prize": ("orchard", "Aino Laine", "prize jury medal tasting ribbon judges bottle festival"),
}
SOURCES = ("Gazette", "Herald", "Courier")
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
# Files of a snapshot that remember the nights before: the topics, and all ids of groups.
OF_NIGHTS = {
    "topic_of", "finest_of", "topic_strength", "stories_by_id",
    "story_ids", "retired_ids", "successors",
}  # fmt: skip


class WordEncoder:
    """Sums one fixed random vector per word; equal texts get equal vectors."""

    def __init__(self, dimension: int = 32, name: str = "words") -> None:
        self.dimension = dimension
        self.spec = EncoderSpec(f"{name}-{dimension}", None, None, f"{name}{dimension:027d}")
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        vectors = np.stack([self._vector(text) for text in texts])
        self.encoded.extend(texts)
        advance(len(texts))
        words = [len(text.split()) for text in texts]
        return Encoded(vectors, words, [min(count, 60) for count in words])

    def _vector(self, text: str) -> np.ndarray:
        total = np.zeros(self.dimension, dtype=np.float64)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "little")
            total += np.random.default_rng(seed).standard_normal(self.dimension)
        return (total / np.linalg.norm(total)).astype(np.float32)


class RecordList:
    """A `Source` in memory: `records` by name, which may be anything that a file could hold."""

    columns = ()

    def __init__(self, records: Sequence[Mapping[str, object]], name: str = "list") -> None:
        self.name, self.size, self.position = name, len(records), 0
        self._records = records

    def rows(self, fields: FieldNames) -> Iterator[NumberedRow]:
        for number, record in enumerate(self._records, start=1):
            self.position = number
            yield NumberedRow(number, record)


def theme_of(number: int) -> str:
    return list(THEMES)[number % len(THEMES)]


def article(number: int, seed: int = 0) -> Article:
    """Article `number`: its theme, source and date follow from the number, its words from both."""
    rng = random.Random(f"{seed}/{number}")
    theme = theme_of(number)
    words = rng.choices(THEMES[theme].split(), k=40)
    return Article(
        id=f"a-{number}",
        title=f"{theme.title()} report {number}",
        text=" ".join(words),
        published=START + timedelta(hours=number),
        url=f"https://news.example/{number}",
        source=SOURCES[number % len(SOURCES)],
        section=theme,
        language="en",
    )


def report(story: str, number: int) -> Article:
    """Article `number` of a story: its theme's words and its own, and the name twice."""
    theme, name, own = STORIES[story]
    rng = random.Random(f"{story}/{number}")
    words = rng.choices(own.split(), k=16) + rng.choices(THEMES[theme].split(), k=12)
    rng.shuffle(words)
    words[6:6] = words[20:20] = [name]
    place = 7 * (6 * list(STORIES).index(story) + number + 1)
    return Article(
        id=f"{story}-{number}",
        title=f"{story.title()} report {number}",
        text=f"{' '.join(words)}.",
        published=START + timedelta(hours=place % 256),
        url=f"https://news.example/{story}/{number}",
        source=SOURCES[number % len(SOURCES)],
        section=theme,
        language="en",
        author=("Ada Reed", "Ben Sand", None)[number // 2 % 3],
    )


def newsdesk() -> list[Article]:
    """Two topics of three stories of six articles, with copies, near-copies and missing values."""
    reports = {a.id: a for a in (report(story, n) for story in STORIES for n in range(6))}
    reports["frost-5"] = replace(reports["frost-5"], published=None)
    reports["prize-5"] = replace(reports["prize-5"], source=None, section=None, language=None)
    wire = {"source": "Agency", "section": "wire", "url": None}
    strike, collision = reports["strike-0"], reports["collision-1"]
    near = replace(collision, text=collision.text.replace(".", " again."))
    return [
        *reports.values(),
        # The first copy is older than the original and leads, the second has no date at all.
        replace(strike, id="wire-strike-0", published=START - timedelta(days=9), **wire),
        replace(strike, id="late-strike-0", published=None, language="de", author=None, url=None),
        replace(near, id="near-collision-1", published=START + timedelta(days=20), **wire),
    ]


def as_record(item: Article) -> dict[str, object]:
    record = {name: getattr(item, name) for name in Article.__dataclass_fields__}
    for name in ("published", "updated"):
        moment = getattr(item, name)
        record[name] = moment.isoformat() if moment else None
    return {name: value for name, value in record.items() if value is not None}


def write_jsonl(path: Path, articles: Sequence[Article]) -> Path:
    path.write_text("".join(json.dumps(as_record(a)) + "\n" for a in articles), encoding="utf-8")
    return path


def settings(*overrides: str) -> Settings:
    return load_settings(environment={}, overrides=overrides)


def publish_planted(
    root: Path,
    count: int = 40,
    seed: int = 0,
    encoder: WordEncoder | None = None,
    overrides: Sequence[str] = (),
) -> Night:
    """Run a real nightly job over `count` planted articles into the artifacts folder `root`."""
    root.mkdir(parents=True, exist_ok=True)
    source = write_jsonl(root / "source.jsonl", [article(n, seed) for n in range(count)])
    return run_night(
        [source], Artifacts(root), settings(*overrides), encoder=encoder or WordEncoder()
    )


def publish_articles(root: Path, articles: Sequence[Article], *overrides: str) -> Artifacts:
    """Run a real nightly job over `articles` into the artifacts folder `root`."""
    root.mkdir(parents=True, exist_ok=True)
    source = write_jsonl(root / "source.jsonl", articles)
    run_night([source], Artifacts(root), settings(*overrides), encoder=WordEncoder())
    return Artifacts(root)


def write_labelled(path: Path, count: int = 40, *, first: int = 0) -> Path:
    """`count` planted articles, each with its theme as its story, every second one in `val`."""
    numbers = range(first, first + count)
    records = [
        as_record(article(n)) | {"story": theme_of(n), "split": ("train", "val")[n // 4 % 2]}
        for n in numbers
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path
