"""LSPI, the uDMA controller and a device that echoes, wired up."""

from __future__ import annotations

from typing import Any

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220 import mcspi as block
from renode_wifi.peripherals.cc3220.apps_config import CC3220_APPS_CONFIG
from renode_wifi.peripherals.cc3220.mcspi import CC3220_McSPI
from renode_wifi.peripherals.cc3220.udma import CC3220_uDMA
from tests.peripherals.stm32l4.rig import poke

LSPI = 0x4402_2000
TABLE, SOURCE, TARGET = 0x2000_0400, 0x2000_1000, 0x2000_3000
RECEIVE, SEND = 12, 13
CONF = block.CH0CONF.reset & ~(3 << 16) | 1 << 16 | 0xF80
WORDS = 32
NONE = 3
BOTH_FIFOS = block.CH0CONF.FFEW | block.CH0CONF.FFER


class Echo:
    """Answers each word with its complement, and keeps what it got."""

    def __init__(self) -> None:
        self.words: list[int] = []

    def exchange(self, word: int, bits: int) -> int:
        self.words.append(word)
        return ~word & ((1 << bits) - 1)


class Bus:
    """The rig's memory with LSPI in it. shown: as a model, so that bursts are possible."""

    def __init__(self, memory: Any, spi: CC3220_McSPI, shown: bool) -> None:
        self.memory = memory
        self.spi = spi
        self.shown = shown
        self.accesses = 0
        self.read_bytes = memory.read_bytes
        self.write_bytes = memory.write_bytes

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        memory: bool = self.memory.is_memory(address, length, written)
        return memory and address >> 12 != LSPI >> 12

    def model_at(self, address: int) -> tuple[CC3220_McSPI, int] | None:
        is_there = self.shown and address >> 12 == LSPI >> 12
        return (self.spi, address - LSPI) if is_there else None

    def read(self, address: int, width: int) -> int:
        self.accesses += 1
        if address >> 12 == LSPI >> 12:
            return self.spi.read(address - LSPI, width)
        value: int = self.memory.read(address, width)
        return value

    def write(self, address: int, value: int, width: int) -> None:
        self.accesses += 1
        if address >> 12 == LSPI >> 12:
            self.spi.write(address - LSPI, value, width)
        else:
            self.memory.write(address, value, width)


class Rig:
    def __init__(self, bursts: bool = True) -> None:
        self.machine = BenchMachine()
        self.memory = self.machine.bus
        self.spi = CC3220_McSPI(self.machine, "lspi")
        self.udma = CC3220_uDMA(self.machine, "udma")
        self.config = CC3220_APPS_CONFIG(self.machine, "appsConfig")
        self.echo = Echo()
        self.spi.attach(self.echo)
        self.bus = Bus(self.memory, self.spi, bursts)
        self.machine.bus = self.bus  # type: ignore[assignment]
        self.spi.lines[1].connect(self.udma, 4 * RECEIVE)
        self.spi.lines[2].connect(self.udma, 4 * SEND)
        self.udma.lines[4 * RECEIVE].connect(self.config, 4)
        self.udma.lines[4 * SEND].connect(self.config, 5)
        poke(self.spi, "MODULCTRL", block.MODULCTRL.SINGLE)
        poke(self.spi, "CH0CONF", CONF)
        poke(self.udma, "CFG", 1)
        poke(self.udma, "CTLBASE", TABLE)

    def entry(self, channel: int, source: int, target: int, control: int) -> None:
        for index, word in enumerate((source, target, control)):
            self.memory.write(TABLE + 16 * channel + 4 * index, word, 4)
