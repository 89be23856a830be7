"""Whatever software does to any block of the chip, the model goes on."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.adc import CC3220_ADC
from renode_wifi.peripherals.cc3220.aes import CC3220_AES
from renode_wifi.peripherals.cc3220.apps_config import CC3220_APPS_CONFIG
from renode_wifi.peripherals.cc3220.arcm import CC3220_ARCM
from renode_wifi.peripherals.cc3220.camera import CC3220_Camera
from renode_wifi.peripherals.cc3220.common_reg import CC3220_COMMON_REG
from renode_wifi.peripherals.cc3220.des import CC3220_DES
from renode_wifi.peripherals.cc3220.dthe import CC3220_DTHE
from renode_wifi.peripherals.cc3220.flash_ctrl import CC3220_FLASH_CTRL
from renode_wifi.peripherals.cc3220.gpio import CC2538_GPIO
from renode_wifi.peripherals.cc3220.gprcm import CC3220_GPRCM
from renode_wifi.peripherals.cc3220.hib1p2 import CC3220_HIB1P2
from renode_wifi.peripherals.cc3220.hib3p3 import CC3220_HIB3P3
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from renode_wifi.peripherals.cc3220.i2s import CC3220_I2S
from renode_wifi.peripherals.cc3220.mcspi import CC3220_McSPI
from renode_wifi.peripherals.cc3220.ocp_shared import CC3220_OCP_SHARED
from renode_wifi.peripherals.cc3220.rom_port import CC3220_ROMPort
from renode_wifi.peripherals.cc3220.sdhost import CC3220_SDHOST
from renode_wifi.peripherals.cc3220.shamd5 import CC3220_SHAMD5
from renode_wifi.peripherals.cc3220.stackdie import CC3220_StackDie
from renode_wifi.peripherals.cc3220.timer import CC3220_Timer
from renode_wifi.peripherals.cc3220.uart import PL011
from renode_wifi.peripherals.cc3220.udma import CC3220_uDMA
from renode_wifi.peripherals.cc3220.wdt import CC3220_WDT
from tests.peripherals.robustness import Block, robustness_tests

BLOCKS: list[Block] = [
    ("adc", CC3220_ADC, {}),
    ("aes", CC3220_AES, {}),
    ("appsConfig", CC3220_APPS_CONFIG, {}),
    ("arcm", CC3220_ARCM, {}),
    ("camera", CC3220_Camera, {}),
    ("commonReg", CC3220_COMMON_REG, {}),
    ("des", CC3220_DES, {}),
    ("dthe", CC3220_DTHE, {}),
    # One page: erasing the whole array byte by byte is slow on the rig's memory.
    ("flashController", CC3220_FLASH_CTRL, {"size": 2048}),
    ("gpioa0", CC2538_GPIO, {}),
    ("gprcm", CC3220_GPRCM, {}),
    ("hib3p3", CC3220_HIB3P3, {}),
    ("hib1p2", CC3220_HIB1P2, {}),
    ("i2ca0", CC3220_I2C, {}),
    ("i2s", CC3220_I2S, {}),
    ("lspi", CC3220_McSPI, {}),
    ("ocpShared", CC3220_OCP_SHARED, {}),
    ("romPort", CC3220_ROMPort, {}),
    ("sdhost", CC3220_SDHOST, {}),
    ("shamd5", CC3220_SHAMD5, {}),
    ("stackDie", CC3220_StackDie, {}),
    ("timera0", CC3220_Timer, {}),
    ("uarta0", PL011, {}),
    ("udma", CC3220_uDMA, {}),
    ("wdt", CC3220_WDT, {}),
]

# Values that open doors: enables, keys of flash and watchdog, all and nothing.
SPECIAL_VALUES = [0, 1, 2, 4, 0xFFFFFFFF, 0x1ACCE551, 0xA4420001, 0xA4420002, 0x101, 0x301, 0x22]


def _with_hib3p3(machine: BenchMachine) -> None:
    machine.peripherals["hib3p3"] = CC3220_HIB3P3(machine, "hib3p3")


(
    test_no_sequence_of_accesses_upsets_a_block,
    test_plain_words_read_what_an_engine_would_serve,
) = robustness_tests(BLOCKS, SPECIAL_VALUES, inputs=2, beside=_with_hib3p3)
