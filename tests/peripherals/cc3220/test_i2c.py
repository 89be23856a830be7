"""The I2C master, byte by byte and through its FIFOs."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from tests.peripherals.stm32l4.rig import peek, poke

BUSY = 1


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


def wait(i2c: CC3220_I2C) -> None:
    i2c.machine.clock.advance(MILLISECOND)


def command(i2c: CC3220_I2C, value: int) -> None:
    """Give a command and wait until it is over, or waits itself."""
    poke(i2c, "MCS", value)
    wait(i2c)


def test_master_reads_and_writes_byte_by_byte() -> None:
    i2c, memory = make_i2c()
    poke(i2c, "MIMR", 1)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MDR", 3)
    command(i2c, 3)
    assert i2c.lines[0].level
    poke(i2c, "MICR", 1)
    assert not i2c.lines[0].level
    poke(i2c, "MDR", 7)
    command(i2c, 5)
    assert memory.data[3] == 7
    assert memory.stops == 1
    poke(i2c, "MDR", 2)
    command(i2c, 3)
    assert peek(i2c, "MCS") & 1 << 6
    poke(i2c, "MSA", 0x50 << 1 | 1)
    command(i2c, 0xB)
    assert peek(i2c, "MDR") == 102
    command(i2c, 5)
    assert peek(i2c, "MDR") == 7
    assert not peek(i2c, "MCS") & 1 << 6


def test_nobody_answers_at_another_address() -> None:
    i2c, _ = make_i2c()
    poke(i2c, "MSA", 0x18 << 1)
    command(i2c, 7)
    assert peek(i2c, "MCS") & 6 == 6
    assert peek(i2c, "MRIS") & 1 << 4
    command(i2c, 4)
    assert not peek(i2c, "MCS") & 2


def test_bursts_through_the_fifos() -> None:
    i2c, memory = make_i2c()
    for byte in (10, 1, 2, 3):
        poke(i2c, "FIFODATA", byte)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MBLEN", 6)
    command(i2c, 0x46)
    assert peek(i2c, "MBCNT") == 2
    poke(i2c, "FIFODATA", 4)
    poke(i2c, "FIFODATA", 5)
    wait(i2c)
    assert memory.data[10:15] == bytes([1, 2, 3, 4, 5])
    assert memory.stops == 1
    poke(i2c, "FIFODATA", 20)
    poke(i2c, "MBLEN", 1)
    command(i2c, 0x42)
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MBLEN", 10)
    command(i2c, 0x46)
    assert peek(i2c, "FIFOSTATUS") & 1 << 17
    assert [peek(i2c, "FIFODATA") for _ in range(8)] == list(range(120, 128))
    wait(i2c)
    assert [peek(i2c, "FIFODATA") for _ in range(2)] == [128, 129]
    assert peek(i2c, "FIFOSTATUS") == 1 << 16 | 1
    poke(i2c, "FIFODATA", 1)
    poke(i2c, "FIFOCTL", 1 << 14 | 1 << 30)
    assert peek(i2c, "FIFOSTATUS") & 1
    i2c.reset()
    assert peek(i2c, "MCS") == 0x20


@pytest.mark.parametrize(
    ("period", "bit"), [(39, 10 * MICROSECOND), (9, 2500), (0x80 | 3, 300)], ids=str
)
def test_bits_take_the_time_of_the_period(period: int, bit: int) -> None:
    i2c, memory = make_i2c()
    clock = i2c.machine.clock
    poke(i2c, "MTPR", period)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MDR", 5)
    # A start with the address, a byte and a stop.
    poke(i2c, "MCS", 7)
    clock.advance(20 * bit - 1)
    assert peek(i2c, "MCS") & BUSY
    assert not peek(i2c, "MRIS")
    clock.advance(1)
    assert not peek(i2c, "MCS") & BUSY
    assert peek(i2c, "MRIS") & 0x41 == 0x41
    assert memory.stops == 1


def test_fifos_interrupt_at_their_levels() -> None:
    i2c, _ = make_i2c()
    poke(i2c, "FIFOCTL", 3 << 16 | 1)
    poke(i2c, "FIFODATA", 10)
    poke(i2c, "FIFODATA", 1)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MBLEN", 2)
    command(i2c, 0x42)
    assert peek(i2c, "MRIS") & 0xF00 == 0x500
    poke(i2c, "MICR", 0xFFF)
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MBLEN", 9)
    poke(i2c, "MCS", 0x46)
    i2c.machine.clock.advance(28 * 500)
    assert peek(i2c, "MRIS") & 0xF00 == 0
    i2c.machine.clock.advance(9 * 500)
    assert peek(i2c, "MRIS") & 0xF00 == 0x200
    wait(i2c)
    assert peek(i2c, "MRIS") & 0xF40 == 0xA00
    assert [peek(i2c, "FIFODATA") for _ in range(8)] == list(range(111, 119))
    wait(i2c)
    assert peek(i2c, "MRIS") & 0x40
    assert peek(i2c, "FIFODATA") == 119


def test_a_command_takes_the_place_of_the_one_under_way() -> None:
    i2c, memory = make_i2c()
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MDR", 5)
    poke(i2c, "MCS", 3)
    command(i2c, 7)
    assert memory.stops == 1
    assert memory.pointer == 5


def test_a_reset_ends_what_is_on_the_wire() -> None:
    i2c, memory = make_i2c()
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MCS", 7)
    i2c.reset()
    wait(i2c)
    assert peek(i2c, "MCS") == 0x20
    assert memory.stops == 0
