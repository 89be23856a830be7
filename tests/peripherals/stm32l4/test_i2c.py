"""I2C master: the sequences of ST's HAL against a device with registers, and against nobody."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import i2c as block
from renode_wifi.peripherals.stm32l4.i2c import STM32F7_I2C
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from tests.peripherals.stm32l4.rig import peek, poke

ADDRESS = 0x5F
START_WRITE = block.CR2.START | ADDRESS << 1
START_READ = START_WRITE | block.CR2.RD_WRN


class Registers:
    """A sensor: the first byte written chooses a register, further ones go into it and on."""

    def __init__(self) -> None:
        self.memory = bytearray(range(256))
        self.pointer: int | None = None
        self.stops = 0

    def start(self, reading: bool) -> None:
        if not reading:
            self.pointer = None

    def write(self, byte: int) -> None:
        if self.pointer is None:
            self.pointer = byte
        else:
            self.memory[self.pointer] = byte
            self.pointer = self.pointer + 1 & 0xFF

    def read(self) -> int:
        pointer = self.pointer or 0
        self.pointer = pointer + 1 & 0xFF
        return self.memory[pointer]

    def stop(self) -> None:
        self.stops += 1


def make() -> tuple[STM32F7_I2C, Registers]:
    i2c = STM32F7_I2C(BenchMachine(), "i2c2")
    device = Registers()
    i2c.attach(device, ADDRESS)
    poke(i2c, "CR1", block.CR1.PE)
    return i2c, device


def count(number: int) -> int:
    return number << block.NBYTES.position


def test_an_address_that_nobody_has_is_not_acknowledged() -> None:
    """`HAL_I2C_IsDeviceReady` and every transfer end at once."""
    i2c, device = make()
    poke(i2c, "CR2", block.CR2.START | block.CR2.AUTOEND | count(1) | 0x29 << 1)
    assert peek(i2c, "ISR") == block.ISR.TXE | block.ISR.NACKF | block.ISR.STOPF
    assert not peek(i2c, "CR2") & block.CR2.START
    poke(i2c, "ICR", block.ISR.NACKF | block.ISR.STOPF)
    assert peek(i2c, "ISR") == block.ISR.TXE
    assert device.stops == 0


def test_an_empty_write_finds_a_device() -> None:
    i2c, device = make()
    poke(i2c, "CR2", START_WRITE | block.CR2.AUTOEND)
    assert peek(i2c, "ISR") & (block.ISR.STOPF | block.ISR.NACKF) == block.ISR.STOPF
    assert device.stops == 1


@given(register=st.integers(0, 255), length=st.integers(1, 20))
def test_memory_is_read_after_a_repeated_start(register: int, length: int) -> None:
    """`HAL_I2C_Mem_Read`."""
    i2c, device = make()
    poke(i2c, "CR2", START_WRITE | count(1))
    assert peek(i2c, "ISR") & (block.ISR.TXIS | block.ISR.BUSY) == block.ISR.TXIS | block.ISR.BUSY
    poke(i2c, "TXDR", register)
    assert peek(i2c, "ISR") & block.ISR.TC
    poke(i2c, "CR2", START_READ | block.CR2.AUTOEND | count(length))
    read = []
    for _ in range(length):
        assert peek(i2c, "ISR") & block.ISR.RXNE
        read.append(peek(i2c, "RXDR"))
    assert read == [(register + index) & 0xFF for index in range(length)]
    assert peek(i2c, "ISR") == block.ISR.TXE | block.ISR.STOPF
    assert device.stops == 1


def test_memory_is_written_with_reload() -> None:
    """`HAL_I2C_Mem_Write`: the register with RELOAD, then the data with AUTOEND."""
    i2c, device = make()
    poke(i2c, "CR2", START_WRITE | block.CR2.RELOAD | count(1))
    poke(i2c, "TXDR", 0x20)
    assert peek(i2c, "ISR") & block.ISR.TCR
    poke(i2c, "CR2", ADDRESS << 1 | block.CR2.AUTOEND | count(2))
    assert not peek(i2c, "ISR") & block.ISR.TCR
    for byte in (0xAA, 0xBB):
        assert peek(i2c, "ISR") & block.ISR.TXIS
        poke(i2c, "TXDR", byte)
    assert device.memory[0x20:0x22] == b"\xaa\xbb"
    assert peek(i2c, "ISR") & block.ISR.STOPF


def test_software_can_stop_a_transfer() -> None:
    i2c, device = make()
    poke(i2c, "CR2", START_WRITE | count(1))
    poke(i2c, "TXDR", 0)
    poke(i2c, "CR2", ADDRESS << 1 | block.CR2.STOP)
    assert peek(i2c, "ISR") & (block.ISR.STOPF | block.ISR.TC | block.ISR.BUSY) == block.ISR.STOPF
    assert device.stops == 1


def test_events_interrupt_as_enabled() -> None:
    i2c, _ = make()
    irq = i2c.lines["EventInterrupt"]
    poke(i2c, "CR1", block.CR1.PE | 1 << 1 | 1 << 2 | 1 << 5)
    poke(i2c, "CR2", START_WRITE | count(1))
    assert irq.level
    poke(i2c, "TXDR", 0x0F)
    assert not irq.level
    poke(i2c, "CR2", START_READ | block.CR2.AUTOEND | count(1))
    assert irq.level
    assert peek(i2c, "RXDR") == 0x0F
    assert irq.level, "STOPF"
    poke(i2c, "ICR", block.ISR.STOPF)
    assert not irq.level


def test_a_disabled_block_does_nothing_and_forgets() -> None:
    i2c, device = make()
    poke(i2c, "CR2", START_READ | count(3))
    poke(i2c, "CR1", 0)
    assert peek(i2c, "ISR") == block.ISR.TXE
    poke(i2c, "CR2", START_WRITE | count(1))
    poke(i2c, "TXDR", 1)
    assert peek(i2c, "ISR") == block.ISR.TXE
    assert device.pointer == 1, "only the one byte that was read ahead"


def test_data_registers_are_harmless_outside_of_a_transfer() -> None:
    i2c, device = make()
    poke(i2c, "TXDR", 1)
    poke(i2c, "ISR", block.ISR.TXE)
    poke(i2c, "ISR", 0)
    assert peek(i2c, "RXDR") == 0
    assert (peek(i2c, "ISR"), device.pointer) == (block.ISR.TXE, None)


def test_a_transfer_survives_pickling_and_reset() -> None:
    i2c, _ = make()
    poke(i2c, "CR2", START_READ | block.CR2.AUTOEND | count(2))
    copy = pickle.loads(pickle.dumps(i2c))
    assert [peek(copy, "RXDR"), peek(copy, "RXDR")] == [0, 1]
    i2c.reset()
    assert (peek(i2c, "ISR"), peek(i2c, "CR1")) == (block.ISR.TXE, 0)


def test_bits_take_the_time_of_timingr() -> None:
    """As many kernel clocks as SCLL, SCLH and the synchronisation say (section 39.4.9)."""
    i2c, _ = make()
    machine = i2c.machine
    machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    poke(i2c, "TIMINGR", 0x0010_1319)
    bit = (26 + 20 + block.SYNCHRONISATION) * 250
    poke(i2c, "CR2", START_WRITE | count(1))
    machine.clock.advance(10 * bit - 1)
    assert peek(i2c, "CR2") & block.CR2.START
    assert not peek(i2c, "ISR") & block.ISR.TXIS
    machine.clock.advance(1)
    assert not peek(i2c, "CR2") & block.CR2.START
    assert peek(i2c, "ISR") & block.ISR.TXIS
    poke(i2c, "TXDR", 0x0F)
    machine.clock.advance(9 * bit - 1)
    assert not peek(i2c, "ISR") & block.ISR.TC
    machine.clock.advance(1)
    assert peek(i2c, "ISR") & block.ISR.TC
    poke(i2c, "CR2", START_READ | block.CR2.AUTOEND | count(1))
    machine.clock.advance(19 * bit)
    assert peek(i2c, "RXDR") == 0x0F
    machine.clock.advance(bit)
    assert peek(i2c, "ISR") & block.ISR.STOPF


def test_switching_off_ends_a_transfer_under_way() -> None:
    i2c, device = make()
    machine = i2c.machine
    machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    poke(i2c, "CR2", START_WRITE | count(1))
    poke(i2c, "CR1", 0)
    machine.clock.advance(10**9)
    assert peek(i2c, "ISR") == block.ISR.TXE
    assert device.pointer is None


def test_a_byte_written_before_start_is_the_first_of_the_transfer() -> None:
    """RM0351 39.4.8: TXDR may be filled while TXE is set, which HAL drivers do before START."""
    device = Registers()
    i2c = STM32F7_I2C(BenchMachine(), "i2c2")
    i2c.attach(device, ADDRESS)
    poke(i2c, "CR1", block.CR1.PE)
    poke(i2c, "TXDR", 0x20)
    assert not peek(i2c, "ISR") & block.ISR.TXE
    poke(i2c, "CR2", START_WRITE | block.CR2.AUTOEND | 2 << block.NBYTES.position)
    assert peek(i2c, "ISR") & block.ISR.TXIS
    poke(i2c, "TXDR", 0x85)
    assert device.memory[0x20] == 0x85
    assert device.stops == 1


def test_automatic_end_chosen_after_a_complete_transfer_sends_stop() -> None:
    """Without a byte to send, as in a search for devices."""
    i2c, _ = make()
    poke(i2c, "CR2", ADDRESS << 1 | block.CR2.START)
    assert peek(i2c, "ISR") & (block.ISR.TC | block.ISR.STOPF) == block.ISR.TC
    poke(i2c, "CR2", ADDRESS << 1 | block.CR2.AUTOEND)
    assert peek(i2c, "ISR") & (block.ISR.TC | block.ISR.STOPF) == block.ISR.STOPF
