"""What the tests of the silicon share."""

from __future__ import annotations

from typing import Any, Protocol

from renode_wifi.peripherals.base.line import Receiver


class Model(Protocol):
    registers: Any

    def read(self, offset: int, width: int) -> int: ...

    def write(self, offset: int, value: int, width: int) -> None: ...


class Probe(Receiver):
    """Remembers the levels of lines."""

    def __init__(self) -> None:
        self.levels: list[tuple[int, bool]] = []

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels.append((number, level))


def poke(model: Model, name: str, value: int, width: int = 4) -> None:
    """A store of the CPU to a register, by its name."""
    model.write(model.registers.offset_of(name), value, width)


def peek(model: Model, name: str, width: int = 4) -> int:
    """A load of the CPU from a register, by its name."""
    return model.read(model.registers.offset_of(name), width)
