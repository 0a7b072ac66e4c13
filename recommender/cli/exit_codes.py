"""Exit codes: what a scheduler learns from a command that failed."""

from recommender.errors import (
    EncoderError,
    InputError,
    LockHeld,
    MissingExtra,
    PublishRefused,
    RecommenderError,
    SettingsError,
    SnapshotError,
    StorageError,
    UnknownArticle,
    UnknownGroup,
)

__all__ = [
    "CANNOT_WRITE",
    "EXIT_CODES",
    "EXIT_HELP",
    "INTERRUPTED",
    "PIPE_CLOSED",
    "TERMINATED",
    "exit_code",
]

CANNOT_WRITE = 8
INTERRUPTED, PIPE_CLOSED, TERMINATED = 130, 141, 143  # 128 + the number of the signal

EXIT_CODES: dict[type[RecommenderError], int] = {
    SettingsError: 2,
    InputError: 3,
    PublishRefused: 4,
    LockHeld: 5,
    UnknownArticle: 6,
    UnknownGroup: 6,
    SnapshotError: 7,
    StorageError: CANNOT_WRITE,
    EncoderError: 9,
    MissingExtra: 9,
}

EXIT_HELP = """\b
Exit codes:
  0  done; for nightly: a snapshot was published, or nothing has changed
  1  internal error
  2  wrong usage or settings
  3  bad input: unreadable source, too many rejects
  4  publish refused: a gate of the settings, or the new snapshot failed its checks
  5  lock held: another run works on these artifacts
  6  unknown article, story or topic
  7  no snapshot, or a damaged one
  8  cannot write: full disk, permissions
  9  encoder unusable, or a package is missing
  130, 143  stopped by Ctrl-C or SIGTERM; what was stored and embedded is kept
  141  the reader of the output went away, as head does
"""


def exit_code(error: Exception) -> int:
    """The exit code of an error.

    Args:
        error: What a command raised.

    Returns:
        The code of the nearest class in `EXIT_CODES`, and 1 for any other error.

    Example:
        >>> exit_code(LockHeld("another run works here")), exit_code(ZeroDivisionError())
        (5, 1)
    """
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)
