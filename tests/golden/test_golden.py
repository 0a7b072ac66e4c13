"""Each published format: what is read today answers as it did, what is not says what to do."""

import json
import logging
import shutil
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.errors import OlderFormat
from recommender.groups.previous import NO_PREVIOUS_GROUPS, read_previous
from recommender.snapshot.manifest import FORMAT, OLDEST_FORMAT
from recommender.snapshot.verify import verify
from tests.golden.make import answers, make

HERE = Path(__file__).parent
READ = [*range(OLDEST_FORMAT, FORMAT + 1)]
REFUSED = [5, 6]
SENTENCE = "publish the articles again with: recommender nightly SOURCE"


@pytest.fixture
def golden(tmp_path: Path, request: pytest.FixtureRequest) -> Artifacts:
    """A copy of the artifacts of one format."""
    shutil.copytree(HERE / f"format-{request.param}", tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


@pytest.mark.parametrize("golden", READ, indirect=True)
def test_a_format_that_is_read_answers_as_it_did(golden: Artifacts) -> None:
    verify(golden.snapshots / golden.current())
    expected = json.loads((golden.root / "expected.json").read_text())
    assert answers(golden.root) == expected
    assert expected["successors"]


@pytest.mark.parametrize("golden", REFUSED, indirect=True)
def test_a_format_that_is_not_read_is_refused_with_what_to_do(golden: Artifacts) -> None:
    with pytest.raises(OlderFormat, match=SENTENCE):
        Recommender.open(golden.root)
    with pytest.raises(OlderFormat, match=SENTENCE):
        verify(golden.snapshots / golden.current())


@pytest.mark.parametrize("golden", REFUSED, indirect=True)
def test_a_night_after_one_of_a_format_that_is_not_read_starts_anew_and_says_so(
    golden: Artifacts, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "recommender"):
        assert read_previous(golden) is NO_PREVIOUS_GROUPS
    (record,) = caplog.records
    assert record.snapshot == golden.current()  # type: ignore[attr-defined]
    assert SENTENCE in record.error  # type: ignore[attr-defined]


def test_a_folder_made_today_answers_as_its_own_record_says(tmp_path: Path) -> None:
    make(tmp_path / "artifacts")
    expected = json.loads((tmp_path / "artifacts/expected.json").read_text())
    assert answers(tmp_path / "artifacts") == expected
    assert json.loads((HERE / f"format-{FORMAT}/expected.json").read_text()).keys() == (
        expected.keys()
    )


def test_every_format_is_kept() -> None:
    kept = sorted(int(path.name.removeprefix("format-")) for path in HERE.glob("format-*"))
    assert kept == [*REFUSED, *READ]
    for path in HERE.glob("format-*"):
        assert sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) < 100_000
