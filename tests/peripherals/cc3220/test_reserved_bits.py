"""Bits of a register that are in no field read their reset value, whatever is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.adc import CC3220_ADC
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
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
