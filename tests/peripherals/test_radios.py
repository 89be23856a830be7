"""How both radios are built: bytes in messages only, tables of handlers, no file too long."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.module import ISM43362
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from tests.ironpython import MARK

PERIPHERALS = Path(__file__).parents[2] / "peripherals"
RADIOS = ("ism43362", "simplelink")
MAX_LINES = 400
MAX_FILES = 20


def sources() -> list[Path]:
    return [path for radio in RADIOS for path in sorted((PERIPHERALS / radio).rglob("*.py"))]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PERIPHERALS)))
def test_bytes_are_packed_and_unpacked_in_messages_only(path: Path) -> None:
    """The links move words and run in Renode, where messages/ cannot."""
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "messages" or text.startswith(MARK):
        return
    imported = {
        name.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert "struct" not in imported


def test_files_and_folders_are_short() -> None:
    for path in sources():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES, path
        assert len(list(path.parent.glob("*.py"))) <= MAX_FILES, path.parent


@pytest.mark.parametrize("kind", [ISM43362, CC3220_NWP])
def test_the_processor_is_made_once_its_profile_is_known(
    kind: type[ISM43362] | type[CC3220_NWP],
) -> None:
    radio = kind(BenchMachine(), "radio", bootTimeUs=1234)
    assert radio.profile.boot_time_us == 1234
    assert radio._processor is None
    assert radio.processor is radio.processor
    assert radio.processor.profile is radio.profile
