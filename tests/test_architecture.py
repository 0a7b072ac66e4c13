"""The map holds: rooms import one way, serving stays light, the public names are these."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import recommender

PACKAGE = Path(recommender.__file__).parent

# Each room and all rooms of this package that it may import. Whoever adds an arrow adds it here
# and in docs/architecture.md, and has a reason.
MAY_IMPORT: dict[str, str] = {
    # what both halves share
    "types": "",
    "errors": "",
    "progress": "",
    "files": "errors",
    "lock": "errors files",
    "artifacts": "errors files",
    "removals": "artifacts errors files lock",
    "manifest": "errors",
    "arrays": "errors manifest",
    "strings": "arrays",
    "hierarchy": "arrays types",
    "cards": "arrays errors strings types",
    "lookup": "arrays errors strings types",
    "snapshot": "arrays cards errors index lookup manifest strings types",
    "verification": "errors lookup manifest snapshot",
    "index": "arrays",
    "related": "arrays closeness",
    "text": "",
    "tokens": "arrays errors",
    "lexical": "arrays tokens",
    "scoring": "arrays",
    "embedding": "arrays errors manifest progress text",
    # serving
    "filters": "arrays cards snapshot types",
    "questions": "types",
    "rules": "snapshot",
    "ranking": "arrays filters lexical questions related rules scoring snapshot",
    "reasons": "arrays types",
    "answers": "filters questions ranking reasons snapshot types",
    "groups": "cards errors filters hierarchy snapshot trends types",
    "serve": (
        "answers arrays artifacts embedding errors filters groups lexical questions "
        "ranking removals rules snapshot text tokens types"
    ),
    # building
    "config": "errors types",
    "sources": "errors",
    "articles": "sources types",
    "rejects": "articles files",
    "store": "arrays cards errors text tokens types",
    "copies": "arrays",
    "duplicates": "arrays snapshot",
    "corpus": "arrays cards copies duplicates snapshot store tokens types",
    "intake": (
        "articles artifacts config corpus duplicates embedding errors progress rejects "
        "removals store text tokens types"
    ),
    "products": "arrays embedding",
    "scan": "arrays index products",
    "cells": "arrays index products progress scan",
    "updates": "arrays cells index products progress scan",
    "neighbours": "arrays cells index progress updates",
    "candidates": "arrays files neighbours",
    "graph": "arrays lexical products scoring",
    "communities": "arrays",
    "joining": "arrays communities",
    "previous": "arrays artifacts errors snapshot types verification",
    "closeness": "arrays",
    "separation": "arrays",
    "stories": "arrays closeness communities separation",
    "topics": "arrays communities hierarchy joining",
    "lineage": "arrays",
    "identity": "arrays previous hierarchy lineage",
    "trends": "arrays snapshot",
    "boilerplate": "",
    "reading": "arrays boilerplate tokens",
    "runs": "arrays reading tokens",
    "spelling": "arrays reading runs",
    "terms": "arrays boilerplate runs spelling",
    "keywords": "arrays terms types",
    "representatives": "arrays",
    "phrases": "arrays boilerplate runs spelling",
    "grouping": (
        "arrays closeness communities config corpus previous graph identity keywords "
        "lineage progress representatives snapshot stories terms topics types"
    ),
    "publish": (
        "arrays artifacts errors files index manifest progress removals snapshot types verification"
    ),
    "gates": "arrays config",
    "nights": "artifacts errors files intake",
    "linking": (
        "arrays artifacts candidates config corpus graph index lexical neighbours progress tokens"
    ),
    "nightly": (
        "__init__ arrays artifacts cards config corpus embedding errors previous gates grouping "
        "intake linking lock lookup manifest nights phrases progress publish runs snapshot store "
        "strings terms types"
    ),
    # judging
    "labelled": "arrays articles errors sources types",
    "coherence": "arrays tokens",
    "evaluation": "arrays",
    "agreement": "arrays evaluation",
    "baselines": "arrays errors",
    "clusterings": "arrays errors",
    "trial": (
        "arrays artifacts config embedding manifest nightly progress snapshot store text types"
    ),
    "rankings": (
        "arrays artifacts baselines config embedding errors evaluation boilerplate labelled "
        "progress serve text trial types"
    ),
    "labelled_groups": (
        "agreement arrays clusterings coherence config embedding errors evaluation "
        "labelled progress text tokens topics trial"
    ),
    # the edge
    "console": "labelled_groups progress rankings reasons types",
    "logs": "",
    "command_line": "console progress",
    "cli_groups": "command_line console groups serve types",
    "cli_evaluate": (
        "command_line config console errors evaluation labelled labelled_groups logs rankings"
    ),
    "cli": (
        "__init__ artifacts cli_evaluate cli_groups command_line config console errors "
        "lock logs manifest nightly nights publish questions reasons removals serve "
        "types verification"
    ),
    "__init__": "errors reasons serve types",
}
BUILD = {"articles", "candidates", "cells", "communities", "config", "copies", "corpus",
         "duplicates", "previous", "boilerplate", "gates", "graph", "grouping", "identity",
         "intake",
         "joining", "keywords", "lineage", "linking", "neighbours", "nightly", "nights", "phrases",
         "products", "publish", "reading", "rejects", "representatives", "runs", "scan", "sources",
         "spelling", "store", "stories", "terms", "topics", "updates", "verification"}  # fmt: skip
JUDGE = {"agreement", "baselines", "clusterings", "coherence", "evaluation", "labelled",
         "labelled_groups", "rankings", "trial"}  # fmt: skip
SERVE = {"__init__", "answers", "arrays", "artifacts", "cards", "closeness", "errors", "files",
         "filters", "groups", "hierarchy", "lexical", "lock", "lookup", "manifest", "questions",
         "ranking", "reasons", "related", "removals", "rules", "scoring", "serve", "snapshot",
         "strings", "trends", "types"}  # fmt: skip
HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "faiss", "igraph",
         "sqlalchemy", "msgspec", "pyarrow", "click", "rich", "bm25s")  # fmt: skip


def rooms_imported_by(path: Path) -> set[str]:
    """Rooms that a file imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, room = name.partition(".")
            if package == "recommender":
                found.add(room or "__init__")
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda p: p.stem)
def test_a_room_imports_only_what_the_map_allows(path: Path) -> None:
    assert rooms_imported_by(path) == set(MAY_IMPORT[path.stem].split())


def test_the_map_knows_every_room() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == set(MAY_IMPORT)


def test_every_room_has_its_tests() -> None:
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert set(MAY_IMPORT) - tested == {"__init__", "types"}  # names alone


def test_no_serving_room_imports_a_building_room() -> None:
    for room in SERVE:
        assert not set(MAY_IMPORT[room].split()) & (BUILD | JUDGE), room


def test_only_the_edge_imports_what_judges() -> None:
    for room, may in MAY_IMPORT.items():
        assert room in JUDGE | {"cli_evaluate", "console"} or not set(may.split()) & JUDGE, room


def test_no_two_rooms_import_each_other_in_a_circle() -> None:
    # __init__ only names what others define; it is resolved on use.
    arrows = {room: set(may.split()) - {"__init__"} for room, may in MAY_IMPORT.items()}
    arrows.pop("__init__")
    while arrows:
        leaves = {room for room, may in arrows.items() if not may & arrows.keys()}
        assert leaves, f"a circle among {sorted(arrows)}"
        for leaf in leaves:
            del arrows[leaf]


def test_nothing_imports_the_command_line() -> None:
    assert not [room for room, may in MAY_IMPORT.items() if "cli" in may.split()]


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
    for path in PACKAGE.glob("*.py"):
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
