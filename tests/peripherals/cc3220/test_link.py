"""McSPI, uDMA and the DMA-done lines, as the SPI driver of TI's SDK uses them for the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220 import mcspi as block
from renode_wifi.peripherals.cc3220.apps_config import CC3220_APPS_CONFIG
from renode_wifi.peripherals.cc3220.mcspi import CC3220_McSPI
from renode_wifi.peripherals.cc3220.udma import SOFTWARE, CC3220_uDMA
from tests.peripherals.stm32l4.bench import peek, poke

LSPI = 0x4402_2000
TABLE, SOURCE, TARGET = 0x2000_0400, 0x2000_1000, 0x2000_3000
RECEIVE, SEND = 12, 13
CONF = block.CONF_RESET & ~(3 << 16) | 1 << 16 | 0xF80
WORDS = 32
NONE = 3
BOTH_FIFOS = block.CONF_FFEW | block.CONF_FFER


class Echo:
    """Answers each word with its complement, and keeps what it got."""

    def __init__(self) -> None:
        self.words: list[int] = []

    def exchange(self, word: int, bits: int) -> int:
        self.words.append(word)
        return ~word & ((1 << bits) - 1)


class Bus:
    """The bench's memory with LSPI in it. shown: as a model, so that bursts are possible."""

    def __init__(self, memory: Any, spi: CC3220_McSPI, shown: bool) -> None:
        self.memory = memory
        self.spi = spi
        self.shown = shown
        self.accesses = 0
        self.read_bytes = memory.read_bytes
        self.write_bytes = memory.write_bytes

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        memory: bool = self.memory.is_memory(address, length, written)
        return memory and address >> 12 != LSPI >> 12

    def model_at(self, address: int) -> tuple[CC3220_McSPI, int] | None:
        is_there = self.shown and address >> 12 == LSPI >> 12
        return (self.spi, address - LSPI) if is_there else None

    def read(self, address: int, width: int) -> int:
        self.accesses += 1
        if address >> 12 == LSPI >> 12:
            return self.spi.read(address - LSPI, width)
        value: int = self.memory.read(address, width)
        return value

    def write(self, address: int, value: int, width: int) -> None:
        self.accesses += 1
        if address >> 12 == LSPI >> 12:
            self.spi.write(address - LSPI, value, width)
        else:
            self.memory.write(address, value, width)


class Bench:
    def __init__(self, bursts: bool = True) -> None:
        self.machine = BenchMachine()
        self.memory = self.machine.bus
        self.spi = CC3220_McSPI(self.machine, "lspi")
        self.udma = CC3220_uDMA(self.machine, "udma")
        self.config = CC3220_APPS_CONFIG(self.machine, "appsConfig")
        self.echo = Echo()
        self.spi.attach(self.echo)
        self.bus = Bus(self.memory, self.spi, bursts)
        self.machine.bus = self.bus  # type: ignore[assignment]
        self.spi.lines[1].connect(self.udma, 4 * RECEIVE)
        self.spi.lines[2].connect(self.udma, 4 * SEND)
        self.udma.lines[4 * RECEIVE].connect(self.config, 4)
        self.udma.lines[4 * SEND].connect(self.config, 5)
        poke(self.spi, "MODULCTRL", block.MODULCTRL_SINGLE)
        poke(self.spi, "CH0CONF", CONF)
        poke(self.udma, "CFG", 1)
        poke(self.udma, "CTLBASE", TABLE)

    def entry(self, channel: int, source: int, target: int, control: int) -> None:
        for index, word in enumerate((source, target, control)):
            self.memory.write(TABLE + 16 * channel + 4 * index, word, 4)


def test_polled_words_go_out_and_come_back() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CTRL", 1)
    for word in (0, 0x12345678, 0xFFFFFFFF):
        assert peek(bench.spi, "CH0STAT") & 3 == block.STAT_TXS
        poke(bench.spi, "TX0", word)
        assert peek(bench.spi, "CH0STAT") & 3 == block.STAT_TXS | block.STAT_RXS
        assert peek(bench.spi, "RX0") == ~word & 0xFFFFFFFF
    assert bench.echo.words == [0, 0x12345678, 0xFFFFFFFF]


def test_chip_select_follows_force() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CONF", CONF | block.CONF_FORCE)
    assert bench.spi.lines[3].level
    poke(bench.spi, "CH0CONF", CONF)
    assert not bench.spi.lines[3].level


def test_a_disabled_channel_exchanges_nothing() -> None:
    bench = Bench()
    poke(bench.spi, "TX0", 5)
    assert not bench.echo.words
    assert not peek(bench.spi, "CH0STAT") & block.STAT_TXS
    poke(bench.spi, "CH0CTRL", 1)
    assert bench.echo.words == [5]
    assert peek(bench.spi, "RX0") == 0xFFFFFFFA


