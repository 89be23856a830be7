"""SPI: FIFOs against a plain queue, and the interrupt sequences that ST's HAL relies on."""

from __future__ import annotations

import logging
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import spi as block
from renode_wifi.peripherals.stm32l4 import spi_status
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from tests.peripherals.stm32l4.rig import Probe, peek, poke

MASTER = block.CR1.MSTR | block.CR1.SSM | block.CR1.SSI
ENABLED = MASTER | block.CR1.SPE
DR = block.DR_OFFSET


class Echo:
    """Answers each frame with its complement, and keeps what it got."""

    def __init__(self) -> None:
        self.frames: list[int] = []

    def exchange(self, frame: int, bits: int) -> int:
        self.frames.append(frame)
        return ~frame & ((1 << bits) - 1)


def make(bits: int = 16, control2: int = 0, control: int = ENABLED) -> tuple[STM32L4_SPI, Echo]:
    spi = STM32L4_SPI(BenchMachine(), "spi3")
    echo = Echo()
    spi.attach(echo)
    poke(spi, "CR2", control2 | (bits - 1) << block.CR2["DS"].position)
    poke(spi, "CR1", control)
    return spi, echo


def fill_levels(spi: STM32L4_SPI) -> tuple[int, int]:
    status = peek(spi, "SR")
    return status >> spi_status.FRLVL_SHIFT & 3, status >> spi_status.FTLVL_SHIFT & 3


class ReferenceQueue:
    """The receive side as the manual has it: bytes in, bytes out, four at most."""

    def __init__(self, bits: int, threshold: int) -> None:
        self.bits, self.threshold = bits, threshold
        self.fifo: list[int] = []
        self.pending: list[int] = []
        self.overrun = False

    def write(self, value: int, width: int) -> None:
        self.pending += [value >> (8 * index) & 0xFF for index in range(width)]
        size = 1 if self.bits <= 8 else 2
        while len(self.pending) >= size:
            frame = int.from_bytes(bytes(self.pending[:size]), "little") & ((1 << self.bits) - 1)
            del self.pending[:size]
            answer = ~frame & ((1 << self.bits) - 1)
            if len(self.fifo) + size > 4:
                self.overrun = True
            else:
                self.fifo += answer.to_bytes(size, "little")

    def read(self, width: int) -> int:
        self.overrun = False
        taken, self.fifo = self.fifo[:width], self.fifo[width:]
        return int.from_bytes(bytes(taken), "little")

    @property
    def status(self) -> int:
        ready = block.SR.RXNE if len(self.fifo) >= self.threshold else 0
        overrun = block.SR.OVR if self.overrun else 0
        levels = min(len(self.fifo), 3) << 9 | min(len(self.pending), 3) << 11
        return block.SR.TXE | ready | overrun | levels


ACCESSES = st.lists(
    st.tuples(st.sampled_from(["read", "write"]), st.sampled_from([1, 2]), st.integers(0, 0xFFFF)),
    max_size=40,
)


@given(bits=st.integers(4, 16), quarter=st.booleans(), accesses=ACCESSES)
def test_fifos_behave_like_a_queue_of_bytes(
    bits: int, quarter: bool, accesses: list[tuple[str, int, int]]
) -> None:
    spi, _ = make(bits, block.CR2.FRXTH if quarter else 0)
    reference = ReferenceQueue(bits, 1 if quarter else 2)
    for kind, width, value in accesses:
        if kind == "write":
            spi.write(DR, value & ((1 << 8 * width) - 1), width)
            reference.write(value & ((1 << 8 * width) - 1), width)
        else:
            assert spi.read(DR, width) == reference.read(width)
        assert peek(spi, "SR") == reference.status


def test_a_frame_goes_out_and_its_answer_comes_in_at_once() -> None:
    spi, echo = make()
    spi.write(DR, 0x1234, 2)
    assert echo.frames == [0x1234]
    assert peek(spi, "SR") == block.SR.TXE | block.SR.RXNE | 2 << spi_status.FRLVL_SHIFT
    assert spi.read(DR, 2) == 0xEDCB
    assert peek(spi, "SR") == block.SR.TXE


def test_eight_bit_reads_drain_half_a_frame_each() -> None:
    spi, _ = make()
    spi.write(DR, 0x0000, 2)
    spi.write(DR, 0xFF00, 2)
    levels = [fill_levels(spi)[0]]
    for _ in range(4):
        spi.read(DR, 1)
        levels.append(fill_levels(spi)[0])
    assert levels == [3, 3, 2, 1, 0]


def test_third_unread_frame_overruns_and_is_lost() -> None:
    spi, echo = make()
    for frame in (1, 2, 3):
        spi.write(DR, frame, 2)
    assert peek(spi, "SR") & block.SR.OVR
    assert echo.frames == [1, 2, 3]
    assert [spi.read(DR, 2) for _ in range(3)] == [0xFFFE, 0xFFFD, 0]
    assert not peek(spi, "SR") & block.SR.OVR


