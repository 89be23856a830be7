"""What the files that Renode executes import of .NET, and whether IronPython finds it there."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests.emulation.engines.renode import dotnet
from tests.ironpython import ROOT, marked_files


def dotnet_types(tree: ast.AST) -> set[tuple[str, str]]:
    """Namespace and name of every type of .NET that a file names, as import or as System.Name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "System":
            found |= {(str(node.module), alias.name) for alias in node.names}
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "System"
        ):
            found.add(("System", node.attr))
    return found


def referenced(tree: ast.AST) -> set[str]:
    """Assemblies that a file references itself: every name in it, where it references any."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    if not any(isinstance(call, ast.Attribute) and call.attr == "AddReference" for call in calls):
        return set()
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value in dotnet.ASSEMBLIES}


def assembly_of(namespace: str, name: str) -> str | None:
    for assembly, namespaces in dotnet.ASSEMBLIES.items():
        if name in namespaces.get(namespace, {}):
            return assembly
    return None


def missing(source: str) -> list[str]:
    """Types that a file names and IronPython on .NET would not find."""
    tree = ast.parse(source)
    there = {*dotnet.REFERENCED, *referenced(tree)}
    problems = []
    for namespace, name in sorted(dotnet_types(tree)):
        assembly = assembly_of(namespace, name)
        if assembly is None:
            problems.append(f"{namespace}.{name}: say in dotnet.py which assembly has it")
        elif assembly not in there:
            problems.append(f"{namespace}.{name}: reference {assembly} first, as assemblies.py")
    return problems


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in marked_files()]
)
def test_the_assemblies_of_all_imported_types_are_referenced(path: Path) -> None:
    assert missing(path.read_text(encoding="utf-8")) == []


def own_imports(tree: ast.Module) -> set[Path]:
    """Files of ours that a file imports when it is run: what is for type checkers is under `if`."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("renode_wifi"):
            whole = ROOT.joinpath(*str(node.module).split(".")[1:])
            found |= {whole.with_suffix(".py"), *(whole / f"{a.name}.py" for a in node.names)}
    return {path for path in found if path.exists()}


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in marked_files()]
)
def test_what_renode_executes_imports_only_what_renode_executes(path: Path) -> None:
    imported = own_imports(ast.parse(path.read_text(encoding="utf-8")))
    assert sorted(imported - set(marked_files())) == []


CHEAP = {"array", "clr", "functools", "hashlib", "heapq", "struct", "sys", "typing"}
"""What IronPython imports in no time; `os` and `copy` import a dozen modules written in Python."""


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in marked_files()]
)
def test_a_start_of_renode_waits_for_no_module_of_the_standard_library(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - CHEAP - {"Antmicro", "System", "renode_wifi"} == set()


def test_a_type_of_an_assembly_that_is_not_referenced_is_reported() -> None:
    wrong = "from System.Diagnostics import Process"
    assert missing(wrong) == [
        "System.Diagnostics.Process: reference System.Diagnostics.Process first, as assemblies.py"
    ]
    right = "import clr\nclr.AddReference('System.Diagnostics.Process')\n" + wrong
    assert missing(right) == []
    assert missing("import System\nSystem.Nonsense()") == [
        "System.Nonsense: say in dotnet.py which assembly has it"
    ]


def test_the_stand_in_refuses_types_until_their_assembly_is_referenced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = {"System.Elsewhere": {"Type": object}}
    monkeypatch.setitem(dotnet.ASSEMBLIES, "System.Elsewhere.Assembly", elsewhere)
    with pytest.raises(ImportError):
        importlib.import_module("System.Elsewhere")
    clr = importlib.import_module("clr")
    clr.AddReference("System.Elsewhere.Assembly")
    assert importlib.import_module("System.Elsewhere").Type is object
    with pytest.raises(OSError, match="Could not add reference"):
        clr.AddReference("System.Nowhere")