def test_a_full_receive_buffer_holds_back_what_follows() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CTRL", 1)
    poke(bench.spi, "TX0", 1)
    poke(bench.spi, "TX0", 2)
    assert bench.echo.words == [1]
    assert not peek(bench.spi, "CH0STAT") & block.STAT_TXS
    assert peek(bench.spi, "RX0") == 0xFFFFFFFE
    assert bench.echo.words == [1, 2]
    assert peek(bench.spi, "RX0") == 0xFFFFFFFD


@given(bits=st.integers(4, 32), word=st.integers(0, 0xFFFFFFFF))
def test_words_have_the_length_that_is_set(bits: int, word: int) -> None:
    bench = Bench()
    poke(bench.spi, "CH0CONF", CONF & ~0xF80 | (bits - 1) << 7)
    poke(bench.spi, "CH0CTRL", 1)
    poke(bench.spi, "TX0", word)
    assert bench.echo.words == [word & ((1 << bits) - 1)]
    assert peek(bench.spi, "RX0") == ~word & ((1 << bits) - 1)


def test_buffers_take_sixty_four_bytes() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CONF", CONF | block.CONF_FFER)
    poke(bench.spi, "CH0CTRL", 1)
    for word in range(17):
        poke(bench.spi, "TX0", word)
    assert bench.echo.words == list(range(16))
    assert peek(bench.spi, "CH0STAT") & block.STAT_RXFFF
    assert [peek(bench.spi, "RX0") for _ in range(17)] == [~w & 0xFFFFFFFF for w in range(17)]


def test_receiving_only_clocks_as_many_words_as_are_counted() -> None:
    bench = Bench()
    poke(bench.spi, "XFERLEVEL", 3 << 16)
    poke(bench.spi, "CH0CONF", CONF | 1 << block.CONF_TRM_SHIFT | block.CONF_FFER)
    poke(bench.spi, "CH0CTRL", 1)
    assert bench.echo.words == [0xFFFFFFFF] * 3
    assert peek(bench.spi, "IRQSTATUS") & block.IRQ_EOW


def test_sending_only_drops_what_comes_back() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CONF", CONF | 2 << block.CONF_TRM_SHIFT)
    poke(bench.spi, "CH0CTRL", 1)
    for word in (7, 8):
        poke(bench.spi, "TX0", word)
    assert bench.echo.words == [7, 8]
    assert not peek(bench.spi, "CH0STAT") & block.STAT_RXS


def test_interrupts_of_the_controller() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CTRL", 1)
    poke(bench.spi, "IRQENABLE", block.IRQ_RX_FULL)
    poke(bench.spi, "IRQSTATUS", 0x3000F)
    assert not bench.spi.lines[0].level
    poke(bench.spi, "TX0", 1)
    assert bench.spi.lines[0].level
    assert peek(bench.spi, "RX0") == 0xFFFFFFFE
    poke(bench.spi, "IRQSTATUS", 0x3000F)
    assert not bench.spi.lines[0].level


def test_reset_ends_everything() -> None:
    bench = Bench()
    poke(bench.spi, "CH0CTRL", 1)
    poke(bench.spi, "TX0", 1)
    poke(bench.spi, "SYSCONFIG", block.SYSCONFIG_SOFTRESET)
    assert peek(bench.spi, "SYSSTATUS") == 1
    assert not peek(bench.spi, "CH0STAT") & block.STAT_RXS
    assert peek(bench.spi, "CH0CTRL") == 0


def test_open_wire_reads_as_ones() -> None:
    spi = CC3220_McSPI(BenchMachine(), "gspi")
    poke(spi, "MODULCTRL", 0)
    poke(spi, "CH0CONF", CONF)
    poke(spi, "CH0CTRL", 1)
    poke(spi, "TX0", 3)
    assert peek(spi, "RX0") == 0xFFFFFFFF


def start_transfer(bench: Bench, count: int) -> None:
    """As the driver sets up a long transfer in both directions."""
    bench.entry(SEND, SOURCE + 4 * count - 1, LSPI + 0x138, 0xEA000001 | (count - 1) << 4)
    bench.entry(RECEIVE, LSPI + 0x13C, TARGET + 4 * count - 1, 0xAE000001 | (count - 1) << 4)
    poke(bench.spi, "CH0CONF", CONF | 0xC000)
    poke(bench.config, "DMA_DONE_INT_MASK_CLR", 1 << 4)
    poke(bench.udma, "ENASET", 1 << SEND)
    poke(bench.udma, "ENASET", 1 << RECEIVE)
    poke(bench.spi, "CH0CTRL", 1)


