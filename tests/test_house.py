"""The house: floors that import downwards only, no circles, rooms and files of a readable size.

Floors are given by names without the package's. Imports count wherever they stand: in functions,
and for type checkers, too.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import ROOT, circles, executed, imports, modules
from tests.ironpython import MARK

FLOORS = (
    ("peripherals.base",),
    ("peripherals.network", "peripherals.usb"),
    (
        "peripherals.ism43362",
        "peripherals.simplelink",
        "peripherals.bluenrg",
        "peripherals.stm32l4",
        "peripherals.stm32f4",
        "peripherals.cc3220",
        "peripherals.parts",
    ),
    ("emulation.errors", "emulation.garbage", "emulation.visible"),
    ("emulation.patterns",),
    ("emulation.image",),
    ("emulation.platform",),
    ("emulation.terminals",),
    ("emulation.script",),
    ("emulation.engines.engine",),
    ("emulation.engines.embedded", "emulation.engines.renode"),
    ("emulation.engines.select",),
    ("emulation.board",),
    ("emulation.observers", "emulation.suites", "emulation.explore"),
    ("emulation.frontends",),
)
"""From the bottom up. Rooms of one floor don't import each other."""

IN_RENODE = "emulation.engines.renode.inside"
"""Imports what only Renode has."""

NO_FLOOR = {"emulation", "peripherals", "emulation.__main__", "emulation.engines"}
"""Packages of rooms, and the command line. (`platforms` is what Renode includes.)"""

CIRCLES: dict[tuple[str, ...], str] = {
    (
        "peripherals.simplelink.sockets.socket",
        "peripherals.simplelink.sockets.stream",
    ): "a socket and its stream are two halves of one state",
}
"""Modules that may import each other, with the reason."""

MAX_LINES = {"emulation": 400, "peripherals": 400, "bench": 400, "firmware": 500, "tests": 500}
LONG_FILES = {
    "firmware/cc3220_rom/prcm.c": "the ROM's functions of one block, in the order of its table",
    "tests/emulation/engines/renode/dotnet.py": "all that IronPython sees of .NET and Renode",
    "peripherals/cc3220/aes.py": "one block of the chip, with eight modes of operation",
    "peripherals/stm32l4/tim.py": "one block of the chip, with its counter, channels and outputs",
    "peripherals/stm32l4/flash.py": "one block of the chip, with its programming sequences",
}
TOP = {
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("pyproject.toml", "setup.py", ".ci", ".gitignore"),
    *("bench", "docs", "emulation", "examples", "firmware", "fuzz", "peripherals", "platforms"),
    *("robot", "src", "tests"),
}
"""What lies at the top of the tree."""
MAX_FILES = 20
CROWDED = {
    "firmware/blocks": "a guest for each block of the chip",
    "firmware/cc3220_rom": "a file for each block of the chip",
    "tests/peripherals/stm32l4": "a file for each block of the chip",
    "peripherals/stm32l4": "a file for each block of the chip",
    "peripherals/cc3220": "a file for each block of the chip",
}

RADIOS = ("peripherals/ism43362/", "peripherals/simplelink/")
"""Rooms of the same build: what has the same role in each has the same name."""
PACK_BYTES = {
    "peripherals/ism43362/link.py": "words of the link",
    "peripherals/simplelink/link.py": "words of the link",
    "peripherals/simplelink/boot_image.py": "the vector table of a program",
}
"""Files of the radios that use `struct` besides the messages, with the reason."""
NAMED_TWICE = {
    "Core": "the contract of a Cortex-M, and the embedded engine's",
    "Event": "what the clock's contract schedules, and the same in Renode",
    "Machine": "what models are given, and the machine that gives it",
    "Member": "a machine in a world, and the same in Renode",
    "RenodeWifi": "published: the library of Robot Framework and the driver of Jumpstarter",
    "World": "the contract that radios see, the world, and its stand-in in Renode",
}
"""Classes of different modules with one name, with the reason."""


def floor_of(module: str) -> tuple[int, str] | None:
    """Height and room of a module; None for what stands on no floor."""
    for height, rooms in enumerate(FLOORS):
        for room in rooms:
            if module == room or module.startswith(f"{room}."):
                return height, room
    return None


def test_every_module_has_a_floor() -> None:
    homeless = {name for name in modules() if floor_of(name) is None}
    assert {name for name in homeless if name.partition(".")[0] != "platforms"} == NO_FLOOR


@pytest.mark.parametrize("room", [room for rooms in FLOORS for room in rooms])
def test_no_import_goes_up(room: str) -> None:
    wrong = []
    for module, others in imports().items():
        place = floor_of(module)
        if place is None or place[1] != room:
            continue
        for other in others:
            there = floor_of(other)
            if there is not None and there[0] >= place[0] and there != place:
                wrong.append(f"{module} imports {other}")
    assert wrong == []


