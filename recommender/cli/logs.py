"""Logs on standard error: sentences for people, or one JSON object a record for machines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal, TextIO, get_args

from recommender.cli.output import printable

__all__ = ["LOG_FORMATS", "LogFormat", "log_to_stderr"]

LogFormat = Literal["auto", "text", "json"]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)


def log_to_stderr(verbose: int, log_format: LogFormat = "auto") -> None:
    """Write the package's log records to standard error.

    Args:
        verbose: 0 for warnings and errors, 1 for information too, 2 or more for everything.
        log_format: "text" for sentences, "json" for one JSON object a line; "auto" for text where
            standard error is a terminal, and JSON where it is not.
    """
    is_text = sys.stderr.isatty() if log_format == "auto" else log_format == "text"
    handler = _StderrHandler()
    handler.setFormatter(_Sentences() if is_text else _JsonLines())
    logger = logging.getLogger("recommender")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)])


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment: progress bars put themselves in between."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error."""
        return sys.stderr


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a record that `extra` gave it."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class _Sentences(logging.Formatter):
    """One line a log record: its level, its message, and the fields of `extra` in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, and the traceback below it where there is one."""
        fields = ", ".join(f"{name}: {_shown(value)}" for name, value in _extra(record).items())
        line = f"{record.levelname.capitalize()}: {record.getMessage()}"
        line = printable(f"{line} ({fields})" if fields else line)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _shown(value: object) -> str:
    """The value of a field as people write it."""
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    return f"{value:,}" if type(value) is int else str(value)


class _JsonLines(logging.Formatter):
    """One JSON object a log record: time, level, logger, message and the fields of `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)
