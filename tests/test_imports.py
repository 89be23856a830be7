"""Imports are read off the text of modules, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports import circles, executed, imports


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """`one` is in a package that imports `two`."""
    room = tmp_path / "emulation" / "room"
    room.mkdir(parents=True)
    (room.parent / "__init__.py").write_text("")
    (room / "__init__.py").write_text("from renode_wifi.emulation.room import one\n")
    (room / "one.py").write_text("import os\n")
    (room.parent / "two.py").write_text("from renode_wifi.emulation.room.one import name\n")
    return tmp_path


def write(tree: Path, text: str) -> None:
    (tree / "emulation" / "room" / "one.py").write_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "from renode_wifi.emulation.two import name\n",
        "from renode_wifi.emulation import two\n",
        "import renode_wifi.emulation.two\n",
        "def late():\n    from renode_wifi.emulation import two\n",
        "if TYPE_CHECKING:\n    from renode_wifi.emulation.two import name\n",
    ],
)
def test_a_circle_is_found_wherever_its_imports_stand(tree: Path, text: str) -> None:
    assert circles(imports(tree)) == []
    imports.cache_clear()
    write(tree, text)
    assert circles(imports(tree)) == [["emulation.room.one", "emulation.two"]]


def test_a_circle_by_way_of_a_package_is_found(tree: Path) -> None:
    (tree / "emulation" / "two.py").write_text("from renode_wifi.emulation.room.leaf import name\n")
    (tree / "emulation" / "room" / "leaf.py").write_text("")
    write(tree, "from renode_wifi.emulation.two import name\n")
    assert circles(imports(tree)) == []
    # Whoever imports `two` first begins with the package, for `leaf`, and that with `one`.
    assert circles(executed(tree)) == [["emulation.room", "emulation.room.one", "emulation.two"]]


@pytest.mark.parametrize(
    "text",
    [
        "def late():\n    from renode_wifi.emulation import two\n",
        "if TYPE_CHECKING:\n    from renode_wifi.emulation.two import name\n",
    ],
)
def test_what_is_not_executed_at_once_may_be_imported_later(tree: Path, text: str) -> None:
    write(tree, text)
    assert circles(executed(tree)) == []
