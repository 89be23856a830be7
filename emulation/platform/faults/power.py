"""What a board loses when its supply fails."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.emulation.platform.core import Core
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.radio import Radio
from renode_wifi.peripherals.parts.part import Part

POWER_ON = "power-on"
"""The cause of a reset at which RAM has lost what it held."""
RAM = range(0x1000_0000, 0x4000_0000)
"""Where memories lose what they hold with the power (both chips)."""


class BoardMachine(Machine, Protocol):
    """A machine as faults of the board see it."""

    name: str
    core: Core
    peripherals: dict[str, object]
    clock_scale: float

    def radios(self) -> list[Radio]: ...


def lose_power(machine: BoardMachine) -> None:
    """RAM comes up with whatever it likes, radio and sensors with the board."""
    source = machine.random(f"power/{machine.clock.now}")
    for model in machine.peripherals.values():
        if isinstance(model, Memory) and model.base is not None and model.base in RAM:
            machine.bus.write_bytes(model.base, source.randbytes(model.size))
        elif isinstance(model, Part):
            model.power_on()
    for radio in machine.radios():
        radio.power_cycle()


def set_clock_scale(machine: BoardMachine, scale: float) -> None:
    """From now on the chip's clock runs so much faster than it should."""
    nominal = machine.cpu_frequency or round(machine.core.cpu_frequency / machine.clock_scale)
    machine.clock_scale = scale
    machine.core.set_frequency(round(nominal * scale))
