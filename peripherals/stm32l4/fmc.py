# ironpython: executed by Renode
"""Flexible memory controller (RM0351 section 16) with nothing at its pins."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed

BANKS = 4
CONTROL = (
    "MBKEN MUXEN MTYP:2 MWID:2 FACCEN - BURSTEN WAITPOL - WAITCFG WREN WAITEN EXTMOD ASYNCWAIT "
    "CPSIZE:3 CBURSTRW"
)
TIMING = "ADDSET:4 ADDHLD:4 DATAST:8 BUSTURN:4 CLKDIV:4 DATLAT:4 ACCMOD:2"


class STM32L4_FMC(RegistersOnly):
    MISSING = "the memories: the banks from 0x60000000 on are empty"
    REGISTERS = (
        # Only the first bank's register has CCLKEN and WFDIS, and only that bank is on after reset.
        Register("BCR1", 0x00, reset=0x000030DB, fields=packed(CONTROL + " CCLKEN WFDIS")),
        Register("BCR", 0x08, reset=0x000030D2, count=3, stride=8, first=2, fields=packed(CONTROL)),
        Register(
            "BTR", 0x04, reset=0x0FFFFFFF, count=BANKS, stride=8, first=1, fields=packed(TIMING)
        ),
        Register(
            "PCR",
            0x80,
            reset=0x00000018,
            fields=packed("- PWAITEN PBKEN PTYP PWID:2 ECCEN -:2 TCLR:4 TAR:4 ECCPS:3"),
        ),
        Register("SR", 0x84, reset=0x00000040, fields=packed("IRS ILS IFS IREN ILEN IFEN FEMPT/r")),
        Register(
            "PMEM",
            0x88,
            reset=0xFCFCFCFC,
            fields=packed("MEMSET:8 MEMWAIT:8 MEMHOLD:8 MEMHIZ:8"),
        ),
        Register(
            "PATT",
            0x8C,
            reset=0xFCFCFCFC,
            fields=packed("ATTSET:8 ATTWAIT:8 ATTHOLD:8 ATTHIZ:8"),
        ),
        Register("ECCR", 0x94, access=READ_ONLY),
        Register(
            "BWTR",
            0x104,
            reset=0x0FFFFFFF,
            count=BANKS,
            stride=8,
            first=1,
            fields=packed("ADDSET:4 ADDHLD:4 DATAST:8 BUSTURN:4 -:8 ACCMOD:2"),
        ),
    )
