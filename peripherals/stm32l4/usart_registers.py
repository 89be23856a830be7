"""Registers of USARTs (RM0351 section 40.8) and of LPUARTs (section 41.7)."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register

CR1 = Register(
    "CR1",
    0x00,
    on_write="_control",
    fields=(
        Field("UE", 0),
        Field("UESM", 1),
        Field("RE", 2),
        Field("TE", 3),
        Field("IDLEIE", 4),
        Field("RXNEIE", 5),
        Field("TCIE", 6),
        Field("TXEIE", 7),
        Field("PEIE", 8),
        Field("PS", 9),
        Field("PCE", 10),
        Field("WAKE", 11),
        Field("M0", 12),
        Field("MME", 13),
        Field("CMIE", 14),
        Field("OVER8", 15),
        Field("DEDT", 16, 5),
        Field("DEAT", 21, 5),
        Field("RTOIE", 26),
        Field("EOBIE", 27),
        Field("M1", 28),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    fields=(
        Field("ADDM7", 4),
        Field("LBDL", 5),
        Field("LBDIE", 6),
        Field("LBCL", 8),
        Field("CPHA", 9),
        Field("CPOL", 10),
        Field("CLKEN", 11),
        Field("STOP", 12, 2),
        Field("LINEN", 14),
        Field("SWAP", 15),
        Field("RXINV", 16),
        Field("TXINV", 17),
        Field("DATAINV", 18),
        Field("MSBFIRST", 19),
        Field("ABREN", 20),
        Field("ABRMODE", 21, 2),
        Field("RTOEN", 23),
        Field("ADD", 24, 8),
    ),
)
CR3 = Register(
    "CR3",
    0x08,
    on_write="_control",
    fields=(
        Field("EIE", 0),
        Field("IREN", 1),
        Field("IRLP", 2),
        Field("HDSEL", 3),
        Field("NACK", 4),
        Field("SCEN", 5),
        Field("DMAR", 6),
        Field("DMAT", 7),
        Field("RTSE", 8),
        Field("CTSE", 9),
        Field("CTSIE", 10),
        Field("ONEBIT", 11),
        Field("OVRDIS", 12),
        Field("DDRE", 13),
        Field("DEM", 14),
        Field("DEP", 15),
        Field("SCARCNT", 17, 3),
        Field("WUS", 20, 2),
        Field("WUFIE", 22),
        Field("UCESM", 23),
    ),
)
BRR = Register("BRR", 0x0C, fields=(Field("DIV_FRACTION", 0, 4), Field("DIV_MANTISSA", 4, 12)))
GTPR = Register("GTPR", 0x10, fields=(Field("PSC", 0, 8), Field("GT", 8, 8)))
RTOR = Register("RTOR", 0x14, fields=(Field("RTO", 0, 24), Field("BLEN", 24, 8)))
RQR = Register(
    "RQR",
    0x18,
    access=WRITE_ONLY,
    on_write="_request",
    fields=(
        Field("ABRRQ", 0),
        Field("SBKRQ", 1),
        Field("MMRQ", 2),
        Field("RXFRQ", 3),
        Field("TXFRQ", 4),
    ),
)
ISR = Register(
    "ISR",
    0x1C,
    reset=0xC0,
    access=READ_ONLY,
    fields=(
        Field("PE", 0),
        Field("FE", 1),
        Field("NE", 2),
        Field("ORE", 3),
        Field("IDLE", 4),
        Field("RXNE", 5),
        Field("TC", 6),
        Field("TXE", 7),
        Field("LBDF", 8),
        Field("CTSIF", 9),
        Field("CTS", 10),
        Field("RTOF", 11),
        Field("EOBF", 12),
        Field("ABRE", 14),
        Field("ABRF", 15),
        Field("BUSY", 16),
        Field("CMF", 17),
        Field("SBKF", 18),
        Field("RWU", 19),
        Field("WUF", 20),
        Field("TEACK", 21),
        Field("REACK", 22),
    ),
)
ICR = Register(
    "ICR",
    0x20,
    access=WRITE_ONLY,
    clears="ISR",
    fields=(
        Field("PECF", 0),
        Field("FECF", 1),
        Field("NECF", 2),
        Field("ORECF", 3),
        Field("IDLECF", 4),
        Field("TCCF", 6),
        Field("LBDCF", 8),
        Field("CTSCF", 9),
        Field("RTOCF", 11),
        Field("EOBCF", 12),
        Field("CMCF", 17),
        Field("WUCF", 20),
    ),
)
RDR = Register("RDR", 0x24, access=READ_ONLY, on_read="_take", fields=(Field("RDR", 0, 9),))
TDR = Register("TDR", 0x28, on_write="_send", fields=(Field("TDR", 0, 9),))

# An LPUART has no receiver time-out and no smartcard mode, and a finer divider.
LPUART_CR2 = Register(
    "CR2",
    0x04,
    fields=(
        Field("ADDM7", 4),
        Field("STOP", 12, 2),
        Field("SWAP", 15),
        Field("RXINV", 16),
        Field("TXINV", 17),
        Field("DATAINV", 18),
        Field("MSBFIRST", 19),
        Field("ADD", 24, 8),
    ),
)
LPUART_BRR = Register("BRR", 0x0C, fields=(Field("BRR", 0, 20),))
