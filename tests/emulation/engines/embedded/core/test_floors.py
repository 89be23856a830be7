"""The native core's floors: a file includes only what is below it, and nothing in a circle."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded import build_core, native

FLOORS = (
    "base",
    "state",
    "system",
    "pins",
    "models",
    "bus",
    "decode",
    "semantics",
    "idle",
    "execute",
    "hooks",
    "run",
)
"""The folders of core/, from the lowest up; core/README.md says what is on which."""
MAX_LINES, MAX_FILES = 400, 20
INCLUDE = re.compile(r'^#include "(.*)"$', re.MULTILINE)
LIBRARY = re.compile(r"^#include <(.*)>$", re.MULTILINE)


def sources(root: Path) -> list[Path]:
    return [*build_core.files(root, ".c"), *build_core.files(root, ".h")]


def upward_includes(root: Path) -> list[str]:
    """Includes that lead to a higher floor or to no file."""
    found = []
    for path in sources(root):
        floor = FLOORS.index(path.parent.name)
        for name in INCLUDE.findall(path.read_text()):
            target = root / name
            if not target.is_file() or FLOORS.index(target.parent.name) > floor:
                found.append(f"{path.relative_to(root)} includes {name}")
    return found


def circle(root: Path) -> list[str]:
    """Modules (a .c with its .h) that include each other in a circle."""
    modules: dict[str, set[str]] = {}
    for path in sources(root):
        module = path.relative_to(root).with_suffix("").as_posix()
        included = {name.removesuffix(".h") for name in INCLUDE.findall(path.read_text())}
        modules.setdefault(module, set()).update(included - {module})
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_includes_a_higher_floor() -> None:
    assert upward_includes(native.SOURCES) == []


def test_no_modules_include_each_other() -> None:
    assert circle(native.SOURCES) == []


def test_an_upward_include_is_found(tmp_path: Path) -> None:
    for floor, text in (("base", '#include "run/run.h"\n'), ("run", '#include "base/no.h"\n')):
        (tmp_path / floor).mkdir()
        (tmp_path / floor / f"{floor}.h").write_text(text)
    assert upward_includes(tmp_path) == [
        "base/base.h includes run/run.h",
        "run/run.h includes base/no.h",
    ]


def test_a_circle_by_way_of_sources_is_found(tmp_path: Path) -> None:
    (tmp_path / "bus").mkdir()
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / "bus" / f"{name}.h").write_text("")
        (tmp_path / "bus" / f"{name}.c").write_text(f'#include "bus/{other}.h"\n')
    assert set(circle(tmp_path)) == {"bus/one", "bus/two"}


def test_every_source_begins_with_its_own_header() -> None:
    for path in build_core.files(native.SOURCES, ".c"):
        own = path.relative_to(native.SOURCES).with_suffix(".h").as_posix()
        assert path.read_text().startswith(f'#include "{own}"\n')


def test_headers_need_nothing_but_the_c_library() -> None:
    used: dict[str, set[str]] = {}
    for path in sources(native.SOURCES):
        for name in LIBRARY.findall(path.read_text()):
            used.setdefault(name, set()).add(path.name)
    for name in ("stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"):
        used.pop(name, None)
    # The operating system's: the watchdog is a thread.
    assert used == {name: {"watchdog.c"} for name in ("pthread.h", "signal.h", "time.h")}


@pytest.mark.parametrize("floor", FLOORS)
def test_floors_are_of_a_size_to_overlook(floor: str) -> None:
    files = [path for path in sources(native.SOURCES) if path.parent.name == floor]
    assert 0 < len(files) <= MAX_FILES
    for path in files:
        assert len(path.read_text().splitlines()) <= MAX_LINES, path.name


def test_only_the_decoder_looks_at_code() -> None:
    """Whoever fetches halfwords of code would have to know encodings."""
    fetching = {
        path.parent.name for path in sources(native.SOURCES) if "memory_fetch(" in path.read_text()
    }
    assert fetching == {"state", "decode"}  # where it is defined, and where it is used
