"""What the import contracts of pyproject.toml cannot say: serving stays light, names are public."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import recommender

PACKAGE = Path(recommender.__file__).parent

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "faiss", "igraph",
         "sqlalchemy", "msgspec", "pyarrow", "click", "rich", "bm25s")  # fmt: skip
# Values without behaviour.
UNTESTED = {
    "_typing.py",
    "embedding/base.py",
    "serving/request.py",
    "settings/sections.py",
    "types/article.py",
    "types/groups.py",
    "types/health.py",
    "types/passage.py",
    "types/related.py",
    "types/rules.py",
}


def test_every_file_has_its_tests() -> None:
    tests = Path(__file__).parent
    untested = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if not (tests / file.relative_to(PACKAGE).parent / f"test_{file.name}").is_file()
    }
    assert {name for name in untested if not name.endswith("__init__.py")} == UNTESTED


def test_a_wing_says_its_job_and_imports_nothing() -> None:
    for init in PACKAGE.glob("*/__init__.py"):
        (docstring,) = ast.parse(init.read_text(encoding="utf-8")).body
        assert isinstance(docstring, ast.Expr), init


@pytest.mark.parametrize("statement", ["import recommender", "from recommender import Recommender"])
def test_importing_loads_nothing_heavy(statement: str) -> None:
    code = f"import sys; {statement}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_public_names_resolve_and_are_all_there_is() -> None:
    for name in recommender.__all__:
        assert getattr(recommender, name).__name__ == name
    assert set(recommender.__all__) <= set(dir(recommender))
    with pytest.raises(AttributeError, match="no attribute 'Recomender'"):
        recommender.Recomender  # noqa: B018


def test_no_room_unpickles_evaluates_or_starts_a_shell() -> None:
    forbidden = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "subprocess"}
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        called = {
            n.func.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not {name.partition(".")[0] for name in imported} & forbidden, path
        assert not called & {"eval", "exec", "compile", "__import__"}, path
