"""A made-up newsroom with a planted answer: articles of one theme share words, and only those.

`WordEncoder` is a real encoder of the `Encoder` protocol in milliseconds: a hashed bag of words.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from recommender.artifacts import Artifacts
from recommender.config import Settings, load_settings
from recommender.embedding import Encoded
from recommender.manifest import EncoderSpec
from recommender.nightly import Night, run_night
from recommender.progress import Advance, ignore
from recommender.types import Article

THEMES = {
    "harbour": "harbour crane container tide pilot quay freight anchor dock cargo",
    "orchard": "orchard apple blossom graft harvest cider pruning bee crate ladder",
    "glacier": "glacier moraine crevasse meltwater ice summit ridge avalanche rope camp",
    "theatre": "theatre curtain rehearsal actor stage lighting premiere script chorus prompter",
}
SOURCES = ("Gazette", "Herald", "Courier")
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


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


def as_record(item: Article) -> dict[str, object]:
    record = {name: getattr(item, name) for name in Article.__dataclass_fields__}
    record["published"] = item.published.isoformat() if item.published else None
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
