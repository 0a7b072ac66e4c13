"""Logs: a sentence or a line of JSON for each record, from the level that was asked for."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta

import pytest

from recommender.cli.logs import LogFormat, log_to_stderr

log = logging.getLogger("recommender.room")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_record_is_one_line_with_its_extra_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_to_stderr(0)
    log.warning("%d ships\nin port", 3, extra={"quay": "Ærø", "sources": ["a", "b"]})
    (entry,) = lines(capsys)
    assert abs(datetime.fromisoformat(str(entry.pop("time"))) - datetime.now(UTC)) < timedelta(
        minutes=1
    )
    assert entry == {
        "level": "warning", "logger": "recommender.room", "message": "3 ships\nin port",
        "quay": "Ærø", "sources": ["a", "b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verbose", "levels"),
    [(0, ["warning"]), (1, ["info", "warning"]), (2, ["debug", "info", "warning"])],
)
def test_verbosity_decides_the_level(
    capsys: pytest.CaptureFixture[str], verbose: int, levels: list[str]
) -> None:
    log_to_stderr(verbose)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        log.log(level, "a ship")
    assert [entry["level"] for entry in lines(capsys)] == levels


def test_exceptions_are_logged_and_any_object_can_be_an_extra_field(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_to_stderr(0)
    try:
        int("a crane")
    except ValueError:
        log.exception("a night failed", extra={"reason": {1j}})
    (entry,) = lines(capsys)
    assert "ValueError: invalid literal for int()" in str(entry["exception"])
    assert entry["reason"] == "{1j}"


def test_a_second_setup_does_not_log_twice(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(0)
    log_to_stderr(0)
    log.warning("a ship")
    assert len(lines(capsys)) == 1


def test_a_terminal_gets_sentences_and_a_file_gets_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for is_terminal in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda shown=is_terminal: shown)
        log_to_stderr(1)
        log.warning(
            "a ship\nis late", extra={"quay": "Ærø\x1b[2J", "ships": 1200, "to": ["a", "b"]}
        )
        _, err = capsys.readouterr()
        if is_terminal:
            assert err == "Warning: a ship is late (quay: Ærø [2J, ships: 1,200, to: a; b)\n"
        else:
            assert json.loads(err)["ships"] == 1200


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_format_can_be_chosen(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    log_to_stderr(0, log_format)
    try:
        int("a crane")
    except ValueError:
        log.exception("a night failed")
    _, err = capsys.readouterr()
    assert err.startswith({"text": "Error: a night failed\nTraceback", "json": "{"}[log_format])
