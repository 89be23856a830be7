"""Registers of DMA1 and DMA2 (RM0351 section 11.6), of which each channel has four."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register

CHANNELS = 7
CHANNEL_STRIDE = 0x14
CHANNEL_WORDS = CHANNEL_STRIDE // 4
ISR = Register(
    "ISR",
    0x00,
    access=READ_ONLY,
    fields=(
        Field("GIF", 0, count=CHANNELS, stride=4, first=1),
        Field("TCIF", 1, count=CHANNELS, stride=4, first=1),
        Field("HTIF", 2, count=CHANNELS, stride=4, first=1),
        Field("TEIF", 3, count=CHANNELS, stride=4, first=1),
    ),
)
IFCR = Register(
    "IFCR",
    0x04,
    access=WRITE_ONLY,
    on_write="_clear_flags",
    fields=(
        Field("CGIF", 0, count=CHANNELS, stride=4, first=1),
        Field("CTCIF", 1, count=CHANNELS, stride=4, first=1),
        Field("CHTIF", 2, count=CHANNELS, stride=4, first=1),
        Field("CTEIF", 3, count=CHANNELS, stride=4, first=1),
    ),
)
CCR = Register(
    "CCR",
    0x08,
    count=CHANNELS,
    stride=CHANNEL_STRIDE,
    first=1,
    on_write="_control",
    fields=(
        Field("EN", 0),
        Field("TCIE", 1),
        Field("HTIE", 2),
        Field("TEIE", 3),
        Field("DIR", 4),
        Field("CIRC", 5),
        Field("PINC", 6),
        Field("MINC", 7),
        Field("PSIZE", 8, 2),
        Field("MSIZE", 10, 2),
        Field("PL", 12, 2),
        Field("MEM2MEM", 14),
    ),
)
CNDTR = Register(
    "CNDTR",
    0x0C,
    count=CHANNELS,
    stride=CHANNEL_STRIDE,
    first=1,
    on_write="_count",
    fields=(Field("NDT", 0, 16),),
)
CPAR = Register("CPAR", 0x10, on_write="_source", count=CHANNELS, stride=CHANNEL_STRIDE, first=1)
CMAR = Register("CMAR", 0x14, on_write="_target", count=CHANNELS, stride=CHANNEL_STRIDE, first=1)
CSELR = Register("CSELR", 0xA8, fields=(Field("C{}S", 0, 4, count=CHANNELS, first=1),))

WIDTHS = (1, 2, 4, 4)
"""Bytes of an item by PSIZE or MSIZE; the last is reserved."""
