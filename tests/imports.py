"""Which module of the package imports which, by the text of the files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "renode_wifi"
FOLDERS = ("peripherals", "emulation", "platforms")


Imports = dict[str, frozenset[str]]
"""A module: those that it imports."""


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module below the package's folders, by its name without the package's."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(root: Path = ROOT) -> Imports:
    """What each module imports, within functions and for type checkers too.

    `from package import module` imports the module, not the package.
    """
    known = modules(root)
    return {
        name: frozenset(_resolved(ast.walk(_tree(path)), known)) - {name}
        for name, path in known.items()
    }


@cache
def executed(root: Path = ROOT) -> Imports:
    """What is executed while a module is imported: its own imports outside of functions, and the
    packages that those are in, but for its own packages, which come before it."""
    known = modules(root)
    found = {}
    for name, path in known.items():
        others = set(_resolved(_at_once(_tree(path).body), known))
        for other in list(others):
            others |= _packages(other) & known.keys()
        found[name] = frozenset(others - _packages(name) - {name})
    return found


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _packages(name: str) -> set[str]:
    """Those that a module is in."""
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


def _at_once(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The statements that importing a module executes."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "MYPY"):
            yield from _at_once(node.orelse)
        elif not isinstance(node, ast.FunctionDef):
            yield from _at_once(list(ast.iter_child_nodes(node)))


def _resolved(nodes: Iterable[ast.AST], known: dict[str, Path]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # None are relative, which ruff sees to.
            names = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        for module, name in names:
            if module.partition(".")[0] == PACKAGE:
                place = module.removeprefix(f"{PACKAGE}.")
                below = f"{place}.{name}"
                if below in known:
                    yield below
                elif place in known:
                    yield place


def circles(graph: Imports) -> list[list[str]]:
    """Groups of modules that import each other, directly or around corners (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found
