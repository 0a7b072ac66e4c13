"""Prepares docstrings for the site; mkdocs.yml names this file among the extensions of griffe.

The Google style admits both "Example:" and "Examples:"; griffe renders the first as prose, in which
an example is no code. A tree drawn with lines would be one paragraph, so it becomes a block.
"""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^( *)Example:$", re.MULTILINE)
_TREE = re.compile(r"^\w+/?\n(?:[├│└].*(?:\n|$))+", re.MULTILINE)


class SiteDocstrings(griffe.Extension):
    """Changes every docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called once for each module, class, function and attribute."""
        if obj.docstring:
            text = _EXAMPLE.sub(r"\1Examples:", obj.docstring.value)
            obj.docstring.value = _TREE.sub(
                lambda tree: f"```text\n{tree[0].rstrip()}\n```\n", text
            )
