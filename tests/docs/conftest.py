"""A newsroom in which the pages' examples can run.

Two snapshots lie in `artifacts`, and the sources beside it hold something new.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoder
from recommender.pipeline.nightly import run_night
from recommender.types.article import Article
from tests.docs.pages import section
from tests.docs.shell import Shell
from tests.planted import WordEncoder, article, settings, write_jsonl, write_labelled

OUTLETS = ("ABC News", "BBC", "CNN")


def news(numbers: range) -> list[Article]:
    """Planted articles under the ids and outlets that the pages speak of."""
    return [
        replace(article(number), id=f"na-{number}", source=OUTLETS[number % len(OUTLETS)])
        for number in numbers
    ]


@pytest.fixture(scope="module")
def printed_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the pages' examples take for granted."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("newsroom")
    source = write_jsonl(folder / "articles.jsonl", news(range(1, 231)))
    for force in (False, True):  # a snapshot to roll back from
        artifacts = Artifacts(folder / "artifacts")
        run_night([source], artifacts, settings(), force=force, encoder=WordEncoder())
    write_jsonl(source, news(range(1, 241)))
    with source.open("a", encoding="utf-8") as file:
        file.write('{"id": "na-999", "title": "Nothing to read", "text": ""}\n')
    archive = [{"id": a.id, "title": a.title, "text": a.text} for a in news(range(241, 251))]
    pq.write_table(pa.Table.from_pylist(archive), folder / "archive.parquet")
    write_labelled(folder / "labelled.jsonl")
    example = next(b.content for b in section("docs/settings.md", "An example").blocks)
    (folder / "recommender.toml").write_text(example, encoding="utf-8")
    return folder


@pytest.fixture
def newsroom(printed_edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the newsroom as the current folder, with an encoder that needs no model."""
    shutil.copytree(printed_edition, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECOMMENDER_ARTIFACTS", raising=False)

    def planted(*_: object, **__: object) -> Encoder:
        return WordEncoder()

    monkeypatch.setattr("recommender.embedding.open.SentenceEncoder", planted)
    return tmp_path


@pytest.fixture
def shell(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return Shell(monkeypatch, capsys)
