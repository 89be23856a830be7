"""ARCM, GPRCM, OCP_SHARED, COMMON_REG and the HIB domain: clocks, resets, sleep, the other core."""

from __future__ import annotations

from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.counter import (
    COUNTER_FIRST,
    COUNTER_HERTZ,
    COUNTER_REMAINDER,
    COUNTER_ROOM,
    COUNTER_SCALE,
    COUNTER_TIME,
    COUNTER_VALID,
    Counter,
)
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.arcm import CC3220_ARCM, PERIPHERALS
from renode_wifi.peripherals.cc3220.common_reg import CC3220_COMMON_REG
from renode_wifi.peripherals.cc3220.gprcm import CC3220_GPRCM
from renode_wifi.peripherals.cc3220.hib1p2 import CC3220_HIB1P2
from renode_wifi.peripherals.cc3220.hib3p3 import CC3220_HIB3P3
from renode_wifi.peripherals.cc3220.ocp_shared import CC3220_OCP_SHARED
from renode_wifi.peripherals.cc3220.rom_port import CC3220_ROMPort
from tests.peripherals.stm32l4.rig import peek, poke


class Counted:
    def __init__(self) -> None:
        self.resets = 0

    def reset(self) -> None:
        self.resets += 1


def restart(machine: BenchMachine, cause: str, *models: Any) -> None:
    machine.reset_cause = cause
    for model in models:
        model.reset()


@pytest.mark.parametrize("name", [row[0] for row in PERIPHERALS])
def test_a_peripheral_is_ready_while_clocked_and_out_of_reset(name: str) -> None:
    arcm = CC3220_ARCM(BenchMachine(), "arcm")
    assert not peek(arcm, f"{name}_SOFT_RESET") & 2
    poke(arcm, f"{name}_CLK_GATING", 0x101)
    assert peek(arcm, f"{name}_SOFT_RESET") == 2
    poke(arcm, f"{name}_SOFT_RESET", 1)
    assert peek(arcm, f"{name}_SOFT_RESET") == 1
    poke(arcm, f"{name}_SOFT_RESET", 0)
    assert peek(arcm, f"{name}_SOFT_RESET") == 2
    poke(arcm, f"{name}_CLK_GATING", 0)
    assert peek(arcm, f"{name}_SOFT_RESET") == 0


def test_soft_reset_resets_the_model_once() -> None:
    machine = BenchMachine()
    machine.peripherals["udma"] = udma = Counted()
    arcm = CC3220_ARCM(machine, "arcm")
    poke(arcm, "UDMA_A_SOFT_RESET", 1)
    poke(arcm, "UDMA_A_SOFT_RESET", 1)
    poke(arcm, "UDMA_A_SOFT_RESET", 0)
    assert udma.resets == 1


def test_wake_starts_the_network_processor_unless_it_is_stopped() -> None:
    machine = BenchMachine()
    arcm, shared = CC3220_ARCM(machine, "arcm"), CC3220_OCP_SHARED(machine, "ocpShared")
    arcm.lines[1].connect(shared, 0)
    poke(shared, "SPARE_REG_5", 2)
    poke(arcm, "APPS_TO_NWP_WAKE_REQUEST", 1)
    assert not shared.lines[0].level
    poke(shared, "SPARE_REG_5", 0)
    assert not shared.lines[0].level
    poke(arcm, "APPS_TO_NWP_WAKE_REQUEST", 1)
    assert shared.lines[0].level
    restart(machine, "software", shared)
    assert shared.lines[0].level
    poke(shared, "SPARE_REG_5", 0x3E)
    assert not shared.lines[0].level


def test_full_reset_stops_the_network_processor() -> None:
    machine = BenchMachine()
    shared = CC3220_OCP_SHARED(machine, "ocpShared")
    shared.on_gpio(0, True)
    restart(machine, "pin", shared)
    assert not shared.lines[0].level


def test_network_interrupt_is_a_level_behind_a_mask() -> None:
    common = CC3220_COMMON_REG(BenchMachine(), "commonReg")
    common.on_gpio(0, True)
    assert not common.lines[0].level
    assert peek(common, "NW_INT_STS_RAW") == 1
    poke(common, "NW_INT_MASK_CLR", 1)
    assert common.lines[0].level
    assert peek(common, "NW_INT_STS_MASKED") == 1
    poke(common, "NW_INT_MASK_SET", 1)
    assert not common.lines[0].level
    poke(common, "NW_INT_MASK", 0)
    common.on_gpio(0, False)
    assert not common.lines[0].level


