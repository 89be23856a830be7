"""Timers, watchdog, UART, ports, flash, converter and buses, each at its registers."""

from __future__ import annotations

import logging

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.camera import CC3220_Camera
from renode_wifi.peripherals.cc3220.dthe import CC3220_DTHE
from renode_wifi.peripherals.cc3220.i2s import CC3220_I2S
from renode_wifi.peripherals.cc3220.sdhost import CC3220_SDHOST
from tests.peripherals.stm32l4.rig import peek, poke

# -- timers ---------------------------------------------------------------------------------------


# -- watchdog -------------------------------------------------------------------------------------


# -- UART -----------------------------------------------------------------------------------------


# -- ports ----------------------------------------------------------------------------------------


# -- flash ----------------------------------------------------------------------------------------


# -- converter ------------------------------------------------------------------------------------


# -- I2C ------------------------------------------------------------------------------------------


# -- what is there without its other end ----------------------------------------------------------


def test_empty_card_slot() -> None:
    sdhost = CC3220_SDHOST(BenchMachine(), "sdhost")
    poke(sdhost, "SYSCONFIG", 2)
    poke(sdhost, "SYSCTL", 1 | 1 << 24)
    assert peek(sdhost, "SYSCTL") & (7 << 24 | 3) == 3
    poke(sdhost, "IE", 0xFFFFFFFF)
    poke(sdhost, "ISE", 1 << 16 | 1)
    poke(sdhost, "CMD", 0)
    assert peek(sdhost, "STAT") == 1
    assert sdhost.lines[0].level
    poke(sdhost, "STAT", 1)
    poke(sdhost, "CMD", 8 << 24 | 2 << 16)
    assert peek(sdhost, "STAT") == 1 << 16 | 1 << 15
    poke(sdhost, "STAT", 1 << 16)
    assert peek(sdhost, "STAT") == 0
    assert not sdhost.lines[0].level


def test_camera_resets_and_starts() -> None:
    camera = CC3220_Camera(BenchMachine(), "camera")
    poke(camera, "CC_CTRL_XCLK", 5)
    poke(camera, "CC_SYSCONFIG", 2)
    assert peek(camera, "CC_SYSSTATUS") == 1
    assert peek(camera, "CC_CTRL_XCLK") == 0
    poke(camera, "CC_CTRL", 1 << 16 | 1 << 18)
    assert peek(camera, "CC_CTRL") == 1 << 16


def test_audio_is_ready_out_of_reset() -> None:
    audio = CC3220_I2S(BenchMachine(), "i2s")
    assert peek(audio, "TXSTAT") == 0
    poke(audio, "GBLCTLX", 0x1F00)
    assert peek(audio, "TXSTAT") == 1 << 5
    assert peek(audio, "RXSTAT") == 0
    poke(audio, "GBLCTLR", 0x1F)
    assert peek(audio, "GBLCTL") == 0x1F1F
    assert peek(audio, "RXSTAT") == 1 << 5
    poke(audio, "GBLCTL", 0)
    assert peek(audio, "TXSTAT") == 0


# -- CRC and what the engines share ---------------------------------------------------------------


def test_end_of_dma_of_each_engine_interrupts_unless_masked() -> None:
    machine = BenchMachine(seed=5)
    machine.log = logging.getLogger("quiet")
    dthe = CC3220_DTHE(machine, "dthe")
    for number, (engine, line) in enumerate((("SHA", 0), ("AES", 4), ("DES", 8))):
        dthe.on_gpio(line + 1, True)
        assert peek(dthe, f"{engine}_RIS") == 2
        assert not dthe.lines[number].level
        poke(dthe, f"{engine}_IM", 0)
        assert dthe.lines[number].level
        poke(dthe, f"{engine}_IC", 2)
        assert not dthe.lines[number].level
    keys = [dthe.read(0xF00 + 4 * index, 4) for index in range(4)]
    assert len(set(keys)) == 4
    dthe.reset()
    assert keys != [dthe.read(0xF00 + 4 * index, 4) for index in range(4)]
