"""Standard input: JSON Lines that another program writes into a pipe."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from recommender.errors import InputError
from recommender.sources.encodings import AUTO
from recommender.sources.files import HEAD_BYTES
from recommender.sources.json_lines import JsonSource

__all__ = ["StandardInput"]


class StandardInput(JsonSource):
    """The JSON that comes on standard input; it can be read once.

    Args:
        encoding: How its text is written; by default that is found by its bytes.
    """

    def __init__(self, encoding: str = AUTO) -> None:
        super().__init__(Path("-"), encoding)

    @property
    def size(self) -> int:
        """0, because nobody knows how much will come.

        Raises:
            InputError: Standard input is closed or a terminal, so nothing would ever come.
        """
        if sys.stdin is None:
            raise InputError("-: standard input is closed; pipe JSON Lines into the command")
        if sys.stdin.isatty():
            raise InputError("-: standard input is a terminal; pipe JSON Lines into the command")
        return 0

    def _open(self) -> BinaryIO:
        # A copy, so that closing it leaves standard input open.
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", HEAD_BYTES)