def test_no_modules_import_each_other() -> None:
    found = {tuple(group) for group in circles(imports())}
    assert found - CIRCLES.keys() == set(), "import downwards only, or pass what is needed"
    assert CIRCLES.keys() - found == set(), "this circle is gone: take it off the list"


def test_every_module_may_be_imported_first() -> None:
    """No module is needed while it is being imported, by way of a package around it either."""
    assert circles(executed()) == []


def test_every_module_can_be_imported() -> None:
    names = [
        f"renode_wifi.{name}"
        for name in modules()
        if not name.endswith("__main__") and not name.startswith(f"{IN_RENODE}.")
    ]
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-c", program, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _defined(folder: Path) -> set[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py"))
    return {_name(node) for tree in trees for node in tree.body}


def test_docstrings_of_rooms_name_what_is_there() -> None:
    known = {part for name in modules() for part in name.split(".")}
    wrong = {}
    for path in modules().values():
        if path.name == "__init__.py":
            text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            unknown = set(re.findall(r"`([A-Za-z_]\w*)[\w./]*`", text)) - known
            if unknown and unknown - _defined(path.parent):
                wrong[str(path.relative_to(ROOT))] = unknown
    assert wrong == {}


def _sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".py", ".c", ".h", ".json")]


@pytest.mark.parametrize("folder", MAX_LINES)
def test_files_are_short(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in _sources(ROOT / folder)
        if path.suffix != ".json"
        and len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES[folder]
    }
    known = {name for name in LONG_FILES if name.startswith(f"{folder}/")}
    assert long - known == set(), f"more than {MAX_LINES[folder]} lines"
    assert known - long == set(), "short enough: take it off the list"


@pytest.mark.parametrize("folder", MAX_LINES)
def test_rooms_are_small(folder: str) -> None:
    files = Counter(str(path.parent.relative_to(ROOT)) for path in _sources(ROOT / folder))
    crowded = {room for room, count in files.items() if count > MAX_FILES}
    known = {room for room in CROWDED if room.startswith(folder)}
    assert crowded == known


def _name(node: ast.AST) -> str:
    """What a node defines; private where it defines nothing."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return node.name if isinstance(node, ast.ClassDef | ast.FunctionDef) else "_"


def _public_annotations(tree: ast.AST) -> Iterator[ast.expr | None]:
    """Annotations of what others may use."""
    for node in ast.iter_child_nodes(tree):
        name = _name(node)
        if name.startswith("_") and name not in ("__init__", "__call__"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public_annotations(node)
        elif isinstance(node, ast.FunctionDef):
            yield from (
                item.annotation for item in ast.walk(node.args) if isinstance(item, ast.arg)
            )
            yield node.returns
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation


def test_bytes_of_radios_are_packed_in_messages() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for radio in RADIOS
        for path in (ROOT / radio).rglob("*.py")
        if path.parent.name != "messages"
        and re.search(r"^import struct$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found == PACK_BYTES.keys()


def _is_of_both_radios(places: list[str]) -> bool:
    return len(places) == len(RADIOS) and all(
        any(place.startswith(radio) for place in places) for radio in RADIOS
    )


def test_a_class_name_means_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for path in modules().values():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    twice = {
        name: found
        for name, found in places.items()
        if len(found) > 1 and not _is_of_both_radios(found)
    }
    assert {name: twice[name] for name in twice.keys() - NAMED_TWICE.keys()} == {}
    assert NAMED_TWICE.keys() - twice.keys() == set(), "named once: take it off the list"


def test_public_signatures_say_what_they_take() -> None:
    """But for what Renode executes, whose objects have no types here."""
    vague = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("emulation", "peripherals")
        for path in sorted((ROOT / room).rglob("*.py"))
        if not (text := path.read_text(encoding="utf-8")).startswith(MARK)
        for annotation in _public_annotations(ast.parse(text))
        for node in (ast.walk(annotation) if annotation is not None else ())
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert vague == []


def test_thumb_is_decoded_in_one_place() -> None:
    """Python's; that of the core is held to its room in core/test_floors.py."""
    masks = re.compile(r"& 0x[EF][0-9A-F]{3} (?:==|!=|in) ")
    decoding = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "emulation").rglob("*.py")
        if masks.search(path.read_text(encoding="utf-8"))
    }
    assert decoding == {"emulation/image/thumb.py"}


def test_no_report_of_a_run_is_left_at_the_top() -> None:
    found = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.skip("this tree is no checkout of git, which knows the files that belong to it")
    assert {name.partition("/")[0] for name in found.stdout.splitlines()} == TOP
