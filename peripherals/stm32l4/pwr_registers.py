# ironpython: executed by Renode
"""Registers of the power control (RM0351 section 5.4)."""

from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register

CR1 = Register(
    "CR1",
    0x00,
    reset=0x200,
    on_write="_regulate",
    fields=(
        Field("LPMS", 0, 3),
        Field("DBP", 8),
        Field("VOS", 9, 2),
        Field("LPR", 14),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    on_write="_monitor",
    fields=(
        Field("PVDE", 0),
        Field("PLS", 1, 3),
        Field("PVME", 4, count=4, first=1),
        Field("IOSV", 9),
        Field("USV", 10),
    ),
)
CR3 = Register(
    "CR3",
    0x08,
    reset=0x8000,
    fields=(
        Field("EWUP", 0, count=5, first=1),
        Field("RRS", 8),
        Field("APC", 10),
        Field("EIWUL", 15),
    ),
)
CR4 = Register(
    "CR4", 0x0C, fields=(Field("WP", 0, count=5, first=1), Field("VBE", 8), Field("VBRS", 9))
)
SR1 = Register(
    "SR1",
    0x10,
    access=READ_ONLY,
    fields=(Field("WUF", 0, count=5, first=1), Field("SBF", 8), Field("WUFI", 15)),
)
SR2 = Register(
    "SR2",
    0x14,
    access=READ_ONLY,
    fields=(
        Field("REGLPS", 8),
        Field("REGLPF", 9),
        Field("VOSF", 10),
        Field("PVDO", 11),
        Field("PVMO", 12, count=4, first=1),
    ),
)
SCR = Register(
    "SCR",
    0x18,
    access=WRITE_ONLY,
    clears="SR1",
    fields=(Field("CWUF", 0, count=5, first=1), Field("CSBF", 8)),
)
PUCRA = Register("PUCRA", 0x20, fields=(Field("PU", 0, count=14), Field("PU15", 15)))
PDCRA = Register("PDCRA", 0x24, fields=(Field("PD", 0, count=13), Field("PD14", 14)))
PUCRB = Register("PUCRB", 0x28, fields=(Field("PU", 0, count=16),))
PDCRB = Register("PDCRB", 0x2C, fields=(Field("PD", 0, count=4), Field("PD", 5, count=11, first=5)))
PUCR = Register("PUCR", 0x30, count=5, stride=8, first="CDEFG", fields=(Field("PU", 0, count=16),))
PDCR = Register("PDCR", 0x34, count=5, stride=8, first="CDEFG", fields=(Field("PD", 0, count=16),))
PUCRH = Register("PUCRH", 0x58, fields=(Field("PU", 0, count=2),))
PDCRH = Register("PDCRH", 0x5C, fields=(Field("PD", 0, count=2),))
