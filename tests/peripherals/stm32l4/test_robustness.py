"""Whatever software does to any block of the chip, the model goes on."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.can import STM32L4_CAN
from renode_wifi.peripherals.stm32l4.crc import STM32_CRC
from renode_wifi.peripherals.stm32l4.dac import STM32L4_DAC
from renode_wifi.peripherals.stm32l4.dbgmcu import STM32L4_DBGMCU
from renode_wifi.peripherals.stm32l4.dfsdm import STM32L4_DFSDM
from renode_wifi.peripherals.stm32l4.dma import STM32G0DMA
from renode_wifi.peripherals.stm32l4.exti import STM32F4_EXTI
from renode_wifi.peripherals.stm32l4.firewall import STM32L4_FIREWALL
from renode_wifi.peripherals.stm32l4.flash import STM32L4_FLASH
from renode_wifi.peripherals.stm32l4.fmc import STM32L4_FMC
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.i2c import STM32F7_I2C
from renode_wifi.peripherals.stm32l4.iwdg import STM32_IndependentWatchdog
from renode_wifi.peripherals.stm32l4.lptim import STM32L0_LpTimer
from renode_wifi.peripherals.stm32l4.otg_fs import STM32L4_OTG_FS
from renode_wifi.peripherals.stm32l4.otp import STM32L4_OTP
from renode_wifi.peripherals.stm32l4.pwr import STM32L4_PWR
from renode_wifi.peripherals.stm32l4.quadspi import STM32H7_QuadSPI
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.rng import STM32L4_RNG
from renode_wifi.peripherals.stm32l4.rtc import STM32F4_RTC
from renode_wifi.peripherals.stm32l4.sai import STM32L4_SAI
from renode_wifi.peripherals.stm32l4.sdmmc import STM32L4_SDMMC
from renode_wifi.peripherals.stm32l4.signature import STM32L4_Signature
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from renode_wifi.peripherals.stm32l4.swpmi import STM32L4_SWPMI
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.tsc import STM32L4_TSC
from renode_wifi.peripherals.stm32l4.unimplemented import STM32L4_Unimplemented
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from renode_wifi.peripherals.stm32l4.vrefbuf import STM32L4_VREFBUF
from renode_wifi.peripherals.stm32l4.wwdg import STM32L4_WWDG
from renode_wifi.peripherals.usb.host import UsbHost
from tests.peripherals.robustness import Block, robustness_tests
from tests.peripherals.stm32l4.converters import make_adc, make_adc_common, make_comp, make_opamp


def make_plugged_usb(machine: BenchMachine, name: str) -> STM32L4_OTG_FS:
    """With a host at the other end of the cable."""
    usb = STM32L4_OTG_FS(machine, name)
    UsbHost(machine, "usb", usb).plug()
    return usb


BLOCKS: list[Block] = [
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
    ("dma2", STM32G0DMA, {"numberOfChannels": 7}),
    ("i2c1", STM32F7_I2C, {}),
    ("quadspi", STM32H7_QuadSPI, {}),
    ("vrefbuf", STM32L4_VREFBUF, {}),
    ("comp", make_comp, {}),
    ("can1", STM32L4_CAN, {}),
    ("dac1", STM32L4_DAC, {}),
    ("dfsdm1", STM32L4_DFSDM, {}),
    ("firewall", STM32L4_FIREWALL, {}),
    ("fmc", STM32L4_FMC, {}),
    ("opamp", make_opamp, {}),
    ("otgFs", STM32L4_OTG_FS, {}),
    ("otgFs plugged in", make_plugged_usb, {}),
    ("otp", STM32L4_OTP, {}),
    ("sai1", STM32L4_SAI, {}),
    ("sdmmc1", STM32L4_SDMMC, {}),
    ("swpmi1", STM32L4_SWPMI, {}),
    ("tsc", STM32L4_TSC, {}),
    ("adc1", make_adc, {}),
    ("adcCommon", make_adc_common, {}),
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

(
    test_no_sequence_of_accesses_upsets_a_block,
    test_plain_words_read_what_an_engine_would_serve,
) = robustness_tests(BLOCKS, SPECIAL_VALUES, inputs=4)
