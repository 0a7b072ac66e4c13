"""Structured logs: one JSON object a record, on standard error."""

import json
import logging
from datetime import UTC, datetime

__all__ = ["log_to_stderr"]


def log_to_stderr(verbose: int) -> None:
    """Write the package's log records to standard error, one JSON object a line.

    Args:
        verbose: 0 for warnings and errors, 1 for information too, 2 or more for everything.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines())
    logger = logging.getLogger("recommender")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)])


class _JsonLines(logging.Formatter):
    """One JSON object a log record: time, level, logger, message and the fields of `extra`."""

    _standard = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        extra = {k: v for k, v in vars(record).items() if k not in self._standard}
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extra,
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)