def test_frames_wait_in_the_fifo_until_the_block_is_enabled() -> None:
    spi, echo = make(control=MASTER)
    spi.write(DR, 0xAAAA, 2)
    assert fill_levels(spi)[1] == 2
    assert peek(spi, "SR") & block.SR.TXE
    spi.write(DR, 0xBBBB, 2)
    assert not peek(spi, "SR") & block.SR.TXE
    spi.write(DR, 0xCCCC, 2)
    assert echo.frames == []
    poke(spi, "CR1", ENABLED)
    assert echo.frames == [0xAAAA, 0xBBBB]
    assert fill_levels(spi) == (3, 0)


def test_a_halfword_carries_two_eight_bit_frames_low_byte_first() -> None:
    spi, echo = make(8, block.CR2.FRXTH)
    spi.write(DR, 0x2211, 2)
    assert echo.frames == [0x11, 0x22]
    assert spi.read(DR, 2) == 0xDDEE


def test_least_significant_bit_first_turns_frames_around() -> None:
    spi, echo = make(8, block.CR2.FRXTH, ENABLED | block.CR1.LSBFIRST)
    spi.write(DR, 0x01, 1)
    assert echo.frames == [0x80]
    assert spi.read(DR, 1) == 0xFE


def test_an_open_wire_reads_ones() -> None:
    spi = STM32L4_SPI(BenchMachine(), "spi1")
    poke(spi, "CR2", 0x0700 | block.CR2.FRXTH)
    poke(spi, "CR1", ENABLED)
    spi.write(DR, 0x00, 1)
    assert spi.read(DR, 1) == 0xFF


@pytest.mark.parametrize("size", [0, 1, 2])
def test_unused_frame_sizes_become_eight_bits(size: int) -> None:
    spi, _ = make()
    poke(spi, "CR2", size << block.CR2["DS"].position)
    assert peek(spi, "CR2") >> block.CR2["DS"].position & 0xF == 7


def test_interrupt_is_the_level_of_enabled_flags() -> None:
    spi, _ = make()
    probe = Probe()
    spi.lines["IRQ"].connect(probe, 51)
    poke(spi, "CR2", 0x0F00 | block.CR2.TXEIE)
    poke(spi, "CR2", 0x0F00 | block.CR2.RXNEIE)
    spi.write(DR, 1, 2)
    spi.read(DR, 2)
    poke(spi, "CR2", 0x0F00 | block.CR2.ERRIE)
    for frame in range(3):
        spi.write(DR, frame, 2)
    spi.read(DR, 2)
    assert [level for _, level in probe.levels] == [True, False] * 3


@given(st.lists(st.sampled_from(["write", "read", "enables"]), max_size=30), st.data())
def test_interrupt_never_disagrees_with_status_and_enables(
    steps: list[str], data: st.DataObject
) -> None:
    spi, _ = make()
    for step in steps:
        if step == "write":
            spi.write(DR, 0x55AA, data.draw(st.sampled_from([1, 2])))
        elif step == "read":
            spi.read(DR, data.draw(st.sampled_from([1, 2])))
        else:
            poke(spi, "CR2", 0x0F00 | data.draw(st.integers(0, 7)) << 5)
        enables = peek(spi, "CR2") >> 5 & 7
        expected = peek(spi, "SR") & spi_status.INTERRUPTS[enables] != 0
        assert spi.lines["IRQ"].level == expected


def test_hal_transmit_by_interrupt_ends_with_both_fifos_empty() -> None:
    """`HAL_SPI_Transmit_IT`: words from TXE only, then flush by bytes, then DR and SR for OVR."""
    spi, echo = make()
    sent = list(range(100, 110))
    poke(spi, "CR2", 0x0F00 | block.CR2.TXEIE | block.CR2.ERRIE)
    for word in sent:
        assert spi.lines["IRQ"].level
        spi.write(DR, word, 2)
    poke(spi, "CR2", 0x0F00)
    assert not spi.lines["IRQ"].level
    assert peek(spi, "SR") & block.SR.OVR
    while peek(spi, "SR") >> spi_status.FRLVL_SHIFT & 3:
        spi.read(DR, 1)
    peek(spi, "DR", 2)
    assert peek(spi, "SR") == block.SR.TXE
    assert echo.frames == sent
    # A receive of one word that starts now is not disturbed.
    poke(spi, "CR2", 0x0F00 | block.CR2.TXEIE | block.CR2.RXNEIE | block.CR2.ERRIE)
    spi.write(DR, 0, 2)
    assert peek(spi, "SR") & (block.SR.RXNE | block.SR.OVR) == block.SR.RXNE
    assert spi.read(DR, 2) == 0xFFFF


