"""Low-power modes: what they stop, what ends them, what is left."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.flash import STM32L4_FLASH
from renode_wifi.peripherals.stm32l4.flash_registers import OPTR
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.memories import SRAM1, SRAM2
from renode_wifi.peripherals.stm32l4.pwr import RTC_WAKE_UP, STM32L4_PWR
from renode_wifi.peripherals.stm32l4.pwr_registers import CR3, SR1
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG
from tests.peripherals.stm32l4.rig import Probe, peek, poke

STANDBY, SHUTDOWN = 3, 4


def make(mode: int) -> tuple[STM32L4_PWR, BenchMachine]:
    machine = BenchMachine()
    machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    pwr = STM32L4_PWR(machine, "pwr")
    poke(pwr, "CR1", 0x200 | mode)
    return pwr, machine


@pytest.mark.parametrize(("choice", "source"), [(0, 0), (1 << 15, 1)])
def test_stop_halts_the_buses_and_leaves_msi_or_hsi16(choice: int, source: int) -> None:
    pwr, machine = make(0)
    rcc = machine.peripherals["rcc"]
    poke(rcc, "CR", 0x63 | 1 << 24)
    poke(rcc, "PLLCFGR", 1 << 24 | 40 << 8 | 1)
    poke(rcc, "CFGR", choice | 3)
    pwr.sleep(1)
    assert rcc.hclk_hz() == rcc.apb1_hz() == 0
    pwr.sleep(0)
    assert peek(rcc, "CFGR") >> 2 & 3 == source
    assert not peek(rcc, "CR") & (3 << 24)
    assert rcc.hclk_hz() == (16_000_000 if source else 4_000_000)


@pytest.mark.parametrize(("mode", "cause"), [(STANDBY, "standby"), (SHUTDOWN, "shutdown")])
def test_a_wake_up_pin_ends_standby_with_a_reset(mode: int, cause: str) -> None:
    pwr, machine = make(mode)
    poke(pwr, "CR3", 0x8000 | 1 << 1)
    pwr.sleep(1)
    assert machine.is_powered_down
    pwr.on_gpio(0, True)
    assert machine.reset_requests == []
    pwr.on_gpio(1, True)
    assert machine.reset_requests == [cause]


def test_a_pin_may_wake_by_its_falling_edge() -> None:
    pwr, machine = make(STANDBY)
    poke(pwr, "CR3", 1)
    poke(pwr, "CR4", 1)
    pwr.on_gpio(0, True)
    pwr.sleep(1)
    pwr.on_gpio(0, False)
    assert machine.reset_requests == ["standby"]
    assert pwr.registers["SR1"] & 1


def test_the_rtc_wakes_unless_it_is_masked() -> None:
    for enabled in (CR3.EIWUL, 0):
        pwr, machine = make(STANDBY)
        poke(pwr, "CR3", enabled)
        pwr.sleep(1)
        pwr.on_gpio(RTC_WAKE_UP, True)
        assert bool(machine.reset_requests) == bool(enabled)


def test_a_flag_that_is_left_set_ends_standby_at_once() -> None:
    pwr, machine = make(STANDBY)
    pwr.registers["SR1"] = 1
    pwr.sleep(1)
    assert machine.reset_requests == ["standby"]


@pytest.mark.parametrize("keeps", [0, CR3.RRS])
def test_after_standby_flags_and_settings_stay_and_memories_are_lost(keeps: int) -> None:
    pwr, machine = make(STANDBY)
    for area, _ in (SRAM1, SRAM2):
        machine.bus.write_bytes(area, b"contents")
    poke(pwr, "CR3", keeps | 1)
    poke(pwr, "PUCRA", 5)
    pwr.sleep(1)
    pwr.on_gpio(0, True)
    machine.reset_cause = "standby"
    pwr.reset()
    assert peek(pwr, "SR1") == SR1.SBF | 1
    assert peek(pwr, "PUCRA") == 5
    assert peek(pwr, "CR1") == 0x200
    assert machine.bus.read_bytes(SRAM1[0], 8) != b"contents"
    assert (machine.bus.read_bytes(SRAM2[0], 8) == b"contents") == bool(keeps)


@pytest.mark.parametrize("mode", [STANDBY, SHUTDOWN])
@pytest.mark.parametrize("applied", [0, CR3.APC])
def test_pins_float_in_standby_or_are_pulled_by_choice(mode: int, applied: int) -> None:
    pwr, machine = make(mode)
    port = machine.peripherals["gpioPortC"] = STM32_GPIOPort(machine, "gpioPortC")
    led, probe = 7, Probe()
    poke(port, "MODER", 1 << 2 * led | 1 << 2 * 2)
    poke(port, "BSRR", 1 << led | 1 << 2)
    port.lines[led].connect(probe, led)
    poke(pwr, "PUCRC", 0b1101 << 1)
    poke(pwr, "PDCRC", 0b1000 << 1)
    poke(pwr, "CR3", applied)
    pwr.sleep(1)
    assert probe.levels == [(led, True), (led, False)]
    assert peek(port, "IDR") == (0b0101 << 1 if applied else 0)
    port.on_gpio(led, True)
    assert peek(port, "IDR") >> led & 1, "the outside still decides"
    port.release(led)
    port.reset()
    assert not peek(port, "PUPDR")


def test_pins_stay_as_they_are_in_stop() -> None:
    pwr, machine = make(0)
    port = machine.peripherals["gpioPortA"] = STM32_GPIOPort(machine, "gpioPortA")
    poke(port, "MODER", 1 << 10)
    poke(port, "BSRR", 1 << 5)
    pwr.sleep(1)
    assert peek(port, "IDR") == 1 << 5


def test_after_shutdown_nothing_says_so() -> None:
    pwr, machine = make(SHUTDOWN)
    pwr.sleep(1)
    machine.reset_cause = "shutdown"
    pwr.reset()
    assert peek(pwr, "SR1") == 0


def with_supply(bor_level: int = 0) -> tuple[STM32L4_PWR, BenchMachine, Probe]:
    machine = BenchMachine()
    flash = machine.peripherals["flashController"] = STM32L4_FLASH(machine, "flashController")
    flash.registers["OPTR"] = OPTR["BOR_LEV"].put(flash.registers["OPTR"], bor_level)
    pwr = STM32L4_PWR(machine, "pwr")
    probe = Probe()
    pwr.lines["PVD"].connect(probe, 16)
    return pwr, machine, probe


def test_the_voltage_detector_has_a_hysteresis() -> None:
    pwr, _, probe = with_supply()
    poke(pwr, "CR2", 1 | 4 << 1)
    for millivolts in (2700, 2630, 2700, 2750):
        pwr.supply_changed(millivolts * 1000)
    assert probe.levels == [(16, True), (16, False)]
    pwr.supply_changed(2_600_000)
    assert peek(pwr, "SR2") >> 11 & 1
    poke(pwr, "CR2", 4 << 1)
    assert not peek(pwr, "SR2") >> 11 & 1, "a detector that is off detects nothing"


def test_the_lock_of_the_system_configuration_keeps_the_detector_as_it_is() -> None:
    pwr, machine, _ = with_supply()
    syscfg = machine.peripherals["syscfg"] = STM32_SYSCFG(machine, "syscfg")
    poke(pwr, "CR2", 1 | 4 << 1)
    poke(syscfg, "CFGR2", 1 << 2)
    poke(pwr, "CR2", 1 << 10)
    assert peek(pwr, "CR2") == 1 << 10 | 1 | 4 << 1


@pytest.mark.parametrize(("level", "millivolts"), [(0, 1600), (4, 2800)])
def test_brown_out_holds_the_chip_in_reset_until_the_supply_is_back(
    level: int, millivolts: int
) -> None:
    pwr, machine, _ = with_supply(level)
    pwr.supply_changed((millivolts + 50) * 1000)
    assert not machine.is_powered_down
    pwr.supply_changed(millivolts * 1000)
    assert machine.is_powered_down
    assert machine.reset_requests == []
    pwr.supply_changed(3_300_000)
    assert machine.reset_requests == ["brown-out"]


@pytest.mark.parametrize(
    ("mode", "bit"), [(0, OPTR.nRST_STOP), (STANDBY, OPTR.nRST_STDBY), (SHUTDOWN, OPTR.nRST_SHDW)]
)
def test_option_bytes_make_an_entry_into_a_mode_a_reset(mode: int, bit: int) -> None:
    pwr, machine, _ = with_supply()
    machine.peripherals["flashController"].registers["OPTR"] &= ~bit
    poke(pwr, "CR1", 0x200 | mode)
    pwr.sleep(1)
    assert machine.reset_requests == ["low-power"]
    assert not machine.is_powered_down
