"""Registers of the Quad-SPI interface (RM0351 section 17.5)."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    WRITE_ONLY,
    Field,
    Register,
)

CR = Register(
    "CR",
    0x00,
    on_write="_control",
    fields=(
        Field("EN", 0),
        Field("ABORT", 1, access=SELF_CLEARING),
        Field("DMAEN", 2),
        Field("TCEN", 3),
        Field("SSHIFT", 4),
        Field("FTHRES", 8, 4),
        Field("TEIE", 16),
        Field("TCIE", 17),
        Field("FTIE", 18),
        Field("SMIE", 19),
        Field("TOIE", 20),
        Field("APMS", 22),
        Field("PMM", 23),
        Field("PRESCALER", 24, 8),
    ),
)
DCR = Register(
    "DCR",
    0x04,
    on_write="_configure",
    fields=(Field("CKMODE", 0), Field("CSHT", 8, 3), Field("FSIZE", 16, 5)),
)
SR = Register(
    "SR",
    0x08,
    access=READ_ONLY,
    fields=(
        Field("TEF", 0),
        Field("TCF", 1),
        Field("FTF", 2),
        Field("SMF", 3),
        Field("TOF", 4),
        Field("BUSY", 5),
        Field("FLEVEL", 8, 5),
    ),
)
FCR = Register(
    "FCR",
    0x0C,
    access=WRITE_ONLY,
    clears="SR",
    on_write="_flags_cleared",
    fields=(Field("CTEF", 0), Field("CTCF", 1), Field("CSMF", 3), Field("CTOF", 4)),
)
DLR = Register("DLR", 0x10, fields=(Field("DL", 0, 32),))
CCR = Register(
    "CCR",
    0x14,
    on_write="_communicate",
    fields=(
        Field("INSTRUCTION", 0, 8),
        Field("IMODE", 8, 2),
        Field("ADMODE", 10, 2),
        Field("ADSIZE", 12, 2),
        Field("ABMODE", 14, 2),
        Field("ABSIZE", 16, 2),
        Field("DCYC", 18, 5),
        Field("DMODE", 24, 2),
        Field("FMODE", 26, 2),
        Field("SIOO", 28),
        Field("DDRM", 31),
    ),
)
AR = Register("AR", 0x18, on_write="_address", fields=(Field("ADDRESS", 0, 32),))
ABR = Register("ABR", 0x1C, fields=(Field("ALTERNATE", 0, 32),))
DR = Register(
    "DR",
    0x20,
    access=READ_ONLY,
    on_read="_read_word",
    on_write="_write_word",
    fields=(Field("DATA", 0, 32),),
)
PSMKR = Register("PSMKR", 0x24, fields=(Field("MASK", 0, 32),))
PSMAR = Register("PSMAR", 0x28, fields=(Field("MATCH", 0, 32),))
PIR = Register("PIR", 0x2C, fields=(Field("INTERVAL", 0, 16),))
LPTR = Register("LPTR", 0x30, fields=(Field("TIMEOUT", 0, 16),))
