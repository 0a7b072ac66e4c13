"""The record of nights: appended, read from its end, whatever a crash left there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts.folder import Artifacts
from recommender.errors import NoSnapshot, StorageError
from recommender.pipeline.run_log import TAIL, Night, add_night, last_night
from tests.planted import publish_planted


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return publish_planted(tmp_path / "artifacts", 8)


@pytest.fixture
def artifacts(tmp_path: Path, night: Night) -> Artifacts:
    assert night.snapshot
    return Artifacts(tmp_path / "artifacts")


def test_a_run_is_on_record_as_it_was_reported(night: Night, artifacts: Artifacts) -> None:
    assert last_night(artifacts) == json.loads(night.to_json())


def test_every_run_adds_a_line_and_the_last_is_read(night: Night, artifacts: Artifacts) -> None:
    again = publish_planted(artifacts.root, 8)
    assert again.unchanged
    first, second = artifacts.nights.read_text().splitlines()
    assert json.loads(first) == json.loads(night.to_json())
    assert last_night(artifacts) == json.loads(second) == json.loads(again.to_json())


def test_a_line_cut_short_is_passed_over_and_spoils_no_other(
    night: Night, artifacts: Artifacts
) -> None:
    with artifacts.nights.open("a") as file:
        file.write('{"started": "2026-')
    assert last_night(artifacts) == json.loads(night.to_json())
    add_night(artifacts, night)
    assert last_night(artifacts) == json.loads(night.to_json())
    assert len(artifacts.nights.read_text().splitlines()) == 3


def test_the_last_line_of_a_long_record_is_read(night: Night, artifacts: Artifacts) -> None:
    line = night.to_json()
    artifacts.nights.write_text(f"{line}\n" * (2 * TAIL // len(line)))
    assert last_night(artifacts) == json.loads(line)


def test_a_folder_that_no_utf8_spells_is_on_record(night: Night, artifacts: Artifacts) -> None:
    rejects = "bad\udcff/rejects.jsonl"
    add_night(artifacts, replace(night, intake=replace(night.intake, rejects_file=rejects)))
    assert last_night(artifacts)["intake"]["rejects_file"] == rejects


@pytest.mark.parametrize("content", [None, "", "\n", "torn", "[1]\n"])
def test_where_no_run_is_on_record_the_command_is_named(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "nights.jsonl").write_text(content)
    with pytest.raises(NoSnapshot, match="recommender nightly SOURCE"):
        last_night(Artifacts(tmp_path))


def test_a_folder_that_is_gone_is_a_storage_error(night: Night, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"nights\.jsonl"):
        add_night(Artifacts(tmp_path / "none"), night)
