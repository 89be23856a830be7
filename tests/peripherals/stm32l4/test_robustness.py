"""Whatever software does to any block of the chip, the model goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.crc import STM32_CRC
from renode_wifi.peripherals.stm32l4.dbgmcu import STM32L4_DBGMCU
from renode_wifi.peripherals.stm32l4.dma import STM32LDMA
from renode_wifi.peripherals.stm32l4.exti import STM32F4_EXTI
from renode_wifi.peripherals.stm32l4.flash import STM32L4_FLASH
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.i2c import STM32F7_I2C
from renode_wifi.peripherals.stm32l4.iwdg import STM32_IndependentWatchdog
from renode_wifi.peripherals.stm32l4.lptim import STM32L0_LpTimer
from renode_wifi.peripherals.stm32l4.pwr import STM32L4_PWR
from renode_wifi.peripherals.stm32l4.quadspi import STM32H7_QuadSPI
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.rng import STM32L4_RNG
from renode_wifi.peripherals.stm32l4.rtc import STM32F4_RTC
from renode_wifi.peripherals.stm32l4.signature import STM32L4_Signature
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.unimplemented import STM32L4_Unimplemented
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from renode_wifi.peripherals.stm32l4.wwdg import STM32L4_WWDG
from tests.peripherals.robustness import (
    EXAMPLES,
    Access,
    accesses,
    plain_words_are_served_as_read,
    withstands,
)

BLOCKS: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
    ("rcc", STM32L4_RCC, {}),
    ("pwr", STM32L4_PWR, {}),
    # One page: erasing the whole array byte by byte is slow on the rig's memory.
    ("flashController", STM32L4_FLASH, {"size": 2048}),
    ("spi3", STM32L4_SPI, {}),
    ("rng", STM32L4_RNG, {}),
    ("wwdg", STM32L4_WWDG, {}),
    ("dbgmcu", STM32L4_DBGMCU, {}),
    ("signature", STM32L4_Signature, {}),
    ("adc", STM32L4_Unimplemented, {}),
    ("gpioPortE", STM32_GPIOPort, {"modeResetValue": 0xFFFFFFFF}),
    ("syscfg", STM32_SYSCFG, {}),
    ("exti", STM32F4_EXTI, {"numberOfOutputLines": 32}),
    ("usart1", STM32F7_USART, {"frequency": 80_000_000}),
    ("tim1", STM32_Timer, {"frequency": 80_000_000}),
    ("tim6", STM32_Timer, {"frequency": 80_000_000}),
    ("lptim1", STM32L0_LpTimer, {"frequency": 32_768}),
    ("rtc", STM32F4_RTC, {}),
    ("iwdg", STM32_IndependentWatchdog, {"frequency": 32_000}),
    ("crc", STM32_CRC, {}),
    ("dma2", STM32LDMA, {}),
    ("i2c1", STM32F7_I2C, {}),
    ("quadspi", STM32H7_QuadSPI, {}),
]

# Values that open doors: enables, keys of flash, RTC and watchdog, all and nothing.
SPECIAL_VALUES = [
    0,
    1,
    0xFFFFFFFF,
    0x45670123,
    0xCDEF89AB,
    0xCA,
    0x53,
    0x5555,
    0xCCCC,
    0x80,
    0x344,
    0x10001,
]

EACH = pytest.mark.parametrize(
    ("name", "make", "attributes"), BLOCKS, ids=[row[0] for row in BLOCKS]
)


@EACH
@EXAMPLES
@given(done=accesses(SPECIAL_VALUES))
def test_no_sequence_of_accesses_upsets_a_block(
    name: str, make: Callable[..., Any], attributes: dict[str, Any], done: list[Access]
) -> None:
    machine = BenchMachine()
    model = machine.peripherals[name] = make(machine, name, **attributes)
    withstands(machine, model, done, inputs=4)


@EACH
def test_plain_words_read_what_an_engine_would_serve(
    name: str, make: Callable[..., Any], attributes: dict[str, Any]
) -> None:
    plain_words_are_served_as_read(make(BenchMachine(), name, **attributes))
