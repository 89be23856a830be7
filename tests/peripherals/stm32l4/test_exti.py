"""From a pin through SYSCFG and EXTI to an interrupt."""

from __future__ import annotations

import pickle

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.exti import CONFIGURABLE, STM32F4_EXTI
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG
from tests.peripherals.stm32l4.rig import Probe, peek, poke

LINE = 1 << 1


def make() -> STM32F4_EXTI:
    return STM32F4_EXTI(BenchMachine(), "exti", numberOfOutputLines=40)


@pytest.mark.parametrize(
    ("rising", "falling", "pending"),
    [(True, False, [True, True]), (False, True, [False, True]), (False, False, [False, False])],
)
def test_edges_pend_as_selected(rising: bool, falling: bool, pending: list[bool]) -> None:
    exti = make()
    poke(exti, "RTSR1", LINE if rising else 0)
    poke(exti, "FTSR1", LINE if falling else 0)
    seen = []
    for level in (True, False):
        exti.on_gpio(1, level)
        seen.append(bool(peek(exti, "PR1") & LINE))
    assert seen == pending


def test_a_pending_line_interrupts_while_unmasked_and_until_cleared() -> None:
    exti = make()
    poke(exti, "RTSR1", LINE)
    exti.on_gpio(1, True)
    assert not exti.lines[1].level
    poke(exti, "IMR1", LINE)
    assert exti.lines[1].level
    exti.on_gpio(1, False)
    assert exti.lines[1].level
    poke(exti, "PR1", LINE)
    assert not exti.lines[1].level
    assert peek(exti, "PR1") == 0
    exti.on_gpio(1, True)
    assert exti.lines[1].level
    poke(exti, "IMR1", 0)
    assert not exti.lines[1].level


def test_the_earlier_controller_has_one_bank_of_configurable_lines() -> None:
    exti = STM32F4_EXTI(BenchMachine(), "exti", numberOfOutputLines=24)
    assert peek(exti, "IMR") == 0
    poke(exti, "RTSR", 0xFFFFFFFF)
    assert peek(exti, "RTSR") == 0x7FFFFF
    poke(exti, "IMR", 1 << 17)
    exti.on_gpio(17, True)
    exti.on_gpio(17, False)
    assert exti.lines[17].level
    poke(exti, "PR", 1 << 17)
    assert not exti.lines[17].level


def test_clearing_one_line_leaves_the_others() -> None:
    exti = make()
    poke(exti, "RTSR1", 0xFFFF)
    for line in (1, 13):
        exti.on_gpio(line, True)
    poke(exti, "PR1", 1 << 13)
    assert peek(exti, "PR1") == LINE


def test_a_level_that_stays_is_no_edge() -> None:
    exti = make()
    poke(exti, "RTSR1", LINE)
    exti.on_gpio(1, True)
    poke(exti, "PR1", LINE)
    exti.on_gpio(1, True)
    assert peek(exti, "PR1") == 0


@pytest.mark.parametrize(("bank", "line", "bit"), [("1", 3, 3), ("2", 37, 5)])
def test_software_triggers_an_unmasked_line_once(bank: str, line: int, bit: int) -> None:
    exti = make()
    poke(exti, f"SWIER{bank}", 1 << bit)
    assert peek(exti, f"PR{bank}") == 0
    poke(exti, f"SWIER{bank}", 0)
    poke(exti, f"IMR{bank}", 1 << bit)
    poke(exti, f"SWIER{bank}", 1 << bit)
    assert exti.lines[line].level
    poke(exti, f"PR{bank}", 1 << bit)
    assert not exti.lines[line].level
    assert peek(exti, f"SWIER{bank}") == 0


def test_direct_lines_pass_their_level() -> None:
    exti, probe = make(), Probe()
    exti.lines[23].connect(probe, 0)
    exti.on_gpio(23, True)
    exti.on_gpio(23, False)
    assert probe.levels == [(0, True), (0, False)]
    assert peek(exti, "PR1") == 0


def test_reset_masks_what_the_manual_says() -> None:
    exti = make()
    poke(exti, "IMR1", 0)
    poke(exti, "RTSR1", 0xFFFFFFFF)
    assert peek(exti, "RTSR1") == CONFIGURABLE[0]
    exti.reset()
    assert (peek(exti, "IMR1"), peek(exti, "IMR2"), peek(exti, "RTSR1")) == (0xFF820000, 0x87, 0)


def board() -> tuple[dict[str, STM32_GPIOPort], STM32_SYSCFG, STM32F4_EXTI]:
    machine = BenchMachine()
    syscfg = STM32_SYSCFG(machine, "syscfg")
    exti = STM32F4_EXTI(machine, "exti")
    ports = {letter: STM32_GPIOPort(machine, f"gpioPort{letter}") for letter in "ACE"}
    for letter, port in ports.items():
        for pin in range(16):
            port.lines[pin].connect(syscfg.receiver("ABCDEFGH".index(letter)), pin)
    for line in range(16):
        syscfg.lines[line].connect(exti, line)
    return ports, syscfg, exti


def test_the_data_ready_pin_reaches_its_interrupt() -> None:
    """PE1 through EXTI1, as `es_wifi_io.c` sets it up."""
    ports, syscfg, exti = board()
    poke(syscfg, "EXTICR", 4 << 4)
    poke(exti, "RTSR1", LINE)
    poke(exti, "IMR1", LINE)
    ports["C"].on_gpio(1, True)
    assert not exti.lines[1].level
    ports["E"].on_gpio(1, True)
    assert exti.lines[1].level


def test_choosing_a_port_takes_over_its_level() -> None:
    ports, syscfg, _ = board()
    ports["C"].on_gpio(13, True)
    assert not syscfg.lines[13].level
    syscfg.write(0x14, 2 << 4, 4)
    assert syscfg.lines[13].level
    assert syscfg.read(0x14, 4) == 2 << 4
    syscfg.reset()
    assert not syscfg.lines[13].level


def test_both_banks_are_where_they_are_after_reset() -> None:
    _, syscfg, _ = board()
    poke(syscfg, "MEMRMP", 0x100)
    assert peek(syscfg, "MEMRMP") == 0


def test_wired_blocks_survive_pickling_together() -> None:
    ports, syscfg, exti = board()
    poke(syscfg, "EXTICR", 4 << 4)
    poke(exti, "RTSR1", LINE)
    poke(exti, "IMR1", LINE)
    copies, other = pickle.loads(pickle.dumps((ports, exti)))
    copies["E"].on_gpio(1, True)
    assert other.lines[1].level
    assert not exti.lines[1].level
