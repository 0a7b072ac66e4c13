"""Changes of source code: which are made, which are left alone, and that each can be made."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import recommender

FILE = Path("recommender/x.py")
pytestmark = pytest.mark.usefixtures("scripts")


def changed(source: str) -> set[str]:
    """The source with each possible change."""
    module = import_module("mutations")
    return {module.apply(mutation, source) for mutation in module.mutations(FILE, source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"(a <= b)"}),
        ("a if b else c", {"a if not (b) else c"}),
        ("a and b", {"(a or b)"}),
        ("not a", {"(a)"}),
        ("a + b", {"(a - b)"}),
        ("x = 7", {"x = 8"}),
        ("x = 0.5", {"x = 1.0"}),
        ("x = True", {"x = False"}),
        ("x = min(a)", {"x = max(a)"}),
        ("(a == 0).all()", {"((a != 0)).all()", "(a == 1).all()", "(a == 0).any()", "pass"}),
        ("file.flush()", {"pass"}),
        ("x += y", {"pass"}),
        ("ä = 'é'; x = 1", {"ä = 'é'; x = 2"}),
    ],
)
def test_a_change_is_made_in_its_place(source: str, expected: set[str]) -> None:
    assert changed(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        '__all__ = ["a", "b"]',
        "import a",
        "def f(x: Literal[1] | None) -> tuple[int, 2]: ...",
        'raise ValueError(f"{1 + 2}")',
        'log.warning("said", extra={"n": 1})',
        "if TYPE_CHECKING:\n    x = 1",
        'x = "a" + b',
        "Share = Annotated[float, Meta(ge=0, le=1)]",
        "x = a[b:c]",
    ],
)
def test_what_no_answer_depends_on_is_left_alone(source: str) -> None:
    assert changed(source) == set()


def test_every_change_of_the_package_can_be_compiled_and_changes_something() -> None:
    module = import_module("mutations")
    root = Path(recommender.__file__).parent
    for file in (root / "progress.py", root / "scoring" / "score.py", root / "cli" / "main.py"):
        source = file.read_text(encoding="utf-8")
        tree = ast.dump(ast.parse(source))
        found = list(module.mutations(file, source))
        assert found
        for mutation in found:
            assert ast.dump(ast.parse(module.apply(mutation, source))) != tree, mutation
            assert source.splitlines()[mutation.line - 1].strip() != ""
