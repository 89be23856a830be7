"""A rig of the analogue blocks: three converters, what they share, the DAC and their clock."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.adc import STM32L4_ADC
from renode_wifi.peripherals.stm32l4.adc_common import STM32L4_ADC_Common
from renode_wifi.peripherals.stm32l4.comp import STM32L4_COMP
from renode_wifi.peripherals.stm32l4.dac import STM32L4_DAC
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.opamp import STM32L4_OPAMP
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC

SYSCLK = 3 << 28
"""CCIPR: the converters run from SYSCLK, 4 MHz after reset."""


def make_adc(machine: BenchMachine, name: str = "adc1") -> STM32L4_ADC:
    """One converter, with everything that it asks."""
    for unit in (1, 2, 3):
        machine.peripherals[f"adc{unit}"] = STM32L4_ADC(machine, f"adc{unit}")
    machine.peripherals["adcCommon"] = STM32L4_ADC_Common(machine, "adcCommon")
    machine.peripherals["dac1"] = STM32L4_DAC(machine, "dac1")
    rcc = machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    rcc.write(0x88, SYSCLK, 4)
    for port in "ABCF":
        machine.peripherals[f"gpioPort{port}"] = STM32_GPIOPort(
            machine, f"gpioPort{port}", modeResetValue=0xFFFFFFFF
        )
    machine.peripherals["comp"] = STM32L4_COMP(machine, "comp")
    machine.peripherals["opamp"] = STM32L4_OPAMP(machine, "opamp")
    adc = machine.peripherals[name]
    assert isinstance(adc, STM32L4_ADC)
    return adc


def make_comp(machine: BenchMachine, name: str = "comp") -> STM32L4_COMP:
    make_adc(machine)
    comp = machine.peripherals[name]
    assert isinstance(comp, STM32L4_COMP)
    return comp


def make_opamp(machine: BenchMachine, name: str = "opamp") -> STM32L4_OPAMP:
    make_adc(machine)
    opamp = machine.peripherals[name]
    assert isinstance(opamp, STM32L4_OPAMP)
    return opamp


def make_adc_common(machine: BenchMachine, name: str = "adcCommon") -> STM32L4_ADC_Common:
    make_adc(machine)
    common = machine.peripherals[name]
    assert isinstance(common, STM32L4_ADC_Common)
    return common
