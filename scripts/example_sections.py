"""Reads "Example:" in docstrings as the section that griffe knows as "Examples:".

The Google style admits both; griffe renders the first as prose, in which an example is no code.
mkdocs.yml names this file among the extensions of griffe.
"""

import re
from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Renames the heading in every docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called once for each module, class, function and attribute."""
        if obj.docstring:
            obj.docstring.value = re.sub(
                r"^( *)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE
            )