@pytest.mark.parametrize("cause", ["lpds-enter", "lpds", "mcu", "pin"])
def test_the_mask_of_the_network_interrupt_outlives_lpds_only(cause: str) -> None:
    machine = BenchMachine()
    block = CC3220_COMMON_REG(machine, "commonReg")
    poke(block, "NW_INT_MASK_CLR", 1)
    poke(block, "APPS_GPIO_TRIG_EN", 5)
    block.on_gpio(0, True)
    machine.reset_cause = cause
    block.reset()
    kept = cause.startswith("lpds")
    assert peek(block, "NW_INT_MASK") == (0xFFFF_FFFE if kept else 0xFFFF_FFFF)
    assert peek(block, "APPS_GPIO_TRIG_EN") == (5 if kept else 0)
    assert block.lines[0].level == kept


def test_request_to_stop_is_taken_note_of() -> None:
    common = CC3220_COMMON_REG(BenchMachine(), "commonReg")
    poke(common, "APPS_INT_TRIG", 1)
    assert peek(common, "APPS_INT_STS_RAW") == 1
    assert peek(common, "APPS_INT_STS_MASKED") == 0
    poke(common, "APPS_INT_MASK_CLR", 1)
    assert peek(common, "APPS_INT_STS_MASKED") == 1
    poke(common, "APPS_INT_MASK_SET", 1)
    poke(common, "APPS_INT_STS_CLR", 1)
    assert peek(common, "APPS_INT_STS_RAW") == 0


@pytest.mark.parametrize(
    ("cause", "number"),
    [("pin", 0), ("lpds", 1), ("software", 3), ("mcu", 4), ("wdt", 5), ("soc", 6), ("other", 3)],
)
def test_reset_causes(cause: str, number: int) -> None:
    machine = BenchMachine()
    gprcm = CC3220_GPRCM(machine, "gprcm")
    restart(machine, cause, gprcm)
    assert peek(gprcm, "APPS_RESET_CAUSE") == number


@pytest.mark.parametrize(
    ("register", "value", "cause"),
    [
        ("APPS_SOFT_RESET", 1, "software"),
        ("APPS_SOFT_RESET", 2, "mcu"),
        ("MCU_GLOBAL_SOFT_RESET", 1, "soc"),
    ],
)
def test_software_resets(register: str, value: int, cause: str) -> None:
    machine = BenchMachine()
    gprcm = CC3220_GPRCM(machine, "gprcm")
    poke(gprcm, register, 0)
    assert machine.reset_requests == []
    poke(gprcm, register, value)
    assert machine.reset_requests == [cause]
    assert peek(gprcm, register) == 0


SLOW_PERIOD = SECOND // 32768


def asleep(machine: BenchMachine, **settings: int) -> CC3220_GPRCM:
    gprcm = CC3220_GPRCM(machine, "gprcm")
    arcm = CC3220_ARCM(machine, "arcm")
    arcm.lines[2].connect(gprcm, 0)
    for register, value in settings.items():
        poke(gprcm, register, value)
    poke(arcm, "APPS_LPDS_REQ", 1)
    assert peek(arcm, "APPS_LPDS_REQ") == 0
    assert machine.reset_requests == ["lpds-enter"]
    restart(machine, "lpds-enter", gprcm)
    assert gprcm.lines[0].level
    return gprcm


def awake(machine: BenchMachine, gprcm: CC3220_GPRCM) -> int:
    assert machine.reset_requests[-1] == "lpds"
    assert not gprcm.lines[0].level
    restart(machine, "lpds", gprcm)
    return peek(gprcm, "APPS_LPDS_WAKEUP_SRC")


def test_lpds_ends_by_its_timer() -> None:
    machine = BenchMachine()
    gprcm = asleep(machine, APPS_LPDS_WAKEUP_CFG=1, APPS_LPDS_WAKETIME_WAKE_CFG=32768)
    machine.clock.advance(SECOND - 1)
    assert gprcm.lines[0].level
    machine.clock.advance(1)
    assert awake(machine, gprcm) == 1
    assert peek(gprcm, "APPS_LPDS_WAKETIME_WAKE_CFG") == 32768


def test_lpds_ends_by_the_network_processor_where_it_may() -> None:
    machine = BenchMachine()
    gprcm = asleep(machine, APPS_LPDS_WAKEUP_CFG=1, APPS_LPDS_WAKETIME_WAKE_CFG=32768)
    gprcm.on_gpio(1, True)
    assert gprcm.lines[0].level
    machine = BenchMachine()
    gprcm = asleep(machine, APPS_LPDS_WAKEUP_CFG=0x81, APPS_LPDS_WAKETIME_WAKE_CFG=32768)
    gprcm.on_gpio(1, True)
    machine.clock.advance(SLOW_PERIOD)
    assert awake(machine, gprcm) == 0x80
    machine.clock.advance(2 * SECOND)
    assert machine.reset_requests == ["lpds-enter", "lpds"]


