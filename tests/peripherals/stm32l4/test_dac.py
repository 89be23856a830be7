"""The digital-to-analogue converter: holding registers, triggers, waves, requests."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.dac import CR, SR, STM32L4_DAC
from tests.peripherals.stm32l4.rig import peek, poke

SOFTWARE = 7 << 3


class Timer:
    def __init__(self) -> None:
        self.lines = {"TRGO": Line()}


@pytest.mark.parametrize(
    ("register", "value", "outputs"),
    [
        ("DHR12R1", 0x123, (0x123, 0)),
        ("DHR12L1", 0x1230, (0x123, 0)),
        ("DHR8R1", 0x12, (0x120, 0)),
        ("DHR12R2", 0x123, (0, 0x123)),
        ("DHR12RD", 0x04560123, (0x123, 0x456)),
        ("DHR12LD", 0x45601230, (0x123, 0x456)),
        ("DHR8RD", 0x4512, (0x120, 0x450)),
    ],
)
def test_holding_registers_go_to_the_outputs(
    register: str, value: int, outputs: tuple[int, int]
) -> None:
    dac = STM32L4_DAC(BenchMachine(), "dac1")
    poke(dac, "CR", CR.EN1 | CR.EN2)
    poke(dac, register, value)
    assert (dac.output(0), dac.output(1)) == outputs
    assert (peek(dac, "DOR1"), peek(dac, "DOR2")) == outputs


def test_a_triggered_channel_waits_for_software() -> None:
    dac = STM32L4_DAC(BenchMachine(), "dac1")
    poke(dac, "CR", CR.EN1 | CR.TEN1 | SOFTWARE)
    poke(dac, "DHR12R1", 100)
    assert dac.output(0) == 0
    poke(dac, "SWTRIGR", 1)
    assert dac.output(0) == 100
    assert peek(dac, "SWTRIGR") == 0


def test_a_timer_triggers_and_asks_for_the_next_value() -> None:
    machine = BenchMachine()
    timer = machine.peripherals["tim6"] = Timer()
    dac = STM32L4_DAC(machine, "dac1")
    poke(dac, "DHR12R1", 7)
    poke(dac, "CR", CR.EN1 | CR.TEN1 | CR.DMAEN1 | CR.DMAUDRIE1)
    timer.lines["TRGO"].pulse()
    assert dac.output(0) == 7
    assert dac.lines["DMARequest1"].level
    poke(dac, "DHR12R1", 8)
    assert not dac.lines["DMARequest1"].level
    timer.lines["TRGO"].pulse()
    timer.lines["TRGO"].pulse()
    assert peek(dac, "SR") & SR.DMAUDR1
    assert dac.lines["IRQ"].level
    poke(dac, "SR", SR.DMAUDR1)
    assert not dac.lines["IRQ"].level


def test_a_triangle_rises_and_falls() -> None:
    dac = STM32L4_DAC(BenchMachine(), "dac1")
    poke(dac, "CR", CR.EN1 | CR.TEN1 | SOFTWARE | 2 << 6 | 1 << 8)
    seen = []
    for _ in range(8):
        poke(dac, "SWTRIGR", 1)
        seen.append(dac.output(0))
    assert seen == [0, 1, 2, 3, 2, 1, 0, 1]


def test_noise_stays_within_its_mask() -> None:
    dac = STM32L4_DAC(BenchMachine(), "dac1")
    poke(dac, "CR", CR.EN1 | CR.TEN1 | SOFTWARE | 1 << 6 | 3 << 8)
    seen = set()
    for _ in range(64):
        poke(dac, "SWTRIGR", 1)
        seen.add(dac.output(0))
    assert len(seen) > 4
    assert max(seen) <= 0xF


def test_calibration_finds_the_trim_at_which_the_flag_rises() -> None:
    dac = STM32L4_DAC(BenchMachine(), "dac1")
    poke(dac, "CR", CR.CEN1)
    poke(dac, "CCR", 0xF)
    assert not peek(dac, "SR") & SR.CAL_FLAG1
    poke(dac, "CCR", 0x10)
    assert peek(dac, "SR") & SR.CAL_FLAG1
