# ironpython: executed by Renode
"""Registers of a McSPI's channel 0 that do something (SWRU465 section 8.7)."""

from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register, packed

EVENTS = packed(
    "TX0_EMPTY TX0_UNDERFLOW RX0_FULL RX0_OVERFLOW TX1_EMPTY TX1_UNDERFLOW RX1_FULL - "
    "TX2_EMPTY TX2_UNDERFLOW RX2_FULL - TX3_EMPTY TX3_UNDERFLOW RX3_FULL - WKS EOW"
)
SYSCONFIG = Register(
    "SYSCONFIG",
    0x110,
    reset=0x15,
    on_write="_configure_system",
    fields=packed("AUTOIDLE SOFTRESET/w ENAWAKEUP SIDLEMODE:2 -:3 CLOCKACTIVITY:2"),
)
SYSSTATUS = Register("SYSSTATUS", 0x114, reset=1, access=READ_ONLY, fields=(Field("RESETDONE", 0),))
IRQSTATUS = Register(
    "IRQSTATUS", 0x118, access=READ_ONLY, on_write="_clear_interrupts", fields=EVENTS
)
IRQENABLE = Register("IRQENABLE", 0x11C, on_write="_configure", fields=EVENTS)
MODULCTRL = Register(
    "MODULCTRL",
    0x128,
    reset=0x4,
    fields=packed("SINGLE PIN34 MS SYSTEM_TEST INITDLY:3 MOA FDAA"),
)
CH0CONF = Register(
    "CH0CONF",
    0x12C,
    reset=0x00060000,
    on_write="_configure",
    fields=packed(
        "PHA POL CLKD:4 EPOL WL:5 TRM:2 DMAW DMAR DPE0 DPE1 IS TURBO FORCE SPIENSLV:2 SBE SBPOL "
        "TCS0:2 FFEW FFER CLKG -:2"
    ),
)
CH0STAT = Register(
    "CH0STAT",
    0x130,
    reset=0x28,
    access=READ_ONLY,
    fields=packed("RXS TXS EOT TXFFE TXFFF RXFFE RXFFF"),
)
CH0CTRL = Register("CH0CTRL", 0x134, on_write="_configure", fields=packed("EN -:7 EXTCLK:8"))
TX0 = Register("TX0", 0x138, on_write="_send")
RX0 = Register("RX0", 0x13C, access=READ_ONLY, on_read="_take")
XFERLEVEL = Register(
    "XFERLEVEL", 0x17C, on_write="_configure", fields=packed("AEL:8 AFL:8 WCNT:16")
)