def test_software_chip_select_low_is_a_mode_fault() -> None:
    spi, echo = make(control2=block.CR2.ERRIE, control=block.CR1.MSTR | block.CR1.SSM)
    assert not peek(spi, "SR") & block.SR.MODF
    poke(spi, "CR1", block.CR1.MSTR | block.CR1.SSM | block.CR1.SPE)
    assert peek(spi, "SR") & block.SR.MODF
    assert spi.lines["IRQ"].level
    assert peek(spi, "CR1") & (block.CR1.MSTR | block.CR1.SPE) == 0
    spi.write(DR, 1, 2)
    assert echo.frames == []
    poke(spi, "CR1", ENABLED)
    assert not peek(spi, "SR") & block.SR.MODF
    assert echo.frames == [1]


def test_a_slave_sends_nothing_by_itself() -> None:
    spi, echo = make(control=block.CR1.SPE)
    spi.write(DR, 7, 2)
    assert echo.frames == []


def test_receive_only_master_stays_one_frame_ahead() -> None:
    spi, echo = make(control=ENABLED | block.CR1.RXONLY)
    assert echo.frames == [0]
    assert spi.read(DR, 2) == 0xFFFF
    assert echo.frames == [0, 0]
    poke(spi, "CR1", MASTER)
    assert spi.read(DR, 2) == 0xFFFF
    assert echo.frames == [0, 0]
    assert not peek(spi, "SR") & block.SR.RXNE


@pytest.mark.parametrize(("output", "expected"), [(True, [0x1234]), (False, [0])])
def test_half_duplex_either_sends_or_receives(output: bool, expected: list[int]) -> None:
    direction = block.CR1.BIDIMODE | (block.CR1.BIDIOE if output else 0)
    spi, echo = make(control=ENABLED | direction)
    spi.write(DR, 0x1234, 2)
    assert echo.frames == expected
    assert bool(peek(spi, "SR") & block.SR.RXNE) is not output


def test_crc_error_clears_by_writing_zero() -> None:
    spi, _ = make()
    spi.port.state[block.PORT_ERRORS] = block.SR.CRCERR
    spi._publish()
    assert peek(spi, "SR") & block.SR.CRCERR
    poke(spi, "SR", 0)
    assert not peek(spi, "SR") & block.SR.CRCERR


def test_asking_for_crc_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    spi, _ = make()
    with caplog.at_level(logging.WARNING):
        poke(spi, "CR1", ENABLED | block.CR1.CRCEN)
        poke(spi, "CR1", ENABLED | block.CR1.CRCEN)
    assert [record.getMessage() for record in caplog.records] == [
        "spi3: CRC calculation isn't modelled"
    ]


def test_dma_requests_follow_the_fifos() -> None:
    spi, _ = make(control2=block.CR2.RXDMAEN | block.CR2.TXDMAEN)
    assert spi.lines["DMASend"].level
    assert not spi.lines["DMAReceive"].level
    spi.write(DR, 5, 2)
    assert spi.lines["DMAReceive"].level
    spi.read(DR, 2)
    assert not spi.lines["DMAReceive"].level
    poke(spi, "CR1", MASTER)
    assert not spi.lines["DMASend"].level


def test_reset_forgets_frames_and_settings() -> None:
    spi, _ = make()
    spi.write(DR, 1, 2)
    spi.write(DR, 1, 1)
    spi.reset()
    assert (peek(spi, "CR1"), peek(spi, "CR2"), peek(spi, "SR")) == (0, 0x0700, block.SR.TXE)


def test_state_survives_pickling() -> None:
    spi, _ = make()
    spi.write(DR, 0x00FF, 2)
    copy = pickle.loads(pickle.dumps(spi))
    assert copy.read(DR, 2) == 0xFF00
    copy.write(DR, 0x0001, 2)
    assert peek(copy, "SR") & block.SR.RXNE
    assert peek(spi, "SR") & block.SR.RXNE
    assert spi.read(DR, 2) == 0xFF00


