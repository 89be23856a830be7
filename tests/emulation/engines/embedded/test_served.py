"""Counters, CRC units and ports behind masks, served by the core, behave as the models do."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded import Core, native
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.gpio import CC2538_GPIO
from renode_wifi.peripherals.cc3220.mcspi import CC3220_McSPI
from renode_wifi.peripherals.cc3220.timer import CC3220_Timer
from renode_wifi.peripherals.stm32l4.crc import STM32_CRC
from renode_wifi.peripherals.stm32l4.rng import STM32L4_RNG
from renode_wifi.peripherals.stm32l4.rtc import STM32F4_RTC
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from tests.emulation.engines.embedded.test_pins import Lamp, Listener

BASE = 0x4000_0000
FLASH, RAM = 0x0800_0000, 0x2000_0000
HERTZ = 80_000_000
SLEEP = bytes.fromhex("00800020 09000008 30bffde7")
"""Stack pointer, reset vector; 1: WFI; B 1."""
STEP = 25
"""ns: two cycles."""


class Rig:
    """A model, on the bus of a core or called directly."""

    def __init__(self, kind: Any, served: bool, *arguments: Any, on_core: bool = False) -> None:
        self.machine = machine = BenchMachine()
        self.core = Core(cpu_frequency=HERTZ) if served or on_core else None
        self.listener = Listener()
        if self.core is not None:
            machine.clock = self.core.clock
        self.model = kind(machine, "model", *arguments)
        if self.core is not None:
            self.core.map_memory(FLASH, 0x1000, "flash", kind="flash")
            self.core.map_memory(RAM, 0x8000, "ram")
            self.core.bus.write_bytes(FLASH, SLEEP)
            self.core.map_peripheral(BASE, self.model.SIZE, self.model)
            self.core.vector_table = FLASH
            self.core.reset()
            if not served:
                self.record().counter_count = 0
                self.record().calendar = None

    def write(self, offset: int, value: int, width: int = 4) -> None:
        if self.core is None:
            self.model.write(offset, value, width)
        else:
            self.core.bus.write(BASE + offset, value, width)

    def read(self, offset: int, width: int = 4) -> int:
        if self.core is None:
            return int(self.model.read(offset, width))
        return self.core.bus.read(BASE + offset, width)

    def advance(self, steps: int) -> None:
        if self.core is None:
            self.machine.clock.advance(STEP * steps)
        else:
            self.core.run(self.core.now + STEP * steps)

    def record(self) -> native.ModelRecord:
        assert self.core is not None
        return self.core.peripheral_map._bindings[id(self.model)].record

    def python_accesses(self) -> int:
        return int(self.record().python_accesses)


# A periodic timer has an event every period: waits of a second would be 80 million of the shortest.
WAITS = st.one_of(st.integers(0, 100), st.integers(0, 4_000), st.integers(0, 20_000))


def check_alike(rigs: list[Rig], steps: list[tuple[Any, ...]], reads: tuple[int, ...]) -> None:
    """The same accesses and waits show the same in both rigs."""
    for step in steps:
        for rig in rigs:
            if len(step) == 1:
                rig.advance(*step)
            else:
                rig.write(*step)
        for offset in reads:
            assert rigs[1].read(offset) == rigs[0].read(offset), (step, hex(offset))
        assert [list(rig.model.registers.values) for rig in rigs[:1]] == [
            list(rig.model.registers.values) for rig in rigs[1:]
        ]


SMALL = st.one_of(st.integers(0, 40), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF))
TIM_STORES = st.one_of(
    st.tuples(st.just(0x00), st.sampled_from([0, 1, 1, 0x11, 0x21, 0x09, 0x81, 0x801])),
    st.tuples(st.sampled_from([0x24, 0x28, 0x2C, 0x2C, 0x34, 0x38]), SMALL),
    st.tuples(st.just(0x10), st.just(0)),
    st.tuples(st.just(0x14), st.just(1)),
    st.tuples(st.just(0x0C), st.integers(0, 3)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(TIM_STORES, st.tuples(WAITS)), max_size=25))
def test_a_timer_counts_alike_whoever_reads_it(steps: list[tuple[Any, ...]]) -> None:
    rigs = [Rig(STM32_Timer, served, HERTZ, 0xFFFF_FFFF, on_core=True) for served in (False, True)]
    check_alike(rigs, [(0x2C, 0xFFFF_FFFF), (0x00, 1), *steps], (0x24, 0x10, 0x24))


SHORT_WAITS = st.one_of(st.integers(0, 100), st.integers(0, 4000))
GPT_STORES = st.one_of(
    st.tuples(st.just(0x00), st.sampled_from([0, 4])),
    st.tuples(st.sampled_from([0x04, 0x08]), st.sampled_from([1, 2, 0x12, 0x11, 0x32])),
    st.tuples(st.just(0x0C), st.sampled_from([0, 1, 0x100, 0x101])),
    st.tuples(st.sampled_from([0x28, 0x2C, 0x30, 0x38, 0x3C, 0x50, 0x54]), SMALL),
    st.tuples(st.just(0x24), st.just(0xFFFF)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(GPT_STORES, st.tuples(SHORT_WAITS)), max_size=15))
def test_a_general_purpose_timer_counts_alike(steps: list[tuple[Any, ...]]) -> None:
    rigs = [Rig(CC3220_Timer, served, on_core=True) for served in (False, True)]
    begin = [(0x04, 2), (0x28, 0xFFFF_FFFF), (0x0C, 1)]
    check_alike(rigs, [*begin, *steps], (0x48, 0x4C, 0x1C, 0x50, 0x54))


@pytest.mark.parametrize(
    ("kind", "arguments", "begin", "count"),
    [
        (STM32_Timer, (HERTZ, 0xFFFF_FFFF), [(0x2C, 0xFFFF_FFFF), (0x00, 1)], 0x24),
        (CC3220_Timer, (), [(0x04, 2), (0x28, 0xFFFF_FFFF), (0x0C, 1)], 0x48),
    ],
)
def test_polling_a_counter_needs_no_model(
    kind: Any, arguments: tuple[Any, ...], begin: list[tuple[int, int]], count: int
) -> None:
    rig = Rig(kind, True, *arguments)
    for step in begin:
        rig.write(*step)
    counts = [rig.read(count)]
    before = rig.python_accesses()
    for _ in range(5):
        rig.advance(40)
        counts.append(rig.read(count))
    assert [abs(b - a) for a, b in itertools.pairwise(counts)] == [80] * 5
    assert rig.python_accesses() == before


def test_a_counter_follows_the_core_to_another_frequency() -> None:
    rig = Rig(STM32_Timer, True, HERTZ, 0xFFFF_FFFF)
    rig.write(0x2C, 0xFFFF_FFFF)
    rig.write(0x00, 1)
    first = rig.read(0x24)
    assert rig.core is not None
    rig.core.set_frequency(4_000_000)
    rig.core.run(rig.core.now + 1000)
    assert rig.read(0x24) - first == 80


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(0x00), st.sampled_from([0, 4, 4, 12])),
            st.sampled_from([(0x08, 4), (0x08, 4), (0x08, 2), (0x04, 4), "fail", "reset"]),
            st.just(70),
        ),
        max_size=20,
    )
)
@settings(max_examples=40, deadline=None)
def test_random_words_come_alike(steps: list[Any]) -> None:
    rigs = [Rig(STM32L4_RNG, served) for served in (False, True)]
    for step in steps:
        shown = []
        for rig in rigs:
            if step == "fail":
                rig.model.fail_seed()
            elif step == "reset":
                rig.model.reset()
            elif isinstance(step, int):
                shown.append([rig.read(0x08) for _ in range(step)])
            elif step[0] == 0:
                rig.write(*step)
            else:
                shown.append([rig.read(*step)])
        assert shown[:1] == shown[1:], step


def test_reading_random_words_needs_no_model() -> None:
    rig = Rig(STM32L4_RNG, True)
    rig.write(0x00, 4)
    before = rig.python_accesses()
    assert len({rig.read(0x08) for _ in range(130)}) == 130
    assert rig.python_accesses() == before + 3


CLOCK_STORES = st.one_of(
    st.tuples(st.just(0x08), st.sampled_from([0, 0x20, 0x40, 0x20000, 0x10000])),  # CR
    st.tuples(st.just(0x0C), st.sampled_from([0x80, 0])),  # ISR: INIT
    st.tuples(st.just(0x00), st.sampled_from([0x235959, 0x235930, 0x000000, 0x120101])),
    st.tuples(st.just(0x04), st.sampled_from([0x00E228, 0x00DC31, 0x99FC31])),
    st.tuples(st.just(0x10), st.sampled_from([0x7F00FF, 0x0000FF, 0x7F7FFF])),
    st.tuples(st.just(0x2C), st.sampled_from([0x80000010, 0x20])),
)
CLOCK_READS = st.lists(st.sampled_from([0x28, 0x00, 0x04]), min_size=1, max_size=4)
DURATIONS = st.sampled_from([0, 1, 1_000, 1_200_000, 40_000_000, 1_300_000_000])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(CLOCK_STORES, CLOCK_READS, st.tuples(DURATIONS)), max_size=25))
def test_a_clock_reads_alike_whoever_reads_it(steps: list[Any]) -> None:
    """RM0351 section 38.3.8: SSR and TR freeze the rest until DR is read, unless BYPSHAD is set."""
    rigs = [Rig(STM32F4_RTC, served, on_core=True) for served in (False, True)]
    begin = [(0x24, 0xCA), (0x24, 0x53), (0x0C, 0x80), (0x00, 0x235958), (0x0C, 0)]
    shown: list[list[int]] = []
    for step in [*begin, *steps]:
        for rig in rigs:
            if isinstance(step, list):
                shown.append([rig.read(offset) for offset in step])
            elif len(step) == 1:
                rig.advance(*step)
            else:
                rig.write(*step)
    assert shown[0::2] == shown[1::2]


def test_polling_a_clock_needs_no_model() -> None:
    rig = Rig(STM32F4_RTC, True)
    for offset, value in ((0x24, 0xCA), (0x24, 0x53), (0x0C, 0x80), (0x00, 0x235958), (0x0C, 0)):
        rig.write(offset, value)
    first = [rig.read(offset) for offset in (0x28, 0x00, 0x04)]
    before = rig.python_accesses()
    rig.advance(1_500_000_000 // STEP)
    assert [rig.read(offset) for offset in (0x28, 0x00, 0x04)] == [127, 0x235959, first[2]]
    assert rig.python_accesses() == before
    rig.advance(1_000_000_000 // STEP)
    assert [rig.read(offset) for offset in (0x28, 0x00)] == [127, 0]
    assert rig.read(0x04) & 0xFF == first[2] + 1 & 0xFF
    assert rig.python_accesses() > before


CRC_STORES = st.one_of(
    st.tuples(st.just(0x00), st.integers(0, 0xFFFF_FFFF), st.just(4)),
    st.tuples(st.just(0x00), st.integers(0, 0xFFFF), st.just(2)),
    st.tuples(st.just(0x00), st.integers(0, 0xFF), st.just(1)),
    st.tuples(st.just(0x08), st.integers(0, 0xFF), st.just(4)),
    st.tuples(st.sampled_from([0x10, 0x14]), st.integers(0, 0xFFFF_FFFF), st.just(4)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(CRC_STORES, max_size=25))
def test_a_crc_unit_is_fed_alike(steps: list[tuple[int, int, int]]) -> None:
    check_alike([Rig(STM32_CRC, served) for served in (False, True)], list(steps), (0x00,))


def test_feeding_a_crc_unit_needs_no_model() -> None:
    rig = Rig(STM32_CRC, True)
    before = rig.python_accesses()
    for byte in b"123456789":
        rig.write(0x00, byte, 1)
    assert rig.read(0x00) == 0x0376E6E7  # CRC-32/MPEG-2
    assert rig.python_accesses() == before


def port(served: bool) -> Rig:
    """A port with a listener at pin 0 and a lamp at pin 1."""
    rig = Rig(CC2538_GPIO, served)
    rig.model.lines[0].connect(rig.listener, 0)
    rig.model.lines[1].connect(Lamp(True), 1)
    rig.model.lines["IRQ"].connect(rig.listener, 99)
    if rig.core is not None:
        rig.core.wires_changed()
        rig.core.run(rig.core.now)
    return rig


BYTE = st.integers(0, 0xFF)
PORT_STORES = st.one_of(
    st.tuples(BYTE.map(lambda mask: 4 * mask), BYTE),
    st.tuples(BYTE.map(lambda mask: 4 * mask), BYTE),
    st.tuples(st.sampled_from([0x400, 0x404, 0x408, 0x40C, 0x410, 0x41C]), BYTE),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PORT_STORES, max_size=40), st.lists(st.tuples(st.integers(0, 7), st.booleans())))
def test_a_port_behind_masks_is_served_alike(
    steps: list[tuple[int, int]], drives: list[tuple[int, bool]]
) -> None:
    rigs = [port(served) for served in (False, True)]
    for rig in rigs:
        for drive in drives:
            rig.model.on_gpio(*drive)
        rig.write(0x400, 0x0F)
    for step in steps:
        check_alike(rigs, [step], (4 * 0xFF, 4 * 0x35, 0x414, 0x418))
        for levels in ([line.level for line in rig.model.lines.values()] for rig in rigs[:1]):
            assert levels == [line.level for line in rigs[1].model.lines.values()]
        assert rigs[0].listener.levels == rigs[1].listener.levels


def test_toggling_a_pin_behind_a_mask_needs_no_model() -> None:
    rig = port(True)
    rig.write(0x400, 2)
    before = rig.python_accesses()
    for level in (2, 0, 2):
        rig.write(4 * 2, level)
        assert rig.read(4 * 0xFF) == level
        assert rig.read(4 * 1) == 0
    assert rig.python_accesses() == before


SPI_SEND, SPI_RECEIVE, SPI_STATUS, SPI_EVENTS = 0x138, 0x13C, 0x130, 0x118
SPI_REGISTERS = (SPI_STATUS, SPI_EVENTS, SPI_SEND, 0x12C, 0x134, 0x17C)
SPI_MASTER = [(0x128, 1, 4), (0x12C, 7 << 7, 4), (0x134, 1, 4)]
SPI_STORES = st.one_of(
    st.tuples(st.just(SPI_SEND), st.integers(0, 0xFFFF_FFFF), st.sampled_from([1, 2, 4, 4])),
    st.tuples(
        st.just(0x12C),
        st.builds(
            lambda length, mode, more: length << 7 | mode << 12 | more,
            st.integers(3, 31),
            st.sampled_from([0, 0, 0, 1, 2]),
            st.sampled_from([0, 0, 1 << 20, 1 << 14, 1 << 15, 1 << 27, 1 << 28, 3 << 27]),
        ),
        st.just(4),
    ),
    st.tuples(st.just(0x134), st.sampled_from([0, 1, 1]), st.just(4)),
    st.tuples(st.just(0x17C), st.sampled_from([0, 1 << 16, 3 << 16, 0x0303]), st.just(4)),
    st.tuples(st.just(0x11C), st.sampled_from([0, 0, 0x5, 0x20000]), st.just(4)),
    st.tuples(st.just(SPI_EVENTS), st.integers(0, 0x3FFFF), st.just(4)),
    st.tuples(st.just(0x110), st.sampled_from([2, 0x15]), st.just(4)),
    st.tuples(st.just(0x128), st.sampled_from([1, 1, 5]), st.just(4)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(SPI_STORES, st.sampled_from([1, 2, 4, 4])), max_size=40))
@example([(SPI_SEND, 0, 1), (0x12C, 8 << 7, 4), 1])
def test_words_of_an_open_wire_come_alike(steps: list[Any]) -> None:
    rigs = [Rig(CC3220_McSPI, served) for served in (False, True)]
    for step in [*SPI_MASTER, *steps]:
        if isinstance(step, int):
            assert rigs[0].read(SPI_RECEIVE, step) == rigs[1].read(SPI_RECEIVE, step)
        else:
            check_alike(rigs, [step], SPI_REGISTERS)
        levels = [[line.level for line in rig.model.lines.values()] for rig in rigs]
        assert levels[0] == levels[1]


def test_polling_an_open_wire_needs_no_model() -> None:
    rig = Rig(CC3220_McSPI, True)
    for store in SPI_MASTER:
        rig.write(*store)
    before = rig.python_accesses()
    for word in range(3):
        assert rig.read(SPI_STATUS) & 3 == 2
        rig.write(SPI_SEND, word)
        assert rig.read(SPI_STATUS) & 1
        assert rig.read(SPI_RECEIVE) == 0xFF
    assert rig.python_accesses() == before
