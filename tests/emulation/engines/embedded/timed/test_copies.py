"""Copies of DMA controllers that the core makes by itself: as if their models did."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.dma import STM32LDMA
from tests.emulation.engines.embedded.guest import ENABLE_IRQS, FLASH, RAM, Guest

DMA = 0x4002_0000
HERTZ = 80_000_000
TABLE, DATA = RAM + 0x1000, RAM + 0x2000
SIZE = 0x1000
"""Of the data, which is copied to and fro."""
PROGRAM = f"""
    .equ DMA, {DMA}
reset:
{ENABLE_IRQS}
    load r0, {TABLE}
1:  ldmia r0!, {{r1, r2, r3}}
    cbz r1, 3f
    str r2, [r1]
2:  subs r3, #1
    bne 2b
    b 1b
3:  get r4, DMA
    log_register r4
    mov r3, #100
4:  subs r3, #1
    bne 4b
    b 3b
irq1:
    get r4, DMA
    log_register r4
    put DMA + 4, 0x0F
    bx lr
irq2:
    get r4, DMA + 0x20
    log_register r4
    put DMA + 4, 0xE0
    bx lr
"""
Step = tuple[int, int, int]
"""Address, what is stored there, and a wait."""


class Copying:
    """A guest that sets up a controller as its table says."""

    def __init__(self, steps: list[Step], served: bool, interpret: bool = True) -> None:
        self.guest = guest = Guest(PROGRAM, cpu_frequency=HERTZ, interpret=interpret)
        machine = BenchMachine()
        machine.clock, machine.bus = guest.core.clock, guest.core.bus
        machine.cpu_frequency = HERTZ
        self.dma = STM32LDMA(machine, "dma1")
        for channel in (0, 1):
            self.dma.lines[channel].connect(guest.core.nvic, channel + 1)
        guest.core.map_peripheral(DMA, 0x400, self.dma)
        table = b"".join(struct.pack("<3I", *step) for step in steps)
        guest.core.bus.write_bytes(TABLE, table + bytes(12))
        guest.core.bus.write_bytes(DATA, bytes(i * 7 & 0xFF for i in range(SIZE)))
        if not served:
            guest.core.peripheral_map._bindings[id(self.dma)].copier = None

    def outcome(self) -> tuple[Any, ...]:
        rig, core = self.guest.rig, self.guest.core
        lines = [line.level for line in self.dma.lines.values()]
        data = core.bus.read_bytes(DATA, SIZE)
        return rig.log, rig.times, lines, list(self.dma.registers.values), data


def channel(number: int, register: int) -> int:
    return DMA + 0x08 + 0x14 * number + register


ADDRESSES = st.one_of(
    st.integers(DATA, DATA + SIZE - 0x400),
    st.sampled_from([DATA, DATA + 0x400, DATA + 0xC00, FLASH, 0x2200_0000, 0x6000_0000, DMA]),
)
CONTROLS = st.builds(
    lambda on, more, sizes, kind: on | more | sizes << 8 | kind,
    st.sampled_from([0, 1, 1, 1]),
    st.sampled_from([0, 2, 4, 6, 14]),
    st.sampled_from([0, 5, 10, 10, 10, 15, 2]),
    st.sampled_from([0x40C0, 0x40C0, 0x40C0, 0x40D0, 0x4080, 0x40E0, 0x00C0]),
)
NUMBERS = st.sampled_from([0, 0, 1])
WAITS = st.one_of(st.integers(1, 20), st.integers(1, 3000))
STEPS = st.one_of(
    st.tuples(st.builds(channel, NUMBERS, st.just(0)), CONTROLS, WAITS),
    st.tuples(st.builds(channel, NUMBERS, st.just(0)), st.just(0), WAITS),
    st.tuples(st.builds(channel, NUMBERS, st.just(4)), st.integers(0, 600), st.integers(1, 5)),
    st.tuples(st.builds(channel, NUMBERS, st.sampled_from([8, 12])), ADDRESSES, st.integers(1, 5)),
    st.tuples(st.just(DMA + 4), st.integers(0, 0xFFFF), WAITS),
)


def copy(number: int, items: int, source: int, target: int, control: int) -> list[Step]:
    return [
        (channel(number, 0), 0, 1),
        (channel(number, 4), items, 1),
        (channel(number, 8), target, 1),
        (channel(number, 12), source, 1),
        (channel(number, 0), control, 30),
    ]


WORDS = 0x4AD1
"""CCR: MEM2MEM, words, MINC, PINC, from the address of CMAR, EN."""
COPIES = st.builds(
    copy,
    NUMBERS,
    st.integers(0, 600),
    ADDRESSES,
    ADDRESSES,
    st.one_of(CONTROLS, st.sampled_from([WORDS, WORDS | 6, WORDS | 2])),
)
TABLES = st.lists(st.one_of(COPIES, st.lists(STEPS, max_size=4)), max_size=6).map(
    lambda parts: [step for part in parts for step in part]
)


@settings(max_examples=40, deadline=None)
@given(TABLES, st.lists(st.integers(1, 60_000), max_size=6), st.booleans())
def test_served_copies_show_in_nothing(
    steps: list[Step], slices: list[int], interpret: bool
) -> None:
    """Whoever copies, however the run is cut, saved and restored."""
    outcomes = []
    for served, cuts in ((False, []), (True, []), (True, slices)):
        copying = Copying(steps, served, interpret)
        core, end = copying.guest.core, 300_000
        for cut in cuts:
            core.run(min(core.now + cut, end))
            core.restore(core.save())
        core.run(end)
        outcomes.append(copying.outcome())
        core.close()
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]


@pytest.mark.parametrize("control", [WORDS, WORDS | 6])
def test_served_copies_need_no_model(control: int) -> None:
    first, second = (copy(0, items, DATA, DATA + 0x800, control) for items in (300, 64))
    copying = Copying([*first, (DMA + 4, 0, 2000), *second], True)
    core = copying.guest.core
    core.run(100_000)
    data = core.bus.read_bytes(DATA, SIZE)
    assert data[0x800:0x900] == data[:0x100]
    # The first one begins by asking the model for the bus's clock.
    assert core.peripheral_map._bindings[id(copying.dma)].record.python_accesses <= 2