def test_a_transfer_by_dma_ends_with_the_interrupt_of_its_receiver() -> None:
    bench = Bench()
    words = [index * 0x01010101 & 0xFFFFFFFF for index in range(WORDS)]
    for index, word in enumerate(words):
        bench.memory.write(SOURCE + 4 * index, word, 4)
    start_transfer(bench, WORDS)
    assert bench.echo.words == words
    received = [bench.memory.read(TARGET + 4 * index, 4) for index in range(WORDS)]
    assert received == [~word & 0xFFFFFFFF for word in words]
    assert peek(bench.udma, "ENASET") == 0
    assert peek(bench.config, "DMA_DONE_INT_STS_RAW") == 0x30
    assert bench.config.lines[4].level
    assert not bench.config.lines[5].level
    assert bench.memory.read(TABLE + 16 * RECEIVE + 8, 4) & 0x3FF7 == 0
    poke(bench.config, "DMA_DONE_INT_ACK", 1 << 4)
    assert not bench.config.lines[4].level
    poke(bench.config, "DMA_DONE_INT_MASK_SET", 1 << 4)
    assert peek(bench.config, "DMA_DONE_INT_MASK") == 0xFFFF


def test_unused_direction_uses_one_word_without_moving_on() -> None:
    bench = Bench()
    bench.memory.write(SOURCE, 0xAA, 4)
    bench.entry(SEND, SOURCE, LSPI + 0x138, 0xEE000001 | (WORDS - 1) << 4)
    bench.entry(RECEIVE, LSPI + 0x13C, TARGET + 4 * WORDS - 1, 0xAE000001 | (WORDS - 1) << 4)
    poke(bench.spi, "CH0CONF", CONF | 0xC000)
    poke(bench.udma, "ENASET", 1 << SEND | 1 << RECEIVE)
    poke(bench.spi, "CH0CTRL", 1)
    assert bench.echo.words == [0xAA] * WORDS


@dataclass
class Transfer:
    """A transfer by DMA in both directions, as a guest may set it up.

    sent, received: items of `size` (0, 1 or 2: bytes, halfwords or words); steps: how the memory
    ends of the two move on, in the controller's code; bursts: the arbitration sizes.
    """

    sent: int
    received: int
    size: int = 2
    steps: tuple[int, int] = (2, 2)
    bursts: tuple[int, int] = (0, 0)
    prior: int = 0
    source: int = SOURCE
    target: int = TARGET
    counted: int = 0
    bits: int = 32
    fifos: int = 0
    level: int = 0
    interrupts: int = 0
    mode: int = 0
    others: int = 0


def end_of(start: int, step: int, items: int) -> int:
    return start if step == NONE else start + (items << step) - 1


def outcome(transfer: Transfer, bursts: bool) -> tuple[Bench, list[Any]]:
    """All that a guest can see of a transfer, and what decides how it goes on."""
    bench = Bench(bursts)
    spi, udma, config = bench.spi, bench.udma, bench.config
    for index in range(64):
        bench.memory.write(SOURCE + 4 * index, index * 0x08123457 & 0xFFFFFFFF, 4)
    size, (send_step, receive_step) = transfer.size, transfer.steps
    send_burst, receive_burst = transfer.bursts
    sizes = size << 28 | size << 24
    bench.entry(
        SEND,
        end_of(transfer.source, send_step, transfer.sent),
        LSPI + 0x138,
        NONE << 30 | send_step << 26 | sizes | send_burst << 14 | (transfer.sent - 1) << 4 | 1,
    )
    bench.entry(
        RECEIVE,
        LSPI + 0x13C,
        end_of(transfer.target, receive_step, transfer.received),
        receive_step << 30
        | NONE << 26
        | sizes
        | receive_burst << 14
        | (transfer.received - 1) << 4
        | 1,
    )
    conf = CONF & ~0xF80 | (transfer.bits - 1) << 7 | transfer.fifos
    conf |= transfer.mode << block.CONF_TRM_SHIFT | block.CONF_DMAR | block.CONF_DMAW
    poke(spi, "XFERLEVEL", transfer.counted << 16 | transfer.level << 8)
    poke(spi, "IRQENABLE", transfer.interrupts)
    poke(spi, "CH0CONF", conf)
    poke(udma, "PRIOSET", transfer.prior)
    poke(udma, "ENASET", 1 << SEND | 1 << RECEIVE | transfer.others)
    poke(spi, "CH0CTRL", 1)
    return bench, [
        sorted((address, byte) for address, byte in bench.memory.memory.items() if byte),
        bench.echo.words,
        [list(block.registers.values) for block in (spi, udma, config)],
        [line.level for block in (spi, udma, config) for _, line in sorted(block.lines.items())],
        (spi._sending, spi._received, spi._left),
    ]


