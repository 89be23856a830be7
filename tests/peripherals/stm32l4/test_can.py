"""CAN1: modes, mailboxes, filters and FIFOs in loop-back mode."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.can import BTR, MCR, MSR, RFR, STM32L4_CAN, TIR, TSR
from tests.peripherals.stm32l4.rig import peek, poke

IDENTIFIER = 0x321 << 21


def running(loop_back: bool = True) -> STM32L4_CAN:
    can = STM32L4_CAN(BenchMachine(), "can1")
    poke(can, "MCR", MCR.INRQ)
    assert peek(can, "MSR") & (MSR.INAK | MSR.SLAK) == MSR.INAK
    poke(can, "BTR", BTR.LBKM if loop_back else 0)
    poke(can, "FMR", 1)
    poke(can, "FS1R", 1)
    poke(can, "F0R1", IDENTIFIER)
    poke(can, "F0R2", 0x7FF << 21)
    poke(can, "FA1R", 1)
    poke(can, "FMR", 0)
    poke(can, "MCR", 0)
    assert not peek(can, "MSR") & MSR.INAK
    return can


def send(can: STM32L4_CAN, identifier: int = IDENTIFIER) -> None:
    poke(can, "TDT0R", 2)
    poke(can, "TDL0R", 0xBEEF)
    poke(can, "TI0R", identifier | TIR.TXRQ)


def test_it_sleeps_after_reset() -> None:
    can = STM32L4_CAN(BenchMachine(), "can1")
    assert peek(can, "MSR") & MSR.SLAK
    poke(can, "MCR", 0)
    assert not peek(can, "MSR") & MSR.SLAK


def test_a_frame_goes_round_through_its_filter() -> None:
    can = running()
    poke(can, "IER", 3)
    send(can)
    assert peek(can, "TSR") & (TSR.RQCP0 | TSR.TXOK0) == TSR.RQCP0 | TSR.TXOK0
    assert can.lines[0].level
    assert can.lines[1].level
    assert peek(can, "RF0R") & RFR.FMP == 1
    assert (peek(can, "RI0R"), peek(can, "RDT0R"), peek(can, "RDL0R")) == (IDENTIFIER, 2, 0xBEEF)
    poke(can, "RF0R", RFR.RFOM)
    assert peek(can, "RF0R") & RFR.FMP == 0
    assert not can.lines[1].level
    poke(can, "TSR", TSR.RQCP0)
    assert not can.lines[0].level
    assert not peek(can, "TSR") & TSR.TXOK0


def test_what_no_filter_lets_through_is_dropped() -> None:
    can = running()
    send(can, 0x322 << 21)
    assert peek(can, "RF0R") == 0


def test_a_full_fifo_overruns() -> None:
    can = running()
    for _ in range(4):
        send(can)
    assert peek(can, "RF0R") & (RFR.FULL | RFR.FOVR) == RFR.FULL | RFR.FOVR
    assert peek(can, "RF0R") & RFR.FMP == 3


@pytest.mark.parametrize("bit", [0, 1, 2])
def test_without_a_bus_a_frame_waits_until_it_is_aborted(bit: int) -> None:
    can = running(loop_back=False)
    poke(can, f"TI{bit}R", IDENTIFIER | TIR.TXRQ)
    assert not peek(can, "TSR") & TSR.TME0 << bit
    poke(can, "TSR", TSR.ABRQ0 << 8 * bit)
    assert peek(can, "TSR") & TSR.TME0 << bit
    assert not peek(can, "TSR") >> 8 * bit & TSR.TXOK0