@pytest.mark.parametrize(
    ("kind", "levels"), [(0, [True]), (1, [True, False]), (2, [False]), (3, [True])]
)
def test_lpds_ends_by_a_pin(kind: int, levels: list[bool]) -> None:
    machine = BenchMachine()
    gprcm = CC3220_GPRCM(machine, "gprcm")
    gprcm.on_gpio(2, kind == 2)
    poke(gprcm, "APPS_LPDS_WAKEUP_CFG", 0x10)
    poke(gprcm, "APPS_GPIO_WAKE_CONF", kind)
    gprcm.on_gpio(0, True)
    for level in levels:
        gprcm.on_gpio(2, level)
    machine.clock.advance(SLOW_PERIOD)
    assert awake(machine, gprcm) == 0x10


def test_lpds_lasts_a_period_of_the_slow_clock() -> None:
    machine = BenchMachine()
    gprcm = asleep(machine, APPS_LPDS_WAKEUP_CFG=1, APPS_LPDS_WAKETIME_WAKE_CFG=0)
    machine.clock.advance(SLOW_PERIOD - 1)
    assert gprcm.lines[0].level
    machine.clock.advance(1)
    assert awake(machine, gprcm) == 1


def hibernating(**settings: int) -> tuple[BenchMachine, CC3220_HIB3P3]:
    machine = BenchMachine()
    hib = CC3220_HIB3P3(machine, "hib3p3")
    poke(hib, "MEM_HIB_RTC_TIMER_ENABLE", 1)
    machine.clock.advance(SECOND)
    for register, value in settings.items():
        poke(hib, register, value)
    poke(hib, "MEM_HIB_REG2", 0x1234)
    poke(hib, "MEM_HIB_REQ", 1)
    assert machine.reset_requests == ["hibernate-enter"]
    restart(machine, "hibernate-enter", hib)
    assert hib.lines[1].level
    return machine, hib


def test_hibernation_ends_by_the_slow_clock() -> None:
    machine, hib = hibernating(MEM_HIB_RTC_WAKE_EN=1, MEM_HIB_RTC_WAKE_LSW_CONF=3 * 32768)
    machine.clock.advance(2 * SECOND - 1)
    assert hib.lines[1].level
    machine.clock.advance(1)
    assert machine.reset_requests == ["hibernate-enter", "hibernate"]
    restart(machine, "hibernate", hib)
    assert peek(hib, "MEM_HIB_WAKE_STATUS") == 1 | 2 << 1
    assert peek(hib, "MEM_HIB_REG2") == 0x1234
    restart(machine, "software", hib)
    assert peek(hib, "MEM_HIB_WAKE_STATUS") == 0


@pytest.mark.parametrize(
    ("kind", "levels"), [(0, [True, False]), (1, [True]), (2, [True, False]), (3, [True])]
)
def test_hibernation_ends_by_a_pin(kind: int, levels: list[bool]) -> None:
    machine = BenchMachine()
    hib = CC3220_HIB3P3(machine, "hib3p3")
    hib.on_gpio(2, kind == 0)
    poke(hib, "MEM_GPIO_WAKE_EN", 1 << 2)
    poke(hib, "MEM_GPIO_WAKE_CONF", kind << 4)
    poke(hib, "MEM_HIB_REQ", 1)
    hib.on_gpio(3, True)
    assert hib.lines[1].level
    for level in levels:
        hib.on_gpio(2, level)
    assert not hib.lines[1].level
    restart(machine, "hibernate", hib)
    assert peek(hib, "MEM_HIB_WAKE_STATUS") == 1 | 4 << 1


def test_a_pin_at_its_level_ends_hibernation_at_once() -> None:
    machine = BenchMachine()
    hib = CC3220_HIB3P3(machine, "hib3p3")
    hib.on_gpio(0, True)
    poke(hib, "MEM_GPIO_WAKE_EN", 1)
    poke(hib, "MEM_GPIO_WAKE_CONF", 1)
    poke(hib, "MEM_HIB_REQ", 1)
    assert machine.reset_requests == ["hibernate-enter", "hibernate"]


def test_nothing_of_the_always_on_domain_survives_the_reset_pin() -> None:
    machine, hib = hibernating(MEM_HIB_RTC_WAKE_EN=1, MEM_HIB_RTC_WAKE_LSW_CONF=3 * 32768)
    restart(machine, "pin", hib)
    assert peek(hib, "MEM_HIB_REG2") == 0
    assert hib.ticks() == 0
    machine.clock.advance(9 * SECOND)
    assert machine.reset_requests == ["hibernate-enter"]


