"""The micro DMA controller on a bus with errors, and with entries that change themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.bus_master import BIT_BAND_ALIASES, PRIVATE, BusError
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import BenchBus, BenchMachine
from renode_wifi.peripherals.cc3220.udma import BATCH, ERROR, ITEM_TIME, CC3220_uDMA
from renode_wifi.peripherals.cc3220.udma_entry import (
    AUTO,
    BASIC,
    MEMORY_LIST,
    MEMORY_TASK,
    PING_PONG,
)
from tests.peripherals.stm32l4.rig import peek, poke

UDMA, TABLE, TASKS = 0x400F_F000, 0x2000_4000, 0x2000_8000
SOURCE, TARGET, NOWHERE = 0x2000_0000, 0x2000_1000, 0x6000_0000
FIXED = 0xCC00_0000
"""Neither end moves."""
WORDS = 0xAA00_0000
"""Of four bytes each; both ends move."""


class Bus(BenchBus):
    """Memory, the controller itself, and addresses at which nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.udma: CC3220_uDMA | None = None

    def read(self, address: int, width: int) -> int:
        if address >= NOWHERE:
            raise BusError(f"0x{address:08X}")
        if self.udma is not None and address & ~0xFFF == UDMA:
            return self.udma.read(address & 0xFFF, width)
        return super().read(address, width)

    def write(self, address: int, value: int, width: int) -> None:
        if address >= NOWHERE:
            raise BusError(f"0x{address:08X}")
        if self.udma is not None and address & ~0xFFF == UDMA:
            self.udma.write(address & 0xFFF, value, width)
        else:
            super().write(address, value, width)


class Rig:
    """All channels are software's."""

    def __init__(self) -> None:
        self.machine = BenchMachine()
        self.bus = Bus()
        self.machine.bus = self.bus
        self.udma = self.bus.udma = CC3220_uDMA(self.machine, "udma")
        for index in range(4):
            self.udma.write(0x510 + 4 * index, 0x33333333, 4)
        poke(self.udma, "CFG", 1)
        poke(self.udma, "CTLBASE", TABLE)

    def entry(self, channel: int, source: int, target: int, control: int) -> None:
        self.put(TABLE + 16 * channel, source, target, control)

    def put(self, address: int, *words: int) -> None:
        for index, word in enumerate(words):
            self.bus.write(address + 4 * index, word, 4)

    def start(self, channels: int) -> None:
        poke(self.udma, "ENASET", channels)
        poke(self.udma, "SWREQ", channels)


@pytest.mark.parametrize("nowhere", [NOWHERE, PRIVATE, 0xFFFF_FFFC, *BIT_BAND_ALIASES])
@pytest.mark.parametrize("reads", [True, False])
def test_a_bus_error_disables_the_channel_and_interrupts(reads: bool, nowhere: int) -> None:
    rig = Rig()
    source, target = (nowhere, TARGET) if reads else (SOURCE, nowhere)
    rig.entry(3, source, target, WORDS | AUTO)
    rig.start(1 << 3)
    assert peek(rig.udma, "ENASET") == 0
    assert peek(rig.udma, "ERRCLR") == 1
    assert rig.udma.lines[ERROR].level
    poke(rig.udma, "ERRCLR", 0)
    assert rig.udma.lines[ERROR].level
    poke(rig.udma, "ERRCLR", 1)
    assert peek(rig.udma, "ERRCLR") == 0
    assert not rig.udma.lines[ERROR].level


def test_other_channels_go_on_after_a_bus_error() -> None:
    rig = Rig()
    rig.bus.write(SOURCE, 0x55AA55AA, 4)
    rig.entry(3, NOWHERE, TARGET, WORDS | AUTO)
    rig.entry(4, SOURCE, TARGET, WORDS | AUTO)
    rig.start(3 << 3)
    assert rig.bus.read(TARGET, 4) == 0x55AA55AA
    assert peek(rig.udma, "ENASET") == 0


def test_a_table_where_nothing_is_is_a_bus_error() -> None:
    rig = Rig()
    poke(rig.udma, "CTLBASE", NOWHERE)
    rig.start(0xFFFFFFFF)
    assert peek(rig.udma, "ENASET") == 0
    assert peek(rig.udma, "ERRCLR") == 1


def test_an_entry_that_writes_itself_anew_lets_time_pass() -> None:
    """Its last item is the control word as it was: the transfer never ends."""
    rig = Rig()
    control = FIXED | 2 << 28 | 2 << 24 | 3 << 4 | MEMORY_TASK
    rig.bus.write(SOURCE, control, 4)
    rig.entry(0, SOURCE, TABLE + 8, control)
    rig.start(1)
    rig.machine.clock.advance(MILLISECOND)
    assert rig.machine.clock.now == MILLISECOND


def test_ping_pong_entries_that_arm_each_other_let_time_pass() -> None:
    rig = Rig()
    control = FIXED | 2 << 28 | 2 << 24 | PING_PONG
    rig.bus.write(SOURCE, control, 4)
    rig.entry(0, SOURCE, TABLE + 0x208, control)
    rig.entry(32, SOURCE, TABLE + 8, control)
    rig.entry(1, SOURCE, UDMA + 0x14, control)
    rig.bus.write(SOURCE + 4, 3, 4)
    rig.start(3)
    rig.machine.clock.advance(MILLISECOND)
    assert rig.machine.clock.now == MILLISECOND


def test_a_list_whose_task_restores_the_list_lets_time_pass() -> None:
    rig = Rig()
    alternate = TABLE + 0x200
    control = WORDS | 2 << 14 | 3 << 4 | MEMORY_LIST
    rig.bus.write(SOURCE, control, 4)
    rig.put(TASKS, SOURCE, TABLE + 8, FIXED | 2 << 28 | 2 << 24 | MEMORY_TASK, 0)
    rig.entry(0, TASKS + 12, alternate + 12, control)
    rig.start(1)
    rig.machine.clock.advance(MILLISECOND)
    assert rig.machine.clock.now == MILLISECOND
    assert peek(rig.udma, "ENASET") == 1


def test_more_than_a_batch_takes_bus_time() -> None:
    rig = Rig()
    for channel in range(3):
        rig.entry(channel, SOURCE, TARGET, FIXED | 1023 << 4 | AUTO)
    rig.start(7)
    assert peek(rig.udma, "ENASET") == 6
    rig.machine.clock.advance(3 * BATCH * ITEM_TIME)
    assert peek(rig.udma, "ENASET") == 0


def test_reset_forgets_a_transfer_under_way() -> None:
    rig = Rig()
    for channel in range(3):
        rig.entry(channel, SOURCE, TARGET, FIXED | 1023 << 4 | AUTO)
    rig.start(7)
    rig.udma.reset()
    rig.machine.clock.advance(MILLISECOND)
    assert peek(rig.udma, "CHIS") == 0


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["register", "entry"]),
            st.integers(0, 0xFFF),
            st.one_of(
                st.integers(0, 0xFFFFFFFF),
                st.sampled_from([1, UDMA + 0x14, TABLE + 8, SOURCE, NOWHERE, WORDS | AUTO]),
                st.sampled_from([FIXED | BASIC, WORDS | 3 << 4 | MEMORY_LIST]),
            ),
        ),
        max_size=40,
    )
)
def test_channels_withstand_any_registers_and_entries(
    writes: list[tuple[str, int, int]],
) -> None:
    rig = Rig()
    for what, place, value in writes:
        if what == "register":
            rig.udma.write(place & ~3, value, 4)
        else:
            rig.bus.write(TABLE + (place & 0x3FC), value, 4)
        rig.machine.clock.advance(20_000)
