"""What becomes of bits of a register that are in no field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.adc import CC3220_ADC
from renode_wifi.peripherals.cc3220.aes import CC3220_AES
from renode_wifi.peripherals.cc3220.apps_config import CC3220_APPS_CONFIG
from renode_wifi.peripherals.cc3220.arcm import CC3220_ARCM
from renode_wifi.peripherals.cc3220.camera import CC3220_Camera
from renode_wifi.peripherals.cc3220.common_reg import CC3220_COMMON_REG
from renode_wifi.peripherals.cc3220.dthe import CC3220_DTHE
from renode_wifi.peripherals.cc3220.gprcm import CC3220_GPRCM
from renode_wifi.peripherals.cc3220.hib1p2 import CC3220_HIB1P2
from renode_wifi.peripherals.cc3220.hib3p3 import CC3220_HIB3P3
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from renode_wifi.peripherals.cc3220.i2s import CC3220_I2S
from renode_wifi.peripherals.cc3220.ocp_shared import CC3220_OCP_SHARED
from renode_wifi.peripherals.cc3220.sdhost import CC3220_SDHOST
from renode_wifi.peripherals.cc3220.shamd5 import CC3220_SHAMD5
from renode_wifi.peripherals.cc3220.stackdie import CC3220_StackDie
from renode_wifi.peripherals.cc3220.timer import CC3220_Timer
from renode_wifi.peripherals.cc3220.uart import PL011
from tests.peripherals.stm32l4.rig import peek, poke

ALL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("make", "register", "fields"),
    [
        (CC3220_ADC, "ADC_CTRL", 0x3F),
        (CC3220_ADC, "adc_ch_gain0", 0x3),
        (CC3220_ADC, "adc_timer_configuration", 0x02FFFFFF),
        (CC3220_I2C, "MTPR", 0xFF),
        (CC3220_I2C, "MCR", 0x31),
        (CC3220_I2C, "FIFOCTL", 0xA007A007),
        (CC3220_I2C, "OBSMUXSEL0", 0x07070707),
        (CC3220_I2C, "PC", 0x1),
        (CC3220_AES, "C_LENGTH_1", 0x1FFFFFFF),
        (CC3220_ARCM, "CAMERA_CLK_GEN", 0x707),
        (CC3220_ARCM, "MCSPI_A1_CLK_GEN", 0x10707),
        (CC3220_ARCM, "UART_A0_CLK_GATING", 0x10101),
        (CC3220_ARCM, "WDOG_A_CLK_GATING", 0x3010101),
        (CC3220_ARCM, "MCASP_FRAC_CLK_CONFIG1", 0x103FF),
        (CC3220_Camera, "CC_CTRL", 0xB3F0F),
        (CC3220_Camera, "CC_CTRL_XCLK", 0x1F),
        (CC3220_DTHE, "CRC_CTRL", 0x73BF),
        (CC3220_DTHE, "SHA_IM", 0x7),
        (CC3220_DTHE, "DES_IM", 0x7),
        (CC3220_GPRCM, "APPS_LPDS_WAKEUP_CFG", 0xF1),
        (CC3220_I2S, "ACLKXCTL", 0x300FF),
        (CC3220_I2S, "RXFMT", 0x3FFFF),
        (CC3220_I2S, "XRSRCTL0", 0xF),
        (CC3220_SDHOST, "BLK", 0xFFFF0FFF),
        (CC3220_SDHOST, "IE", 0x337F07FF),
        (CC3220_SDHOST, "HCTL", 0x0F0F0FDE),
        (CC3220_SHAMD5, "MODE", 0xBE),
        (CC3220_Timer, "DMAEV", 0xF1F),
        (PL011, "LCTL", 0x31),
        (PL011, "9BITADDR", 0x80FF),
        (PL011, "9BITAMASK", 0xFFFF),
        (PL011, "CC", 0xF),
    ],
)
def test_only_fields_keep_what_is_written(
    make: Callable[[BenchMachine, str], Block], register: str, fields: int
) -> None:
    block = make(BenchMachine(), "block")
    poke(block, register, ALL)
    assert peek(block, register) == fields


@pytest.mark.parametrize(
    ("make", "register"),
    [
        # Bits 12:9 are driverlib's, for the pads of the converter.
        (CC3220_OCP_SHARED, "GPIO_PAD_CMN_CONFIG"),
        (CC3220_APPS_CONFIG, "GPT_TRIG_SEL"),
        (CC3220_COMMON_REG, "GPIO_properties_register"),
        (CC3220_GPRCM, "MEM_SYSCLK_DIV_CFG"),
        (CC3220_HIB1P2, "DIG_DCDC_VTRIM_CFG"),
        (CC3220_HIB3P3, "MEM_JTAG_CONF"),
        (CC3220_StackDie, "MISC_CTL"),
    ],
)
def test_partly_documented_registers_keep_all_that_is_written(
    make: Callable[[BenchMachine, str], Block], register: str
) -> None:
    block = make(BenchMachine(), "block")
    poke(block, register, ALL)
    assert peek(block, register) == ALL
