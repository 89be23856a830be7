"""DMA channels: memory to memory, and on the requests of serial blocks."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchBus, BenchMachine
from renode_wifi.peripherals.stm32l4 import dma as block
from renode_wifi.peripherals.stm32l4 import spi as spi_block
from renode_wifi.peripherals.stm32l4 import usart as usart_block
from renode_wifi.peripherals.stm32l4.dma import STM32LDMA
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from tests.peripherals.stm32l4.bench import peek, poke

SPI3, USART1 = 0x40003C00, 0x40013800
SOURCE, TARGET = 0x20000000, 0x20001000
BYTES, HALFWORDS, WORDS = 0, 1, 2


class MappedBus(BenchBus):
    """Memory, and models at their addresses."""

    def __init__(self, machine: BenchMachine) -> None:
        super().__init__()
        self._machine = machine
        self._bases = {SPI3: "spi3", USART1: "usart1"}

    def read(self, address: int, width: int) -> int:
        name = self._bases.get(address & ~0x3FF)
        if name is None:
            return super().read(address, width)
        value: int = self._machine.peripherals[name].read(address & 0x3FF, width)
        return value

    def write(self, address: int, value: int, width: int) -> None:
        name = self._bases.get(address & ~0x3FF)
        if name is None:
            super().write(address, value, width)
        else:
            self._machine.peripherals[name].write(address & 0x3FF, value, width)


class Complement:
    def exchange(self, frame: int, bits: int) -> int:
        return ~frame & 0xFFFF


def make(name: str = "dma2") -> tuple[STM32LDMA, BenchMachine]:
    machine = BenchMachine()
    machine.bus = MappedBus(machine)
    spi = STM32L4_SPI(machine, "spi3")
    spi.attach(Complement())
    usart = STM32F7_USART(machine, "usart1", frequency=1_000_000)
    poke(usart, "BRR", 10)
    machine.peripherals = {"spi3": spi, "usart1": usart}
    return STM32LDMA(machine, name), machine


def start(
    dma: STM32LDMA, channel: int, control: int, count: int, peripheral: int, memory: int
) -> None:
    base = 0x08 + block.CHANNEL_STRIDE * (channel - 1)
    dma.write(base + 4, count, 4)
    dma.write(base + 8, peripheral, 4)
    dma.write(base + 12, memory, 4)
    dma.write(base, control | block.CCR_EN, 4)


def left(dma: STM32LDMA, channel: int) -> int:
    return dma.read(0x0C + block.CHANNEL_STRIDE * (channel - 1), 4)


def size(peripheral: int, memory: int) -> int:
    return peripheral << block.CCR_PSIZE_SHIFT | memory << block.CCR_MSIZE_SHIFT


@settings(deadline=None)
@given(
    data=st.binary(min_size=4, max_size=64),
    source=st.sampled_from([BYTES, HALFWORDS, WORDS]),
    target=st.sampled_from([BYTES, HALFWORDS, WORDS]),
)
def test_memory_is_copied_item_by_item(data: bytes, source: int, target: int) -> None:
    dma, machine = make()
    machine.bus.write_bytes(SOURCE, data)
    count = len(data) >> source
    control = block.CCR_MEM2MEM | block.CCR_PINC | block.CCR_MINC | size(source, target)
    start(dma, 3, control, count, SOURCE, TARGET)
    wide, narrow = 1 << target, 1 << source
    expected = b"".join(
        data[index : index + narrow].ljust(wide, b"\0")[:wide]
        for index in range(0, count * narrow, narrow)
    )
    assert machine.bus.read_bytes(TARGET, len(expected)) == expected
    assert left(dma, 3) == 0
    assert peek(dma, "ISR") >> 8 & block.TCIF


def test_the_other_direction_fills_from_one_place() -> None:
    dma, machine = make()
    machine.bus.write(SOURCE, 0x5A, 1)
    control = block.CCR_MEM2MEM | block.CCR_DIR | block.CCR_PINC
    start(dma, 1, control, 4, TARGET, SOURCE)
    assert machine.bus.read_bytes(TARGET, 5) == b"\x5a" * 4 + b"\0"


def test_flags_interrupt_as_enabled_and_clear() -> None:
    dma, _ = make()
    control = block.CCR_MEM2MEM | block.CCR_TCIE
    start(dma, 2, control, 2, SOURCE, TARGET)
    assert peek(dma, "ISR") == (block.GIF | block.TCIF | block.HTIF) << 4
    assert dma.lines[1].level
    poke(dma, "IFCR", block.TCIF << 4)
    assert not dma.lines[1].level
    assert peek(dma, "ISR") == (block.GIF | block.HTIF) << 4
    poke(dma, "IFCR", block.GIF << 4)
    assert peek(dma, "ISR") == 0


def test_spi_exchanges_through_two_channels() -> None:
    """`HAL_SPI_TransmitReceive_DMA` on SPI3: receive on channel 1, transmit on channel 2."""
    dma, machine = make()
    spi = machine.peripherals["spi3"]
    words = [0x1234, 0x5678, 0x9ABC]
    for index, word in enumerate(words):
        machine.bus.write(SOURCE + 2 * index, word, 2)
    poke(dma, "CSELR", 3 << 4 | 3)
    halfwords = size(HALFWORDS, HALFWORDS) | block.CCR_MINC
    master = spi_block.CR1_MSTR | spi_block.CR1_SSM | spi_block.CR1_SSI
    poke(spi, "CR2", 0x0F00 | spi_block.CR2_RXDMAEN)
    start(dma, 1, halfwords | block.CCR_TCIE, 3, SPI3 + 0x0C, TARGET)
    start(dma, 2, halfwords | block.CCR_DIR, 3, SPI3 + 0x0C, SOURCE)
    poke(spi, "CR1", master | spi_block.CR1_SPE)
    assert left(dma, 2) == 3
    poke(spi, "CR2", 0x0F00 | spi_block.CR2_RXDMAEN | spi_block.CR2_TXDMAEN)
    received = [machine.bus.read(TARGET + 2 * index, 2) for index in range(3)]
    assert received == [~word & 0xFFFF for word in words]
    assert dma.lines[0].level
    assert (left(dma, 1), left(dma, 2)) == (0, 0)
    assert not peek(spi, "SR") & (spi_block.SR_OVR | spi_block.SR_RXNE)


def uart_bytes(machine: BenchMachine) -> bytes:
    return bytes(fields["byte"] for _, _, event, fields in machine.traced if event == "uart")


def test_a_serial_port_sends_from_memory() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    machine.bus.write_bytes(SOURCE, b"hello")
    poke(usart, "CR1", usart_block.CR1_UE | usart_block.CR1_TE)
    poke(usart, "CR3", usart_block.CR3_DMAT)
    poke(dma, "CSELR", 2 << 12)
    start(dma, 4, block.CCR_DIR | block.CCR_MINC, 5, USART1 + 0x28, SOURCE)
    assert uart_bytes(machine) == b"hello"


def test_a_serial_port_receives_into_a_ring() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    poke(usart, "CR1", usart_block.CR1_UE | usart_block.CR1_RE)
    poke(usart, "CR3", usart_block.CR3_DMAR)
    poke(dma, "CSELR", 2 << 16)
    start(dma, 5, block.CCR_MINC | block.CCR_CIRC, 4, USART1 + 0x24, TARGET)
    for byte in b"abcdef":
        usart.receive(byte)
    machine.clock.advance(10**9)
    assert machine.bus.read_bytes(TARGET, 4) == b"efcd"
    assert left(dma, 5) == 2


def test_an_endless_ring_does_not_stop_the_world() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    machine.bus.write_bytes(SOURCE, b"xy")
    poke(usart, "CR1", usart_block.CR1_UE | usart_block.CR1_TE)
    poke(usart, "CR3", usart_block.CR3_DMAT)
    poke(dma, "CSELR", 2 << 12)
    start(dma, 4, block.CCR_DIR | block.CCR_MINC | block.CCR_CIRC, 2, USART1 + 0x28, SOURCE)
    machine.clock.advance(block.CIRCULAR_PAUSE)
    assert uart_bytes(machine) == b"xy" * 4
    poke(usart, "CR3", 0)
    machine.clock.advance(10 * block.CIRCULAR_PAUSE)
    assert uart_bytes(machine) == b"xy" * 4


@pytest.mark.parametrize(("channel", "code"), [(1, 0), (7, 2)])
def test_a_request_without_a_model_is_told_once(
    channel: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    dma, machine = make()
    del machine.peripherals["usart1"]
    poke(dma, "CSELR", code << 4 * (channel - 1))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            start(dma, channel, 0, 4, SOURCE, TARGET)
            dma.write(0x08 + block.CHANNEL_STRIDE * (channel - 1), 0, 4)
    assert [record.getMessage() for record in caplog.records] == [
        f"dma2: request {code} of channel {channel} isn't modelled"
    ]
    assert left(dma, channel) == 4


def test_a_disabled_channel_ignores_requests() -> None:
    dma, machine = make()
    spi = machine.peripherals["spi3"]
    poke(dma, "CSELR", 3)
    start(dma, 1, size(HALFWORDS, HALFWORDS), 3, SPI3 + 0x0C, TARGET)
    dma.write(0x08, 0, 4)
    poke(spi, "CR2", 0x0F00 | spi_block.CR2_RXDMAEN)
    poke(spi, "CR1", 0x344)
    spi.write(0x0C, 1, 2)
    assert left(dma, 1) == 3
    assert spi.lines["DMAReceive"].level


def test_reset_forgets_channels() -> None:
    dma, _ = make()
    start(dma, 1, block.CCR_MEM2MEM | block.CCR_TCIE, 1, SOURCE, TARGET)
    dma.reset()
    assert peek(dma, "ISR") == 0
    assert not dma.lines[0].level


def test_connected_channels_survive_pickling() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    poke(usart, "CR1", usart_block.CR1_UE | usart_block.CR1_RE)
    poke(usart, "CR3", usart_block.CR3_DMAR)
    poke(dma, "CSELR", 2 << 16)
    start(dma, 5, block.CCR_MINC, 4, USART1 + 0x24, TARGET)
    copy, other = pickle.loads(pickle.dumps((dma, machine)))
    other.peripherals["usart1"].receive(0x41)
    other.clock.advance(10**9)
    assert other.bus.read(TARGET, 1) == 0x41
    assert (left(copy, 5), left(dma, 5)) == (3, 4)
