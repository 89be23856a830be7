"""McSPI, uDMA and the DMA-done lines, as the SPI driver of TI's SDK uses them for the link."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220 import mcspi as block
from renode_wifi.peripherals.cc3220.mcspi import CC3220_McSPI
from tests.peripherals.cc3220.rig import CONF, Rig
from tests.peripherals.stm32l4.rig import peek, poke


def test_polled_words_go_out_and_come_back() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CTRL", 1)
    for word in (0, 0x12345678, 0xFFFFFFFF):
        assert peek(rig.spi, "CH0STAT") & 3 == block.STAT_TXS
        poke(rig.spi, "TX0", word)
        assert peek(rig.spi, "CH0STAT") & 3 == block.STAT_TXS | block.STAT_RXS
        assert peek(rig.spi, "RX0") == ~word & 0xFFFFFFFF
    assert rig.echo.words == [0, 0x12345678, 0xFFFFFFFF]


def test_chip_select_follows_force() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CONF", CONF | block.CONF_FORCE)
    assert rig.spi.lines[3].level
    poke(rig.spi, "CH0CONF", CONF)
    assert not rig.spi.lines[3].level


def test_a_disabled_channel_exchanges_nothing() -> None:
    rig = Rig()
    poke(rig.spi, "TX0", 5)
    assert not rig.echo.words
    assert not peek(rig.spi, "CH0STAT") & block.STAT_TXS
    poke(rig.spi, "CH0CTRL", 1)
    assert rig.echo.words == [5]
    assert peek(rig.spi, "RX0") == 0xFFFFFFFA


def test_a_full_receive_buffer_holds_back_what_follows() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CTRL", 1)
    poke(rig.spi, "TX0", 1)
    poke(rig.spi, "TX0", 2)
    assert rig.echo.words == [1]
    assert not peek(rig.spi, "CH0STAT") & block.STAT_TXS
    assert peek(rig.spi, "RX0") == 0xFFFFFFFE
    assert rig.echo.words == [1, 2]
    assert peek(rig.spi, "RX0") == 0xFFFFFFFD


@given(bits=st.integers(4, 32), word=st.integers(0, 0xFFFFFFFF))
def test_words_have_the_length_that_is_set(bits: int, word: int) -> None:
    rig = Rig()
    poke(rig.spi, "CH0CONF", CONF & ~0xF80 | (bits - 1) << 7)
    poke(rig.spi, "CH0CTRL", 1)
    poke(rig.spi, "TX0", word)
    assert rig.echo.words == [word & ((1 << bits) - 1)]
    assert peek(rig.spi, "RX0") == ~word & ((1 << bits) - 1)


def test_buffers_take_sixty_four_bytes() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CONF", CONF | block.CH0CONF.FFER)
    poke(rig.spi, "CH0CTRL", 1)
    for word in range(17):
        poke(rig.spi, "TX0", word)
    assert rig.echo.words == list(range(16))
    assert peek(rig.spi, "CH0STAT") & block.STAT_RXFFF
    assert [peek(rig.spi, "RX0") for _ in range(17)] == [~w & 0xFFFFFFFF for w in range(17)]


def test_receiving_only_clocks_as_many_words_as_are_counted() -> None:
    rig = Rig()
    poke(rig.spi, "XFERLEVEL", 3 << 16)
    poke(rig.spi, "CH0CONF", CONF | 1 << block.CH0CONF["TRM"].position | block.CH0CONF.FFER)
    poke(rig.spi, "CH0CTRL", 1)
    assert rig.echo.words == [0xFFFFFFFF] * 3
    assert peek(rig.spi, "IRQSTATUS") & block.IRQ_EOW


def test_sending_only_drops_what_comes_back() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CONF", CONF | 2 << block.CH0CONF["TRM"].position)
    poke(rig.spi, "CH0CTRL", 1)
    for word in (7, 8):
        poke(rig.spi, "TX0", word)
    assert rig.echo.words == [7, 8]
    assert not peek(rig.spi, "CH0STAT") & block.STAT_RXS


def test_interrupts_of_the_controller() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CTRL", 1)
    poke(rig.spi, "IRQENABLE", block.IRQ_RX_FULL)
    poke(rig.spi, "IRQSTATUS", 0x3000F)
    assert not rig.spi.lines[0].level
    poke(rig.spi, "TX0", 1)
    assert rig.spi.lines[0].level
    assert peek(rig.spi, "RX0") == 0xFFFFFFFE
    poke(rig.spi, "IRQSTATUS", 0x3000F)
    assert not rig.spi.lines[0].level


def test_reset_ends_everything() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CTRL", 1)
    poke(rig.spi, "TX0", 1)
    poke(rig.spi, "SYSCONFIG", block.SYSCONFIG.SOFTRESET)
    assert peek(rig.spi, "SYSSTATUS") == 1
    assert not peek(rig.spi, "CH0STAT") & block.STAT_RXS
    assert peek(rig.spi, "CH0CTRL") == 0


def test_open_wire_reads_as_ones() -> None:
    spi = CC3220_McSPI(BenchMachine(), "gspi")
    poke(spi, "MODULCTRL", 0)
    poke(spi, "CH0CONF", CONF)
    poke(spi, "CH0CTRL", 1)
    poke(spi, "TX0", 3)
    assert peek(spi, "RX0") == 0xFFFFFFFF


def test_the_clock_is_the_crystals_divided() -> None:
    rig = Rig()
    poke(rig.spi, "CH0CONF", 3 << 2 | 2)
    assert (rig.spi.bit_time(), rig.spi.mode()) == (200, 2)
    poke(rig.spi, "CH0CONF", 1 << 29 | 1 << 2 | 1)
    poke(rig.spi, "CH0CTRL", 1 << 8)
    assert (rig.spi.bit_time(), rig.spi.mode()) == (450, 1)
