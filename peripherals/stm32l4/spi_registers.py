# ironpython: executed by Renode
"""Registers of the SPI (RM0351 section 42.6)."""

from renode_wifi.peripherals.base.registers import READ_ONLY, ZERO_CLEARS, Field, Register

CR1 = Register(
    "CR1",
    0x00,
    on_write="_configure",
    fields=(
        Field("CPHA", 0),
        Field("CPOL", 1),
        Field("MSTR", 2),
        Field("BR", 3, 3),
        Field("SPE", 6),
        Field("LSBFIRST", 7),
        Field("SSI", 8),
        Field("SSM", 9),
        Field("RXONLY", 10),
        Field("CRCL", 11),
        Field("CRCNEXT", 12),
        Field("CRCEN", 13),
        Field("BIDIOE", 14),
        Field("BIDIMODE", 15),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    reset=0x700,
    on_write="_configure",
    fields=(
        Field("RXDMAEN", 0),
        Field("TXDMAEN", 1),
        Field("SSOE", 2),
        Field("NSSP", 3),
        Field("FRF", 4),
        Field("ERRIE", 5),
        Field("RXNEIE", 6),
        Field("TXEIE", 7),
        Field("DS", 8, 4),
        Field("FRXTH", 12),
        Field("LDMARX", 13),
        Field("LDMATX", 14),
    ),
)
SR = Register(
    "SR",
    0x08,
    reset=0x2,
    access=READ_ONLY,
    on_write="_clear_crc",
    fields=(
        Field("RXNE", 0),
        Field("TXE", 1),
        Field("CHSIDE", 2),
        Field("UDR", 3),
        Field("CRCERR", 4, access=ZERO_CLEARS),
        Field("MODF", 5),
        Field("OVR", 6),
        Field("BSY", 7),
        Field("FRE", 8),
        Field("FRLVL", 9, 2),
        Field("FTLVL", 11, 2),
    ),
)
DR = Register(
    "DR", 0x0C, on_read="_read_halfword", on_write="_write_halfword", fields=(Field("DR", 0, 16),)
)
CRCPR = Register("CRCPR", 0x10, reset=0x7, fields=(Field("CRCPOLY", 0, 16),))
RXCRCR = Register("RXCRCR", 0x14, access=READ_ONLY, fields=(Field("RXCRC", 0, 16),))
TXCRCR = Register("TXCRCR", 0x18, access=READ_ONLY, fields=(Field("TXCRC", 0, 16),))
