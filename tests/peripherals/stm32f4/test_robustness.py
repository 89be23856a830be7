"""Whatever software does to any block of the chip, the model goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32f4.dma import STM32DMA
from renode_wifi.peripherals.stm32f4.ethernet import SynopsysEthernetMAC
from renode_wifi.peripherals.stm32f4.flash import STM32F4_FlashController
from renode_wifi.peripherals.stm32f4.i2c import STM32F4_I2C
from renode_wifi.peripherals.stm32f4.pwr import STM32_PWR
from renode_wifi.peripherals.stm32f4.rcc import STM32F4_RCC
from renode_wifi.peripherals.stm32f4.spi import STM32SPI
from renode_wifi.peripherals.stm32f4.usart import STM32_UART
from renode_wifi.peripherals.stm32l4.exti import STM32F4_EXTI
from tests.peripherals.robustness import (
    EXAMPLES,
    Access,
    accesses,
    plain_words_are_served_as_read,
    withstands,
)
from tests.peripherals.stm32f4.test_flash import Array

BLOCKS: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
    ("dma1", STM32DMA, {}),
    ("ethernet", SynopsysEthernetMAC, {}),
    ("flash_controller", STM32F4_FlashController, {"flash": Array(size=0x1000)}),
    ("i2c1", STM32F4_I2C, {}),
    ("pwr", STM32_PWR, {}),
    ("rcc", STM32F4_RCC, {}),
    ("spi1", STM32SPI, {}),
    ("usart1", STM32_UART, {}),
    ("exti", STM32F4_EXTI, {"numberOfOutputLines": 24}),
]
SPECIAL_VALUES = [0, 1, 0xFFFFFFFF, 0x45670123, 0xCDEF89AB, 0x08192A3B, 0x4C5D6E7F, 0x10002, 0x200C]

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
    withstands(machine, model, done, inputs=16)


@EACH
def test_plain_words_read_what_an_engine_would_serve(
    name: str, make: Callable[..., Any], attributes: dict[str, Any]
) -> None:
    plain_words_are_served_as_read(make(BenchMachine(), name, **attributes))
