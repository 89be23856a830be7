# ironpython: executed by Renode
"""System memory, where the chip has ST's boot loader (RM0351 table 2): read-only, and empty."""

from renode_wifi.peripherals.base.block import REGISTERS_ONLY


class STM32L4_SystemMemory(object):
    """size: in bytes, all of which read 0xFF."""

    STATUS = REGISTERS_ONLY
    MISSING = "the boot loader"

    def __init__(self, machine, name, size=0x7000):
        # type: (typing.Any, str, int) -> None
        self.machine = machine
        self.name = name
        self.size = size
        self._logged = False

    def read(self, offset, width):
        # type: (int, int) -> int
        if not self._logged:
            self._logged = True
            self.machine.log.warning("%s is empty; missing: %s", self.name, self.MISSING)
        return (1 << (8 * width)) - 1

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        """Stores are ignored."""

    def reset(self):
        # type: () -> None
        """Memory keeps what it has."""


MYPY = False
if MYPY:
    import typing  # noqa: F401
