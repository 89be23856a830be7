# ironpython: executed by Renode
"""Analog watchdogs and extremes of DFSDM1 (RM0351 sections 24.4.11 and 24.4.13)."""

from renode_wifi.peripherals.stm32l4.dfsdm_conversion import signed24
from renode_wifi.peripherals.stm32l4.dfsdm_registers import (
    AWHTR,
    AWLTR,
    AWSR,
    CR1,
    CR2,
    EXMAX,
    EXMIN,
    FILTERS,
    get,
    put,
)


class Watchdogs(object):
    """Of all filters, on their final data (AWFSEL 0)."""

    def __init__(self, registers):
        # type: (RegisterFile) -> None
        self._registers = registers

    def look_at(self, number, channel, data):
        # type: (int, int, int) -> bool
        """A filter's result; whether its watchdog has found something, now or before."""
        registers = self._registers
        control = get(registers, CR2, number)
        if CR2["EXCH"].get(control) >> channel & 1:
            if data > signed24(EXMAX["EXMAX"].get(get(registers, EXMAX, number))):
                put(registers, EXMAX, number, data << 8 | channel)
            if data < signed24(EXMIN["EXMIN"].get(get(registers, EXMIN, number))):
                put(registers, EXMIN, number, data << 8 | channel)
        if get(registers, CR1, number) & CR1.AWFSEL:
            return False
        if not CR2["AWDCH"].get(control) >> channel & 1:
            return False
        status = get(registers, AWSR, number)
        if data > signed24(AWHTR["AWHT"].get(get(registers, AWHTR, number))):
            status |= 1 << (AWSR["AWHTF"].position + channel)
        if data < signed24(AWLTR["AWLT"].get(get(registers, AWLTR, number))):
            status |= 1 << (AWSR["AWLTF"].position + channel)
        put(registers, AWSR, number, status)
        return status != 0

    def breaks(self):
        # type: () -> int
        """The break signals, a bit each."""
        registers, breaks = self._registers, 0
        for number in range(FILTERS):
            status = get(registers, AWSR, number)
            if AWSR["AWHTF"].get(status):
                breaks |= AWHTR["BKAWH"].get(get(registers, AWHTR, number))
            if AWSR["AWLTF"].get(status):
                breaks |= AWLTR["BKAWL"].get(get(registers, AWLTR, number))
        return breaks


MYPY = False
if MYPY:
    from renode_wifi.peripherals.base.register_file import RegisterFile  # noqa: F401
