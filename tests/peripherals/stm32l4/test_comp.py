"""Comparators and operational amplifiers on the voltages around the chip."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.comp import CSR1, CSR2, STM32L4_COMP
from renode_wifi.peripherals.stm32l4.opamp import CSR1 as OPAMP_CSR
from tests.peripherals.stm32l4.converters import make_comp, make_opamp
from tests.peripherals.stm32l4.rig import Probe, peek, poke

SCALER = CSR1.SCALEN | CSR1.BRGEN


@pytest.fixture
def comp() -> STM32L4_COMP:
    return make_comp(BenchMachine())


def voltage(model: STM32L4_COMP, pin: str, millivolts: int) -> None:
    model.machine.peripheral("adcCommon").set_voltage(pin, millivolts)


def above(model: STM32L4_COMP, name: str = "COMP1_CSR") -> bool:
    return bool(peek(model, name) & CSR1.VALUE)


def test_a_comparator_that_is_off_is_low(comp: STM32L4_COMP) -> None:
    voltage(comp, "PC5", 3000)
    assert not above(comp)


@pytest.mark.parametrize(("choice", "threshold"), [(0, 303), (1, 606), (2, 909), (3, 1212)])
def test_a_pin_is_compared_with_parts_of_the_reference(
    comp: STM32L4_COMP, choice: int, threshold: int
) -> None:
    poke(comp, "COMP1_CSR", CSR1.EN | SCALER | choice << 4)
    voltage(comp, "PC5", threshold - 2)
    assert not above(comp)
    voltage(comp, "PC5", threshold + 2)
    assert above(comp)


def test_inputs_are_the_chosen_pins(comp: STM32L4_COMP) -> None:
    poke(comp, "COMP2_CSR", CSR1.EN | CSR1.INPSEL | 7 << 4)
    voltage(comp, "PB6", 1000)
    voltage(comp, "PB7", 999)
    assert above(comp, "COMP2_CSR")


def test_the_dac_is_a_threshold(comp: STM32L4_COMP) -> None:
    dac = comp.machine.peripheral("dac1")
    poke(dac, "CR", 1)
    poke(dac, "DHR12R1", 2048)
    poke(comp, "COMP1_CSR", CSR1.EN | 4 << 4)
    voltage(comp, "PC5", 1651)
    assert above(comp)
    poke(dac, "DHR12R1", 2100)
    assert not above(comp)


def test_a_window_is_two_thresholds_for_one_pin(comp: STM32L4_COMP) -> None:
    poke(comp, "COMP1_CSR", CSR1.EN | SCALER | 3 << 4)
    poke(comp, "COMP2_CSR", CSR1.EN | SCALER | CSR2.WINMODE | 1 << 4)
    voltage(comp, "PC5", 900)
    assert (above(comp), above(comp, "COMP2_CSR")) == (False, True)


def test_polarity_inverts_and_hysteresis_holds(comp: STM32L4_COMP) -> None:
    poke(comp, "COMP1_CSR", CSR1.EN | SCALER | 3 << 4 | 3 << 16)
    voltage(comp, "PC5", 1220)
    voltage(comp, "PC5", 1190)
    assert above(comp)
    voltage(comp, "PC5", 1180)
    assert not above(comp)
    poke(comp, "COMP1_CSR", CSR1.EN | SCALER | 3 << 4 | CSR1.POLARITY)
    assert above(comp)


def test_the_output_is_a_line_to_exti(comp: STM32L4_COMP) -> None:
    probe = Probe()
    comp.lines[0].connect(probe, 21)
    poke(comp, "COMP1_CSR", CSR1.EN | SCALER | 3 << 4)
    voltage(comp, "PC5", 2000)
    voltage(comp, "PC5", 0)
    assert probe.levels == [(21, True), (21, False)]


def test_a_locked_register_stays(comp: STM32L4_COMP) -> None:
    poke(comp, "COMP1_CSR", CSR1.LOCK | CSR1.EN)
    poke(comp, "COMP1_CSR", 0)
    assert peek(comp, "COMP1_CSR") == CSR1.LOCK | CSR1.EN
    comp.reset()
    poke(comp, "COMP1_CSR", 0)
    assert peek(comp, "COMP1_CSR") == 0


@pytest.mark.parametrize(
    ("setting", "millivolts"), [(3 << 2, 200), (2 << 2, 400), (2 << 2 | 3 << 4, 3200)]
)
def test_an_amplifier_drives_its_pin(setting: int, millivolts: int) -> None:
    machine = BenchMachine()
    opamp = make_opamp(machine)
    common = machine.peripherals["adcCommon"]
    common.set_voltage("PA0", 200)
    poke(opamp, "OPAMP1_CSR", OPAMP_CSR.OPAEN | setting)
    assert common.pin_voltage("PA3") == millivolts * 1000
    poke(opamp, "OPAMP1_CSR", setting)
    assert common.pin_voltage("PA3") == 0


def test_an_amplifier_without_feedback_is_at_an_end() -> None:
    machine = BenchMachine()
    opamp = make_opamp(machine)
    common = machine.peripherals["adcCommon"]
    poke(opamp, "OPAMP2_CSR", OPAMP_CSR.OPAEN)
    common.set_voltage("PA6", 1000)
    assert common.pin_voltage("PB0") == common.supply
    common.set_voltage("PA7", 1001)
    assert common.pin_voltage("PB0") == 0


def test_calibration_finds_the_trims_of_the_factory() -> None:
    opamp = make_opamp(BenchMachine())
    assert peek(opamp, "OPAMP1_OTR") == 0x1010
    for select, position, first in ((0, 0, False), (OPAMP_CSR.CALSEL, 8, True)):
        poke(opamp, "OPAMP1_CSR", OPAMP_CSR.OPAEN | OPAMP_CSR.CALON | select)
        flips = []
        for trim in range(32):
            poke(opamp, "OPAMP1_OTR", trim << position)
            flips.append(bool(peek(opamp, "OPAMP1_CSR") & OPAMP_CSR.CALOUT))
        assert flips == [first] * 16 + [not first] * 16
