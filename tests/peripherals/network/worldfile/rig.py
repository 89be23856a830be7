"""A world file from text, and its mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile.read import (
    read_world_file,
)
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings

MINIMAL = "access_points:\n  - {ssid: lab, passphrase: lab-secret}\n"


def read(folder: Path, text: str, **variables: str) -> WorldSettings:
    file = folder / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return read_world_file(file, variables)


def mistake(folder: Path, text: str) -> RenodeWifiError:
    with pytest.raises(RenodeWifiError) as caught:
        read(folder, text)
    return caught.value
