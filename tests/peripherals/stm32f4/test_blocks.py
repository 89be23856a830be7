"""Clocks, power, SPI, I2C, DMA and Ethernet of the STM32F4: what drivers wait for."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32f4 import rcc as clocks
from renode_wifi.peripherals.stm32f4.dma import STM32DMA
from renode_wifi.peripherals.stm32f4.ethernet import SynopsysEthernetMAC
from renode_wifi.peripherals.stm32f4.i2c import SR1, STM32F4_I2C
from renode_wifi.peripherals.stm32f4.phy import EthernetPhysicalLayer
from renode_wifi.peripherals.stm32f4.pwr import CR, CSR, STM32_PWR
from renode_wifi.peripherals.stm32f4.rcc import STM32F4_RCC
from renode_wifi.peripherals.stm32f4.spi import CR1, CR2, SR, STM32SPI
from tests.peripherals.stm32l4.rig import Probe, peek, poke


@pytest.mark.parametrize("enable", ["HSEON", "PLLON", "PLLI2SON", "PLLSAION"])
def test_a_clock_is_ready_while_it_is_on(enable: str) -> None:
    rcc = STM32F4_RCC(BenchMachine(), "rcc")
    ready = clocks.CR[enable].mask << 1
    poke(rcc, "CR", peek(rcc, "CR") | clocks.CR[enable].mask)
    assert peek(rcc, "CR") & ready
    poke(rcc, "CR", peek(rcc, "CR") & ~clocks.CR[enable].mask)
    assert not peek(rcc, "CR") & ready


def test_the_switch_shows_what_was_chosen() -> None:
    rcc = STM32F4_RCC(BenchMachine(), "rcc")
    poke(rcc, "CFGR", 2)
    assert peek(rcc, "CFGR") == 0b1010


def test_reset_flags_stay_until_software_removes_them() -> None:
    machine = BenchMachine()
    rcc = STM32F4_RCC(machine, "rcc")
    machine.reset_cause = "iwdg"
    poke(rcc, "BDCR", 1)
    rcc.reset()
    flags = clocks.RESET_FLAGS
    assert peek(rcc, "CSR") == flags["power-on"] | flags["iwdg"]
    assert peek(rcc, "BDCR") == 3
    poke(rcc, "CSR", clocks.CSR.RMVF)
    assert peek(rcc, "CSR") == 0
    machine.reset_cause = "power-on"
    rcc.reset()
    assert peek(rcc, "CSR") == flags["power-on"]
    assert peek(rcc, "BDCR") == 0


def test_timer_9_is_reset_when_its_bit_falls() -> None:
    rcc = STM32F4_RCC(BenchMachine(), "rcc")
    probe = Probe()
    rcc.lines["Timer9Reset"].connect(probe, 0)
    poke(rcc, "APB2RSTR", 1 << 16)
    assert probe.levels == []
    poke(rcc, "APB2RSTR", 0)
    assert probe.levels == [(0, True), (0, False)]


def test_the_regulator_is_ready_for_what_is_asked() -> None:
    pwr = STM32_PWR(BenchMachine(), "pwr")
    assert not peek(pwr, "CSR")
    poke(pwr, "CR", CR.VOS | CR.ODEN)
    assert peek(pwr, "CSR") == CSR.VOSRDY | CSR.ODRDY
    poke(pwr, "CR", CR.VOS | CR.ODEN | CR.ODSWEN)
    assert peek(pwr, "CSR") == CSR.VOSRDY | CSR.ODRDY | CSR.ODSWRDY


class Echo:
    """Answers each frame with its complement."""

    def exchange(self, frame: int, bits: int) -> int:
        return ~frame & ((1 << bits) - 1)


@pytest.mark.parametrize(("format_", "answer"), [(0, 0xA5), (CR1.DFF, 0xFFA5)])
def test_a_frame_is_exchanged(format_: int, answer: int) -> None:
    spi = STM32SPI(BenchMachine(), "spi1")
    poke(spi, "DR", 0x5A)
    assert not peek(spi, "SR") & SR.RXNE
    spi.attach(Echo())
    poke(spi, "CR1", CR1.SPE | CR1.MSTR | format_)
    poke(spi, "CR2", CR2.RXNEIE)
    poke(spi, "DR", 0x5A)
    assert spi.lines["IRQ"].level
    assert peek(spi, "DR") == answer
    assert not spi.lines["IRQ"].level
    assert not peek(spi, "SR") & SR.RXNE


def test_an_open_wire_reads_ones() -> None:
    spi = STM32SPI(BenchMachine(), "spi1")
    probe = Probe()
    spi.lines["DMARecieve"].connect(probe, 0)
    poke(spi, "CR1", CR1.SPE)
    poke(spi, "CR2", CR2.RXDMAEN)
    poke(spi, "DR", 0)
    assert peek(spi, "DR") == 0xFF
    assert probe.levels == [(0, True), (0, False)]


def test_nobody_acknowledges_on_i2c() -> None:
    i2c = STM32F4_I2C(BenchMachine(), "i2c1")
    poke(i2c, "CR2", 3 << 8)
    poke(i2c, "CR1", 1 | 1 << 8)
    assert peek(i2c, "SR1") == SR1.SB
    assert i2c.lines["EventInterrupt"].level
    poke(i2c, "DR", 0xA0)
    assert peek(i2c, "SR1") == SR1.AF
    assert i2c.lines["ErrorInterrupt"].level
    assert not i2c.lines["EventInterrupt"].level
    poke(i2c, "CR1", 1 | 1 << 9)
    assert peek(i2c, "SR2") == 0
    poke(i2c, "CR1", 0)
    assert peek(i2c, "SR1") == 0


def test_streams_keep_their_settings() -> None:
    dma = STM32DMA(BenchMachine(), "dma1")
    poke(dma, "S7M1AR", 0x20000000)
    assert dma.read(0x20 + 7 * 0x18, 4) == 0x20000000
    assert peek(dma, "S0FCR") == 0x21


def test_the_mac_is_out_of_reset_and_finds_no_phy() -> None:
    mac = SynopsysEthernetMAC(BenchMachine(), "ethernet")
    poke(mac, "DMABMR", peek(mac, "DMABMR") | 1)
    assert not peek(mac, "DMABMR") & 1
    poke(mac, "MACMIIAR", 1)
    assert not peek(mac, "MACMIIAR") & 1
    assert peek(mac, "MACMIIDR") == 0xFFFF


def test_phys_answer_at_their_address() -> None:
    machine = BenchMachine()
    mac, phy = SynopsysEthernetMAC(machine, "ethernet"), EthernetPhysicalLayer(machine, "phy")
    phy.__dict__["id1"] = 0x0007
    mac.attach(phy, 1)
    read = dict.fromkeys((1, 2), 0)
    for number in read:
        poke(mac, "MACMIIAR", 1 << 11 | number << 6 | 1)
        read[number] = peek(mac, "MACMIIDR")
    assert read == {1: 0x24, 2: 0x0007}  # link up and negotiated (22.2.4.2)
    poke(mac, "MACMIIAR", 2 << 11 | 1 << 6 | 1)
    assert peek(mac, "MACMIIDR") == 0xFFFF
    poke(mac, "MACMIIDR", 0x1234)
    poke(mac, "MACMIIAR", 1 << 11 | 3)
    assert peek(mac, "MACMIIDR") == 0x1234  # what is written changes no PHY
    with pytest.raises(ValueError, match="32"):
        mac.attach(phy, 32)
