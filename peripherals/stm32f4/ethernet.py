"""Ethernet MAC with its DMA (RM0090 section 33): registers; there is no wire and no PHY."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import SELF_CLEARING, Field, Register, packed

SIZE = 0x1400
MACMIIAR = 0x10
DMABMR = 0x1000


def _word(offset: int) -> Register:
    return Register(f"ETH_{offset:03X}", offset, fields=packed("VALUE:32"))


class SynopsysEthernetMAC(RegistersOnly):
    """version: as Renode's model takes it. Resets and management accesses are over at once."""

    MISSING = "frames, and the PHY: management accesses read 0xFFFF"
    SIZE = SIZE
    REGISTERS = (
        *(
            _word(offset)
            for offset in (*range(0, 0x5C, 4), *range(0x700, 0x730, 4), *range(0x1004, 0x1058, 4))
            if offset not in (MACMIIAR, MACMIIAR + 4)
        ),
        Register("MACMIIAR", MACMIIAR, fields=packed("MB/sc MW CR:3 - MR:5 PA:5")),
        Register("MACMIIDR", MACMIIAR + 4, reset=0xFFFF, access="c"),
        Register(
            "DMABMR",
            DMABMR,
            reset=0x00020101,
            fields=(Field("SR", 0, access=SELF_CLEARING), Field("SETTINGS", 1, 26)),
        ),
    )

    def __init__(self, machine: Machine, name: str, version: object = None) -> None:
        super().__init__(machine, name)
        # Software reset is over before software can look.
        self.registers["DMABMR"] &= ~1
