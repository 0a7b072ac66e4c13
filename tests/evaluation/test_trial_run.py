"""A trial run publishes the articles by the real job and leaves nothing behind."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.evaluation.labelled_set import read_labelled
from recommender.evaluation.trial_run import trial_run
from recommender.language.prepare import embedded_text
from recommender.progress import Silent
from tests.planted import WordEncoder, article, settings


def test_texts_and_vectors_come_in_the_order_of_the_articles(tmp_path: Path) -> None:
    articles = [article(n) for n in (5, 3, 8, 1)]
    articles.append(replace(articles[0], id="twin", published=None))
    encoder = WordEncoder()
    with trial_run(articles, settings(), encoder, Silent()) as run:
        expected = encoder.encode([embedded_text(a.title, a.text) for a in articles]).vectors
        assert run.vectors == pytest.approx(expected, abs=1e-6)
        ids = list(run.snapshot.ids)
        rows = [ids.index(a.id) for a in articles]
        assert np.array_equal(run.text_of, run.snapshot.arrays.text_of[rows])
        assert run.text_of[4] == run.text_of[0]


def test_field_names_are_mapped_only_once(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = "".join(f"{n},{word} quay,flood\n" for n, word in enumerate(("tide", "pilot", "crane")))
    path.write_text("id,title,story\n" + rows, encoding="utf-8")
    mapped = settings("input.fields={text='title', title='text'}")
    labelled = read_labelled(path, mapped.input.fields, 1000)
    with trial_run(labelled.articles, mapped, WordEncoder(), Silent()) as run:
        assert run.snapshot.manifest.articles == 3


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with trial_run([article(n) for n in range(8)], settings(), WordEncoder(), Silent()) as run:
        assert run.artifacts.root.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_gates_do_not_stop_a_trial_run() -> None:
    strict = settings("gates.largest_topic=0", "gates.least_articles=0")
    with trial_run([article(n) for n in range(8)], strict, WordEncoder(), Silent()) as run:
        assert run.snapshot.manifest.articles == 8
