"""A world file from text, and its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile.converter import Converter
from renode_wifi.peripherals.network.worldfile.read import (
    read_world_file,
)
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings

MINIMAL = "access_points:\n  - {ssid: lab, passphrase: lab-secret}\n"


def read(folder: Path, text: str, **variables: str) -> WorldSettings:
    file = folder / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return read_both_ways(file, variables)


def read_both_ways(file: Path, variables: Mapping[str, str] | None = None) -> WorldSettings:
    """A world file, which cattrs makes the same of as the reader that does without."""
    world = read_world_file(file, variables)
    with patch.object(Converter, "structure", side_effect=ValueError):
        assert read_world_file(file, variables) == world
    return world


def mistake(folder: Path, text: str) -> RenodeWifiError:
    with pytest.raises(RenodeWifiError) as caught:
        read(folder, text)
    return caught.value
