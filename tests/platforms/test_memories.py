"""Models that know where their chip's memories are know them as its description has them."""

from __future__ import annotations

from renode_wifi.emulation.platform import boards
from renode_wifi.peripherals.cc3220 import gprcm
from renode_wifi.peripherals.simplelink import boot_image
from renode_wifi.peripherals.stm32l4 import memories


def test_those_of_the_st_chip() -> None:
    board = boards.find("b_l475e_iot01a")
    assert [(each.start, each.size) for each in board.flash] == [memories.FLASH]
    assert [(each.start, each.size) for each in board.ram] == [memories.SRAM1, memories.SRAM2]


def test_those_of_the_ti_chip() -> None:
    board = boards.find("cc3220sf_launchxl")
    assert board.vector_table == boot_image.ADDRESS
    (ram,) = board.ram
    assert (ram.start, ram.size) == (gprcm.SRAM, gprcm.COLUMNS * gprcm.COLUMN_SIZE)
    assert (ram.start, ram.start + ram.size) == (boot_image.RAM, boot_image.RAM_END)
