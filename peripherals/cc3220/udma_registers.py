# ironpython: executed by Renode
"""Registers of the micro DMA controller (SWRU465 section 4). Most have a bit for each channel."""

from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    READ_ONLY,
    WRITE_ONLY,
    Field,
    Register,
    packed,
)

STAT = Register(
    "STAT",
    0x000,
    reset=0x001F0000,
    access=READ_ONLY,
    fields=packed("MASTEN -:3 STATE:4 -:8 DMACHANS:5"),
)
ERRCLR = Register(
    "ERRCLR", 0x04C, access=READ_ONLY, on_write="_clear_error", fields=packed("ERRCLR")
)
CHMAP = Register("CHMAP", 0x510, count=4, fields=(Field("CH{}SEL", 0, 4, count=8),))
REGISTERS = (
    STAT,
    Register(
        "CFG", 0x004, access=WRITE_ONLY, on_write="_enable_controller", fields=packed("MASTEN")
    ),
    Register("CTLBASE", 0x008, on_write="_set_base", fields=(Field("ADDR", 10, 22),)),
    Register("ALTBASE", 0x00C, reset=0x200, access=READ_ONLY),
    Register("WAITSTAT", 0x010, reset=0x03C3CF00, access=READ_ONLY),
    Register("SWREQ", 0x014, access=WRITE_ONLY, on_write="_request_by_software"),
    Register("USEBURSTSET", 0x018, access=READ_ONLY, on_write="_set_burst"),
    Register("USEBURSTCLR", 0x01C, access=WRITE_ONLY, on_write="_clear_burst"),
    Register("REQMASKSET", 0x020, access=READ_ONLY, on_write="_set_mask"),
    Register("REQMASKCLR", 0x024, access=WRITE_ONLY, on_write="_clear_mask"),
    Register("ENASET", 0x028, access=READ_ONLY, on_write="_enable"),
    Register("ENACLR", 0x02C, access=WRITE_ONLY, on_write="_disable"),
    Register("ALTSET", 0x030, access=READ_ONLY, on_write="_set_alternate"),
    Register("ALTCLR", 0x034, access=WRITE_ONLY, on_write="_clear_alternate"),
    Register("PRIOSET", 0x038, access=READ_ONLY, on_write="_set_priority"),
    Register("PRIOCLR", 0x03C, access=WRITE_ONLY, on_write="_clear_priority"),
    ERRCLR,
    Register("CHASGN", 0x500),
    Register("CHIS", 0x504, access=ONE_CLEARS, on_write="_acknowledge"),
    CHMAP,
    Register("PV", 0xFB0, access=READ_ONLY, fields=packed("MINOR:8 MAJOR:8")),
)
