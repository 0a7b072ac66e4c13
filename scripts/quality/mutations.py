"""Small changes of source code, as a slip of the hand would make them: what `mutate.py` tries.

The operators are the common ones of mutation testing (R. DeMillo, R. Lipton and F. Sayward, "Hints
on test data selection", 1978): another comparison, sign, constant or condition, and a statement
that is left out.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Mutation", "apply", "mutations"]

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Add, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
          "maximum": "minimum", "argmin": "argmax", "argmax": "argmin"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one place.

    Attributes:
        file: The file, below the repository.
        line: The line of the place, counted from 1.
        start: The place's first character in the file, and `end`, the one after its last.
        end: See `start`.
        before: What stands there.
        after: What is put in its place.
    """

    file: Path
    line: int
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        before = " ".join(self.before.split())
        return f"{self.file}:{self.line}: {before} -> {' '.join(self.after.split())}"


def apply(mutation: Mutation, source: str) -> str:
    """The source with the change made.

    Args:
        mutation: The change.
        source: The content of its file.

    Returns:
        The changed content.
    """
    return source[: mutation.start] + mutation.after + source[mutation.end :]


def mutations(file: Path, source: str) -> Iterator[Mutation]:
    """All changes of a file.

    Annotations, messages of errors and of the log, and lists of public names are left alone,
    because no answer depends on them.

    Args:
        file: The file's name, for the result.
        source: Its content.

    Yields:
        The changes, in the order of the syntax tree.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = source.splitlines()

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for node, after in _changes(ast.parse(source)):
        end_line, end_column = node.end_lineno, node.end_col_offset
        if end_line is None or end_column is None:  # pragma: no cover - parsed code has places
            continue
        start, end = offset(node.lineno, node.col_offset), offset(end_line, end_column)
        yield Mutation(file, node.lineno, start, end, source[start:end], after)


def _changes(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Places below `tree`, with what could stand there."""
    for node in _reached(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            operator = _COMPARISONS[type(node.ops[0])]()
            yield node, _text(ast.Compare(node.left, [operator], node.comparators))
        elif isinstance(node, ast.BoolOp):
            swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield node, _text(ast.BoolOp(swapped, node.values))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, _text(node.operand)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not _is_text(node):
            yield node, _text(ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right))
        elif isinstance(node, ast.Constant):
            yield from ((node, text) for text in _other_constant(node.value))
        elif isinstance(node, ast.Call):
            yield from _other_call(node)
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            yield node.test, f"not ({ast.unparse(node.test)})"
        elif isinstance(node, ast.Break):
            yield node, "continue"
        elif isinstance(node, ast.Continue):
            yield node, "break"
        elif isinstance(node, ast.AugAssign) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ):
            yield node, "pass"


def _reached(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `tree` whose change can change an answer."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_left_alone(node):
                continue
            yield node
            yield from _reached(node)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = node.value
        is_alias = isinstance(value, ast.Subscript) and ast.unparse(value).startswith("Annotated")
        return is_alias or (isinstance(target, ast.Name) and target.id == "__all__")
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("log.")
    return False


def _is_text(node: ast.BinOp) -> bool:
    """Whether an operand is a string literal: text is joined, not added."""
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )


def _other_constant(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
    elif isinstance(value, float):
        yield repr(value * 2 if value else 1.0)


def _other_call(node: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    name = node.func
    if isinstance(name, ast.Name) and name.id in _NAMES:
        yield name, _NAMES[name.id]
    elif isinstance(name, ast.Attribute) and name.attr in _NAMES:
        yield name, ast.unparse(ast.Attribute(name.value, _NAMES[name.attr], name.ctx))


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"