def test_data_register_is_never_served_without_the_model() -> None:
    spi, _ = make()
    assert DR // 4 not in spi.registers.plain_words()
    assert block.SR_WORD in spi.registers.plain_words()
    assert set(spi.registers.storage_words()) == {0x10 // 4, 0x14 // 4, 0x18 // 4}


@pytest.mark.parametrize(("name", "divider", "expected"), [("spi3", 1, 100), ("spi1", 0, 25)])
def test_the_clock_is_the_buss_divided(name: str, divider: int, expected: int) -> None:
    machine = BenchMachine()
    machine.peripherals["rcc"] = SimpleNamespace(
        apb1_hz=lambda: 40_000_000, apb2_hz=lambda: 80_000_000
    )
    spi = STM32L4_SPI(machine, name)
    poke(spi, "CR1", ENABLED | divider << 3 | block.CR1.CPOL)
    assert spi.bit_time() == expected
    assert spi.mode() == 2


class Buses:
    def apb1_hz(self) -> int:
        return 40_000_000


class Frames(Echo):
    exchanges_at_once = True


def timed(control: int = 0, control2: int = 0, bits: int = 8, device: type[Echo] = Echo) -> Any:
    """SPI3 at 40 MHz divided by 16: 400 ns per bit."""
    machine = BenchMachine()
    machine.peripherals["rcc"] = Buses()
    spi = STM32L4_SPI(machine, "spi3")
    spi.attach(device())
    poke(spi, "CR2", block.CR2.FRXTH | control2 | (bits - 1) << block.CR2["DS"].position)
    poke(spi, "CR1", ENABLED | 3 << block.CR1["BR"].position | control)
    return spi, machine.clock


def test_a_frame_takes_its_bits_at_the_divided_clock() -> None:
    spi, clock = timed()
    spi.write(DR, 0x12, 1)
    assert peek(spi, "SR") & (block.SR.BSY | block.SR.TXE | block.SR.RXNE) == 0x82
    clock.advance(8 * 400 - 1)
    assert not peek(spi, "SR") & block.SR.RXNE
    clock.advance(1)
    assert peek(spi, "SR") & (block.SR.BSY | block.SR.RXNE) == block.SR.RXNE
    assert spi.read(DR, 1) == 0xED


def test_frames_follow_one_another_from_the_fifo() -> None:
    spi, clock = timed(bits=16)
    for frame in (1, 2, 3):
        spi.write(DR, frame, 2)
    assert fill_levels(spi) == (0, 3)
    assert not peek(spi, "SR") & block.SR.TXE
    clock.advance(2 * 16 * 400)
    assert fill_levels(spi) == (3, 0)
    assert peek(spi, "SR") & block.SR.BSY
    assert [spi.read(DR, 2) for _ in range(2)] == [0xFFFE, 0xFFFD]
    clock.advance(16 * 400)
    assert spi.read(DR, 2) == 0xFFFC
    assert peek(spi, "SR") == block.SR.TXE


def test_a_frame_under_way_ends_although_the_block_is_disabled() -> None:
    spi, clock = timed()
    spi.write(DR, 0x55, 2)
    poke(spi, "CR1", MASTER)
    clock.advance(1_000_000)
    assert fill_levels(spi) == (1, 1)
    assert not peek(spi, "SR") & block.SR.BSY


def test_reset_ends_a_frame_under_way() -> None:
    spi, clock = timed()
    spi.write(DR, 0x55, 1)
    spi.reset()
    clock.advance(1_000_000)
    assert peek(spi, "SR") == block.SR.TXE


def test_a_receive_only_master_takes_a_frame_s_time_for_each() -> None:
    spi, clock = timed(block.CR1.RXONLY)
    for _ in range(3):
        assert not peek(spi, "SR") & block.SR.RXNE
        clock.advance(8 * 400)
        assert spi.read(DR, 1) == 0xFF


@pytest.mark.parametrize(
    ("bits", "divider", "dma", "device", "at_once"),
    [
        (8, 1, 0, Echo, True),
        (8, 2, 0, Echo, False),
        (8, 0, block.CR2.RXDMAEN, Echo, False),
        (16, 0, 0, Echo, True),
        (16, 3, 0, Frames, True),
        (8, 3, 0, Frames, False),
    ],
)
def test_what_the_cpu_is_not_faster_than_takes_no_time(
    bits: int, divider: int, dma: int, device: type[Echo], at_once: bool
) -> None:
    spi, _ = timed(0, dma, bits, device)
    poke(spi, "CR1", ENABLED | divider << block.CR1["BR"].position)
    spi.write(DR, 0, 1 if bits == 8 else 2)
    assert bool(peek(spi, "SR") & block.SR.RXNE) is at_once


def test_words_take_their_time_by_choice() -> None:
    spi, clock = timed(0, 0, 16, Frames)
    spi.timed_words = True
    poke(spi, "CR1", ENABLED | 3 << block.CR1["BR"].position)
    spi.write(DR, 0, 2)
    assert not peek(spi, "SR") & block.SR.RXNE
    clock.advance(16 * 400)
    assert peek(spi, "SR") & block.SR.RXNE


def test_a_frame_under_way_survives_pickling() -> None:
    spi, _ = timed()
    spi.write(DR, 0x12, 1)
    copy = pickle.loads(pickle.dumps(spi))
    copy.machine.clock.advance(8 * 400)
    assert copy.read(DR, 1) == 0xED
