"""The identification registers of ARM's PrimeCells, as the TM4C and the CC3220SF have them."""

from __future__ import annotations

from renode_wifi.peripherals.base.registers import READ_ONLY, Register


def identification(part: int) -> tuple[Register, ...]:
    """part: the lowest byte of the part number."""
    values = {
        "PERIPHID0": part,
        "PERIPHID1": 0x00,
        "PERIPHID2": 0x18,
        "PERIPHID3": 0x01,
        "PCELLID0": 0x0D,
        "PCELLID1": 0xF0,
        "PCELLID2": 0x05,
        "PCELLID3": 0xB1,
    }
    return (
        Register("PERIPHID4", 0xFD0, access=READ_ONLY, count=4),
        *(
            Register(name, 0xFE0 + 4 * index, reset=value, access=READ_ONLY)
            for index, (name, value) in enumerate(values.items())
        ),
    )
