"""DMA channels: memory to memory, and on the requests of serial blocks."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.bus_master import BIT_BAND_ALIASES, PRIVATE, BusError
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchBus, BenchMachine
from renode_wifi.peripherals.stm32l4 import dma as block
from renode_wifi.peripherals.stm32l4 import spi as spi_block
from renode_wifi.peripherals.stm32l4 import usart as usart_block
from renode_wifi.peripherals.stm32l4.dma import STM32LDMA
from renode_wifi.peripherals.stm32l4.dma_registers import CHANNEL_STRIDE
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from tests.peripherals.stm32l4.rig import peek, poke

SPI3, USART1, DMA2 = 0x40003C00, 0x40013800, 0x40020400
SOURCE, TARGET, NOWHERE = 0x20000000, 0x20001000, 0x60000000
BYTES, HALFWORDS, WORDS = 0, 1, 2


class MappedBus(BenchBus):
    """Memory, models at their addresses, and addresses at which nothing is."""

    def __init__(self, machine: BenchMachine) -> None:
        super().__init__()
        self._machine = machine
        self._bases = {SPI3: "spi3", USART1: "usart1", DMA2: "dma2"}

    def read(self, address: int, width: int) -> int:
        if address >= NOWHERE:
            raise BusError(f"0x{address:08X}")
        name = self._bases.get(address & ~0x3FF)
        if name is None:
            return super().read(address, width)
        value: int = self._machine.peripherals[name].read(address & 0x3FF, width)
        return value

    def write(self, address: int, value: int, width: int) -> None:
        if address >= NOWHERE:
            raise BusError(f"0x{address:08X}")
        name = self._bases.get(address & ~0x3FF)
        if name is None:
            super().write(address, value, width)
        else:
            self._machine.peripherals[name].write(address & 0x3FF, value, width)

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        """Whatever is not near a model or nowhere."""
        near = any(address < base + 0x400 and base < address + length for base in self._bases)
        return not near and address + length <= NOWHERE


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
    dma = STM32LDMA(machine, name)
    machine.peripherals = {"spi3": spi, "usart1": usart, "dma2": dma}
    return dma, machine


def start(
    dma: STM32LDMA, channel: int, control: int, count: int, peripheral: int, memory: int
) -> None:
    base = 0x08 + CHANNEL_STRIDE * (channel - 1)
    dma.write(base + 4, count, 4)
    dma.write(base + 8, peripheral, 4)
    dma.write(base + 12, memory, 4)
    dma.write(base, control | block.CCR.EN, 4)


def finish(machine: BenchMachine, items: int) -> None:
    """Let the bus time of so many items pass."""
    machine.clock.advance(items * block.ITEM_CYCLES * SECOND // block.RESET_CLOCK)


def left(dma: STM32LDMA, channel: int) -> int:
    return dma.read(0x0C + CHANNEL_STRIDE * (channel - 1), 4)


def size(peripheral: int, memory: int) -> int:
    return peripheral << block.CCR["PSIZE"].position | memory << block.CCR["MSIZE"].position


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
    control = block.CCR.MEM2MEM | block.CCR.PINC | block.CCR.MINC | size(source, target)
    start(dma, 3, control, count, SOURCE, TARGET)
    finish(machine, count)
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
    control = block.CCR.MEM2MEM | block.CCR.DIR | block.CCR.PINC
    start(dma, 1, control, 4, TARGET, SOURCE)
    finish(machine, 4)
    assert machine.bus.read_bytes(TARGET, 5) == b"\x5a" * 4 + b"\0"


def test_flags_interrupt_as_enabled_and_clear() -> None:
    dma, machine = make()
    control = block.CCR.MEM2MEM | block.CCR.TCIE
    start(dma, 2, control, 2, SOURCE, TARGET)
    finish(machine, 2)
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
    halfwords = size(HALFWORDS, HALFWORDS) | block.CCR.MINC
    master = spi_block.CR1.MSTR | spi_block.CR1.SSM | spi_block.CR1.SSI
    poke(spi, "CR2", 0x0F00 | spi_block.CR2.RXDMAEN)
    start(dma, 1, halfwords | block.CCR.TCIE, 3, SPI3 + 0x0C, TARGET)
    start(dma, 2, halfwords | block.CCR.DIR, 3, SPI3 + 0x0C, SOURCE)
    poke(spi, "CR1", master | spi_block.CR1.SPE)
    assert left(dma, 2) == 3
    poke(spi, "CR2", 0x0F00 | spi_block.CR2.RXDMAEN | spi_block.CR2.TXDMAEN)
    received = [machine.bus.read(TARGET + 2 * index, 2) for index in range(3)]
    assert received == [~word & 0xFFFF for word in words]
    assert dma.lines[0].level
    assert (left(dma, 1), left(dma, 2)) == (0, 0)
    assert not peek(spi, "SR") & (spi_block.SR.OVR | spi_block.SR.RXNE)


def uart_bytes(machine: BenchMachine) -> bytes:
    return bytes(fields["byte"] for _, _, event, fields in machine.traced if event == "uart")


def test_a_serial_port_sends_from_memory() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    machine.bus.write_bytes(SOURCE, b"hello")
    poke(usart, "CR1", usart_block.CR1.UE | usart_block.CR1.TE)
    poke(usart, "CR3", usart_block.CR3.DMAT)
    poke(dma, "CSELR", 2 << 12)
    start(dma, 4, block.CCR.DIR | block.CCR.MINC, 5, USART1 + 0x28, SOURCE)
    assert uart_bytes(machine) == b"hello"


def test_a_serial_port_receives_into_a_ring() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    poke(usart, "CR1", usart_block.CR1.UE | usart_block.CR1.RE)
    poke(usart, "CR3", usart_block.CR3.DMAR)
    poke(dma, "CSELR", 2 << 16)
    start(dma, 5, block.CCR.MINC | block.CCR.CIRC, 4, USART1 + 0x24, TARGET)
    for byte in b"abcdef":
        usart.receive(byte)
    machine.clock.advance(10**9)
    assert machine.bus.read_bytes(TARGET, 4) == b"efcd"
    assert left(dma, 5) == 2


def test_an_endless_ring_does_not_stop_the_world() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    machine.bus.write_bytes(SOURCE, b"xy")
    poke(usart, "CR1", usart_block.CR1.UE | usart_block.CR1.TE)
    poke(usart, "CR3", usart_block.CR3.DMAT)
    poke(dma, "CSELR", 2 << 12)
    start(dma, 4, block.CCR.DIR | block.CCR.MINC | block.CCR.CIRC, 2, USART1 + 0x28, SOURCE)
    machine.clock.advance(block.CIRCULAR_PAUSE)
    assert uart_bytes(machine) == b"xy" * 4
    poke(usart, "CR3", 0)
    machine.clock.advance(10 * block.CIRCULAR_PAUSE)
    assert uart_bytes(machine) == b"xy" * 4


@pytest.mark.parametrize(("channel", "code"), [(1, 0), (7, 2)])
def test_a_request_without_a_model_is_reported_once(
    channel: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    dma, machine = make()
    del machine.peripherals["usart1"]
    poke(dma, "CSELR", code << 4 * (channel - 1))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            start(dma, channel, 0, 4, SOURCE, TARGET)
            dma.write(0x08 + CHANNEL_STRIDE * (channel - 1), 0, 4)
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
    poke(spi, "CR2", 0x0F00 | spi_block.CR2.RXDMAEN)
    poke(spi, "CR1", 0x344)
    spi.write(0x0C, 1, 2)
    assert left(dma, 1) == 3
    assert spi.lines["DMAReceive"].level


def test_reset_forgets_channels() -> None:
    dma, machine = make()
    start(dma, 1, block.CCR.MEM2MEM | block.CCR.TCIE, 1, SOURCE, TARGET)
    finish(machine, 1)
    start(dma, 2, block.CCR.MEM2MEM | block.CCR.TCIE, 1, SOURCE, TARGET)
    dma.reset()
    finish(machine, 1)
    assert peek(dma, "ISR") == 0
    assert not dma.lines[0].level


def test_connected_channels_survive_pickling() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    poke(usart, "CR1", usart_block.CR1.UE | usart_block.CR1.RE)
    poke(usart, "CR3", usart_block.CR3.DMAR)
    poke(dma, "CSELR", 2 << 16)
    start(dma, 5, block.CCR.MINC, 4, USART1 + 0x24, TARGET)
    copy, other = pickle.loads(pickle.dumps((dma, machine)))
    other.peripherals["usart1"].receive(0x41)
    other.clock.advance(10**9)
    assert other.bus.read(TARGET, 1) == 0x41
    assert (left(copy, 5), left(dma, 5)) == (3, 4)


def ccr(channel: int) -> int:
    return block.CCR.offset + CHANNEL_STRIDE * (channel - 1)


def test_a_copy_ends_when_its_bus_time_is_over() -> None:
    dma, machine = make()
    machine.set_cpu_frequency(80_000_000)
    items = 3 * block.BATCH + 1
    start(dma, 1, block.CCR.MEM2MEM | block.CCR.MINC, items, SOURCE, TARGET)
    took = items * block.ITEM_CYCLES * SECOND // 80_000_000
    machine.clock.advance(took - 100)
    assert not peek(dma, "ISR") & block.TCIF
    assert 0 < left(dma, 1) < items
    machine.clock.advance(100)
    assert peek(dma, "ISR") & block.TCIF


@pytest.mark.parametrize("nowhere", [NOWHERE, PRIVATE, 0xFFFFFFFC, *BIT_BAND_ALIASES])
@pytest.mark.parametrize("reads", [True, False])
def test_a_bus_error_is_the_channels_transfer_error(reads: bool, nowhere: int) -> None:
    """RM0351 section 11.4.7: the channel is disabled, and stays so until TEIF is cleared."""
    dma, machine = make()
    control = block.CCR.MEM2MEM | block.CCR.TEIE | size(WORDS, WORDS)
    peripheral, memory = (nowhere, TARGET) if reads else (SOURCE, nowhere)
    start(dma, 2, control, 4, peripheral, memory)
    finish(machine, 4)
    assert peek(dma, "ISR") == (block.GIF | block.TEIF) << 4
    assert dma.lines[1].level
    assert not dma.read(ccr(2), 4) & block.CCR.EN
    dma.write(ccr(2), control | block.CCR.EN, 4)
    assert not dma.read(ccr(2), 4) & block.CCR.EN
    poke(dma, "IFCR", block.TEIF << 4)
    dma.write(ccr(2), control | block.CCR.EN, 4)
    assert dma.read(ccr(2), 4) & block.CCR.EN


def test_a_bus_error_ends_a_transfer_on_request() -> None:
    dma, machine = make("dma1")
    usart = machine.peripherals["usart1"]
    poke(usart, "CR1", usart_block.CR1.UE | usart_block.CR1.RE)
    poke(usart, "CR3", usart_block.CR3.DMAR)
    poke(dma, "CSELR", 2 << 16)
    start(dma, 5, block.CCR.MINC, 4, USART1 + 0x24, NOWHERE)
    usart.receive(0x41)
    machine.clock.advance(SECOND)
    assert peek(dma, "ISR") >> 16 & block.TEIF


def test_count_and_addresses_of_an_enabled_channel_stay() -> None:
    dma, _ = make()
    start(dma, 1, block.CCR.MEM2MEM, 4, SOURCE, TARGET)
    for offset in (block.CNDTR.offset, block.CPAR.offset, block.CMAR.offset):
        before = dma.read(offset, 4)
        dma.write(offset, 0x1234, 4)
        assert dma.read(offset, 4) == before
    dma.write(block.CCR.offset, 0, 4)
    dma.write(block.CNDTR.offset, 0x1234, 4)
    assert left(dma, 1) == 0x1234


@pytest.mark.parametrize("register", [block.CCR.offset, block.CNDTR.offset, block.CPAR.offset])
def test_a_channel_that_writes_to_itself_lets_time_pass(register: int) -> None:
    """Without end, were there no bus time: each item enables the channel, or counts it up."""
    dma, machine = make()
    control = block.CCR.MEM2MEM | block.CCR.CIRC | block.CCR.EN | size(WORDS, WORDS)
    machine.bus.write(SOURCE, control, 4)
    start(dma, 1, control, 0xFFFF, SOURCE, DMA2 + register)
    machine.clock.advance(SECOND // 100)
    assert machine.clock.now == SECOND // 100
    assert dma.read(block.CCR.offset, 4) == control


def test_two_channels_that_start_each_other_let_time_pass() -> None:
    dma, machine = make()
    control = block.CCR.MEM2MEM | size(WORDS, WORDS) | block.CCR.MINC
    words = [0, 8, SOURCE, DMA2 + ccr(2), control | block.CCR.EN]
    for index, word in enumerate(words):
        machine.bus.write(SOURCE + 4 * index, word, 4)
    for channel, other in ((1, 2), (2, 1)):
        start(dma, channel, control | block.CCR.PINC, 5, SOURCE, DMA2 + ccr(other))
    machine.clock.advance(SECOND // 100)
    assert machine.clock.now == SECOND // 100


def test_addresses_are_taken_as_aligned_to_their_items() -> None:
    dma, machine = make()
    machine.bus.write(SOURCE, 0x11223344, 4)
    start(dma, 1, block.CCR.MEM2MEM | size(WORDS, WORDS), 1, SOURCE + 3, TARGET + 2)
    finish(machine, 1)
    assert machine.bus.read(TARGET, 4) == 0x11223344


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(range(0, 0xAC, 4)),
            st.one_of(
                st.integers(0, 0xFFFFFFFF),
                st.sampled_from([0x4FFF, 0x4CF1, DMA2, DMA2 + 8, SOURCE, NOWHERE]),
            ),
        ),
        max_size=30,
    )
)
def test_channels_withstand_any_registers(writes: list[tuple[int, int]]) -> None:
    dma, machine = make()
    for offset, value in writes:
        dma.write(offset, value, 4)
        machine.clock.advance(20_000)
    assert all(0 <= left(dma, channel) <= 0xFFFF for channel in range(1, 8))


class NoBlocks(STM32LDMA):
    def _move_block(self, channel: int) -> bool:
        return False


PLACES = st.sampled_from(
    [SOURCE, SOURCE + 2, SOURCE + 7, SOURCE + 40, TARGET, TARGET + 1, SPI3, NOWHERE - 8, DMA2]
)
CONTROLS = st.integers(0, 0xFFF).map(lambda bits: bits & 0xFF0 | block.CCR.MEM2MEM)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CONTROLS, st.sampled_from([1, 2, 3, 64, 300]), PLACES, PLACES), max_size=4)
)
def test_a_block_arrives_as_its_items_would(transfers: list[tuple[int, int, int, int]]) -> None:
    """RM0351 section 11.4: whichever way they move, memory and registers are the same."""
    outcomes = []
    for kind in (STM32LDMA, NoBlocks):
        _, machine = make()
        dma = kind(machine, "dma2")
        machine.peripherals["dma2"] = dma
        memory = machine.bus
        assert isinstance(memory, MappedBus)
        memory.write_bytes(SOURCE, bytes(range(256)))
        seen = []
        for control, count, peripheral, target in transfers:
            start(dma, 1, control, count, peripheral, target)
            for _ in range(3):
                finish(machine, 200)
                seen.append(list(dma.registers.values))
            dma.write(0x08, 0, 4)
            dma.write(0x04, 0xF, 4)
        outcomes.append((seen, memory.memory))
    assert outcomes[0] == outcomes[1]
