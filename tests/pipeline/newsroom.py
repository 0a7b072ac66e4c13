"""A newsroom whose nights are run for the tests of the nightly job."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.pipeline.engines.base import Engine
from recommender.pipeline.nightly import Night, run_night
from recommender.snapshot.reader import Snapshot
from recommender.sources.base import Source
from recommender.store.base import Store
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from tests.planted import WordEncoder, article, as_record, settings, write_jsonl

# Of 40 articles, 30 neighbours are nearly all: themes show where there are fewer than a theme's.
FEW_NEIGHBOURS = ("neighbours.k=9", "related.floor=0")


class Newsroom:
    """One artifacts folder and the nights run on it."""

    def __init__(
        self, root: Path, store: Store | None = None, engine: Engine | None = None
    ) -> None:
        self.root = root
        self.artifacts = Artifacts(root / "artifacts")
        self.encoder = WordEncoder()
        self.store, self.engine = store, engine
        root.mkdir(exist_ok=True)

    def night(
        self, *articles: Article, overrides: Sequence[str] = (), force: bool = False
    ) -> Night:
        source = write_jsonl(self.root / "in.jsonl", articles)
        return self.run(source, overrides=overrides, force=force)

    def lines(self, *records: object, overrides: Sequence[str] = ()) -> Night:
        path = self.root / "in.jsonl"
        written = (r if isinstance(r, str) else json.dumps(r) for r in records)
        path.write_text("".join(f"{line}\n" for line in written))
        return self.run(path, overrides=overrides)

    def run(
        self, *sources: str | Path | Source, overrides: Sequence[str] = (), force: bool = False
    ) -> Night:
        self.encoder.encoded.clear()
        return run_night(
            sources,
            self.artifacts,
            settings(*overrides),
            force=force,
            encoder=self.encoder,
            store=self.store,
            engine=self.engine,
        )

    def snapshot(self) -> Snapshot:
        return Snapshot(self.artifacts.snapshots / self.artifacts.current())

    def recommender(self) -> Recommender:
        return Recommender.open(self.artifacts.root)

    def ids(self) -> list[str]:
        return list(self.snapshot().ids)

    def open_store(self) -> Store:
        return self.store or open_store(sqlite_url(self.artifacts.store))

    def stored_ids(self) -> list[str]:
        with self.open_store() as store:
            return [item.card.id for item in store.articles()]


def articles(count: int) -> list[Article]:
    return [article(number) for number in range(count)]


def good(number: int = 0, **fields: object) -> dict[str, object]:
    return as_record(article(number)) | fields


def files_of(newsroom: Newsroom) -> dict[str, str]:
    """SHA-256 of each file of the published snapshot but its manifest, which holds the time."""
    folder = newsroom.artifacts.snapshots / newsroom.artifacts.current()
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name != "manifest.json"
    }


def many_articles() -> list[Article]:
    """More than one block of the search, with copies, ties, and articles without dates."""
    found = [replace(article(n), published=None) if n % 7 == 0 else article(n) for n in range(700)]
    return [*found, *(replace(found[n], id=f"copy-{n}") for n in range(0, 700, 50))]
