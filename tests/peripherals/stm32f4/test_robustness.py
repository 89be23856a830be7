"""Whatever software does to any block of the chip, the model goes on."""

from __future__ import annotations

from renode_wifi.peripherals.stm32f4.dma import STM32DMA
from renode_wifi.peripherals.stm32f4.ethernet import SynopsysEthernetMAC
from renode_wifi.peripherals.stm32f4.flash import STM32F4_FlashController
from renode_wifi.peripherals.stm32f4.i2c import STM32F4_I2C
from renode_wifi.peripherals.stm32f4.pwr import STM32_PWR
from renode_wifi.peripherals.stm32f4.rcc import STM32F4_RCC
from renode_wifi.peripherals.stm32f4.spi import STM32SPI
from renode_wifi.peripherals.stm32f4.usart import STM32_UART
from renode_wifi.peripherals.stm32l4.exti import STM32F4_EXTI
from tests.peripherals.robustness import Block, robustness_tests
from tests.peripherals.stm32f4.test_flash import Array

BLOCKS: list[Block] = [
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

(
    test_no_sequence_of_accesses_upsets_a_block,
    test_plain_words_read_what_an_engine_would_serve,
) = robustness_tests(BLOCKS, SPECIAL_VALUES, inputs=16)
