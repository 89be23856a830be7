"""Registers of the I2C (RM0351 section 39.7)."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import (
    ONE_SETS,
    READ_ONLY,
    WRITE_ONLY,
    Field,
    Register,
)

CR1 = Register(
    "CR1",
    0x00,
    on_write="_enable",
    fields=(
        Field("PE", 0),
        Field("TXIE", 1),
        Field("RXIE", 2),
        Field("ADDRIE", 3),
        Field("NACKIE", 4),
        Field("STOPIE", 5),
        Field("TCIE", 6),
        Field("ERRIE", 7),
        Field("DNF", 8, 4),
        Field("ANFOFF", 12),
        Field("TXDMAEN", 14),
        Field("RXDMAEN", 15),
        Field("SBC", 16),
        Field("NOSTRETCH", 17),
        Field("WUPEN", 18),
        Field("GCEN", 19),
        Field("SMBHEN", 20),
        Field("SMBDEN", 21),
        Field("ALERTEN", 22),
        Field("PECEN", 23),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    on_write="_control",
    fields=(
        Field("SADD", 0, 10),
        Field("RD_WRN", 10),
        Field("ADD10", 11),
        Field("HEAD10R", 12),
        Field("START", 13, access=ONE_SETS),
        Field("STOP", 14, access=ONE_SETS),
        Field("NACK", 15),
        Field("NBYTES", 16, 8),
        Field("RELOAD", 24),
        Field("AUTOEND", 25),
        Field("PECBYTE", 26),
    ),
)
OAR1 = Register(
    "OAR1", 0x08, fields=(Field("OA1", 0, 10), Field("OA1MODE", 10), Field("OA1EN", 15))
)
OAR2 = Register(
    "OAR2",
    0x0C,
    fields=(
        Field("OA2", 1, 7),
        Field("OA2MSK", 8, 3),
        Field("OA2EN", 15),
    ),
)
TIMINGR = Register(
    "TIMINGR",
    0x10,
    fields=(
        Field("SCLL", 0, 8),
        Field("SCLH", 8, 8),
        Field("SDADEL", 16, 4),
        Field("SCLDEL", 20, 4),
        Field("PRESC", 28, 4),
    ),
)
TIMEOUTR = Register(
    "TIMEOUTR",
    0x14,
    fields=(
        Field("TIMEOUTA", 0, 12),
        Field("TIDLE", 12),
        Field("TIMOUTEN", 15),
        Field("TIMEOUTB", 16, 12),
        Field("TEXTEN", 31),
    ),
)
ISR = Register(
    "ISR",
    0x18,
    reset=0x1,
    access=READ_ONLY,
    on_write="_flush",
    fields=(
        Field("TXE", 0),
        Field("TXIS", 1),
        Field("RXNE", 2),
        Field("ADDR", 3),
        Field("NACKF", 4),
        Field("STOPF", 5),
        Field("TC", 6),
        Field("TCR", 7),
        Field("BERR", 8),
        Field("ARLO", 9),
        Field("OVR", 10),
        Field("PECERR", 11),
        Field("TIMEOUT", 12),
        Field("ALERT", 13),
        Field("BUSY", 15),
        Field("DIR", 16),
        Field("ADDCODE", 17, 7),
    ),
)
ICR = Register(
    "ICR",
    0x1C,
    access=WRITE_ONLY,
    clears="ISR",
    fields=(
        Field("ADDRCF", 3),
        Field("NACKCF", 4),
        Field("STOPCF", 5),
        Field("BERRCF", 8),
        Field("ARLOCF", 9),
        Field("OVRCF", 10),
        Field("PECCF", 11),
        Field("TIMOUTCF", 12),
        Field("ALERTCF", 13),
    ),
)
PECR = Register("PECR", 0x20, access=READ_ONLY, fields=(Field("PEC", 0, 8),))
RXDR = Register("RXDR", 0x24, access=READ_ONLY, on_read="_take", fields=(Field("RXDATA", 0, 8),))
TXDR = Register("TXDR", 0x28, on_write="_send", fields=(Field("TXDATA", 0, 8),))
