"""Old paths of modules that have moved, and the front door that stays."""

from __future__ import annotations

import importlib
import subprocess
import sys
import warnings

import pytest

import renode_wifi
from renode_wifi import moved
from tests.emulation.engines.renode import dotnet

assert dotnet  # What Renode executes imports from this stand-in.

PACKAGES = [old for old, new in moved.MODULES.items() if new.startswith(f"{old}.")]
"""Old paths that a package has taken."""


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Old paths as nobody has imported them yet."""
    for name in list(sys.modules):
        if moved.new_path(name, moved.MODULES | moved.TESTS) is not None:
            del sys.modules[name]


@pytest.mark.parametrize("old", sorted((moved.MODULES | moved.TESTS).keys() - PACKAGES))
def test_a_moved_module_is_found_by_its_old_path(old: str) -> None:
    new = (moved.MODULES | moved.TESTS)[old]
    with pytest.warns(DeprecationWarning, match=f"{old} has moved: write {new}$"):
        module = importlib.import_module(old)
    there = importlib.import_module(new)
    assert set(dir(there)) <= set(dir(module))
    public = [name for name in dir(there) if not name.startswith("__")]
    assert all(getattr(module, name) is getattr(there, name) for name in public)
    assert there.__spec__ is not None
    assert there.__spec__.name == there.__name__ == new


def test_what_is_below_a_moved_package_is_loaded_once() -> None:
    with pytest.deprecated_call():
        from renode_wifi.emulation.description.parser import parse
    from renode_wifi.emulation.platform import parser

    assert parse is parser.parse
    assert importlib.import_module("renode_wifi.emulation.description.parser") is parser


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_knows_the_names_of_the_module_in_its_place(package: str) -> None:
    old, new = importlib.import_module(package), importlib.import_module(moved.MODULES[package])
    names = [name for name, value in vars(new).items() if getattr(value, "__module__", "") == new]
    for name in names:
        with pytest.warns(DeprecationWarning, match=f"{package}.{name} has moved"):
            assert getattr(old, name) is getattr(new, name)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = old.nonsense


@pytest.mark.parametrize("line", sorted(moved.NAMES))
def test_a_renamed_object_is_found_by_its_old_name(line: str) -> None:
    (old, name), (new, now) = line.split(":"), moved.NAMES[line].split(":")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        found = getattr(importlib.import_module(old), name)
    assert found is getattr(importlib.import_module(new), now)


def test_the_notice_names_the_line_that_imports() -> None:
    with pytest.warns(DeprecationWarning, match="write renode_wifi.Board") as notices:
        from renode_wifi.emulation.board import Board
    assert Board is renode_wifi.Board
    assert {notice.filename for notice in notices} == {__file__}


def test_what_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError), pytest.deprecated_call():
        importlib.import_module("renode_wifi.emulation.cli.nonsense")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("renode_wifi.emulation.board.nonsense")
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = renode_wifi.nonsense


def test_the_front_door_leads_to_each_of_its_names() -> None:
    for name in renode_wifi.__all__:
        assert getattr(renode_wifi, name).__name__ == name
    assert set(renode_wifi.__all__) <= set(dir(renode_wifi))


def test_importing_the_package_loads_nothing_behind_the_front_door() -> None:
    script = "import sys, renode_wifi; print(*sorted(m for m in sys.modules if 'wifi' in m))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.split() == ["renode_wifi", "renode_wifi.moved"], found.stderr
