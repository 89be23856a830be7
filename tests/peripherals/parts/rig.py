"""A part on an I2C bus, read and written as drivers do."""

from __future__ import annotations

from renode_wifi.peripherals.base.i2c import I2CBus
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.parts.registers import I2CPart
from tests.peripherals.stm32l4.rig import Probe

MILLISECOND = 1_000_000


class Rig:
    """auto_increment: what a driver adds to a register's number for several bytes."""

    def __init__(self, kind: type[I2CPart], address: int, auto_increment: int = 0x80) -> None:
        self.machine = BenchMachine()
        self.part = kind(self.machine, "part")
        self.address = address
        self.auto_increment = auto_increment
        self.bus = I2CBus()
        self.bus.attach(self.part, address)
        self.pins = Probe()
        for number, line in self.part.lines.items():
            line.connect(self.pins, number)

    def read(self, register: int, length: int = 1) -> bytes:
        number = register | self.auto_increment if length > 1 else register
        assert self.bus.start(self.address, False)
        assert self.bus.write(number)
        assert self.bus.start(self.address, True)
        data = bytes(self.bus.read() for _ in range(length))
        self.bus.stop()
        return data

    def write(self, register: int, *data: int) -> None:
        number = register | self.auto_increment if len(data) > 1 else register
        assert self.bus.start(self.address, False)
        for byte in (number, *data):
            assert self.bus.write(byte)
        self.bus.stop()

    def words(self, register: int, count: int) -> list[int]:
        data = self.read(register, 2 * count)
        return [
            int.from_bytes(data[index : index + 2], "little", signed=True)
            for index in range(0, 2 * count, 2)
        ]

    def wait(self, milliseconds: float) -> None:
        self.machine.clock.advance(round(milliseconds * MILLISECOND))

    def level(self, pin: int) -> bool:
        return self.part.lines[pin].level
