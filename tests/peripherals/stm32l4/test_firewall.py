"""Firewall: what it guards, until when its registers may be written, and what a violation does."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.dma import STM32LDMA
from renode_wifi.peripherals.stm32l4.firewall import STM32L4_FIREWALL
from renode_wifi.peripherals.stm32l4.firewall_segments import CLOSED, OPENED, VIOLATED, Segments
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG
from tests.peripherals.stm32l4.rig import peek, poke

GUEST = Path(__file__).resolve().parents[3] / "firmware" / "blocks" / "firewall.elf"


def make() -> tuple[STM32L4_FIREWALL, STM32_SYSCFG, BenchMachine]:
    machine = BenchMachine()
    firewall = machine.peripherals["firewall"] = STM32L4_FIREWALL(machine, "firewall")
    syscfg = STM32_SYSCFG(machine, "syscfg")
    poke(firewall, "CSSA", 0x0803_0055)
    poke(firewall, "CSL", 0x400)
    poke(firewall, "VDSSA", 0x8040)
    poke(firewall, "VDSL", 0x80)
    return firewall, syscfg, machine


def segments(machine: BenchMachine) -> Segments:
    assert isinstance(machine.firewall, Segments)
    return machine.firewall


def test_segments_are_in_flash_and_in_sram1() -> None:
    _, _, machine = make()
    assert segments(machine).ranges == (
        (0x0803_0000, 0x400),
        (0x0800_0000, 0),
        (0x2000_8040, 0x80),
    )
    assert not segments(machine).enabled


def test_clearing_fwdis_enables_it_and_fixes_the_segments() -> None:
    firewall, syscfg, machine = make()
    poke(syscfg, "CFGR1", peek(syscfg, "CFGR1") & ~1)
    assert segments(machine).enabled
    poke(firewall, "CSL", 0)
    poke(firewall, "CR", 7)
    assert (peek(firewall, "CSL"), peek(firewall, "CR")) == (0x400, 0)
    assert segments(machine).ranges[0] == (0x0803_0000, 0x400)


def test_the_protected_code_arms_the_firewall() -> None:
    firewall, _, machine = make()
    firewall.enable()
    firewall.on_event(OPENED, 0x0803_0004)
    poke(firewall, "CR", 1)
    assert segments(machine).prearmed
    firewall.on_event(CLOSED, 0x0800_0000)
    poke(firewall, "CR", 0)
    assert peek(firewall, "CR") == 1, "closed, it can't be written"


def test_a_violation_resets_the_chip() -> None:
    firewall, _, machine = make()
    firewall.enable()
    firewall.on_event(VIOLATED, 0x0803_0000)
    assert machine.reset_requests == ["firewall"]
    firewall.reset()
    assert not segments(machine).enabled


def test_a_guarded_board_goes_on_from_a_snapshot() -> None:
    seen = []
    for cut in (False, True):
        with Board("b_l475e_iot01a", GUEST) as board, Board("b_l475e_iot01a", GUEST) as other:
            ran = board
            board.wait_for_line("segments are fixed", timeout=5)
            if cut:
                other.restore(board.snapshot())
                ran = other
            ran.wait_for_line("DONE", timeout=5)
            seen.append([line.text for line in ran.uart.lines][-6:])
    assert seen[0] == seen[1]


def test_dma_reaches_guarded_data_only_while_the_firewall_is_open() -> None:
    firewall, syscfg, machine = make()
    dma = STM32LDMA(machine, "dma1")
    poke(syscfg, "CFGR1", peek(syscfg, "CFGR1") & ~1)

    def copy(source: int, target: int) -> list[str]:
        for name, value in (
            ("CCR1", 0),
            ("CNDTR1", 4),
            ("CPAR1", source),
            ("CMAR1", target),
            ("CCR1", 1 | 1 << 6 | 1 << 7 | 1 << 14),
        ):
            poke(dma, name, value)
        machine.clock.advance(1_000_000)
        found, machine.reset_requests = machine.reset_requests, []
        return found

    assert copy(0x2000_0000, 0x2000_0100) == []
    assert copy(0x2000_8040, 0x2000_0100) == ["firewall"]
    assert copy(0x2000_0000, 0x0803_0010)[:1] == ["firewall"]
    firewall.on_event(OPENED, 0x0803_0004)
    assert copy(0x2000_8040, 0x2000_0100) == []
