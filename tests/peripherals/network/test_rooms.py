"""The rooms of the network: who may import whom, type checking included, and no circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import renode_wifi.peripherals.network as network

ROOT = Path(network.__file__).parent
PREFIX = "renode_wifi.peripherals.network."
FLOORS = [
    "contract",
    "date",
    "tls",
    "worldfile",
    "stack",
    "servers",
    "bridge",
    "faults",
    "radio_model",
    "phone",
    "bluetooth",
    "world",
]
"""Each may import those before it."""
MAX_FILES, MAX_LINES = 20, 400


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
        if path != ROOT / "__init__.py"
    }


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PREFIX):
            module = str(node.module).removeprefix(PREFIX)
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found & modules().keys()


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_room_imports_only_rooms_below_it(module: str) -> None:
    floor = FLOORS.index(module.partition(".")[0])
    for imported in imports(modules()[module]):
        assert FLOORS.index(imported.partition(".")[0]) <= floor, f"{module} imports {imported}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: imports(path) - {name} for name, path in modules().items()}
    while leaves := [name for name, below in graph.items() if not below]:
        for leaf in leaves:
            del graph[leaf]
        for below in graph.values():
            below.difference_update(leaves)
    assert not graph


def test_rooms_and_files_stay_small() -> None:
    for folder in {path.parent for path in modules().values()}:
        assert len(list(folder.glob("*.py"))) <= MAX_FILES
    for path in modules().values():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES, path
