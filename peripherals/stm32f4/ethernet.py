"""Ethernet MAC with its DMA (RM0090 section 33): registers and PHYs; there is no wire."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import SELF_CLEARING, Field, Register, packed

SIZE = 0x1400
MACMIIAR = Register(
    "MACMIIAR", 0x10, on_write="_manage", fields=packed("MB/sc MW CR:3 - MR:5 PA:5")
)
MACMIIDR = Register("MACMIIDR", 0x14, fields=packed("MD:16"))
DMABMR = 0x1000
PHYS = 32
NOBODY = 0xFFFF
"""What the management interface's pull-up leaves where no PHY answers."""


def _word(offset: int) -> Register:
    return Register(f"ETH_{offset:03X}", offset, fields=packed("VALUE:32"))


class Phy(Protocol):
    """What answers management accesses."""

    def read_register(self, number: int) -> int: ...


class SynopsysEthernetMAC(RegistersOnly):
    """version: as Renode's model takes it. Resets and management accesses are over at once."""

    MISSING = "frames"
    SIZE = SIZE
    REGISTERS = (
        *(
            _word(offset)
            for offset in (*range(0, 0x5C, 4), *range(0x700, 0x730, 4), *range(0x1004, 0x1058, 4))
            if offset not in (MACMIIAR.offset, MACMIIDR.offset)
        ),
        MACMIIAR,
        MACMIIDR,
        Register(
            "DMABMR",
            DMABMR,
            reset=0x00020101,
            fields=(Field("SR", 0, access=SELF_CLEARING), Field("SETTINGS", 1, 26)),
        ),
    )

    def __init__(self, machine: Machine, name: str, version: object = None) -> None:
        super().__init__(machine, name)
        self._phys: dict[int, Phy] = {}
        # Software reset is over before software can look.
        self.registers["DMABMR"] &= ~1

    def attach(self, phy: Phy, address: int = 0) -> None:
        """Put a PHY at an address of the management interface."""
        if not 0 <= address < PHYS:
            raise ValueError(address)
        _ = phy.read_register
        self._phys[address] = phy

    def _manage(self, value: int, old: int) -> None:
        if not value & MACMIIAR.MB or value & MACMIIAR.MW:
            return
        phy = self._phys.get(value >> 11 & 31)
        self.registers["MACMIIDR"] = NOBODY if phy is None else phy.read_register(value >> 6 & 31)
