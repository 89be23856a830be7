"""The uDMA controller: transfers of LSPI, bursts, modes, lists of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.cc3220 import mcspi as block
from renode_wifi.peripherals.cc3220.udma import SOFTWARE
from tests.peripherals.cc3220.rig import (
    BOTH_FIFOS,
    CONF,
    LSPI,
    NONE,
    RECEIVE,
    SEND,
    SOURCE,
    TABLE,
    TARGET,
    WORDS,
    Rig,
)
from tests.peripherals.stm32l4.rig import peek, poke


def start_transfer(rig: Rig, count: int) -> None:
    """As the driver sets up a long transfer in both directions."""
    rig.entry(SEND, SOURCE + 4 * count - 1, LSPI + 0x138, 0xEA000001 | (count - 1) << 4)
    rig.entry(RECEIVE, LSPI + 0x13C, TARGET + 4 * count - 1, 0xAE000001 | (count - 1) << 4)
    poke(rig.spi, "CH0CONF", CONF | 0xC000)
    poke(rig.config, "DMA_DONE_INT_MASK_CLR", 1 << 4)
    poke(rig.udma, "ENASET", 1 << SEND)
    poke(rig.udma, "ENASET", 1 << RECEIVE)
    poke(rig.spi, "CH0CTRL", 1)


def test_a_transfer_by_dma_ends_with_the_interrupt_of_its_receiver() -> None:
    rig = Rig()
    words = [index * 0x01010101 & 0xFFFFFFFF for index in range(WORDS)]
    for index, word in enumerate(words):
        rig.memory.write(SOURCE + 4 * index, word, 4)
    start_transfer(rig, WORDS)
    assert rig.echo.words == words
    received = [rig.memory.read(TARGET + 4 * index, 4) for index in range(WORDS)]
    assert received == [~word & 0xFFFFFFFF for word in words]
    assert peek(rig.udma, "ENASET") == 0
    assert peek(rig.config, "DMA_DONE_INT_STS_RAW") == 0x30
    assert rig.config.lines[4].level
    assert not rig.config.lines[5].level
    assert rig.memory.read(TABLE + 16 * RECEIVE + 8, 4) & 0x3FF7 == 0
    poke(rig.config, "DMA_DONE_INT_ACK", 1 << 4)
    assert not rig.config.lines[4].level
    poke(rig.config, "DMA_DONE_INT_MASK_SET", 1 << 4)
    assert peek(rig.config, "DMA_DONE_INT_MASK") == 0xFFFF


def test_unused_direction_uses_one_word_without_moving_on() -> None:
    rig = Rig()
    rig.memory.write(SOURCE, 0xAA, 4)
    rig.entry(SEND, SOURCE, LSPI + 0x138, 0xEE000001 | (WORDS - 1) << 4)
    rig.entry(RECEIVE, LSPI + 0x13C, TARGET + 4 * WORDS - 1, 0xAE000001 | (WORDS - 1) << 4)
    poke(rig.spi, "CH0CONF", CONF | 0xC000)
    poke(rig.udma, "ENASET", 1 << SEND | 1 << RECEIVE)
    poke(rig.spi, "CH0CTRL", 1)
    assert rig.echo.words == [0xAA] * WORDS


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


def outcome(transfer: Transfer, bursts: bool) -> tuple[Rig, list[Any]]:
    """All that a guest can see of a transfer, and what decides how and when it goes on."""
    rig = Rig(bursts)
    spi, udma, config = rig.spi, rig.udma, rig.config
    for index in range(64):
        rig.memory.write(SOURCE + 4 * index, index * 0x08123457 & 0xFFFFFFFF, 4)
    size, (send_step, receive_step) = transfer.size, transfer.steps
    send_burst, receive_burst = transfer.bursts
    sizes = size << 28 | size << 24
    rig.entry(
        SEND,
        end_of(transfer.source, send_step, transfer.sent),
        LSPI + 0x138,
        NONE << 30 | send_step << 26 | sizes | send_burst << 14 | (transfer.sent - 1) << 4 | 1,
    )
    rig.entry(
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
    conf |= transfer.mode << block.CH0CONF["TRM"].position | block.CH0CONF.DMAR | block.CH0CONF.DMAW
    poke(spi, "XFERLEVEL", transfer.counted << 16 | transfer.level << 8)
    poke(spi, "IRQENABLE", transfer.interrupts)
    poke(spi, "CH0CONF", conf)
    poke(udma, "PRIOSET", transfer.prior)
    poke(udma, "ENASET", 1 << SEND | 1 << RECEIVE | transfer.others)
    poke(spi, "CH0CTRL", 1)
    return rig, [
        sorted((address, byte) for address, byte in rig.memory.memory.items() if byte),
        rig.echo.words,
        [list(block.registers.values) for block in (spi, udma, config)],
        [line.level for block in (spi, udma, config) for _, line in sorted(block.lines.items())],
        (spi._sending, spi._received, spi._left),
        (udma._moved, rig.machine.clock.next_time),
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
        fifos=st.sampled_from([0, block.CH0CONF.FFEW, block.CH0CONF.FFER, BOTH_FIFOS]),
        level=st.sampled_from([0, 3, 7]),
        interrupts=st.sampled_from([0, block.IRQ_RX_FULL, block.IRQ_EOW]),
        mode=st.sampled_from([0, 0, 0, 1, 2]),
        others=st.sampled_from([0, 1 << 8, 1 << 20]),
    )
)
@example(Transfer(40, 40))
@example(Transfer(40, 40, counted=40, fifos=BOTH_FIFOS))
@example(Transfer(300, 300))
@example(Transfer(300, 300, fifos=BOTH_FIFOS))
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


def test_memory_with_a_store_handler_is_written_word_by_word() -> None:
    stores: list[int] = []
    rig = Rig()
    rig.memory.handle_writes(TARGET + 40, 8, lambda address, value, width: stores.append(address))
    start_transfer(rig, WORDS)
    assert stores == [TARGET + 40, TARGET + 44]


def software_channel(mode: int, count: int, arbitration: int = 0) -> Rig:
    rig = Rig()
    poke(rig.udma, "CHMAP", 3)
    rig.memory.write_bytes(SOURCE, bytes(range(64)))
    control = 0x00000000 | arbitration << 14 | (count - 1) << 4 | mode
    rig.entry(0, SOURCE + count - 1, TARGET + count - 1, control)
    poke(rig.udma, "ENASET", 1)
    return rig


def test_an_automatic_transfer_needs_one_request() -> None:
    rig = software_channel(2, 10)
    assert rig.memory.read_bytes(TARGET, 10) == bytes(10)
    poke(rig.udma, "SWREQ", 1)
    assert rig.memory.read_bytes(TARGET, 10) == bytes(range(10))
    assert rig.udma.lines[SOFTWARE].level
    poke(rig.udma, "CHIS", 1)
    assert not rig.udma.lines[SOFTWARE].level


def test_a_basic_transfer_needs_a_request_for_each_burst() -> None:
    rig = software_channel(1, 10, arbitration=2)
    poke(rig.udma, "SWREQ", 1)
    assert rig.memory.read_bytes(TARGET, 10) == bytes(range(4)) + bytes(6)
    poke(rig.udma, "SWREQ", 1)
    poke(rig.udma, "SWREQ", 1)
    assert rig.memory.read_bytes(TARGET, 10) == bytes(range(10))
    assert peek(rig.udma, "ENASET") == 0


def test_ping_pong_goes_on_with_the_other_entry() -> None:
    rig = Rig()
    done = Line()
    for alternate in (0, 1):
        rig.entry(
            8 + 32 * alternate,
            SOURCE + 4 * alternate + 3,
            TARGET + 4 * alternate + 3,
            3 << 4 | 3,
        )
    rig.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    poke(rig.udma, "ENASET", 1 << 8)
    done.connect(rig.udma, 32)
    for _ in range(4):
        done.set(True)
        done.set(False)
    assert rig.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(rig.udma, "ENASET") == 0
    assert peek(rig.udma, "CHIS") == 1 << 8


def test_a_list_of_tasks_in_memory() -> None:
    rig = Rig()
    poke(rig.udma, "CHMAP", 3)
    tasks = 0x2000_2000
    rig.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    for index in range(2):
        mode = 5 if index == 0 else 2
        words = (SOURCE + 4 * index + 3, TARGET + 4 * index + 3, 3 << 4 | mode, 0)
        for offset, word in enumerate(words):
            rig.memory.write(tasks + 16 * index + 4 * offset, word, 4)
    alternate = TABLE + 0x200
    # Each task is copied as four words onto the alternate entry.
    rig.entry(0, tasks + 28, alternate + 12, 0xAA008000 | 7 << 4 | 4)
    poke(rig.udma, "ENASET", 1)
    poke(rig.udma, "SWREQ", 1)
    assert rig.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(rig.udma, "ENASET") == 0
    assert peek(rig.udma, "ALTSET") == 0


def test_a_list_of_tasks_for_a_peripheral_waits_for_its_requests() -> None:
    rig = Rig()
    request = Line()
    request.connect(rig.udma, 32)
    tasks = 0x2000_2000
    rig.memory.write_bytes(SOURCE, bytes(range(1, 9)))
    for index in range(2):
        mode = 7 if index == 0 else 1
        words = (SOURCE + 4 * index + 3, TARGET + 4 * index + 3, 2 << 14 | 3 << 4 | mode, 0)
        for offset, word in enumerate(words):
            rig.memory.write(tasks + 16 * index + 4 * offset, word, 4)
    rig.entry(8, tasks + 28, TABLE + 0x200 + 16 * 8 + 12, 0xAA008000 | 7 << 4 | 6)
    poke(rig.udma, "ENASET", 1 << 8)
    assert rig.memory.read_bytes(TARGET, 8) == bytes(8)
    request.pulse()
    assert rig.memory.read_bytes(TARGET, 8) == bytes(range(1, 9))
    assert peek(rig.udma, "ENASET") == 0


WORD_BY_WORD = 0xAA000000
"""Source and destination go on by words."""


def test_a_list_that_writes_itself_anew_lets_time_pass() -> None:
    """Its only task is to restore the entry of the list."""
    rig = Rig()
    poke(rig.udma, "CHMAP", 3)
    task, copy = 0x2000_2000, 0x2000_3000
    own = (task + 12, TABLE + 0x200 + 12, WORD_BY_WORD | 2 << 14 | 3 << 4 | 4, 0)
    again = (copy + 12, TABLE + 12, WORD_BY_WORD | 3 << 4 | 5, 0)
    for place, words in ((TABLE, own), (copy, own), (task, again)):
        for index, word in enumerate(words):
            rig.memory.write(place + 4 * index, word, 4)
    poke(rig.udma, "ENASET", 1)
    poke(rig.udma, "SWREQ", 1)
    rig.machine.clock.advance(SECOND // 1000)
    assert rig.machine.clock.now == SECOND // 1000
    assert peek(rig.udma, "ENASET") == 1


def test_registers_in_pairs_set_and_clear() -> None:
    rig = Rig()
    for name in ("USEBURST", "REQMASK", "ALT", "PRIO"):
        poke(rig.udma, f"{name}SET", 0x101)
        assert peek(rig.udma, f"{name}SET") == 0x101
        poke(rig.udma, f"{name}CLR", 0x001)
        assert peek(rig.udma, f"{name}SET") == 0x100
    poke(rig.udma, "ENASET", 4)
    poke(rig.udma, "ENACLR", 4)
    assert peek(rig.udma, "ENASET") == 0
    poke(rig.udma, "ERRCLR", 1)
    assert peek(rig.udma, "ALTBASE") == TABLE + 0x200


def test_a_masked_request_waits_and_a_prior_channel_goes_first() -> None:
    rig = Rig()
    order: list[int] = []

    class Listener:
        def on_gpio(self, number: int, level: bool) -> None:
            if level:
                order.append(number)

    for channel in (8, 9):
        rig.entry(channel, SOURCE, TARGET, 1)
        rig.udma.lines[4 * channel].connect(Listener(), channel)  # type: ignore[arg-type]
    poke(rig.udma, "REQMASKSET", 0x300)
    poke(rig.udma, "PRIOSET", 0x200)
    poke(rig.udma, "ENASET", 0x300)
    rig.udma.on_gpio(32, True)
    rig.udma.on_gpio(36, True)
    assert order == []
    poke(rig.udma, "REQMASKCLR", 0x300)
    assert order == [9, 8]
