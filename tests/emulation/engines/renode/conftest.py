"""A machine in the stand-in for Renode, with its world in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from renode_wifi.emulation.engines.renode import connections, protocol
from renode_wifi.emulation.platform.boards import PLATFORMS
from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import commands  # isort: skip

HOME = str(PLATFORMS / "worlds" / "home.yaml")
SPI_CR1, SPI_CR2 = 0x00, 0x04


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> Iterator[connections.Worlds]:
    """A helper in this process, found by the shim through the environment."""
    found = connections.Worlds(lambda *event: TRACED.append(event))
    TRACED.clear()
    dotnet.LOGGED.clear()
    monkeypatch.setenv(protocol.ENVIRONMENT, found.port.where)
    yield found
    forget_machines()
    found.close()


TRACED: list[Any] = []


def forget_machines() -> None:
    for machine in commands.machines:
        machine.close()
    for world in commands.prepared:
        world.close()
    commands.machines.clear()
    commands.prepared.clear()
    dotnet.EMULATION.clear()


@pytest.fixture
def machine(worlds: connections.Worlds) -> dotnet.Machine:
    commands.world(HOME, "world", "")
    renode = dotnet.Machine()
    commands.machine_of(renode)
    return renode


@pytest.fixture
def board(machine: dotnet.Machine) -> dotnet.Machine:
    """A machine with SPI3 and the module on it."""
    commands.model(machine, "spi3", "STM32L4_SPI", "sysbus <0x40003C00, +0x400>", "")
    commands.model(machine, "ism43362", "ISM43362", "spi3", "")
    spi = machine.names["spi3"]
    # 16-bit frames, master, software chip select.
    spi.WriteDoubleWord(SPI_CR2, 0x0F00)
    spi.WriteDoubleWord(SPI_CR1, 0x0344)
    return machine