@given(
    st.builds(
        Transfer,
        sent=st.integers(1, 40),
        received=st.integers(1, 40),
        size=st.sampled_from([2, 2, 2, 1, 0]),
        steps=st.tuples(st.sampled_from([2, 2, NONE, 0]), st.sampled_from([2, 2, NONE, 1])),
        bursts=st.sampled_from([(0, 0), (0, 0), (0, 3), (1, 0), (4, 4)]),
        prior=st.sampled_from([0, 0, 1 << SEND, 1 << RECEIVE]),
        source=st.sampled_from([SOURCE, SOURCE, SOURCE + 1, TARGET - 12]),
        target=st.sampled_from([TARGET, TARGET, TARGET + 2, LSPI + 0x180, TABLE + 16 * SEND]),
        counted=st.integers(0, 45),
        bits=st.sampled_from([32, 32, 31, 8]),
        fifos=st.sampled_from([0, block.CONF_FFEW, block.CONF_FFER, BOTH_FIFOS]),
        level=st.sampled_from([0, 3, 7]),
        interrupts=st.sampled_from([0, block.IRQ_RX_FULL, block.IRQ_EOW]),
        mode=st.sampled_from([0, 0, 0, 1, 2]),
        others=st.sampled_from([0, 1 << 8, 1 << 20]),
    )
)
@example(Transfer(40, 40))
@example(Transfer(40, 40, counted=40, fifos=BOTH_FIFOS))
@example(Transfer(40, 40, steps=(NONE, 2), interrupts=block.IRQ_RX_FULL))
@example(Transfer(40, 40, steps=(2, NONE), bits=24))
def test_a_burst_leaves_what_single_accesses_leave(transfer: Transfer) -> None:
    assert outcome(transfer, bursts=True)[1] == outcome(transfer, bursts=False)[1]


@pytest.mark.parametrize("steps", [(2, 2), (NONE, 2), (2, NONE)])
def test_a_transfer_in_words_goes_by_a_burst(steps: tuple[int, int]) -> None:
    singly, _ = outcome(Transfer(40, 40, steps=steps, fifos=BOTH_FIFOS), bursts=False)
    burst, _ = outcome(Transfer(40, 40, steps=steps, fifos=BOTH_FIFOS), bursts=True)
    assert singly.bus.accesses > 160
    # Both entries, a word before the burst and one behind it.
    assert burst.bus.accesses < 20


@pytest.mark.parametrize(
    "transfer",
    [
        Transfer(40, 40, source=TARGET - 12),
        Transfer(40, 40, target=SOURCE + 4),
        Transfer(40, 40, size=1, steps=(1, 1)),
        Transfer(40, 40, bursts=(1, 0)),
        Transfer(40, 40, prior=1 << SEND),
        Transfer(40, 40, source=SOURCE + 2),
    ],
    ids=["into what is sent", "from what is received", "halfwords", "pairs", "sender first", "odd"],
)
def test_words_that_depend_on_their_order_go_one_by_one(transfer: Transfer) -> None:
    singly, left = outcome(transfer, bursts=False)
    burst, also_left = outcome(transfer, bursts=True)
    assert burst.bus.accesses == singly.bus.accesses
    assert also_left == left


def test_trapped_memory_is_written_word_by_word() -> None:
    stores: list[int] = []
    bench = Bench()
    bench.memory.trap_writes(TARGET + 40, 8, lambda address, value, width: stores.append(address))
    start_transfer(bench, WORDS)
    assert stores == [TARGET + 40, TARGET + 44]


def software_channel(mode: int, count: int, arbitration: int = 0) -> Bench:
    bench = Bench()
    poke(bench.udma, "CHMAP", 3)
    bench.memory.write_bytes(SOURCE, bytes(range(64)))
    control = 0x00000000 | arbitration << 14 | (count - 1) << 4 | mode
    bench.entry(0, SOURCE + count - 1, TARGET + count - 1, control)
    poke(bench.udma, "ENASET", 1)
    return bench


def test_an_automatic_transfer_needs_one_request() -> None:
    bench = software_channel(2, 10)
    assert bench.memory.read_bytes(TARGET, 10) == bytes(10)
    poke(bench.udma, "SWREQ", 1)
    assert bench.memory.read_bytes(TARGET, 10) == bytes(range(10))
    assert bench.udma.lines[SOFTWARE].level
    poke(bench.udma, "CHIS", 1)
    assert not bench.udma.lines[SOFTWARE].level


