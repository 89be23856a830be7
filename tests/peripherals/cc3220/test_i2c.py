"""The I2C master, byte by byte and through its FIFOs."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from tests.peripherals.stm32l4.rig import peek, poke


class Memory:
    """A small EEPROM: the first byte of a write is the address."""

    def __init__(self) -> None:
        self.data = bytearray(range(100, 164))
        self.pointer: int | None = None
        self.stops = 0

    def start(self, reading: bool) -> None:
        if not reading:
            self.pointer = None

    def write(self, byte: int) -> None:
        if self.pointer is None:
            self.pointer = byte
        else:
            self.data[self.pointer] = byte
            self.pointer += 1

    def read(self) -> int:
        assert self.pointer is not None
        self.pointer += 1
        return self.data[self.pointer - 1]

    def stop(self) -> None:
        self.stops += 1


def make_i2c() -> tuple[CC3220_I2C, Memory]:
    i2c, memory = CC3220_I2C(BenchMachine(), "i2ca0"), Memory()
    i2c.attach(memory, 0x50)
    poke(i2c, "MCR", 0x10)
    return i2c, memory


def test_master_reads_and_writes_byte_by_byte() -> None:
    i2c, memory = make_i2c()
    poke(i2c, "MIMR", 1)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MDR", 3)
    poke(i2c, "MCS", 3)
    assert i2c.lines[0].level
    poke(i2c, "MICR", 1)
    assert not i2c.lines[0].level
    poke(i2c, "MDR", 7)
    poke(i2c, "MCS", 5)
    assert memory.data[3] == 7
    assert memory.stops == 1
    poke(i2c, "MDR", 2)
    poke(i2c, "MCS", 3)
    assert peek(i2c, "MCS") & 1 << 6
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MCS", 0xB)
    assert peek(i2c, "MDR") == 102
    poke(i2c, "MCS", 5)
    assert peek(i2c, "MDR") == 7
    assert not peek(i2c, "MCS") & 1 << 6


def test_nobody_answers_at_another_address() -> None:
    i2c, _ = make_i2c()
    poke(i2c, "MSA", 0x18 << 1)
    poke(i2c, "MCS", 7)
    assert peek(i2c, "MCS") & 6 == 6
    assert peek(i2c, "MRIS") & 1 << 4
    poke(i2c, "MCS", 4)
    assert not peek(i2c, "MCS") & 2


def test_bursts_through_the_fifos() -> None:
    i2c, memory = make_i2c()
    for byte in (10, 1, 2, 3):
        poke(i2c, "FIFODATA", byte)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MBLEN", 6)
    poke(i2c, "MCS", 0x46)
    assert peek(i2c, "MBCNT") == 2
    poke(i2c, "FIFODATA", 4)
    poke(i2c, "FIFODATA", 5)
    assert memory.data[10:15] == bytes([1, 2, 3, 4, 5])
    assert memory.stops == 1
    poke(i2c, "FIFODATA", 20)
    poke(i2c, "MBLEN", 1)
    poke(i2c, "MCS", 0x42)
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MBLEN", 10)
    poke(i2c, "MCS", 0x46)
    assert peek(i2c, "FIFOSTATUS") & 1 << 17
    assert [peek(i2c, "FIFODATA") for _ in range(10)] == list(range(120, 130))
    assert peek(i2c, "FIFOSTATUS") == 1 << 16 | 1
    poke(i2c, "FIFODATA", 1)
    poke(i2c, "FIFOCTL", 1 << 14 | 1 << 30)
    assert peek(i2c, "FIFOSTATUS") & 1
    i2c.reset()
    assert peek(i2c, "MCS") == 0x20