def test_slow_clock_counter_is_read_in_both_domains() -> None:
    machine = BenchMachine()
    machine.peripherals["hib3p3"] = hib = CC3220_HIB3P3(machine, "hib3p3")
    fast = CC3220_HIB1P2(machine, "hib1p2", sop=4)
    poke(hib, "MEM_HIB_RTC_TIMER_ENABLE", 1)
    machine.clock.advance(10 * SECOND)
    poke(hib, "MEM_HIB_RTC_TIMER_READ", 1)
    machine.clock.advance(SECOND)
    assert peek(hib, "MEM_HIB_RTC_TIMER_LSW") == 327680
    assert peek(hib, "MEM_HIB_RTC_TIMER_MSW") == 0
    assert peek(fast, "HIB_RTC_TIMER_LSW_1P2") == 360448
    assert peek(fast, "HIB_RTC_TIMER_MSW_1P2") == 0
    poke(hib, "MEM_HIB_RTC_TIMER_ENABLE", 0)
    machine.clock.advance(SECOND)
    assert hib.ticks() == 360448
    poke(hib, "MEM_HIB_RTC_TIMER_RESET", 1)
    assert hib.ticks() == 0
    restart(machine, "pin", fast)
    assert peek(fast, "SOP_SENSE_VALUE") == 4


def test_match_of_the_slow_clock_interrupts() -> None:
    machine = BenchMachine()
    hib, arcm = CC3220_HIB3P3(machine, "hib3p3"), CC3220_ARCM(machine, "arcm")
    hib.lines[0].connect(arcm, 0)
    poke(arcm, "APPS_RCM_INTERRUPT_ENABLE", 4)
    poke(hib, "MEM_HIB_RTC_TIMER_ENABLE", 1)
    poke(hib, "MEM_HIB_RTC_IRQ_LSW_CONF", 3277)
    poke(hib, "MEM_HIB_RTC_IRQ_ENABLE", 1)
    machine.clock.advance(99 * MILLISECOND)
    assert not arcm.lines[0].level
    machine.clock.advance(2 * MILLISECOND)
    assert arcm.lines[0].level
    assert peek(arcm, "APPS_RCM_INTERRUPT_STATUS") == 4
    assert not arcm.lines[0].level


def test_port_of_the_rom_reports_the_entry_and_its_caller(caplog: pytest.LogCaptureFixture) -> None:
    machine = BenchMachine()
    port = CC3220_ROMPort(machine, "romPort")
    poke(port, "CALLER", 0x01001235)
    poke(port, "ENTRY", 5 * 64 + 60)
    assert "no entry 60 in its UDMA table; called from 0x01001232" in caplog.text
    assert machine.traced[0][2] == "rom-entry-missing"
    port.on_gpio(1, True)
    port.reset()
    assert peek(port, "ASLEEP") == 2
    port.on_gpio(1, False)
    assert peek(port, "ASLEEP") == 0


def counted(counter: Counter, now: int) -> int | None:
    """What an engine reads in the model's place; None: it asks the model."""
    state = counter.state
    elapsed = now - (state[COUNTER_TIME] | state[COUNTER_TIME + 1] << 32)
    scale = state[COUNTER_SCALE] | state[COUNTER_SCALE + 1] << 32
    if not state[COUNTER_VALID] or elapsed >> 32:
        return None
    counts = (elapsed * state[COUNTER_HERTZ] - state[COUNTER_REMAINDER]) // scale
    return (state[COUNTER_FIRST] + counts) & 0xFFFFFFFF if counts < state[COUNTER_ROOM] else None


@pytest.mark.parametrize("moment", [0, 1, 30_518, 10**9, 131_072 * SECOND - 1, 131_073 * SECOND])
@pytest.mark.parametrize("later", [0, 1, 30_517, 30_518, 3 * SECOND, 5 * SECOND])
def test_an_engine_may_count_the_slow_clock(moment: int, later: int) -> None:
    """The lower word goes round after 131072 s."""
    machine = BenchMachine()
    machine.clock.advance(12_345)
    hib, fast = CC3220_HIB3P3(machine, "hib3p3"), CC3220_HIB1P2(machine, "hib1p2")
    machine.peripherals["hib3p3"] = hib
    poke(hib, "MEM_HIB_RTC_TIMER_ENABLE", 1)
    machine.clock.advance(moment)
    low, high = hib.ticks() & 0xFFFFFFFF, hib.ticks() >> 32
    assert peek(fast, "HIB_RTC_TIMER_LSW_1P2") == low
    assert peek(fast, "HIB_RTC_TIMER_MSW_1P2") == high
    machine.clock.advance(later)
    now, ticks = machine.clock.now, hib.ticks()
    goes_round = ticks >> 32 != high
    known = later < 4 * SECOND
    assert counted(fast.counters[0], now) == (ticks & 0xFFFFFFFF if known else None)
    assert counted(fast.counters[1], now) == (high if known and not goes_round else None)
    poke(hib, "MEM_HIB_RTC_TIMER_RESET", 1)
    assert counted(fast.counters[0], now) is None