def test_a_basic_transfer_needs_a_request_for_each_burst() -> None:
    bench = software_channel(1, 10, arbitration=2)
    poke(bench.udma, "SWREQ", 1)
    assert bench.memory.read_bytes(TARGET, 10) == bytes(range(4)) + bytes(6)
    poke(bench.udma, "SWREQ", 1)
    poke(bench.udma, "SWREQ", 1)
    assert bench.memory.read_bytes(TARGET, 10) == bytes(range(10))
    assert peek(bench.udma, "ENASET") == 0


def test_ping_pong_goes_on_with_the_other_entry() -> None:
    bench = Bench()
    done = Line()
    for alternate in (0, 1):
        bench.entry(
            8 + 32 * alternate,
            SOURCE + 4 * alternate + 3,
            TARGET + 4 * alternate + 3,
            3 << 4 | 3,
        )
    bench.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    poke(bench.udma, "ENASET", 1 << 8)
    done.connect(bench.udma, 32)
    for _ in range(4):
        done.set(True)
        done.set(False)
    assert bench.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(bench.udma, "ENASET") == 0
    assert peek(bench.udma, "CHIS") == 1 << 8


def test_a_list_of_tasks_in_memory() -> None:
    bench = Bench()
    poke(bench.udma, "CHMAP", 3)
    tasks = 0x2000_2000
    bench.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    for index in range(2):
        mode = 5 if index == 0 else 2
        words = (SOURCE + 4 * index + 3, TARGET + 4 * index + 3, 3 << 4 | mode, 0)
        for offset, word in enumerate(words):
            bench.memory.write(tasks + 16 * index + 4 * offset, word, 4)
    alternate = TABLE + 0x200
    # Each task is copied as four words onto the alternate entry.
    bench.entry(0, tasks + 28, alternate + 12, 0xAA008000 | 7 << 4 | 4)
    poke(bench.udma, "ENASET", 1)
    poke(bench.udma, "SWREQ", 1)
    assert bench.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(bench.udma, "ENASET") == 0
    assert peek(bench.udma, "ALTSET") == 0


def test_a_list_of_tasks_for_a_peripheral_waits_for_its_requests() -> None:
    bench = Bench()
    request = Line()
    request.connect(bench.udma, 32)
    tasks = 0x2000_2000
    bench.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    for index in range(2):
        mode = 7 if index == 0 else 1
        words = (SOURCE + 4 * index + 3, TARGET + 4 * index + 3, 2 << 14 | 3 << 4 | mode, 0)
        for offset, word in enumerate(words):
            bench.memory.write(tasks + 16 * index + 4 * offset, word, 4)
    bench.entry(8, tasks + 28, TABLE + 0x200 + 16 * 8 + 12, 0xAA008000 | 7 << 4 | 6)
    poke(bench.udma, "ENASET", 1 << 8)
    assert bench.memory.read_bytes(TARGET, 8) == bytes(8)
    request.pulse()
    assert bench.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(bench.udma, "ENASET") == 0


def test_registers_in_pairs_set_and_clear() -> None:
    bench = Bench()
    for name in ("USEBURST", "REQMASK", "ALT", "PRIO"):
        poke(bench.udma, f"{name}SET", 0x101)
        assert peek(bench.udma, f"{name}SET") == 0x101
        poke(bench.udma, f"{name}CLR", 0x001)
        assert peek(bench.udma, f"{name}SET") == 0x100
    poke(bench.udma, "ENASET", 4)
    poke(bench.udma, "ENACLR", 4)
    assert peek(bench.udma, "ENASET") == 0
    poke(bench.udma, "ERRCLR", 1)
    assert peek(bench.udma, "ALTBASE") == TABLE + 0x200


def test_a_masked_request_waits_and_a_prior_channel_goes_first() -> None:
    bench = Bench()
    order: list[int] = []

    class Listener:
        def on_gpio(self, number: int, level: bool) -> None:
            if level:
                order.append(number)

    for channel in (8, 9):
        bench.entry(channel, SOURCE, TARGET, 1)
        bench.udma.lines[4 * channel].connect(Listener(), channel)  # type: ignore[arg-type]
    poke(bench.udma, "REQMASKSET", 0x300)
    poke(bench.udma, "PRIOSET", 0x200)
    poke(bench.udma, "ENASET", 0x300)
    bench.udma.on_gpio(32, True)
    bench.udma.on_gpio(36, True)
    assert order == []
    poke(bench.udma, "REQMASKCLR", 0x300)
    assert order == [9, 8]
